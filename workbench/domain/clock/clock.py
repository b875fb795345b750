"""The clock of a case: computes its due date from its events, the suspensions and the calendar.

Nothing is accumulated: the same events always give the same due date.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from db.enums import FINAL_STATES, CaseState
from workbench.domain.clock.calendar import WorkingCalendar
from workbench.domain.clock.due import counted_from, due_at
from workbench.domain.clock.spans import Span, merged, without
from workbench.domain.clock.suspension import Suspension

_APPLICANTS = frozenset({CaseState.PENDING, CaseState.RECTIFYING, CaseState.LAPSED})
_DECIDED = frozenset({CaseState.PASSED, CaseState.FAILED})
UNDONE = "undo"
EXTENDED = "extend"
CLASS_CHANGED = "class"
RESUBMITTED = "resubmit"


class PauseKind(StrEnum):
    """Why a case is with its applicant."""

    APPLICANT = "applicant"
    RECTIFYING = "rectifying"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockEvent:
    """The effect of an act on the clock of a case.

    `at` is the effective instant: the receipt for what the applicant sent, else the time of the act. `state` is None if
    the act does not change the state. `runs` is whether the clock runs afterwards, as logged.
    """

    at: datetime
    action: str
    state: CaseState | None = None
    runs: bool = False
    extended_s: float = 0.0
    until_on: date | None = None
    class_from: str = ""
    class_to: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """A time during which the case is with the applicant."""

    span: Span
    kind: PauseKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """The promised working time, with the events that reduce or extend it.

    Attributes:
        start: When all required documents had been received.
        days: The working days of the service class.
        pauses: The times when the case was with the applicant, in the order of the log.
        extended_s: Working seconds that a supervisor added.
        marks: The extensions and changes of class.
        closed_at: When the case was closed, None while it is open.
        closed_as: The final state.
        is_renewed: Whether an earlier budget of the case preceded this one.
    """

    start: datetime
    days: int
    pauses: tuple[Pause, ...] = ()
    extended_s: float = 0.0
    marks: tuple[ClockEvent, ...] = ()
    closed_at: datetime | None = None
    closed_as: CaseState | None = None
    is_renewed: bool = False

    @property
    def open_pause(self) -> Pause | None:
        """The pause that has not ended, None if there is none."""
        return next((pause for pause in self.pauses if pause.span.is_open), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockState:
    """The state of a clock, independent of the current time.

    Attributes:
        due_at: The due date, moved on by every ended pause and every suspension with a known end. An open pause or
            suspension will move it on too.
        is_provisional: Whether it depends on a day that may still change.
        suspended_from: When an open suspension stops the clock. A case not due by then is not overdue before work
            resumes.
    """

    due_at: datetime
    is_provisional: bool
    suspended_from: datetime | None = None


@dataclass(slots=True)
class _Reading:
    """The budget while the events are read."""

    budget: Budget
    state: CaseState
    pauses: list[Pause] = field(default_factory=list)


def budget_of(events: Iterable[ClockEvent], complete_at: datetime, days: int, appeal_days: int) -> Budget:
    """Return the current budget of a case, from its events in the order of the log.

    One budget covers all rounds. An appeal gets a new one, and so does a case that is reopened or that an appeal
    returns to the queue. Acts that were undone do not count.
    """
    reading = _Reading(Budget(start=complete_at, days=days), CaseState.QUEUED)
    for event in events:
        if event.action == EXTENDED:
            reading.budget = replace(reading.budget, extended_s=reading.budget.extended_s + event.extended_s)
        if event.action in {EXTENDED, CLASS_CHANGED}:
            reading.budget = replace(reading.budget, marks=(*reading.budget.marks, event))
        if event.state is not None:
            _enter(reading, event, event.state, days, appeal_days)
    return replace(reading.budget, pauses=tuple(reading.pauses))


def _enter(reading: _Reading, event: ClockEvent, state: CaseState, days: int, appeal_days: int) -> None:
    """Apply the entry of a case into a state."""
    is_undone = event.action == UNDONE
    if is_undone:
        # An undone verdict was never released, so the applicant never had the case.
        reading.pauses = [pause for pause in reading.pauses if not pause.span.is_open]
    elif _begins_new_budget(reading.state, state, event.action):
        is_appeal = state is CaseState.APPEALED
        reading.budget = Budget(start=event.at, days=appeal_days if is_appeal else days, is_renewed=True)
        reading.pauses = []
    else:
        _pause(reading, event, state)
    if state not in FINAL_STATES:
        reading.budget = replace(reading.budget, closed_at=None, closed_as=None)
    elif reading.budget.closed_as is not state:
        reading.budget = replace(reading.budget, closed_at=event.at, closed_as=state)
    reading.state = state


def _pause(reading: _Reading, event: ClockEvent, state: CaseState) -> None:
    """Begin a pause, or end the open one, as the state requires."""
    is_with_applicant = not event.runs and state in _APPLICANTS
    is_open = bool(reading.pauses) and reading.pauses[-1].span.is_open
    if is_open and not is_with_applicant:
        last = reading.pauses[-1]
        # Two acts may have the same instant, or a clock was set back between them: a pause is never negative.
        reading.pauses[-1] = replace(last, span=Span(last.span.start, max(event.at, last.span.start)))
    elif is_with_applicant and not is_open and state is not CaseState.LAPSED:
        kind = PauseKind.RECTIFYING if state is CaseState.RECTIFYING else PauseKind.APPLICANT
        reading.pauses.append(Pause(span=Span(event.at), kind=kind))


def _begins_new_budget(before: CaseState, state: CaseState, action: str) -> bool:
    """Say whether a new budget begins when a case enters a state."""
    if state is CaseState.APPEALED:
        return before is not CaseState.APPEALED
    if state is not CaseState.QUEUED:
        return False
    is_reopened_after_lapse = before is CaseState.LAPSED and action != RESUBMITTED
    return before in _DECIDED or before is CaseState.APPEALED or is_reopened_after_lapse


def clock_state(budget: Budget, suspensions: Sequence[Suspension], calendar: WorkingCalendar) -> ClockState:
    """Return the state of a clock; `suspensions` are those that affect the case.

    The case is due at closing of the N-th working day after day 0, moved on by all paused working seconds from the
    counted receipt on. A suspension counts only if it begins before the case is due, so a late case stays late.
    Overlapping pauses and suspensions count once.
    """
    counted = counted_from(budget.start, calendar)
    due = due_at(budget.start, budget.days, calendar).at
    pauses = [pause.span.after(counted) for pause in budget.pauses]
    over = merged(span for span in pauses if not span.is_open)
    moved = sum(calendar.working_seconds_between(span.start, span.end) for span in over)
    due = calendar.add_working_seconds(due, moved + budget.extended_s)
    for stop in merged(one.span.after(counted) for one in suspensions if not one.span.is_open):
        for part in without(stop, pauses):
            if stop.start < due:
                due = calendar.add_working_seconds(due, calendar.working_seconds_between(part.start, part.end))
    return ClockState(
        due_at=due,
        is_provisional=calendar.depends_on_provisional(calendar.local_day(budget.start), calendar.local_day(due)),
        suspended_from=min((one.span.start for one in suspensions if one.span.is_open), default=None),
    )


def extension_s(budget: Budget, suspensions: Sequence[Suspension], calendar: WorkingCalendar, until: datetime) -> float:
    """Return the working seconds by which to extend a budget, so that it is due at an instant.

    Suspensions that the extended due date reaches are not counted again. The result is zero or less if the case is
    already due no earlier.

    Args:
        budget: The budget of the case.
        suspensions: The suspensions that affect the case.
        calendar: The calendar of the policy of the case.
        until: The wanted due date, at which work is not suspended.
    """
    before = clock_state(budget, suspensions, calendar).due_at
    seconds = calendar.working_seconds_between(before, until)
    pauses = [pause.span for pause in budget.pauses]
    for stop in merged(one.span for one in suspensions if not one.span.is_open):
        if before <= stop.start < until:
            seconds -= sum(calendar.working_seconds_between(part.start, part.end) for part in without(stop, pauses))
    return seconds


def affects_due_date(stop: Suspension, before: datetime, clock: ClockState, *, runs: bool) -> bool:
    """Say whether a suspension affects the due date of a case, so that its applicant gets a notice.

    A suspension with an end affects it if the due date moved. An open one affects it if it stops a running clock before
    the case is due, and no earlier open one did.

    Args:
        stop: The suspension.
        before: The due date without the suspension.
        clock: The state of the clock with the suspension.
        runs: Whether the clock runs in the current state of the case.
    """
    if not stop.span.is_open:
        return clock.due_at > before
    return runs and clock.suspended_from == stop.span.start < clock.due_at


def is_suspended(suspensions: Iterable[Suspension], now: datetime) -> bool:
    """Say whether one of these suspensions stops the clock now."""
    return any(one.span.start <= now < one.span.end for one in suspensions)
