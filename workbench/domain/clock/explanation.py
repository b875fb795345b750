"""Explains a due date as a list of steps from receipt to the due date."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise

from workbench.domain.clock.calendar import DayKind, WorkingCalendar, assumed_day
from workbench.domain.clock.clock import EXTEND_ACTION, ClockBudget, ClockState, clock_state, is_suspended
from workbench.domain.clock.due import counted_from
from workbench.domain.clock.spans import NEVER, TimeSpan, merge_spans, subtract_spans
from workbench.domain.clock.suspension import Suspension

_HOLIDAY_KINDS = frozenset({DayKind.HOLIDAY.value, DayKind.IN_LIEU.value})


class StepKind(StrEnum):
    """The kind of a step, as written in the JSON of `workbench clock`."""

    INCOMPLETE = "incomplete"
    RECEIVED = "received"
    OUTSIDE_HOURS = "outside_hours"
    RUNNING = "running"
    APPLICANT = "applicant"
    RECTIFYING = "rectifying"
    SUSPENDED = "suspended"
    HOLIDAY = "holiday"
    MAKE_UP = "make_up"
    OWN_HOURS = "own_hours"
    CLASS = "class"
    EXTENDED = "extended"
    DUE = "due"
    LATE = "late"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockStep:
    """One step of an explanation. Nights, weekends and midday breaks between steps are omitted.

    Attributes:
        start: When it began.
        end: When it ended, None if it has not ended; for an event the same as `start`.
        what: Its kind.
        counts: Whether the clock runs.
        working_s: Its working seconds, whether or not they count.
        detail: Depends on the kind. SUSPENDED: the reason. HOLIDAY: its name, or `override` if the day was set by hand.
            MAKE_UP: `override` if the day was set by hand. CLASS: the previous and the new class, separated by a blank.
            CLOSED: the final state. RECEIVED: `renewed` if a new budget began. Otherwise empty.
        until_on: The day until which a supervisor extended the due date.
    """

    start: datetime
    end: datetime | None
    what: StepKind
    counts: bool = False
    working_s: float = 0.0
    detail: str = ""
    until_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockExplanation:
    """The state of a clock at one moment, and the steps that led to it.

    An incomplete case has no due date, and a closed case has no days left.

    Attributes:
        due_at: The due date.
        due_provisional: Whether it depends on a day that may still change.
        running: Whether the clock runs.
        is_paused: Whether the applicant has the case.
        is_suspended: Whether a suspension stops the clock.
        working_days_left: The working days after today, up to and including the due day.
        class_days: The promised working days.
        is_moved: Whether the due date differs from the one without pauses, suspensions and adjustments.
        will_be_postponed: Whether an open suspension will postpone the due date when it ends.
        steps: The steps.
        rectify_by: The deadline of a rectification.
        due_if_answered_at: The due date if the answer comes at the last moment.
        cap_days: The calendar days after which an appeal is due in any case; None for a review.
    """

    due_at: datetime | None = None
    due_provisional: bool = False
    running: bool = False
    is_paused: bool = False
    is_suspended: bool = False
    working_days_left: int | None = None
    class_days: int
    is_moved: bool = False
    will_be_postponed: bool = False
    steps: tuple[ClockStep, ...]
    rectify_by: datetime | None = None
    due_if_answered_at: datetime | None = None
    cap_days: int | None = None


def explain_clock(
    budget: ClockBudget,
    suspensions: Sequence[Suspension],
    calendar: WorkingCalendar,
    now: datetime,
    *,
    handed_in_at: datetime,
    runs: bool,
) -> ClockExplanation:
    """Explain the due date of a case whose clock has begun.

    Args:
        budget: The budget of the case.
        suspensions: The suspensions that affect the case.
        calendar: The calendar of the policy of the case.
        now: The current time.
        handed_in_at: When the application was received, complete or not.
        runs: Whether the clock runs in the current state of the case.
    """
    clock = clock_state(budget, suspensions, calendar)
    today = calendar.local_day(now)
    is_stopped = is_suspended(suspensions, now)
    is_closed = budget.closed_at is not None
    return ClockExplanation(
        due_at=clock.due_at,
        due_provisional=clock.is_due_provisional,
        running=runs and not is_stopped,
        is_paused=budget.open_pause is not None and not is_closed,
        is_suspended=is_stopped and not is_closed,
        working_days_left=None if is_closed else calendar.working_days_left(today, calendar.local_day(clock.due_at)),
        class_days=budget.days,
        is_moved=clock.due_at != clock_state(ClockBudget(start=budget.start, days=budget.days), (), calendar).due_at,
        will_be_postponed=not is_closed and clock.suspended_from is not None and clock.suspended_from < clock.due_at,
        steps=tuple(_steps(budget, clock, suspensions, calendar, now, handed_in_at)),
        cap_days=budget.cap_days,
    )


def explain_incomplete(handed_in_at: datetime, class_days: int) -> ClockExplanation:
    """Explain why an incomplete case has no due date: its clock has not begun."""
    step = ClockStep(start=handed_in_at, end=None, what=StepKind.INCOMPLETE)
    return ClockExplanation(class_days=class_days, steps=(step,))


def _steps(
    budget: ClockBudget,
    clock: ClockState,
    suspensions: Sequence[Suspension],
    calendar: WorkingCalendar,
    now: datetime,
    handed_in_at: datetime,
) -> Iterator[ClockStep]:
    counts_from = counted_from(budget.start, calendar)
    if handed_in_at < budget.start and not budget.is_renewed:
        yield ClockStep(start=handed_in_at, end=budget.start, what=StepKind.INCOMPLETE)
    yield _event_step(budget.start, StepKind.RECEIVED, "renewed" if budget.is_renewed else "")
    if counts_from > budget.start:
        yield ClockStep(start=budget.start, end=counts_from, what=StepKind.OUTSIDE_HOURS)
    # A suspension that begins after the due date is shown only once it has begun.
    shown = [suspension for suspension in suspensions if suspension.span.start < max(clock.due_at, now)]
    stopped = list(_stopped_steps(budget, shown, calendar, counts_from))
    known_ends = [step.end for step in stopped if step.end is not None]
    last = budget.closed_at or max([clock.due_at, now, *known_ends])
    # The clock does not run after the start of an open pause or suspension.
    first_open = min((step.start for step in stopped if step.end is None), default=last)
    stopped_spans = [TimeSpan(step.start, step.end or NEVER) for step in stopped]
    steps = [*stopped, *_adjustment_steps(budget)]
    cuts = [clock.due_at, *(event.at for event in budget.adjustments)]
    for gap in subtract_spans(TimeSpan(counts_from, max(counts_from, min(last, first_open))), stopped_spans):
        steps += _running_steps(gap, clock.due_at, cuts, calendar)
    steps.append(_event_step(clock.due_at, StepKind.DUE))
    if budget.closed_at is not None:
        steps.append(_event_step(budget.closed_at, StepKind.CLOSED, budget.closed_as.value if budget.closed_as else ""))
    # At the same time, an event comes before a period.
    yield from sorted(steps, key=lambda step: (step.start, step.end != step.start))


def _event_step(at: datetime, what: StepKind, detail: str = "") -> ClockStep:
    return ClockStep(start=at, end=at, what=what, detail=detail)


def _adjustment_steps(budget: ClockBudget) -> Iterator[ClockStep]:
    """Yield the steps for the changes that supervisors made to the due date."""
    for event in budget.adjustments:
        if event.action == EXTEND_ACTION:
            extended = _event_step(event.at, StepKind.EXTENDED)
            yield replace(extended, working_s=event.extended_s, until_on=event.until_on)
        else:
            yield _event_step(event.at, StepKind.CLASS, f"{event.class_from} {event.class_to}")


def _stopped_steps(
    budget: ClockBudget, suspensions: Sequence[Suspension], calendar: WorkingCalendar, counts_from: datetime
) -> Iterator[ClockStep]:
    """Yield the pauses and suspensions; where they overlap, only the suspension."""
    shown: list[TimeSpan] = []
    counting = TimeSpan(counts_from, budget.closed_at or NEVER)
    for suspension in sorted(suspensions, key=lambda suspension: suspension.span):
        span = TimeSpan(max(suspension.span.start, counting.start), min(suspension.span.end, counting.end))
        for part in subtract_spans(span, shown):
            yield _stopped_step(part, StepKind.SUSPENDED, calendar, suspension.reason)
            shown.append(part)
    for pause in budget.pauses:
        what = StepKind.RECTIFYING if pause.is_rectifying else StepKind.APPLICANT
        for span in subtract_spans(pause.span.after(counts_from), shown):
            yield _stopped_step(span, what, calendar)
            shown.append(span)


def _stopped_step(span: TimeSpan, what: StepKind, calendar: WorkingCalendar, detail: str = "") -> ClockStep:
    seconds = 0.0 if span.is_open else calendar.working_seconds_between(span.start, span.end)
    end = None if span.is_open else span.end
    return ClockStep(start=span.start, end=end, what=what, working_s=seconds, detail=detail)


def _running_steps(
    gap: TimeSpan, due_at: datetime, cuts: Sequence[datetime], calendar: WorkingCalendar
) -> Iterator[ClockStep]:
    """Yield the steps of a gap between stopped steps, in which the clock runs, split at events and special days."""
    special = list(_special_days(gap, calendar))
    ends = [step.start for step in special] + [step.end for step in special if step.end is not None]
    edges = sorted({gap.start, gap.end, *(at for at in (*ends, *cuts) if gap.start < at < gap.end)})
    for start, end in pairwise(edges):
        is_late = start >= due_at
        usual = _event_step(start, StepKind.LATE if is_late else StepKind.RUNNING)
        special_day = next((step for step in special if step.start <= start and step.end and end <= step.end), None)
        is_holiday = special_day is not None and special_day.what is StepKind.HOLIDAY
        # After the due date, only holidays are shown as special days.
        step = usual if special_day is None or (is_late and not is_holiday) else special_day
        seconds = calendar.working_seconds_between(start, end)
        if seconds or is_holiday:
            span = TimeSpan(start, end)
            if step.what not in {StepKind.HOLIDAY, StepKind.MAKE_UP}:
                span = _within_hours(span, calendar)
            yield replace(step, start=span.start, end=span.end, counts=not is_holiday, working_s=seconds)


def _within_hours(span: TimeSpan, calendar: WorkingCalendar) -> TimeSpan:
    """Return a span that contains working time, without the nights and days off at its ends."""
    day = calendar.local_day(span.end)
    while not calendar.is_working(day) or calendar.opening(day) >= span.end:
        day -= timedelta(days=1)
    return TimeSpan(calendar.add_working_seconds(span.start, 0), min(span.end, calendar.closing(day)))


def _special_days(gap: TimeSpan, calendar: WorkingCalendar) -> Iterator[ClockStep]:
    """Yield holidays (adjacent ones joined), make-up days and days with own hours, from midnight to midnight.

    Days set by hand are included if they differ from a plain week.
    """
    day, last = calendar.local_day(gap.start), calendar.local_day(gap.end)
    holidays: list[tuple[TimeSpan, str]] = []
    while day <= last:
        calendar_day, span = calendar.day(day), _span_of(day, calendar)
        is_override, is_weekday = calendar_day.kind == DayKind.OVERRIDE.value, assumed_day(day).working
        detail = calendar_day.kind if is_override else ""
        if not calendar_day.working and (calendar_day.kind in _HOLIDAY_KINDS or (is_override and is_weekday)):
            holidays.append((span, calendar_day.name if calendar_day.kind == DayKind.HOLIDAY.value else detail))
        elif calendar_day.working and (calendar_day.kind == DayKind.MAKE_UP.value or (is_override and not is_weekday)):
            yield ClockStep(start=span.start, end=span.end, what=StepKind.MAKE_UP, counts=True, detail=detail)
        elif calendar_day.working and calendar_day.hours:
            yield ClockStep(start=span.start, end=span.end, what=StepKind.OWN_HOURS, counts=True)
        day += timedelta(days=1)
    for holiday in merge_spans(span for span, _name in holidays):
        names = [name for span, name in holidays if name and holiday.start <= span.start < holiday.end]
        # The eve of a holiday may have a different name; the most frequent one is shown.
        name = max(names, key=names.count, default="")
        yield ClockStep(start=holiday.start, end=holiday.end, what=StepKind.HOLIDAY, detail=name)


def _span_of(on: date, calendar: WorkingCalendar) -> TimeSpan:
    """Return the span of a day; a day off is extended by the days off that follow."""
    after = on + timedelta(days=1)
    while not calendar.is_working(on) and not calendar.is_working(after):
        after += timedelta(days=1)
    return TimeSpan(*(datetime.combine(day, time(), tzinfo=calendar.zone) for day in (on, after)))
