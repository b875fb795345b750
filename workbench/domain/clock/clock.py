"""The clock of a case: computes its due date from its events, the suspensions and the calendar.

Nothing is accumulated: the same events always give the same due date.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from db.enums import FINAL_STATES, CaseState
from workbench.domain.clock.calendar import WorkingCalendar
from workbench.domain.clock.due import counted_from, due_at
from workbench.domain.clock.spans import TimeSpan, merge_spans, subtract_spans
from workbench.domain.clock.suspension import Suspension

_WITH_APPLICANT_STATES = frozenset({CaseState.PENDING, CaseState.RECTIFYING, CaseState.LAPSED})
_DECIDED_STATES = frozenset({CaseState.PASSED, CaseState.FAILED})
UNDO_ACTION = "undo"
EXTEND_ACTION = "extend"
CLASS_ACTION = "class"
RESUBMIT_ACTION = "resubmit"
APPEAL_ACTION = "appeal"


@dataclass(frozen=True, slots=True)
class AppealDays:
    """The working days to answer an appeal, and the most calendar days that the answer may take.

    `policy_version` is the policy version with these limits; its working hours apply to the appeal too.
    """

    answer: int
    cap: int
    policy_version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockEvent:
    """The effect of an act on the clock of a case.

    Attributes:
        at: When the act takes effect: when we received what the applicant sent, else the time of the act.
        action: The name of the action.
        state: The state of the case afterwards, None if the act does not change it.
        runs: Whether the clock runs afterwards, as logged.
        extended_s: The working seconds by which a supervisor extended the due date.
        until_on: The day until which a supervisor extended it.
        class_from: The class before a change of class.
        class_to: The class after it.
        policy_from: The policy version before a change of policy.
    """

    at: datetime
    action: str
    state: CaseState | None = None
    runs: bool = False
    extended_s: float = 0.0
    until_on: date | None = None
    class_from: str = ""
    class_to: str = ""
    policy_from: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockPause:
    """A time during which the case is with the applicant, to rectify it or to answer."""

    span: TimeSpan
    is_rectifying: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockBudget:
    """The promised working time, with the events that reduce or extend it.

    Attributes:
        start: When all required documents had been received.
        days: The working days of the service class.
        pauses: The times when the case was with the applicant, in the order of the log.
        extended_s: Working seconds that a supervisor added.
        adjustments: The extensions and changes of class.
        closed_at: When the case was closed, None while it is open.
        closed_as: The final state.
        is_renewed: Whether an earlier budget of the case preceded this one.
        cap_days: The calendar days after which an appeal is due in any case; None for a review.
        policy_version: The policy version of an appeal, which stays that of its filing; None for a review.
    """

    start: datetime
    days: int
    pauses: tuple[ClockPause, ...] = ()
    extended_s: float = 0.0
    adjustments: tuple[ClockEvent, ...] = ()
    closed_at: datetime | None = None
    closed_as: CaseState | None = None
    is_renewed: bool = False
    cap_days: int | None = None
    policy_version: int | None = None

    @property
    def open_pause(self) -> ClockPause | None:
        """The pause that has not ended, None if there is none."""
        return next((pause for pause in self.pauses if pause.span.is_open), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockState:
    """The state of a clock, independent of the current time.

    Attributes:
        due_at: The due date, postponed by every ended pause and every suspension with a known end. An open pause or
            suspension will postpone it when it ends.
        is_due_provisional: Whether the due date depends on a day that may still change.
        suspended_from: The start of an open suspension. A case that is due later is not overdue until work resumes.
    """

    due_at: datetime
    is_due_provisional: bool
    suspended_from: datetime | None = None


@dataclass(slots=True)
class _BudgetSoFar:
    """The budget and the state of a case after some of its events."""

    budget: ClockBudget
    state: CaseState
    pauses: list[ClockPause] = field(default_factory=list)
    earlier: list[tuple[ClockBudget, list[ClockPause]]] = field(default_factory=list)
    """The budget and pauses before each change of state that was not undone."""


def budget_of(events: Iterable[ClockEvent], complete_at: datetime, days: int, appeal: AppealDays) -> ClockBudget:
    """Return the current budget of a case, from its events in the order of the log.

    One budget covers all rounds. An appeal gets a new budget, and so does a case that is reopened or returned to the
    queue by an appeal. Undone acts do not count.
    """
    so_far = _BudgetSoFar(ClockBudget(start=complete_at, days=days), CaseState.QUEUED)
    for event in events:
        if event.action == EXTEND_ACTION:
            so_far.budget = replace(so_far.budget, extended_s=so_far.budget.extended_s + event.extended_s)
        if event.action in {EXTEND_ACTION, CLASS_ACTION}:
            so_far.budget = replace(so_far.budget, adjustments=(*so_far.budget.adjustments, event))
        if event.state is not None:
            _apply_state(so_far, event, event.state, days, appeal)
    return replace(so_far.budget, pauses=tuple(so_far.pauses))


def _apply_state(so_far: _BudgetSoFar, event: ClockEvent, state: CaseState, days: int, appeal: AppealDays) -> None:
    """Apply a change of state."""
    if event.action == UNDO_ACTION and state is so_far.state:
        # The undone act moved a deadline or waived an item, so an open pause continues.
        return
    if event.action == UNDO_ACTION and so_far.earlier:
        so_far.budget, so_far.pauses = so_far.earlier.pop()
        so_far.state = state
        return
    if state is not so_far.state:
        so_far.earlier.append((so_far.budget, list(so_far.pauses)))
    if _begins_new_budget(so_far, state, event.action):
        so_far.budget = ClockBudget(start=event.at, days=days, is_renewed=True)
        if state is CaseState.APPEALED:
            so_far.budget = replace(
                so_far.budget, days=appeal.answer, cap_days=appeal.cap, policy_version=appeal.policy_version
            )
        so_far.pauses = []
    else:
        _update_pauses(so_far, event, state)
    if state not in FINAL_STATES:
        so_far.budget = replace(so_far.budget, closed_at=None, closed_as=None)
    elif so_far.budget.closed_as is not state:
        so_far.budget = replace(so_far.budget, closed_at=event.at, closed_as=state)
    so_far.state = state


def _update_pauses(so_far: _BudgetSoFar, event: ClockEvent, state: CaseState) -> None:
    """Begin a pause, or end the open one, as the state requires."""
    is_with_applicant = not event.runs and state in _WITH_APPLICANT_STATES
    is_open = bool(so_far.pauses) and so_far.pauses[-1].span.is_open
    if is_open and not is_with_applicant:
        last = so_far.pauses[-1]
        # A machine's clock may have been set back between two acts: a pause never ends before it starts.
        so_far.pauses[-1] = replace(last, span=TimeSpan(last.span.start, max(event.at, last.span.start)))
    elif is_with_applicant and not is_open and state is not CaseState.LAPSED:
        so_far.pauses.append(ClockPause(span=TimeSpan(event.at), is_rectifying=state is CaseState.RECTIFYING))


def _begins_new_budget(so_far: _BudgetSoFar, state: CaseState, action: str) -> bool:
    """Say whether a new budget begins when a case enters a state."""
    before = so_far.state
    if state is CaseState.APPEALED:
        # An appeal keeps its budget if a checker returns the decision on it.
        return before in FINAL_STATES
    if state is not CaseState.QUEUED:
        return False
    is_reopened_after_lapse = before is CaseState.LAPSED and action != RESUBMIT_ACTION
    is_after_appeal = so_far.budget.cap_days is not None
    return before in _DECIDED_STATES or is_after_appeal or is_reopened_after_lapse


def version_at_filing(events: Sequence[ClockEvent], version: int) -> int:
    """Return the policy version that a case had when its newest appeal was filed; now it has `version`."""
    for event in reversed(events):
        if event.action == APPEAL_ACTION:
            break
        version = event.policy_from or version
    return version


def latest_appeal_due(budget: ClockBudget, calendar: WorkingCalendar) -> datetime | None:
    """Return the latest due time of an appeal, on the last working day within its calendar days; None for a review."""
    if budget.cap_days is None:
        return None
    last_day = calendar.local_day(budget.start) + timedelta(days=budget.cap_days)
    return calendar.closing(calendar.working_day_until(last_day))


def clock_state(budget: ClockBudget, suspensions: Sequence[Suspension], calendar: WorkingCalendar) -> ClockState:
    """Return the state of a clock; `suspensions` are those that affect the case.

    The case is due at closing time on the N-th working day after day 0, postponed by the working seconds of all pauses
    and suspensions since the counted receipt. A suspension counts only if it begins before the case is due, so an
    overdue case stays overdue. Overlapping pauses and suspensions count once. Nothing moves an appeal past its cap.
    """
    counted = counted_from(budget.start, calendar)
    due = due_at(budget.start, budget.days, calendar)
    pauses = [pause.span.after(counted) for pause in budget.pauses]
    ended = merge_spans(span for span in pauses if not span.is_open)
    paused_s = sum(calendar.working_seconds_between(span.start, span.end) for span in ended)
    due = calendar.add_working_seconds(due, paused_s + budget.extended_s)
    for suspended in merge_spans(item.span.after(counted) for item in suspensions if not item.span.is_open):
        for part in subtract_spans(suspended, pauses):
            if suspended.start < due:
                due = calendar.add_working_seconds(due, calendar.working_seconds_between(part.start, part.end))
    due = min(due, latest_appeal_due(budget, calendar) or due)
    return ClockState(
        due_at=due,
        is_due_provisional=calendar.depends_on_provisional(calendar.local_day(budget.start), calendar.local_day(due)),
        suspended_from=min((item.span.start for item in suspensions if item.span.is_open), default=None),
    )


def extension_s(
    budget: ClockBudget, suspensions: Sequence[Suspension], calendar: WorkingCalendar, until: datetime
) -> float:
    """Return the working seconds by which to extend a budget, so that the case is due at `until`.

    Working time lost to suspensions before `until` is not counted twice. The result is zero or less if the case is
    already due at `until` or later.

    Args:
        budget: The budget of the case.
        suspensions: The suspensions that affect the case.
        calendar: The calendar of the policy of the case.
        until: The wanted due date, at which work is not suspended.
    """
    before = clock_state(budget, suspensions, calendar).due_at
    seconds = calendar.working_seconds_between(before, until)
    pauses = [pause.span for pause in budget.pauses]
    for suspended in merge_spans(item.span for item in suspensions if not item.span.is_open):
        if before <= suspended.start < until:
            seconds -= sum(
                calendar.working_seconds_between(part.start, part.end) for part in subtract_spans(suspended, pauses)
            )
    return seconds


def affects_due_date(suspension: Suspension, before: datetime, clock: ClockState, *, runs: bool) -> bool:
    """Say whether a suspension affects the due date of a case, so that its applicant gets a notice.

    A suspension with a known end affects the due date if it postpones it. An open suspension affects the due date if it
    stops a running clock before the case is due, and no earlier open suspension has stopped the clock.

    Args:
        suspension: The suspension.
        before: The due date without the suspension.
        clock: The state of the clock with the suspension.
        runs: Whether the clock runs in the current state of the case.
    """
    if not suspension.span.is_open:
        return clock.due_at > before
    return runs and clock.suspended_from == suspension.span.start and suspension.span.start < clock.due_at


def is_suspended(suspensions: Iterable[Suspension], now: datetime) -> bool:
    """Say whether one of these suspensions stops the clock now."""
    return any(suspension.span.start <= now < suspension.span.end for suspension in suspensions)
