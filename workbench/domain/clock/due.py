"""Computes due dates from the promised working days, and postpones deadlines whose letter was sent late."""

from datetime import UTC, datetime, timedelta

from workbench.domain.clock.calendar import WorkingCalendar
from workbench.i18n import _

_LEAST_WORKING_S = 2 * 3600
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
