"""What happens to a case after its verdict: appeals, contacts with the applicant, ordered measures and campaigns."""

from datetime import date, datetime

from sqlalchemy import Column, Text, UniqueConstraint
from sqlmodel import Field

from db.columns import free_text, instant_column, long_text, partial_index, personal_text, short_text
from db.models.row import CasePartRow, NumberedRow

OPEN_APPEAL = "status IN ('open', 'staged')"
"""The condition of the index of open appeals."""


class AppealRow(CasePartRow, table=True):
    """An appeal against a final fail or a lapse.

    Attributes:
        state_before: The state that the case returns to if the appealed decision stands.
        status: One of `AppealStatus`.
        outcome: Stands or overturned, empty until it is decided.
        to_state: The state after the decision on the appeal.
        answer: The reason that the applicant reads.
        waived: Which two-person rules did not apply, as `DecisionRow.waived`.
        version_after: Unused.
        before: Further columns of the case as they were before the appeal, as JSON: to whom it was assigned.
        seen: The findings that the person who decided saw, as JSON.
    """

    __tablename__ = "appeal"
    __table_args__ = (partial_index("ix_appeal_open", "case_id", where=OPEN_APPEAL, unique=True),)

    decision_id: int | None = Field(default=None, foreign_key="decision.id")
    state_before: str = short_text(16)
    grounds: str = Field(default="", sa_column=Column(Text, nullable=False, info={"personal": "text"}))
    received_at: datetime = instant_column()
    filed_at: datetime = instant_column()
    filed_by_id: int = Field(foreign_key="reviewer.id")
    due_at: datetime = instant_column()
    status: str = short_text(16)
    outcome: str = short_text(16)
    to_state: str = short_text(16)
    answer: str = free_text()
    decided_by_id: int | None = Field(default=None, foreign_key="reviewer.id")
    decided_at: datetime | None = instant_column(nullable=True)
    checker_id: int | None = Field(default=None, foreign_key="reviewer.id")
    checked_at: datetime | None = instant_column(nullable=True)
    check_note: str = free_text()
    release_at: datetime | None = instant_column(nullable=True)
    waived: str = long_text()
    version_after: int = 0
    before: str = long_text("{}")
    seen: str = free_text("{}")


class ContactRow(CasePartRow, table=True):
    """A contact with the applicant outside the letters: when, through which channel, and what was said."""

    __tablename__ = "contact"

    channel: str = short_text(16)
    text: str = Field(sa_column=Column(Text, nullable=False, info={"personal": "text"}))
    contacted_at: datetime = instant_column()
    contacted_by_id: int = Field(foreign_key="reviewer.id")


class MeasureOrderRow(CasePartRow, table=True):
    """One number to bar or to restore, which the carrier's system has to carry out.

    Attributes:
        measure: bar-out, bar-both or restore.
        exported_at: When the order was last exported to a work list with its number in clear. From then on, it may be
            carried out before anybody reports it.
        failed_at: When it failed; a failed order stays owed.
        failure: Why it failed.
    """

    __tablename__ = "measure_order"
    __table_args__ = (
        partial_index("ix_measure_order_owed", "due_at", where="done_at IS NULL AND cancelled_at IS NULL"),
    )

    decision_id: int | None = Field(default=None, foreign_key="decision.id")
    appeal_id: int | None = Field(default=None, foreign_key="appeal.id")
    msisdn: str = personal_text("msisdn", length=32)
    measure: str = short_text(16)
    ordered_at: datetime = instant_column()
    release_at: datetime = instant_column()
    due_at: datetime = instant_column()
    exported_at: datetime | None = instant_column(nullable=True)
    done_at: datetime | None = instant_column(nullable=True)
    reported_by_id: int | None = Field(default=None, foreign_key="reviewer.id")
    failed_at: datetime | None = instant_column(nullable=True)
    failure: str = free_text()
    cancelled_at: datetime | None = instant_column(nullable=True)


class CampaignRow(NumberedRow, table=True):
    """A re-review of passed cases after a change of policy; `per_day` cases are opened each working day."""

    __tablename__ = "campaign"

    reason: str = long_text()
    filter: str = long_text()
    rules: str = long_text()
    policy_version_id: int = Field(foreign_key="policy_version.id")
    per_day: int = 1
    started_at: datetime = instant_column()
    started_by_id: int = Field(foreign_key="reviewer.id")
    stopped_at: datetime | None = instant_column(nullable=True)


class CampaignCaseRow(NumberedRow, table=True):
    """A passed case that a campaign reviews again.

    Attributes:
        opens_on: The day from which a case is opened for it.
        opened_case_id: The case that was opened for it.
        skipped_at: When its turn came, but it was no longer passed, or another case had been opened for it.
    """

    __tablename__ = "campaign_case"
    __table_args__ = (UniqueConstraint("campaign_id", "case_id"),)

    campaign_id: int = Field(foreign_key="campaign.id")
    case_id: int = Field(foreign_key="case.id", index=True)
    opens_on: date
    opened_case_id: int | None = Field(default=None, foreign_key="case.id")
    skipped_at: datetime | None = instant_column(nullable=True)
