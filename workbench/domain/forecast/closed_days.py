"""The working days on which no case is decided because work is suspended."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta

from workbench.domain.clock.calendar import WorkingCalendar
from workbench.domain.clock.spans import TimeSpan, merge_spans
from workbench.domain.clock.suspension import Suspension

_ONE_DAY = timedelta(days=1)


def is_all_work_suspended(suspensions: Iterable[Suspension], now: datetime) -> bool:
    """Say whether all work is suspended now by a suspension without a known end."""
    return any(item.span.is_open and item.span.start <= now for item in suspensions if _stops_all_work(item))


def closed_days(
    suspensions: Iterable[Suspension], calendar: WorkingCalendar, now: datetime, first: date, last: date
) -> frozenset[date]:
    """Return the working days from `first` to `last` that a suspension of all work covers completely.

    For today, it is enough to cover the remaining hours. A suspension without a known end counts until the end of
    today, or until the end of its first working day if it begins later.
    """
    spans = (_with_end(item.span, calendar, now) for item in suspensions if _stops_all_work(item))
    return frozenset(
        on
        for span in merge_spans(spans)
        for on in _working_days_in(span, calendar, first, last)
        if span.start <= _remaining_work_begins(calendar, on, now) and calendar.closing(on) <= span.end
    )


def _with_end(span: TimeSpan, calendar: WorkingCalendar, now: datetime) -> TimeSpan:
    """Return a span with an end. An open span gets the earliest end that is plausible."""
    if not span.is_open:
        return span
    last = calendar.local_day(now)
    if span.start > now:
        last = calendar.working_day_from(calendar.local_day(span.start))
        if span.start >= calendar.closing(last):
            last = calendar.next_working_day(last)
    return TimeSpan(span.start, datetime.combine(last + _ONE_DAY, time.min, tzinfo=calendar.zone))


def _remaining_work_begins(calendar: WorkingCalendar, on: date, now: datetime) -> datetime:
    """Return when the remaining work of a day begins. For a past day, return its opening."""
    opening = calendar.opening(on)
    return max(opening, now) if now < calendar.closing(on) else opening


def _stops_all_work(suspension: Suspension) -> bool:
    """Say whether a suspension stops all work. During a limited suspension, reviewers decide other cases."""
    return suspension.province is None and suspension.agent is None


def _working_days_in(span: TimeSpan, calendar: WorkingCalendar, first: date, last: date) -> Iterator[date]:
    """Yield the working days of a span, from `first` to `last` at most."""
    on = calendar.working_day_from(max(first, calendar.local_day(span.start)))
    end = min(last, calendar.local_day(span.end))
    while on <= end:
        yield on
        on = calendar.next_working_day(on)
