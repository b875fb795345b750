"""The dates in the files of the demo, which move with today."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from workbench.domain.calendar import WorkingCalendar

_PLACEHOLDER = re.compile(r"\{(today|workday)([+-]\d+)(?:-(\d+)y)?\}")
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DemoDates:
    """Today, and the calendar in which working days are counted."""

    today: date
    calendar: WorkingCalendar

    def workday(self, before: int) -> date:
        """Return the N-th working day before today."""
        return self.workdays_up_to(self.today - _ONE_DAY, before)[-1]

    def workdays_up_to(self, last: date, count: int) -> tuple[date, ...]:
        """Return so many working days, the newest first, the first of them not after `last`."""
        days: list[date] = []
        while len(days) < count:
            if self.calendar.is_working(last):
                days.append(last)
            last -= _ONE_DAY
        return tuple(days)

    def render(self, text: str) -> str:
        """Return a text with ISO dates for `{workday-3}`, `{today+40}` and `{today-18-20y}`."""
        return _PLACEHOLDER.sub(lambda found: self._day(*found.groups()).isoformat(), text)

    def _day(self, kind: str, offset: str, years: str | None) -> date:
        if kind == "workday":
            return self.workday(-int(offset))
        day = self.today + timedelta(days=int(offset))
        # Twenty years before a 29 February there is one too.
        return day.replace(year=day.year - int(years or 0))

    def moment(self, text: str) -> datetime:
        """Return an aware instant for a text such as `{workday-3} 10:20`, local to the calendar's zone."""
        return datetime.fromisoformat(self.render(text)).replace(tzinfo=self.calendar.zone)
