"""The supplier's working days and hours, with working-time arithmetic."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from db.enums import DayStatus
from workbench.domain.clock.hours import Hours, checked_hours
from workbench.errors import BadConfiguration
from workbench.i18n import _

_FIRST_WEEKEND_DAY = 5
_NO_TIME = timedelta(0)


class DayKind(StrEnum):
    """Why a day is a working day or a day off."""

    WORKDAY = "workday"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    IN_LIEU = "in_lieu"
    MAKE_UP = "make_up"
    OVERRIDE = "override"


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarDay:
    """One day of the calendar.

    Attributes:
        kind: One of DayKind.
        name: The holiday's name or ''.
        hours: The day's own hours, such as those of a half day; () if the policy's hours apply.
    """

    on: date
    working: bool
    kind: str
    name: str
    status: DayStatus
    hours: Hours = ()


def assumed_day(day: date) -> CalendarDay:
    """Return a day outside the table: weekdays are working days, and the day is provisional."""
    working = day.weekday() < _FIRST_WEEKEND_DAY
    kind = DayKind.WORKDAY if working else DayKind.WEEKEND
    return CalendarDay(on=day, working=working, kind=kind, name="", status=DayStatus.PROVISIONAL)


class WorkingCalendar:
    """Working days and hours. It is immutable, and every instant it returns is aware, in UTC.

    Days outside the table are assumed (see `assumed_day`). Working time is the time within the working hours; the
    closing time of an interval is not part of it.
    """

    __slots__ = ("_days", "_first", "_last", "_own_hours", "_provisional_days", "_working", "hours", "zone")

    def __init__(self, days: Iterable[CalendarDay], *, hours: Hours, zone: str) -> None:
        """Store the days from the first to the last of the table, with assumed days in the gaps.

        Raises:
            BadConfiguration: If hours are empty, overlap or run backwards, or the zone is unknown.
        """
        self.hours = checked_hours(hours)
        self.zone = _known_zone(zone)
        self._days = {day.on: day for day in days}
        self._own_hours = {day.on: checked_hours(day.hours) for day in self._days.values() if day.working and day.hours}
        self._first = min(self._days).toordinal() if self._days else 1
        self._last = max(self._days).toordinal() if self._days else 0
        all_days = [self.day(date.fromordinal(number)) for number in range(self._first, self._last + 1)]
        self._working = tuple(day.on.toordinal() for day in all_days if day.working)
        self._provisional_days = tuple(day.on.toordinal() for day in all_days if day.status is DayStatus.PROVISIONAL)

    def day(self, on: date) -> CalendarDay:
        """Return a day of the table, or an assumed day if the table lacks it."""
        return self._days.get(on) or assumed_day(on)

    def is_working(self, day: date) -> bool:
        """Say whether a day is a working day."""
        return self.day(day).working

    def depends_on_provisional(self, first: date, last: date) -> bool:
        """Say whether any day from `first` to `last`, inclusive, may still change."""
        low, high = first.toordinal(), last.toordinal()
        if low > high:
            return False
        if low < self._first or high > self._last:
            return True
        return bisect_left(self._provisional_days, low) < bisect_right(self._provisional_days, high)

    def provisional_years(self, first: date, last: date) -> tuple[int, ...]:
        """Return the years that have days from `first` to `last`, inclusive, that may still change."""
        years = range(first.year, last.year + 1)
        spans = ((max(first, date(year, 1, 1)), min(last, date(year, 12, 31)), year) for year in years)
        return tuple(year for begin, end, year in spans if self.depends_on_provisional(begin, end))

    def working_day_from(self, day: date) -> date:
        """Return the day itself if it is a working day, else the next one."""
        return day if self.is_working(day) else self.next_working_day(day)

    def working_day_until(self, day: date) -> date:
        """Return the day itself if it is a working day, else the last one before it."""
        while not self.is_working(day):
            day -= timedelta(days=1)
        return day

    def next_working_day(self, day: date) -> date:
        """Return the first working day after a day."""
        return self.nth_working_day_after(day, 1)

    def nth_working_day_after(self, day: date, n: int) -> date:
        """Return the n-th working day after a day, which itself is not counted.

        Raises:
            ValueError: If n is less than 1.
        """
        if n < 1:
            raise ValueError(n)
        start = day.toordinal()
        if self._first <= start + 1 <= self._last:
            position = bisect_right(self._working, start) + n - 1
            if position < len(self._working):
                return date.fromordinal(self._working[position])
            n = position - len(self._working) + 1
            start = self._last
        return self._nth_by_steps(date.fromordinal(start), n)

    def working_days_left(self, today: date, due_day: date) -> int:
        """Count the working days after today, up to and including the due day; 0 if the due day is past."""
        low, high = today.toordinal(), due_day.toordinal()
        inside = bisect_right(self._working, high) - bisect_right(self._working, low)
        before = _weekday_count(low, min(high, self._first - 1))
        after = _weekday_count(max(low, self._last), high)
        return max(inside, 0) + before + after

    def local_day(self, at: datetime) -> date:
        """Return the day of an instant in the calendar's zone, whatever the machine's zone is.

        Raises:
            ValueError: If the instant has no zone.
        """
        if at.tzinfo is None:
            raise ValueError(at)
        return at.astimezone(self.zone).date()

    def hours_of(self, day: date) -> Hours:
        """Return the hours that a day has if it is a working day: its own, or else those of the policy."""
        return self._own_hours.get(day, self.hours)

    def opening(self, day: date) -> datetime:
        """Return the instant at which work begins on a day, if it is a working day."""
        return self._instant(day, self.hours_of(day)[0][0])

    def closing(self, day: date) -> datetime:
        """Return the instant at which work ends on a day, if it is a working day."""
        return self._instant(day, self.hours_of(day)[-1][1])

    def working_seconds_between(self, start: datetime, end: datetime) -> float:
        """Return the working seconds between two instants, negative if the second is earlier."""
        if end < start:
            return -self.working_seconds_between(end, start)
        total = _NO_TIME
        last = self.local_day(end)
        day = self.working_day_from(self.local_day(start))
        while day <= last:
            for opens, closes in self.intervals(day):
                total += max(min(closes, end) - max(opens, start), _NO_TIME)
            day = self.next_working_day(day)
        return total.total_seconds()

    def add_working_seconds(self, start: datetime, seconds: float) -> datetime:
        """Return the instant that is a number of working seconds after `start`.

        A result at closing time stays there. A start outside the hours first moves to the next opening.

        Raises:
            ValueError: If seconds is negative.
        """
        if seconds < 0:
            raise ValueError(seconds)
        left = timedelta(seconds=seconds)
        day = self.working_day_from(self.local_day(start))
        while True:
            for opens, closes in self.intervals(day):
                begin = max(opens, start.astimezone(UTC))
                if begin + left <= closes:
                    return begin + left
                left -= max(closes - begin, _NO_TIME)
            day = self.next_working_day(day)

    def intervals(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        """Yield the start and end of each working interval of a day, if it is a working day."""
        for opens, closes in self.hours_of(day):
            yield self._instant(day, opens), self._instant(day, closes)

    def _instant(self, day: date, at: time) -> datetime:
        # In UTC, because Python ignores summer time when it subtracts two datetimes of the same zone.
        return datetime.combine(day, at, tzinfo=self.zone).astimezone(UTC)

    def _nth_by_steps(self, day: date, n: int) -> date:
        """Return the n-th working day after a day by single steps, for days outside the table."""
        while n:
            day += timedelta(days=1)
            n -= self.is_working(day)
        return day


def _weekday_count(after: int, until: int) -> int:
    """Count the Mondays to Fridays after one day and up to another, both as ordinals."""
    if until <= after:
        return 0
    weeks, rest = divmod(until - after, 7)
    tail = range(until - rest + 1, until + 1)
    return weeks * _FIRST_WEEKEND_DAY + sum(date.fromordinal(n).weekday() < _FIRST_WEEKEND_DAY for n in tail)


def _known_zone(name: str) -> ZoneInfo:
    """Return a zone by its name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        message = _("There is no time zone {zone}; write one such as Asia/Shanghai.")
        raise BadConfiguration(message.format(zone=name)) from error
