"""The clock of a case: when it is due, by its events, the suspensions and the working calendar.

Nothing here is counted up anywhere: the same events give the same due date. Source: DESIGN, section 13.
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
    """What an act on a case means to its clock.

    `at` is the instant that counts: that of receipt for what the applicant sent, else that of the act. `state` is
    None for an act that leaves the state alone; `runs` is whether the clock runs from then on, as the log has it.
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
    """A time for which the applicant has the case."""

    span: Span
    kind: PauseKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """The working time that is promised, and what the events take out of it or add to it.

    Attributes:
        start: When everything was there, as received.
        days: The working days of the service class.
        pauses: The times for which the applicant had the case, in the order of the log.
        extended_s: Working seconds that a supervisor added.
        marks: The extensions and changes of class.
        closed_at: When the case was over, None while it is open.
        closed_as: The state in which it is over.
        is_again: Whether this is not the case's first budget.
    """

    start: datetime
    days: int
    pauses: tuple[Pause, ...] = ()
    extended_s: float = 0.0
    marks: tuple[ClockEvent, ...] = ()
    closed_at: datetime | None = None
    closed_as: CaseState | None = None
    is_again: bool = False

    @property
    def open_pause(self) -> Pause | None:
        """The pause that is not over."""
        return next((pause for pause in self.pauses if pause.span.is_open), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a clock stands, whatever the time is.

    Attributes:
        due_at: The due date, moved on by every pause that is over and every suspension whose end is known. While a
            pause or suspension is open, it will move on by that too.
        is_provisional: Whether it leans on a day that may still change.
        suspended_from: When an open suspension began or begins to stop the clock; a case that was not due by then is
            not overdue before work is taken up again.
    """

    due_at: datetime
    is_provisional: bool
    suspended_from: datetime | None = None


@dataclass(slots=True)
class _Reading:
    """The budget as far as the events are read."""

    budget: Budget
    state: CaseState
    pauses: list[Pause] = field(default_factory=list)


def budget_of(events: Iterable[ClockEvent], complete_at: datetime, days: int, appeal_days: int) -> Budget:
    """Return the budget that counts now, from a case's events in the order of the log.

    There is one over all rounds; a case that is opened again, or overturned to the queue, gets a new one, and so
    does an appeal. What was undone never counted.
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
    """Let a case enter a state."""
    is_undone = event.action == UNDONE
    if is_undone:
        # What is taken back within its grace never reached the applicant.
        reading.pauses = [pause for pause in reading.pauses if not pause.span.is_open]
    elif _starts_again(reading.state, state, event.action):
        is_appeal = state is CaseState.APPEALED
        reading.budget = Budget(start=event.at, days=appeal_days if is_appeal else days, is_again=True)
        reading.pauses = []
    else:
        _pause(reading, event, state)
    if state not in FINAL_STATES:
        reading.budget = replace(reading.budget, closed_at=None, closed_as=None)
    elif reading.budget.closed_as is not state:
        reading.budget = replace(reading.budget, closed_at=event.at, closed_as=state)
    reading.state = state


def _pause(reading: _Reading, event: ClockEvent, state: CaseState) -> None:
    """Begin a pause, end the open one, or leave it as it is."""
    is_with_applicant = not event.runs and state in _APPLICANTS
    is_open = bool(reading.pauses) and reading.pauses[-1].span.is_open
    if is_open and not is_with_applicant:
        last = reading.pauses[-1]
        # Two acts may have the same instant, or a clock was set back between them: a pause is never negative.
        reading.pauses[-1] = replace(last, span=Span(last.span.start, max(event.at, last.span.start)))
    elif is_with_applicant and not is_open and state is not CaseState.LAPSED:
        kind = PauseKind.RECTIFYING if state is CaseState.RECTIFYING else PauseKind.APPLICANT
        reading.pauses.append(Pause(span=Span(event.at), kind=kind))


def _starts_again(before: CaseState, state: CaseState, action: str) -> bool:
    """Say whether the promise is given anew."""
    if state is CaseState.APPEALED:
        return before is not CaseState.APPEALED
    if state is not CaseState.QUEUED:
        return False
    is_reopened_after_lapse = before is CaseState.LAPSED and action != RESUBMITTED
    return before in _DECIDED or before is CaseState.APPEALED or is_reopened_after_lapse


def standing_of(budget: Budget, suspensions: Sequence[Suspension], calendar: WorkingCalendar) -> Standing:
    """Return where a clock stands; `suspensions` are those that concern the case.

    Due is closing of the N-th working day after day 0, moved on by all working seconds paused, those of day 0
    included. A suspension counts if it begins before the case is due: what was late by then stays late. Time that is
    paused twice counts once.
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
    return Standing(
        due_at=due,
        is_provisional=calendar.leans_on_provisional(calendar.local_day(budget.start), calendar.local_day(due)),
        suspended_from=min((one.span.start for one in suspensions if one.span.is_open), default=None),
    )


def extension_s(budget: Budget, suspensions: Sequence[Suspension], calendar: WorkingCalendar, until: datetime) -> float:
    """Return by how many working seconds to extend what is promised, so that it is due at an instant.

    What a suspension moves that the due date only now comes to is no part of it. Zero or less says that it is due no
    earlier already.

    Args:
        budget: What is promised, and the events.
        suspensions: Those that concern the case.
        calendar: The calendar under the case's policy.
        until: An instant at which work is not suspended.
    """
    before = standing_of(budget, suspensions, calendar).due_at
    seconds = calendar.working_seconds_between(before, until)
    pauses = [pause.span for pause in budget.pauses]
    for stop in merged(one.span for one in suspensions if not one.span.is_open):
        if before <= stop.start < until:
            seconds -= sum(calendar.working_seconds_between(part.start, part.end) for part in without(stop, pauses))
    return seconds


def is_felt(stop: Suspension, before: datetime, standing: Standing, *, runs: bool) -> bool:
    """Say whether an applicant is concerned by a suspension that was taken in, and so is told of it.

    One with an end moved the due date on. An open one stops a clock that runs, before the case is due, and no other
    open one did so earlier.

    Args:
        stop: The suspension.
        before: The due date without it.
        standing: Where the clock stands with it.
        runs: Whether the clock runs in the state that the case has.
    """
    if not stop.span.is_open:
        return standing.due_at > before
    return runs and standing.suspended_from == stop.span.start < standing.due_at


def is_suspended(suspensions: Iterable[Suspension], now: datetime) -> bool:
    """Say whether one of these suspensions stops the clock now."""
    return any(one.span.start <= now < one.span.end for one in suspensions)
