"""A case as shown on the desk, in commands and to checkers: immutable, masked, independent of its transaction."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Self

from db import enums
from workbench.domain.case import records
from workbench.domain.case.appeal import AppealLine
from workbench.domain.case.changes import RoundChanges
from workbench.domain.case.measures import MeasureOrder
from workbench.domain.clock.late_risk import LateRisk
from workbench.domain.evidence.evidence import Evidence
from workbench.domain.facts.all_facts import CaseFacts
from workbench.domain.findings.finding import Finding
from workbench.domain.policy.policy import Policy
from workbench.domain.text.redaction import Redaction


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLine:
    """The fields of a case that its header and its row in a list show.

    A hold that has expired is not shown, because the case is queued again. A held case is put aside until
    `aside_until`. A pending case returns to the queue on `next_action_on`. `deadline_at` is the earliest deadline of
    what the applicant still has to rectify. `suspended_from` is the start of a suspension without a known end. If
    retention erased the case, at `erased_at`, `applicant_name` says so.
    """

    id: int
    agent: str
    application_no: str
    applicant_name: str
    state: enums.CaseState
    round: int
    priority: enums.Priority
    received_at: datetime
    due_at: datetime | None
    is_due_provisional: bool
    is_overdue: bool
    assignee: str | None
    held_by: str | None
    held_until: datetime | None
    waits_for: enums.WaitsFor | None
    suspended_from: datetime | None = None
    aside_until: datetime | None = None
    next_action_on: date | None = None
    deadline_at: datetime | None = None
    erased_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseHeader(CaseLine):
    """The fields above the panels.

    `working_days_left` counts the working days after today up to the due day. `fence` grows with each hold, and
    `evidence_no` with new evidence. The next notice corrects that of the decision `corrects_id`. While the applicant
    has the case, `due_if_answered_at` is the due date that follows from an answer at the last moment.
    """

    applicant_kind: enums.ApplicantKind
    province: str
    industry: str
    language: str
    trigger: enums.Trigger
    service_class: enums.ServiceClass
    risk: enums.Risk
    card_count: int
    working_days_left: int | None
    fence: int
    version: int
    evidence_no: int
    corrects_id: int | None = None
    due_if_answered_at: datetime | None = None
    legal_hold_at: datetime | None = None
    returned_to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFile:
    """All data that the desk shows of one case, personal values masked.

    `days` has the outgoing calls of all cards on each local day of the window, oldest first. `hours` has the counts of
    calls in 7 rows (Monday first) of 24 hours. `draft` is the reviewer's own draft, and `notice` the last of all
    `notices`. `measures` has the orders on the numbers of the application. Letters and orders are oldest first. An
    appeal can be received up to the day `appeal_until`, None if no appeal is possible. `changes` compares a later round
    with the one before it. `re_reviews` has the re-reviews of this case, or the re-review that it is itself.
    `asked_documents` has missing documents that a new policy requires.
    """

    header: CaseHeader
    evidence: Evidence
    facts: CaseFacts
    findings: tuple[Finding, ...]
    days: tuple[tuple[date, int], ...]
    hours: tuple[tuple[int, ...], ...]
    history: tuple[records.HistoryLine, ...]
    checklist: tuple[records.ChecklistLine, ...]
    verifications: tuple[records.VerificationLine, ...]
    decisions: tuple[records.DecisionLine, ...]
    draft: Mapping[str, Any]
    policy: Policy
    policy_version: int
    notice: str | None
    appeals: tuple[AppealLine, ...] = ()
    appeal_until: date | None = None
    earlier_fail: records.EarlierFail | None = None
    measures: tuple[MeasureOrder, ...] = ()
    contacts: tuple[records.ContactLine, ...] = ()
    notices: tuple[records.NoticeLine, ...] = ()
    changes: RoundChanges | None = None
    re_reviews: tuple[records.ReReview, ...] = ()
    asked_documents: tuple[records.AskedDocument, ...] = ()

    @property
    def decisions_in_effect(self) -> tuple[records.DecisionLine, ...]:
        """The decisions that took effect: not those undone, returned, void or staged."""
        return tuple(line for line in self.decisions if line.status in {"applied", "approved"})

    @property
    def items(self) -> tuple[records.ItemLine, ...]:
        """The items that the newest fail in effect asked for; empty without such a fail."""
        fails = (line.items for line in reversed(self.decisions_in_effect) if line.verdict is enums.Verdict.FAIL)
        return next(fails, ())

    @property
    def was_to_be_rectified(self) -> bool:
        """Whether a fail in effect asked the applicant for an item, and the item was not waived."""
        fails = (line for line in self.decisions_in_effect if line.verdict is enums.Verdict.FAIL)
        return any(not item.is_waived for line in fails for item in line.items)

    @property
    def asked_items(self) -> tuple[records.ItemLine, ...]:
        """The items that the verdict of the last round asked for; none in the first round."""
        since = None if self.changes is None else self.changes.decision_id
        return next((line.items for line in self.decisions if line.id == since), ())

    @property
    def rectify_by(self) -> datetime | None:
        """The earliest deadline of the open items; for a lapsed case, it has passed."""
        newest = next(reversed(self.decisions_in_effect), None)
        if self.header.deadline_at is not None or newest is None:
            return self.header.deadline_at
        item_deadlines = (item.deadline_at for item in newest.items if item.is_open)
        return min(filter(None, (newest.deadline_at, *item_deadlines)), default=None)

    @property
    def unfixed_items(self) -> tuple[records.ItemLine, ...]:
        """The items of the last round, except waived ones, that are not judged fixed; none in the first round."""
        return tuple(
            item for item in self.asked_items if not item.is_waived and item.judged is not enums.ItemResult.FIXED
        )

    def shows_same_state_as(self, other: Self | None) -> bool:
        """Say whether another case file shows the same case, hold and evidence."""
        return other is not None and all(
            getattr(self.header, name) == getattr(other.header, name) for name in ("id", "fence", "evidence_no")
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRowView(CaseLine):
    """A case as a row of a list; `reopen_for` has the rules whose block findings are newer than the verdict.

    A case that `is_returned` waits for its maker. `late` and `stuck` say why it is late, or nothing will happen to it.
    """

    blocks: int
    warns: int
    province: str = ""
    service_class: enums.ServiceClass = enums.ServiceClass.STANDARD
    risk: enums.Risk = enums.Risk.LOW
    is_returned: bool = False
    reopen_for: tuple[str, ...] = ()
    late: LateRisk | None = None
    stuck: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoNextCase:
    """Why `next` has no case.

    Attributes:
        kind: The reason: none, held, skipped, filtered or limit.
        count: How many cases it is about.
        who: The holders, with the ends of their holds.
        limit: How many cases a person may hold.
    """

    kind: str
    count: int = 0
    who: tuple[tuple[str, datetime], ...] = ()
    limit: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemRequest:
    """One item to rectify, as the reviewer requests it.

    Attributes:
        code: The code of a reason or a document.
        text: The text of the item, empty for the reason's own text.
        deadline_at: Its own deadline, if it has one. The plan of the verdict sets it.
        documents: The documents that its text lists; () if the text is in free words, None if it is the reason's text.
            The plan of the verdict sets them.
    """

    code: str
    text: str = ""
    deadline_at: datetime | None = None
    documents: tuple[enums.DocumentKind, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictRequest:
    """A verdict as a reviewer gives it.

    `letter` is the edited list of causes, None for the texts of the reasons. `items` add to those that the reasons
    need, unless `only_items`. `until` is the next-action date of a pending verdict, or the deadline of a fixable fail.
    The verdict is refused if `fence` is not that of the current hold, or if the evidence has changed since
    `evidence_no`; None skips the check.
    """

    case_id: int
    verdict: enums.Verdict
    fail_kind: enums.FailKind | None = None
    reasons: tuple[str, ...] = ()
    note: str = ""
    letter: str | None = None
    items: tuple[ItemRequest, ...] = ()
    only_items: bool = False
    until: date | None = None
    measure: enums.Measure = enums.Measure.NONE
    waits_for: enums.WaitsFor | None = None
    fence: int | None = None
    evidence_no: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictPreview:
    """The effects that a verdict would have, from the same plan that `decide` executes.

    `own_items` has the items in the words of their reasons, without edits. `check_for` lists why a check is needed:
    final_fail, override, high_risk or restore. `waived_for` says why a needed check is left out, "" if it is not.
    `open_questions` has the unanswered checklist questions. `news` is what changed since the reviewer saw the case.
    `problems` says why the verdict would be refused. `unopened` has the documents that nobody opened. A provisional
    date depends on an unpublished calendar. `restored` has the numbers whose bar a pass lifts. `warnings` has sentences
    without a full stop about what the verdict would cut short.
    """

    letter: str
    items: tuple[ItemRequest, ...]
    own_items: tuple[ItemRequest, ...]
    deadline_at: datetime | None
    until: date | None
    waits_for: enums.WaitsFor | None
    measures: tuple[enums.Measure, ...]
    check_for: tuple[str, ...]
    open_questions: tuple[str, ...]
    news: records.ChangesSinceSeen
    problems: tuple[str, ...]
    unopened: tuple[enums.DocumentKind, ...] = ()
    is_date_provisional: bool = False
    restored: tuple[str, ...] = ()
    waived_for: str = ""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CachedCase:
    """A masked case as it was read last, with the redaction of its texts.

    It is current as long as the database gives the same stamp for the case.
    """

    stamp: Any
    casefile: CaseFile
    redaction: Redaction


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionResult:
    """The effects of a decision.

    `notice` is the letter with personal names masked. `check_for` says why the decision waits for a check, and `waived`
    which two-person rules did not apply. The `warnings` are those of the preview.
    """

    case_id: int
    decision_id: int
    verdict: enums.Verdict
    state: enums.CaseState
    decided_at: datetime
    release_at: datetime | None
    notice: str | None
    deadline_at: datetime | None
    check_for: tuple[str, ...]
    waived: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
