"""The dates of the demo, which move with today."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property

from workbench.domain.clock.calendar import WorkingCalendar

_PLACEHOLDER = re.compile(r"\{received(?:([+-]\d+))?(?:([+-]\d+)y)?\}")
_ONE_DAY = timedelta(days=1)
_LEAP_DAY = (2, 29)
_REACH_DAYS = 120
"""So many working days back lies the oldest date that is counted in working days."""


@dataclass(frozen=True)
class DemoDates:
    """Today, and the calendar in which working days are counted."""

    today: date
    calendar: WorkingCalendar

    @cached_property
    def _workdays(self) -> tuple[date, ...]:
        """The working days before today, the last one first."""
        days: list[date] = []
        day = self.today
        while len(days) < _REACH_DAYS:
            day -= _ONE_DAY
            if self.calendar.is_working(day):
                days.append(day)
        return tuple(days)

    def workday(self, before: int) -> date:
        """Return the N-th working day before today; 1 is the last one."""
        return self._workdays[before - 1]

    def workdays_from(self, before: int, count: int) -> tuple[date, ...]:
        """Return so many working days, the newest first, beginning with the N-th before today."""
        return self._workdays[before - 1 : before - 1 + count]

    def at(self, before: int, minutes: float) -> datetime:
        """Return the instant so many minutes after midnight of the N-th working day before today."""
        midnight = datetime.combine(self.workday(before), time(), tzinfo=self.calendar.zone)
        return midnight + timedelta(minutes=minutes)

    def is_open(self, at: datetime) -> bool:
        """Say whether people work at an instant."""
        local = self.calendar.local(at)
        return self.calendar.is_working(local.date()) and any(
            opens <= local.time() < closes for opens, closes in self.calendar.hours
        )

    def opening_after(self, at: datetime) -> datetime:
        """Return the next instant at which a day's work begins."""
        day = self.calendar.local_day(at)
        opening = self.calendar.opening(self.calendar.working_day_from(day))
        return opening if opening > at else self.calendar.opening(self.calendar.next_working_day(day))


def around(text: str, received: date) -> str:
    """Return a text with ISO dates for `{received+46}`, `{received-20-24y}` and `{received-90+9y}`."""
    return _PLACEHOLDER.sub(lambda found: _day(received, *found.groups()).isoformat(), text)


def _day(received: date, days: str | None, years: str | None) -> date:
    day = received + timedelta(days=int(days or 0))
    year = day.year + int(years or 0)
    if (day.month, day.day) == _LEAP_DAY:
        day -= _ONE_DAY
    return day.replace(year=year)
