"""The due date: the promised working days, counted from receipt."""

from datetime import UTC, datetime

from workbench.domain.clock.calendar import WorkingCalendar
from workbench.i18n import _

_LEAST_WORKING_S = 2 * 3600


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


def short_deadline_problem(deadline_at: datetime, now: datetime, calendar: WorkingCalendar) -> str | None:
    """Return why an applicant cannot meet a deadline, None if at least two working hours are left until then."""
    earliest = calendar.add_working_seconds(now, _LEAST_WORKING_S)
    if deadline_at >= earliest:
        return None
    message = _("The deadline leaves less than two working hours; the first possible day is {day}.")
    return message.format(day=calendar.local_day(earliest).isoformat())
