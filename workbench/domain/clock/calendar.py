"""The working days and hours of the supplier, and counting in them."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from db.enums import DayStatus
from workbench.domain.clock.hours import Hours, checked
from workbench.errors import BadConfiguration
from workbench.i18n import _

_FIRST_WEEKEND_DAY = 5
_NO_TIME = timedelta(0)


class DayKind(StrEnum):
    """Why a day works or does not."""

    WORKDAY = "workday"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    IN_LIEU = "in_lieu"
    MAKE_UP = "make_up"
    OVERRIDE = "override"


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarDay:
    """One day of the calendar; `kind` is one of DayKind, `name` that of the holiday or ''.

    `hours` are the day's own, such as those of a half day; a working day without any has the policy's.
    """

    on: date
    working: bool
    kind: str
    name: str
    status: DayStatus
    hours: Hours = ()


def assumed_day(day: date) -> CalendarDay:
    """Return a day that no table knows: weekdays work, and nothing about it is certain."""
    working = day.weekday() < _FIRST_WEEKEND_DAY
    kind = DayKind.WORKDAY if working else DayKind.WEEKEND
    return CalendarDay(on=day, working=working, kind=kind, name="", status=DayStatus.PROVISIONAL)


class WorkingCalendar:
    """Working days and hours; immutable, and every instant it returns is aware, in UTC.

    Days outside the table are assumed (see `assumed_day`). A time within the hours is working time, from an
    interval's opening up to its closing.
    """

    __slots__ = ("_days", "_doubtful", "_first", "_last", "_own_hours", "_working", "hours", "zone")

    def __init__(self, days: Iterable[CalendarDay], *, hours: Hours, zone: str) -> None:
        """Lay out the days from the first of the table to the last, gaps filled with assumed days.

        Raises:
            BadConfiguration: If hours are empty, overlap or run backwards, or the zone is unknown.
        """
        self.hours = checked(hours)
        self.zone = _known_zone(zone)
        self._days = {day.on: day for day in days}
        self._own_hours = {day.on: checked(day.hours) for day in self._days.values() if day.working and day.hours}
        self._first = min(self._days).toordinal() if self._days else 1
        self._last = max(self._days).toordinal() if self._days else 0
        laid_out = [self.day(date.fromordinal(n)) for n in range(self._first, self._last + 1)]
        self._working = tuple(day.on.toordinal() for day in laid_out if day.working)
        self._doubtful = tuple(day.on.toordinal() for day in laid_out if day.status is DayStatus.PROVISIONAL)

    def day(self, on: date) -> CalendarDay:
        """Return what is known or assumed of a day."""
        return self._days.get(on) or assumed_day(on)

    def is_working(self, day: date) -> bool:
        """Say whether people work on a day."""
        return self.day(day).working

    def is_provisional(self, day: date) -> bool:
        """Say whether a day may still change: its calendar is not published, or not in the table."""
        return self.day(day).status is DayStatus.PROVISIONAL

    def leans_on_provisional(self, first: date, last: date) -> bool:
        """Say whether any day from `first` to `last`, both included, may still change."""
        low, high = first.toordinal(), last.toordinal()
        if low > high:
            return False
        if low < self._first or high > self._last:
            return True
        return bisect_left(self._doubtful, low) < bisect_right(self._doubtful, high)

    def provisional_years(self, first: date, last: date) -> tuple[int, ...]:
        """Return the years of the days from `first` to `last`, both included, that may still change."""
        years = range(first.year, last.year + 1)
        spans = ((max(first, date(year, 1, 1)), min(last, date(year, 12, 31)), year) for year in years)
        return tuple(year for begin, end, year in spans if self.leans_on_provisional(begin, end))

    def working_day_from(self, day: date) -> date:
        """Return the day itself if people work on it, else the first working day after it."""
        return day if self.is_working(day) else self.next_working_day(day)

    def next_working_day(self, day: date) -> date:
        """Return the first working day after a day."""
        return self.nth_working_day_after(day, 1)

    def nth_working_day_after(self, day: date, n: int) -> date:
        """Return the n-th working day after a day, which itself does not count.

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
        return self._stepped(date.fromordinal(start), n)

    def working_days_between(self, after: date, until: date) -> int:
        """Count the working days after `after`, up to and including `until`; 0 if that is no later."""
        low, high = after.toordinal(), until.toordinal()
        inside = bisect_right(self._working, high) - bisect_right(self._working, low)
        before = _weekdays(low, min(high, self._first - 1))
        behind = _weekdays(max(low, self._last), high)
        return max(inside, 0) + before + behind

    def working_days_left(self, today: date, due_day: date) -> int:
        """Count the working days after today up to the due day (DESIGN, section 13); 0 when it is past."""
        return self.working_days_between(today, due_day)

    def local_day(self, at: datetime) -> date:
        """Return the day that an instant falls on in the calendar's zone, whatever the machine's zone is."""
        return self.local(at).date()

    def local(self, at: datetime) -> datetime:
        """Return an instant as the clock on the supplier's wall shows it.

        Raises:
            ValueError: If the instant has no zone.
        """
        if at.tzinfo is None:
            raise ValueError(at)
        return at.astimezone(self.zone)

    def hours_of(self, day: date) -> Hours:
        """Return the hours of a day, were it a working day: its own if it has any, else the policy's."""
        return self._own_hours.get(day, self.hours)

    def opening(self, day: date) -> datetime:
        """Return the instant at which a day's work begins, were it a working day."""
        return self._instant(day, self.hours_of(day)[0][0])

    def closing(self, day: date) -> datetime:
        """Return the instant at which a day's work ends, were it a working day."""
        return self._instant(day, self.hours_of(day)[-1][1])

    def working_seconds_between(self, start: datetime, end: datetime) -> float:
        """Return the working time between two instants in seconds, negative when the second is earlier."""
        if end < start:
            return -self.working_seconds_between(end, start)
        total = _NO_TIME
        last = self.local_day(end)
        day = self.working_day_from(self.local_day(start))
        while day <= last:
            for opens, closes in self._intervals(day):
                total += max(min(closes, end) - max(opens, start), _NO_TIME)
            day = self.next_working_day(day)
        return total.total_seconds()

    def add_working_seconds(self, start: datetime, seconds: float) -> datetime:
        """Return the instant at which so many working seconds have passed since another.

        An instant at closing stays at closing; one outside the hours moves to the next opening first.

        Raises:
            ValueError: If seconds is negative.
        """
        if seconds < 0:
            raise ValueError(seconds)
        left = timedelta(seconds=seconds)
        day = self.working_day_from(self.local_day(start))
        while True:
            for opens, closes in self._intervals(day):
                begin = max(opens, start.astimezone(UTC))
                if begin + left <= closes:
                    return begin + left
                left -= max(closes - begin, _NO_TIME)
            day = self.next_working_day(day)

    def _intervals(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        for opens, closes in self.hours_of(day):
            yield self._instant(day, opens), self._instant(day, closes)

    def _instant(self, day: date, at: time) -> datetime:
        # In UTC, because Python subtracts datetimes of one zone by the wall clock, summer time or not.
        return datetime.combine(day, at, tzinfo=self.zone).astimezone(UTC)

    def _stepped(self, day: date, n: int) -> date:
        """Go n working days on from a day from which the sorted days cannot be used."""
        while n:
            day += timedelta(days=1)
            n -= self.is_working(day)
        return day


def _weekdays(after: int, until: int) -> int:
    """Count Mondays to Fridays among the ordinals after one and up to another."""
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
        raise BadConfiguration(
            _("There is no time zone {zone}; write one such as Asia/Shanghai.").format(zone=name)
        ) from error
