"""The case, its rounds and its findings."""

from datetime import date, datetime

from sqlalchemy import Column, Index, String, Text, text
from sqlmodel import Field

from db.columns import erased_column, erased_short_text, free_text, instant_column, long_text, partial_index, short_text
from db.models.row import ApplicationPartRow, BatchPartRow, CasePartRow, Row


class CaseRow(ApplicationPartRow, table=True):
    """One secondary review of one application, over all its rounds.

    Attributes:
        priority_rank: 0 (low) to 3 (urgent).
        due_at: The due date, moved on by all pauses that ended. `due_at`, `is_due_provisional` and `suspended_from`
            cache the state of the clock for sorting.
        suspended_from: When the open suspension started. Until it ends, a case is overdue only if it was due before.
        is_class_set: Whether a supervisor chose the service class, so that new evidence does not change it.
        is_priority_set: Whether a supervisor chose the priority, so that new evidence does not change it.
        returned_to_id: Who decides again when a check returns the case. Before the check, it is empty if that is the
            maker of the verdict; after it, it is whoever got the case.
        aside_until: Until when the holder set the case aside.
        fence: The number of the hold, which grows with each claim.
        version: A number that grows with each write, to refuse a concurrent one.
        evidence_no: A number that grows with each change of evidence, so that a skipped case is offered again.
        evidence_seq: The last publication applied to the case. Evidence is read up to it, so a case shows old or new
            evidence, never a mix.
        is_listed: Whether a queued case is in the index that `next` uses.
        reopen_for: The rules, separated by spaces, whose block findings are newer than the verdict.
        corrects_id: Set when a decided case is opened again: the decision that the letter of the next verdict corrects.
            It is no foreign key, because decisions refer to cases.
        erased_at: When retention erased the personal data of the case.
        arrived_without: The kinds of the required documents that were missing at its import, separated by spaces.
    """

    __tablename__ = "case"
    __table_args__ = (
        Index("ix_case_key", "agent", "application_no", "id"),
        Index("ix_case_application", "application_id"),
        Index("ix_case_batch", "batch_id"),
        Index(
            "ix_case_order",
            "state",
            "priority_rank",
            "due_at",
            "id",
            # Columns of list filters, so that scanning a state needs only the index.
            "batch_id",
            "risk",
            "service_class",
            "round",
            "assignee_id",
        ),
        # Searches for numbers ignore case.
        Index("ix_case_number", text("application_no COLLATE NOCASE")),
        partial_index("ix_case_assignee", "assignee_id", where="assignee_id IS NOT NULL"),
        Index("ix_case_state", "state", "due_at", "is_listed", "id"),
        partial_index(
            "ix_case_next",
            "priority_rank",
            "due_at",
            "id",
            where="state = 'queued' AND is_listed = 1 AND assignee_id IS NULL",
        ),
        partial_index(
            "ix_case_assigned",
            "assignee_id",
            "due_at",
            where="assignee_id IS NOT NULL AND state IN ('queued', 'in_review')",
        ),
        partial_index("ix_case_held", "held_by_id", "held_until", where="state = 'in_review'"),
        partial_index("ix_case_expired", "held_until", where="state = 'in_review'"),
        partial_index("ix_case_reopen", "id", where="reopen_for <> ''"),
        partial_index("ix_case_unlisted", "batch_id", "id", where="is_listed = 0"),
    )

    application_id: int = Field(foreign_key="application.id")
    applicant_name: str = erased_short_text(200)
    trigger: str = short_text(16)
    state: str = short_text(16)
    round: int = 1
    priority: str = short_text(8)
    priority_rank: int = 1
    service_class: str = short_text(16)
    risk: str = short_text(8)
    opened_at: datetime = instant_column()
    received_at: datetime = instant_column()
    complete_at: datetime | None = instant_column(nullable=True)
    due_at: datetime | None = instant_column(nullable=True)
    is_due_provisional: bool = False
    suspended_from: datetime | None = instant_column(nullable=True)
    is_class_set: bool = False
    is_priority_set: bool = False
    policy_version_id: int = Field(foreign_key="policy_version.id")
    findings_on: date | None = None
    block_count: int = 0
    warn_count: int = 0
    assignee_id: int | None = Field(default=None, foreign_key="reviewer.id")
    returned_to_id: int | None = Field(default=None, foreign_key="reviewer.id")
    held_by_id: int | None = Field(default=None, foreign_key="reviewer.id")
    held_until: datetime | None = instant_column(nullable=True)
    aside_until: datetime | None = instant_column(nullable=True)
    waits_for: str = short_text(16)
    next_action_on: date | None = None
    fence: int = 0
    version: int = 0
    evidence_no: int = 0
    evidence_seq: int = 0
    is_listed: bool = False
    reopen_for: str = long_text()
    corrects_id: int | None = None
    erased_at: datetime | None = instant_column(nullable=True)
    arrived_without: str = long_text()


class SubmissionRow(BatchPartRow, table=True):
    """The evidence of one round as received; `body` is JSON with the declared column names as keys."""

    __tablename__ = "submission"
    __table_args__ = (Index("ix_submission_batch", "batch_id"),)

    case_id: int = Field(foreign_key="case.id", index=True)
    round: int = 1
    received_at: datetime = instant_column()
    applied_at: datetime | None = instant_column(nullable=True)
    body: str = free_text("{}")


class FindingRow(CasePartRow, table=True):
    """One rule hit of a case.

    Attributes:
        leg: The `PanelKind` of the panel that shows the finding.
        observes: The name of the fact.
        observed: The value of the fact, as a JSON scalar.
        limit_value: The limit of the rule, as a JSON scalar.
    """

    __tablename__ = "finding"
    __table_args__ = (Index("ix_finding_rule", "rule", "case_id"),)

    position: int = 0
    rule: str = short_text(32)
    leg: str = short_text(16)
    severity: str = short_text(8)
    observed: str = erased_column(String(200), empty="null")
    op: str = short_text(4)
    limit_value: str = short_text(200)
    unit: str = short_text(16)
    subject: str = Field(default="", sa_column=Column(Text, nullable=False, info={"personal": "msisdn"}))
    source: str = short_text(300)
    observes: str = short_text(64)


class SkipRow(Row, table=True):
    """A case that a reviewer skipped. It is offered again when its evidence_no grows."""

    __tablename__ = "skip"

    case_id: int = Field(foreign_key="case.id", primary_key=True)
    reviewer_id: int = Field(foreign_key="reviewer.id", primary_key=True)
    evidence_no: int
    reason: str = free_text()
    skipped_at: datetime = instant_column()
