"""Decisions with their reasons, rectifications and notices."""

from datetime import date, datetime

from sqlalchemy import Column, Index, Text
from sqlmodel import Field

from db.columns import Instant, erased_short_text, free_text, instant_column, long_text, partial_index, short_text
from db.models.row import CasePartRow, NumberedRow, Row


class DecisionRow(NumberedRow, table=True):
    """One verdict.

    Attributes:
        status: Applied, staged, approved, returned, void or undone.
        before: Columns of the case before the verdict as JSON, for showing the case as it was.
        seen: The evidence that the desk showed, as JSON. Once the decision is in force, it also has the numbers that
            the measure concerns.
        corrects_id: The earlier decision whose notice this one's notice corrects.
        waived: The two-person rules that did not apply, as JSON, with the reason why one person reviewed alone.
        version_after: Unused.
    """

    __tablename__ = "decision"
    # The report reads all that it needs of a decision in the index, which is a tenth of the table.
    __table_args__ = (
        Index(
            "ix_decision_case", "case_id", "id", "status", "round", "verdict", "fail_kind", "decided_at", "checked_at"
        ),
        Index("ix_decision_release", "status", "release_at"),
    )

    case_id: int = Field(foreign_key="case.id")
    round: int = 1
    verdict: str = short_text(8)
    fail_kind: str = short_text(8)
    measure: str = short_text(16)
    note: str = free_text()
    letter: str = free_text()
    waits_for: str = short_text(16)
    until_on: date | None = None
    deadline_at: datetime | None = instant_column(nullable=True)
    status: str = short_text(16)
    maker_id: int = Field(foreign_key="reviewer.id")
    decided_at: datetime = instant_column(index=True)
    release_at: datetime | None = instant_column(nullable=True)
    checker_id: int | None = Field(default=None, foreign_key="reviewer.id")
    checked_at: datetime | None = instant_column(nullable=True)
    check_note: str = free_text()
    undone_at: datetime | None = instant_column(nullable=True)
    version_after: int = 0
    before: str = long_text("{}")
    seen: str = free_text("{}", empty='{"msisdns": ""}')
    corrects_id: int | None = Field(default=None, foreign_key="decision.id")
    waived: str = long_text()


class DecisionReasonRow(Row, table=True):
    """One reason of a decision; `position` is the order in which the reviewer marked the reasons."""

    __tablename__ = "decision_reason"

    decision_id: int = Field(foreign_key="decision.id", primary_key=True)
    position: int = Field(primary_key=True)
    code: str = short_text(32)


class RectificationRow(CasePartRow, table=True):
    """What an applicant must rectify after one decision, by one deadline."""

    __tablename__ = "rectification"

    decision_id: int = Field(foreign_key="decision.id", unique=True)
    round: int = 1
    deadline_at: datetime | None = instant_column()
    is_open: bool = True


class RectificationItemRow(NumberedRow, table=True):
    """One item to rectify.

    Attributes:
        code: A reason code or document code.
        deadline_at: Set only for an item with a deadline of its own.
        judged: The reviewer's judgement: fixed, partly or not_fixed; empty until the item is judged.
    """

    __tablename__ = "rectification_item"

    rectification_id: int = Field(foreign_key="rectification.id", index=True)
    position: int = 0
    code: str = short_text(32)
    text: str = free_text()
    satisfied_at: datetime | None = instant_column(nullable=True)
    waived_at: datetime | None = instant_column(nullable=True)
    waived_by_id: int | None = Field(default=None, foreign_key="reviewer.id")
    waive_reason: str = free_text()
    deadline_at: datetime | None = instant_column(nullable=True)
    judged: str = short_text(16)
    judged_by_id: int | None = Field(default=None, foreign_key="reviewer.id")
    judged_at: datetime | None = instant_column(nullable=True)


class NoticeRow(CasePartRow, table=True):
    """A notice to the applicant. It is released once `release_at` has passed, unless it was cancelled.

    Attributes:
        facts: What its text was rendered from as JSON, `{}` for a notice of a schema before 17.
        told_due_at: The due date or deadline that its text gives, None if it gives none.
        appeal_until_on: The last day to appeal against the result that its text gives, None if it gives none.
        channel: How it was sent.
        failed_at: When it could not be delivered last.
        failure: Why it could not be delivered.
        attempts: How often it was handed to the operator's gateway.
        handed_at: When it was handed to the gateway last.
    """

    __tablename__ = "notice"
    __table_args__ = (partial_index("ix_notice_owed", "release_at", where="sent_at IS NULL AND cancelled_at IS NULL"),)

    decision_id: int | None = Field(default=None, foreign_key="decision.id", index=True)
    kind: str = short_text(16)
    language: str = short_text(8)
    subject: str = erased_short_text(300)
    body: str = Field(default="", sa_column=Column(Text, nullable=False, info={"personal": "text"}))
    facts: str = free_text("{}")
    created_at: datetime = instant_column()
    release_at: datetime = instant_column()
    told_due_at: datetime | None = instant_column(nullable=True)
    appeal_until_on: date | None = None
    cancelled_at: datetime | None = instant_column(nullable=True)
    sent_at: datetime | None = instant_column(nullable=True)
    sent_by_id: int | None = Field(default=None, foreign_key="reviewer.id")
    channel: str = short_text(16)
    failed_at: datetime | None = instant_column(nullable=True)
    failure: str = free_text()
    attempts: int = 0
    handed_at: datetime | None = instant_column(nullable=True)


class DelayNoticeRow(Row, table=True):
    """A notice that a due date of a case will be missed. The primary key ensures that it is sent once."""

    __tablename__ = "delay_notice"

    case_id: int = Field(foreign_key="case.id", primary_key=True)
    due_at: datetime = Field(sa_column=Column(Instant(), primary_key=True))
    told_at: datetime = instant_column()
