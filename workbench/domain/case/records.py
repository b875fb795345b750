"""The acts and records of a case, as its case file lists them, and the counts of the desk."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from db import enums
from workbench.domain.policy.policy import BilingualText


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryLine:
    """One act on the case.

    Attributes:
        at: The time of the act.
        action: The name of the action.
        who: The login of the person.
        text: What the person wrote, or else the details in codes, without personal values.
        round: The round of the case.
        state: The state of the case afterwards, None if the act does not change it.
        received_at: When we received what the applicant sent, which counts for the clock.
        facts: The facts of its event; for a contact or a verification, only the `way` in which it was made.
    """

    at: datetime
    action: str
    who: str
    text: str
    round: int
    state: enums.CaseState | None
    received_at: datetime | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangesSinceSeen:
    """What changed in a case since somebody saw it.

    Attributes:
        has_evidence: Whether new evidence came.
        policy: The change of policy in words, "" without one.
    """

    has_evidence: bool = False
    policy: str = ""

    def __bool__(self) -> bool:
        return self.has_evidence or bool(self.policy)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChecklistLine:
    """A question of the policy about one panel, with the latest answer of this round."""

    question: str
    text: BilingualText
    panel: enums.PanelKind
    answer: str | None
    note: str
    by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationLine:
    """A fact confirmed outside the workbench."""

    kind: str
    result: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactLine:
    """A contact with the applicant outside the letters."""

    channel: str
    text: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemLine:
    """One item that the applicant must rectify, with who waived or judged it.

    Attributes:
        is_for_reviewer: Whether only a reviewer can tell if it came, because no document can show it.
        deadline_at: Its own deadline, None if it has none.
        judged: The reviewer's judgement of what came.
    """

    code: str
    text: str
    is_satisfied: bool
    is_waived: bool
    is_for_reviewer: bool = False
    deadline_at: datetime | None = None
    waived_by: str | None = None
    waived_at: datetime | None = None
    waive_reason: str = ""
    judged: enums.ItemResult | None = None
    judged_by: str | None = None
    judged_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether the applicant still has to rectify it."""
        return not (self.is_satisfied or self.is_waived)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """The two-person rules that did not apply to a decision, and why one person reviewed alone."""

    rules: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierFail:
    """A final fail of the same applicant in another application, whose cooldown this application did not wait for.

    `again_from` is the first day after the cooldown, on which the applicant may apply again.
    """

    case_id: int
    failed_on: date
    again_from: date


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedDocument:
    """A missing document, and the day until which a letter about a new policy asked the applicant for it."""

    kind: enums.DocumentKind
    until: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ReReview:
    """A passed case and the case in which a campaign reviews it again; `state` is that of the new case."""

    passed_id: int
    passed_at: datetime | None
    opened_id: int
    campaign: int
    reason: str
    state: enums.CaseState


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionLine:
    """One earlier or pending decision on the case.

    Attributes:
        checked_at: When a second person approved or returned it.
        waits_for: Set for a pending verdict.
        corrects_id: The decision whose notice the notice of this one corrects.
        numbers: The numbers that the reviewer chose for the measure, masked; () for all.
    """

    id: int
    round: int
    verdict: enums.Verdict
    fail_kind: enums.FailKind | None
    measure: enums.Measure
    reasons: tuple[str, ...]
    note: str
    letter: str
    status: str
    maker: str
    decided_at: datetime
    release_at: datetime | None
    checker: str | None
    check_note: str
    deadline_at: datetime | None
    until_on: date | None
    items: tuple[ItemLine, ...]
    checked_at: datetime | None = None
    waits_for: enums.WaitsFor | None = None
    corrects_id: int | None = None
    check_for: tuple[str, ...] = ()
    waived: Waiver | None = None
    numbers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeLine:
    """One notice with personal values masked.

    Attributes:
        is_released: Whether it can be sent, because its grace period is over.
        due_by: When it must be sent at the latest.
        deadline_at: The first deadline that it states to the applicant, while it is not sent; None without one.
        after: The notice that is still owed and must be sent first, None without one.
        failed_at: When it could not be delivered; a failed notice is still owed.
        attempts: How often it was handed to a gateway.
        exported_at: When `exported_by` exported it first; only the list of letters has these.
    """

    id: int
    case_id: int
    decision_id: int | None
    kind: str
    fail_kind: str | None
    language: str
    subject: str
    body: str
    created_at: datetime
    release_at: datetime
    is_released: bool
    due_by: datetime
    deadline_at: datetime | None
    after: int | None
    is_overdue: bool
    sent_at: datetime | None
    channel: str
    sent_by: str | None
    failed_at: datetime | None
    failure: str
    attempts: int
    exported_at: datetime | None = None
    exported_by: str = ""


RECENT_FOR = timedelta(minutes=1)
"""How long an act that waits for a check counts as recent, so that the screen offers to undo it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoableAct:
    """The last act that a person may undo.

    Attributes:
        case_id: The case.
        at: When it was done.
        until: Until when it can be undone, None as long as it waits for a check.
        decision_id: The decision of a verdict or a check, else 0.
        verdict: The verdict, None for any other act.
        act: `decided` for a verdict, `approved` or `returned` for its check, else the name of the action.
        maker: Who gave the checked verdict.
        together: The cases that one act moved to other people, which are undone together; empty for any other act.
    """

    case_id: int
    at: datetime
    until: datetime | None
    decision_id: int = 0
    verdict: enums.Verdict | None = None
    act: str = "decided"
    maker: str = ""
    together: tuple[int, ...] = ()

    def is_recent(self, now: datetime) -> bool:
        """Say whether the act is recent enough that the screen offers to undo it."""
        return now < (self.until or self.at + RECENT_FOR)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskCounts:
    """The counts in the header of the desk, for one person.

    Attributes:
        to_reopen, appeals: The cases to open again and the appeals to decide; 0 unless the person is a supervisor.
        assigned, claimable: The queued cases that are assigned to the person, and those that `next` could give.
        put_aside: The cases put aside that `next` has not returned yet, with the times of their return, earliest first.
        measures_overdue: The numbers that should be barred or restored by now; 0 except for supervisors and admins.
        letters_overdue: The overdue letters; 0 except for supervisors and admins.
        decided_today, proposed_today: The person's verdicts of today, and those that wait for a check.
        median_s: The median of the seconds from claim to verdict.
        is_clock_wrong: Whether the machine's clock is not confirmed, or contradicts the newest event or the uptime.
    """

    queued: int
    due_today: int
    overdue: int
    held_by_me: int
    to_check: int
    to_reopen: int = 0
    appeals: int = 0
    assigned: int = 0
    put_aside: tuple[tuple[int, datetime], ...] = ()
    measures_overdue: int = 0
    letters_overdue: int = 0
    claimable: int = 0
    decided_today: int = 0
    proposed_today: int = 0
    median_s: float | None = None
    is_clock_wrong: bool = False

    def aside(self, now: datetime) -> tuple[tuple[int, datetime], ...]:
        """Return the cases that are still put aside, each with the time at which it returns."""
        return tuple((case_id, until) for case_id, until in self.put_aside if until > now)

    def back(self, now: datetime) -> tuple[int, ...]:
        """Return the cases that are back, because their time aside is over."""
        return tuple(case_id for case_id, until in self.put_aside if until <= now)
