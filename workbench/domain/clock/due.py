"""Computes due dates from the promised working days, and moves the deadlines of applicants.

A letter that was sent late postpones its deadline. Suspensions and days off move deadlines. No deadline passes while
work is suspended. The deadline of a period that ends on a day off is the next working day (民法典, Civil Code, art.
203). Force majeure (不可抗力) is no fault of the applicant (art. 180), so the time of a suspension is not part of the
period.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from workbench.domain.clock.calendar import WorkingCalendar
from workbench.domain.clock.spans import NEVER, merge_spans
from workbench.domain.clock.suspension import Suspension
from workbench.i18n import _

_LEAST_WORKING_S = 2 * 3600
"""The least working time that a deadline must leave to the applicant."""

_MINUTE = timedelta(minutes=1)


def counted_from(received_at: datetime, calendar: WorkingCalendar) -> datetime:
    """Return the instant (UTC) from which a receipt counts; its local day is day 0.

    A receipt after closing, before opening or on a day off counts from the next opening. A receipt at closing or in the
    midday break counts from its own time.
    """
    day = calendar.local_day(received_at)
    if calendar.is_working(day):
        if received_at < calendar.opening(day):
            return calendar.opening(day)
        if received_at <= calendar.closing(day):
            return received_at.astimezone(UTC)
    return calendar.opening(calendar.next_working_day(day))


def due_at(received_at: datetime, working_days: int, calendar: WorkingCalendar) -> datetime:
    """Return when a case or a rectification is due: at closing time on the last of these working days after day 0.

    Pauses are not included; they postpone the due date by working seconds.

    Raises:
        ValueError: If working_days is less than 1.
    """
    day_zero = calendar.local_day(counted_from(received_at, calendar))
    return calendar.closing(calendar.nth_working_day_after(day_zero, working_days))


def return_from_aside(until: datetime, due_at: datetime | None, now: datetime, zone: tzinfo) -> datetime:
    """Return when a case that was put aside until a time returns: after its due date means when its due day begins.

    A case that is due today then returns when it is due. An overdue case returns at the given time.
    """
    if due_at is None or not now < due_at < until:
        return until
    begins = datetime.combine(due_at.astimezone(zone).date(), time(), tzinfo=zone)
    return begins.astimezone(UTC) if begins > now else due_at


def last_overdue_receipt(now: datetime, working_days: int, calendar: WorkingCalendar) -> datetime:
    """Return the latest receipt whose `due_at` is before now; every earlier one is overdue too."""
    day = calendar.local_day(now)
    left = working_days
    if not (calendar.is_working(day) and calendar.closing(day) < now):
        left += 1
    while left:
        day -= timedelta(days=1)
        left -= calendar.is_working(day)
    return calendar.closing(day)


def working_days_late(released_at: datetime, sent_at: datetime, calendar: WorkingCalendar) -> int:
    """Count the working days after the one on which a letter was released, until it was sent.

    A letter that was released after closing or on a day off counts as released on the next working day.
    """
    first = calendar.local_day(counted_from(released_at, calendar))
    return calendar.working_days_left(first, calendar.local_day(sent_at))


def postponed_deadline(deadline_at: datetime, working_days: int, calendar: WorkingCalendar) -> datetime:
    """Postpone a deadline by working days; a deadline at closing time stays at closing time."""
    day = calendar.local_day(deadline_at)
    new_day = calendar.nth_working_day_after(day, working_days)
    if calendar.is_working(day) and deadline_at == calendar.closing(day):
        return calendar.closing(new_day)
    time_of_day = deadline_at.astimezone(calendar.zone).timetz()
    return datetime.combine(new_day, time_of_day).astimezone(UTC)


def deadline_after_sending(
    deadline_at: datetime, released_at: datetime, sent_at: datetime, calendar: WorkingCalendar
) -> datetime:
    """Postpone the deadline in a letter by the working days that the letter was late.

    If less than two working hours are left after the sending, the deadline is one working day later still: a letter
    that was released on a day off may pass its own deadline, although it is sent on the first working day.
    """
    days = working_days_late(released_at, sent_at, calendar)
    moved = postponed_deadline(deadline_at, days, calendar) if days else deadline_at
    leaves_time = feasible_deadline(moved, sent_at, calendar) == moved
    return moved if leaves_time else postponed_deadline(deadline_at, days + 1, calendar)


def natural_deadline(start: datetime, hours: int, calendar: WorkingCalendar, *, ends_on_days_off: bool) -> datetime:
    """Return the deadline a number of natural hours after `start`, rounded up to the minute that letters give.

    A deadline on a day off moves to the same time of the next working day, unless `ends_on_days_off`: the applicant
    never has less than the hours promised, and can reach the supplier on the last day.
    """
    end = start.astimezone(UTC) + timedelta(hours=hours)
    end += (_MINUTE - timedelta(seconds=end.second, microseconds=end.microsecond)) % _MINUTE
    day = calendar.local_day(end)
    if ends_on_days_off or calendar.is_working(day):
        return end
    time_of_day = end.astimezone(calendar.zone).timetz()
    return datetime.combine(calendar.next_working_day(day), time_of_day).astimezone(UTC)


def feasible_deadline(deadline_at: datetime, now: datetime, calendar: WorkingCalendar) -> datetime:
    """Return a deadline; if it leaves too little time, return the closing time of the first day that leaves enough."""
    earliest = calendar.add_working_seconds(now, _LEAST_WORKING_S)
    return deadline_at if deadline_at >= earliest else calendar.closing(calendar.local_day(earliest))


def short_deadline_problem(deadline_at: datetime, now: datetime, calendar: WorkingCalendar) -> str | None:
    """Return why a deadline is too short for the applicant, None if at least two working hours are left."""
    earliest = calendar.add_working_seconds(now, _LEAST_WORKING_S)
    if deadline_at >= earliest:
        return None
    message = _("The deadline leaves less than two working hours; the first possible day is {day}.")
    return message.format(day=calendar.local_day(earliest).isoformat())


def moved_deadline(
    given_deadline: datetime, since: datetime, suspensions: Iterable[Suspension], calendar: WorkingCalendar
) -> datetime:
    """Return a deadline, moved by the working time that was suspended since the applicant got it.

    A suspension counts from `since` on, and only if it begins before the deadline, which earlier suspensions may have
    moved. Overlapping suspensions count once. A suspension without a known end moves nothing yet (see
    `open_suspension_start`). The result is in no suspension, on no day off, and never earlier than `given_deadline`.

    Args:
        given_deadline: The deadline that the applicant got.
        since: When the applicant got it.
        suspensions: The suspensions that concern the applicant.
        calendar: The calendar of the policy of the case.
    """
    deadline_at = on_working_day(given_deadline, calendar)
    for span in merge_spans(item.span.after(since) for item in suspensions if not item.span.is_open):
        if span.start >= deadline_at:
            break
        seconds = calendar.working_seconds_between(span.start, span.end)
        if seconds:
            deadline_at = calendar.add_working_seconds(deadline_at, seconds)
        if deadline_at < span.end:
            # Only the working time is added, so a deadline at night or at closing may still lie in the suspension.
            deadline_at = counted_from(span.end, calendar)
    return deadline_at


def on_working_day(deadline_at: datetime, calendar: WorkingCalendar) -> datetime:
    """Return a deadline; one on a day off moves to the next working day, to its closing or the same time (art. 203)."""
    day = calendar.local_day(deadline_at)
    if calendar.is_working(day):
        return deadline_at
    if deadline_at == calendar.closing(day):
        return calendar.closing(calendar.next_working_day(day))
    return postponed_deadline(deadline_at, 1, calendar)


def open_day_from(day: date, suspensions: Iterable[Suspension], calendar: WorkingCalendar) -> date:
    """Return the first working day, from a day on, whose closing is in no suspension with a known end."""
    ending = [suspension.span for suspension in suspensions if not suspension.span.is_open]
    day = calendar.working_day_from(day)
    while any(span.start < calendar.closing(day) <= span.end for span in ending):
        day = calendar.next_working_day(day)
    return day


def open_suspension_start(deadline_at: datetime, suspensions: Iterable[Suspension]) -> datetime | None:
    """Return the start of the earliest open suspension that keeps a deadline from passing, None without one."""
    starts = (suspension.span.start for suspension in suspensions if suspension.span.is_open)
    return min((start for start in starts if start < deadline_at), default=None)


def latest_receipt(deadline_at: datetime, suspended_from: datetime | None) -> datetime:
    """Return the latest receipt in time: the deadline, or NEVER if an open suspension began before the deadline."""
    return NEVER if suspended_from is not None and suspended_from < deadline_at else deadline_at
