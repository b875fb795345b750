"""What reviewers enter while they review a case."""

from datetime import datetime

from sqlalchemy import Column, Text, UniqueConstraint
from sqlmodel import Field

from db.columns import erased_short_text, free_text, instant_column, partial_index, short_text
from db.models.row import CasePartRow, NumberedRow, Row

OPEN_INQUIRY = "status = 'open'"
"""The condition of the index of open inquiries."""

HAS_DOCUMENT = "document_sha256 <> ''"
"""The condition of the index of the documents that came with answers."""


class DraftRow(NumberedRow, table=True):
    """The unfinished work of a reviewer on a case, as JSON, so that the verdict dialog can be restored.

    Once the draft became a decision, `decision_id` is set, and an undo reopens it.
    """

    __tablename__ = "draft"
    __table_args__ = (UniqueConstraint("case_id", "reviewer_id"),)

    case_id: int = Field(foreign_key="case.id")
    reviewer_id: int = Field(foreign_key="reviewer.id")
    decision_id: int | None = Field(default=None, foreign_key="decision.id")
    body: str = free_text("{}")
    saved_at: datetime = instant_column()


class CommentRow(CasePartRow, table=True):
    """An internal comment on a case."""

    __tablename__ = "comment"

    author_id: int = Field(foreign_key="reviewer.id")
    written_at: datetime = instant_column()
    body: str = free_text()


class ChecklistAnswerRow(CasePartRow, table=True):
    """A reviewer's answer to one question in one round; answering again replaces it."""

    __tablename__ = "checklist_answer"
    __table_args__ = (UniqueConstraint("case_id", "round", "question"),)

    round: int = 1
    question: str = short_text(32)
    answer: str = short_text(8)
    note: str = free_text()
    answered_by_id: int = Field(default=0, foreign_key="reviewer.id")
    answered_at: datetime = instant_column()


class VerificationRow(CasePartRow, table=True):
    """A fact that was confirmed outside the workbench."""

    __tablename__ = "verification"

    kind: str = short_text(16)
    result: str = free_text()
    verified_by_id: int = Field(foreign_key="reviewer.id")
    verified_at: datetime = instant_column()


class InquiryRow(CasePartRow, table=True):
    """A question that a reviewer asked a department about a case.

    Attributes:
        department: The code of the department in the policy.
        due_at: When the answer is due; `remind_at` is when half of the working time until then is over.
        reminded_at: When the reminder was recorded.
        status: One of `InquiryStatus`.
        outcome: One of `InquiryOutcome`, empty without an answer.
        note: The note of the answer, or the reason of the withdrawal.
        document_sha256: The document that came with the answer; empty without one.
        ended_by_id: Who answered or withdrew it.
    """

    __tablename__ = "inquiry"
    __table_args__ = (
        partial_index("ix_inquiry_open", "case_id", "department", where=OPEN_INQUIRY, unique=True),
        partial_index("ix_inquiry_document", "document_sha256", where=HAS_DOCUMENT),
    )

    department: str = short_text(32)
    question: str = Field(default="", sa_column=Column(Text, nullable=False, info={"personal": "text"}))
    asked_at: datetime = instant_column()
    asked_by_id: int = Field(foreign_key="reviewer.id")
    due_at: datetime = instant_column()
    remind_at: datetime = instant_column()
    reminded_at: datetime | None = instant_column(nullable=True)
    status: str = short_text(16)
    outcome: str = short_text(16)
    note: str = Field(default="", sa_column=Column(Text, nullable=False, info={"personal": "text"}))
    document_sha256: str = erased_short_text(64)
    document_bytes: int = 0
    document_type: str = short_text(64)
    ended_at: datetime | None = instant_column(nullable=True)
    ended_by_id: int | None = Field(default=None, foreign_key="reviewer.id")


class ActRow(Row, table=True):
    """An act on a case that can still be undone.

    Attributes:
        seq: Its event.
        case_id: The case. It is no foreign key, so that a case can be deleted before its acts.
        until_at: When the act can no longer be undone and the row is deleted; null while the act waits for its check.
        rows: The rows that it changed, with their values before it, as JSON.
    """

    __tablename__ = "act"

    seq: int = Field(primary_key=True)
    case_id: int = Field(index=True)
    until_at: datetime | None = instant_column(nullable=True, index=True)
    rows: str = Field(sa_column=Column(Text, nullable=False, info={"personal": "text"}))
