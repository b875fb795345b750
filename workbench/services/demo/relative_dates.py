"""Turns the relative dates in the sample data into dates around the day on which the demo is made."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property

from stdnum.cn import ric

from workbench.domain.clock.calendar import WorkingCalendar

# `w+3-2d+1y 09:00`: three working days after the first, two days earlier, one year later, at nine.
_DAY = re.compile(r"w(?P<workdays>[+-]\d+)(?P<days>[+-]\d+d)?(?P<years>[+-]\d+y)?(?: (?P<time>\d\d:\d\d(?::\d\d)?))?")
_NOW = re.compile(r"now(?P<minutes>[+-]\d+)m")
_ID_NUMBER = re.compile(r"id (?P<region>\d{6}) (?P<born>w\S+) (?P<serial>\d{3})")
_ONE_DAY = timedelta(days=1)
_LEAP_DAY = (2, 29)


@dataclass(frozen=True)
class RelativeDates:
    """Turns relative cells into dates around `now`."""

    now: datetime
    calendar: WorkingCalendar

    @cached_property
    def _first_day(self) -> date:
        """The first working day that has not closed yet, so a case due on that day is not late."""
        day = self.calendar.working_day_from(self.calendar.local_day(self.now))
        return day if self.calendar.closing(day) > self.now else self.calendar.next_working_day(day)

    @cached_property
    def _workdays(self) -> dict[int, date]:
        return {0: self._first_day}

    def workday(self, number: int) -> date:
        """Return the working day that is `number` working days after the first one; a negative number counts back."""
        if number not in self._workdays:
            step = 1 if number > 0 else -1
            day = self.workday(number - step) + step * _ONE_DAY
            while not self.calendar.is_working(day):
                day += step * _ONE_DAY
            self._workdays[number] = day
        return self._workdays[number]

    def instant(self, cell: str) -> datetime:
        """Return the instant that a cell names.

        Raises:
            ValueError: If the cell names no instant.
        """
        if found := _NOW.fullmatch(cell):
            return self.now + timedelta(minutes=int(found["minutes"]))
        found = _DAY.fullmatch(cell)
        if found is None or found["time"] is None:
            raise ValueError(cell)
        return datetime.combine(self._day(found), time.fromisoformat(found["time"]), tzinfo=self.calendar.zone)

    def written(self, cell: str) -> str:
        """Return a cell as an import file has it, with relative dates replaced."""
        if found := _ID_NUMBER.fullmatch(cell):
            return _id_number(found["region"], self.written(found["born"]), found["serial"])
        if found := _DAY.fullmatch(cell):
            return " ".join(filter(None, (self._day(found).isoformat(), found["time"])))
        return cell

    def _day(self, found: re.Match[str]) -> date:
        day = self.workday(int(found["workdays"])) + timedelta(days=int((found["days"] or "0d")[:-1]))
        if (day.month, day.day) == _LEAP_DAY:
            day -= _ONE_DAY
        return day.replace(year=day.year + int((found["years"] or "0y")[:-1]))


def _id_number(region: str, born: str, serial: str) -> str:
    body = f"{region}{born.replace('-', '')}{serial}"
    return body + str(ric.calc_check_digit(f"{body}?"))
