"""Deadlines of applicants: suspensions and days off move them, and none passes while work is suspended.

The deadline of a period that ends on a day off is the next working day (民法典, Civil Code, art. 203). Force majeure
(不可抗力) is no fault of the applicant (art. 180), so the time of a suspension is not part of the period.
"""

from collections.abc import Iterable
from datetime import date, datetime

from workbench.domain.clock.calendar import WorkingCalendar
from workbench.domain.clock.due import counted_from, postponed_deadline
from workbench.domain.clock.spans import NEVER, merge_spans
from workbench.domain.clock.suspension import Suspension


def moved_deadline(
    told_at: datetime, since: datetime, suspensions: Iterable[Suspension], calendar: WorkingCalendar
) -> datetime:
    """Return a deadline, moved by the working time that was suspended since it was given.

    A suspension counts from `since` on, and only if it begins before the deadline, which earlier suspensions may have
    moved. Overlapping suspensions count once. One without a known end moves nothing yet: see `holding_from`. The result
    is in no suspension, on no day off, and never earlier than `told_at`.

    Args:
        told_at: The deadline that the applicant was told.
        since: When it was given.
        suspensions: The suspensions that concern the applicant.
        calendar: The calendar of the policy of the case.
    """
    deadline_at = on_working_day(told_at, calendar)
    for span in merge_spans(one.span.after(since) for one in suspensions if not one.span.is_open):
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
    """Return a deadline, or if its day is off, the closing or the same time of the next working day (art. 203)."""
    day = calendar.local_day(deadline_at)
    if calendar.is_working(day):
        return deadline_at
    if deadline_at == calendar.closing(day):
        return calendar.closing(calendar.next_working_day(day))
    return postponed_deadline(deadline_at, 1, calendar)


def open_day_from(day: date, suspensions: Iterable[Suspension], calendar: WorkingCalendar) -> date:
    """Return the first working day, from a day on, whose closing is in no suspension with a known end."""
    ending = [one.span for one in suspensions if not one.span.is_open]
    day = calendar.working_day_from(day)
    while any(span.start < calendar.closing(day) <= span.end for span in ending):
        day = calendar.next_working_day(day)
    return day


def holding_from(deadline_at: datetime, suspensions: Iterable[Suspension]) -> datetime | None:
    """Return when the suspension without a known end began that keeps a deadline from passing, None without one."""
    starts = (one.span.start for one in suspensions if one.span.is_open and one.span.start < deadline_at)
    return min(starts, default=None)


def latest_receipt(deadline_at: datetime, suspended_from: datetime | None) -> datetime:
    """Return the latest receipt in time: the deadline, or NEVER while an open suspension that began before it lasts."""
    return NEVER if suspended_from is not None and suspended_from < deadline_at else deadline_at
