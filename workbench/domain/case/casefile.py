"""A case as shown on the desk, in commands and to checkers: immutable, masked, independent of its transaction."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Self

from db import enums
from workbench.domain.case import records
from workbench.domain.case.appeal import AppealLine
from workbench.domain.case.changes import RoundChanges
from workbench.domain.case.measures import MeasureOrder
from workbench.domain.evidence.evidence import Evidence
from workbench.domain.facts.all_facts import CaseFacts
from workbench.domain.facts.inquiry_lines import InquiryLine
from workbench.domain.findings.finding import Finding
from workbench.domain.policy.policy import Policy
from workbench.domain.text.redaction import Redaction


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLine:
    """The fields of a case that its header and its row in a list show.

    Attributes:
        applicant_name: The applicant; for an erased case, the words that it was erased.
        held_by: Who holds the case, None without a hold or after it expired.
        suspended_from: The start of a suspension without a known end.
        aside_until, next_action_on: Until when a held case is put aside, and a pending one is out of the queue.
        deadline_at: The earliest deadline of what the applicant still has to rectify.
        is_skipped: Whether the person who reads it skipped it, so that `next` does not give it.
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
    is_skipped: bool = False
    erased_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseHeader(CaseLine):
    """The fields above the panels.

    Attributes:
        working_days_left: The working days after today, up to and including the due day.
        fence: A number that grows with each hold.
        evidence_no: A number that grows with new evidence.
        corrects_id: The decision whose notice the next notice corrects.
        due_if_answered_at: If the applicant has the case: the due date after an answer at the last moment, else None.
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
    is_assignee_away: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFile:
    """All data that the desk shows of one case, personal values masked.

    Attributes:
        days: The outgoing calls of all cards on each local day of the window, oldest first.
        hours: The counts of calls in 7 rows (Monday first) of 24 hours.
        appeal_until: The last day on which an appeal can be received, None if no appeal is possible.
        measures: The orders on the numbers of the application, oldest first.
        notices: The letters, oldest first.
        changes: The comparison of a later round with the one before it.
        re_reviews: The re-reviews of this case, or the re-review that it is itself.
        asked_documents: The missing documents that a new policy requires.
        inquiries: The questions to departments, oldest first; people stay masked.
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
    inquiries: tuple[InquiryLine, ...] = ()

    @property
    def decisions_in_effect(self) -> tuple[records.DecisionLine, ...]:
        """The decisions that took effect: not those undone, returned, void or staged."""
        return tuple(line for line in self.decisions if line.status in enums.IN_EFFECT)

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
        of_items = (item.deadline_at for item in newest.items if item.is_open)
        return min(filter(None, (newest.deadline_at, *of_items)), default=None)

    @property
    def unfixed_items(self) -> tuple[records.ItemLine, ...]:
        """The items of the last round, except waived ones, that are not judged fixed; none in the first round."""
        return tuple(one for one in self.asked_items if not (one.is_waived or one.judged is enums.ItemResult.FIXED))

    def shows_same_state_as(self, other: Self | None) -> bool:
        """Say whether another case file shows the same case, hold and evidence."""
        names = ("id", "fence", "evidence_no")
        return other is not None and all(getattr(self.header, one) == getattr(other.header, one) for one in names)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoNextCase:
    """Why `next` has no case.

    Attributes:
        kind: The reason: none, held, assigned, skipped, filtered or limit.
        count: How many cases the reason is about.
        who: The holders, each with the end of the hold.
        assigned: The people to whom queued cases are assigned, with the number of cases and whether they are away.
        limit: How many cases a person may hold.
    """

    kind: str
    count: int = 0
    who: tuple[tuple[str, datetime], ...] = ()
    assigned: tuple[tuple[str, int, bool], ...] = ()
    limit: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemRequest:
    """One item to rectify, as the reviewer requests it.

    Attributes:
        code: The code of a reason or a document.
        text: The text of the item, empty for the reason's own text.
        deadline_at: Its own deadline, if it has one. The plan of the verdict (`VerdictPlan`) sets it.
        documents: Those that its text lists, () for free words, None for the reason's own text. The plan sets them.
    """

    code: str
    text: str = ""
    deadline_at: datetime | None = None
    documents: tuple[enums.DocumentKind, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictRequest:
    """A verdict as a reviewer gives it.

    Attributes:
        letter: The edited list of causes, None for the texts of the reasons.
        items: Items besides those that the reasons need.
        only_items: Whether the letter asks for `items` alone.
        until: The next-action date of a pending verdict, or the deadline of a fixable fail.
        numbers: The numbers that the measure concerns, in clear, masked or as keyed hashes; () for all in service.
        fence, evidence_no: The numbers that the hold and the case must still have; None skips the check.
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
    numbers: tuple[str, ...] = ()
    waits_for: enums.WaitsFor | None = None
    fence: int | None = None
    evidence_no: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictPreview:
    """The effects that a verdict would have, from the same plan that `decide` executes.

    Attributes:
        own_items: The items in the words of their reasons, without edits.
        check_for: Why a check is needed: final_fail, override, high_risk or restore.
        problems: Why the verdict would be refused; `to_open` is the one that documents are left to open.
        restored: Numbers whose bar a pass lifts; `numbers` are those in service, masked, by keyed hash.
        waiver_reason: Why nobody makes the check although `check_for` needs it, "" if it is made or not needed.
        warnings: Sentences without a full stop about what the verdict would cut short.
        translation: The letter's causes and items in the language in use, "" if the letter is in it.
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
    waiver_reason: str = ""
    warnings: tuple[str, ...] = ()
    numbers: Mapping[str, str] = field(default_factory=dict)
    to_open: str = ""
    translation: str = ""


@dataclass(frozen=True, slots=True)
class CachedCase:
    """A masked case with the redaction of its texts, current as long as the database gives the same stamp for it."""

    stamp: Any
    casefile: CaseFile
    redaction: Redaction


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionResult:
    """The effects of a decision.

    Attributes:
        notice: The letter with personal names masked.
        waived: The two-person rules that did not apply.
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
