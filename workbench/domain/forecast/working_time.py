"""Time counted in working days: nights, breaks, weekends and holidays have no length."""

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache

import numpy as np

from workbench.domain.clock.calendar import WorkingCalendar
from workbench.domain.clock.hours import Hours
from workbench.domain.forecast.learning.arrays import FloatArray, IntArray

_ONE_DAY = timedelta(days=1)
_HARDLY = 1e-9
"""Tolerance for rounding errors: a day begun by less than this is not begun."""


class WorkingTime:
    """The working days of a span, numbered from 0.

    A time is the number of its working day plus the share of that day's hours that is over. Outside the hours it is the
    closing before. Outside the span it is the end of the span.
    """

    def __init__(self, calendar: WorkingCalendar, first: date, last: date, closed: Collection[date] = ()) -> None:
        """Number the working days from `first` to `last`, without those in `closed`."""
        starts, ends, begun, shares, days, laid_out = [], [], [], [], [], []
        on = calendar.working_day_from(first)
        number = 0
        while on <= last:
            if on in closed:
                on = calendar.next_working_day(on)
                continue
            hours, passed = calendar.hours_of(on), 0.0
            seconds = _lengths_s(hours)
            for (opens, closes), length in zip(hours, seconds, strict=True):
                starts.append(datetime.combine(on, opens, tzinfo=calendar.zone).timestamp())
                ends.append(datetime.combine(on, closes, tzinfo=calendar.zone).timestamp())
                share = length / sum(seconds)
                begun.append(number + passed)
                shares.append(share)
                days.append(on.toordinal())
                passed += share
            laid_out.append(on.toordinal())
            number += 1
            on = calendar.working_day_from(on + _ONE_DAY)
        self.count = number
        self._starts_s, self._ends_s = np.array(starts), np.array(ends)
        self._begun, self._shares = np.array(begun), np.array(shares)
        self._days = np.array(days)
        self._laid_out = np.array(laid_out)
        self.weekdays: IntArray = (self._laid_out + 6) % 7

    def of(self, at_s: FloatArray | Sequence[float]) -> FloatArray:
        """Convert instants, in seconds since 1970 in UTC, to working days."""
        at = np.asarray(at_s, dtype=np.float64)
        cell = np.maximum(np.searchsorted(self._starts_s, at, side="right") - 1, 0)
        length = self._ends_s[cell] - self._starts_s[cell]
        share = np.clip((at - self._starts_s[cell]) / length, 0, 1)
        return np.asarray(self._begun[cell] + share * self._shares[cell])

    def of_instant(self, at: datetime) -> float:
        """Convert one instant to working days."""
        return float(self.of([at.timestamp()])[0])

    def of_day(self, on: date) -> int:
        """Return the number of a day, or of the next working day if it is none."""
        return int(np.searchsorted(self._laid_out, on.toordinal()))

    def instant(self, at: float) -> datetime:
        """Convert a time in working days to an instant in UTC. The end of a day is its closing."""
        cell = self._cell(at)
        share = min(max((at - self._begun[cell]) / self._shares[cell], 0.0), 1.0)
        seconds = self._starts_s[cell] + share * (self._ends_s[cell] - self._starts_s[cell])
        return datetime.fromtimestamp(float(seconds), UTC)

    def day(self, at: float) -> date:
        """Return the calendar day of a time in working days. The end of a day belongs to that day."""
        return date.fromordinal(int(self._days[self._cell(at)]))

    def days(self, at: FloatArray) -> list[date]:
        """Return the calendar day of each time in working days, as `day` does."""
        cells = np.searchsorted(self._begun, at - _HARDLY, side="left") - 1
        ordinals = self._days[np.clip(cells, 0, len(self._days) - 1)].tolist()
        known = {ordinal: date.fromordinal(ordinal) for ordinal in set(ordinals)}
        return [known[ordinal] for ordinal in ordinals]

    def days_to_come(self, at: FloatArray, now: float) -> list[date]:
        """Return the calendar days of times as `days` does, but no future time on a day before `now`.

        The closing of a day equals the next opening. At an opening, what happens at once belongs to the day that
        begins.
        """
        is_to_come = at >= now - _HARDLY
        return self.days(np.where(is_to_come, np.maximum(at, now + 2 * _HARDLY), at))

    def _cell(self, at: float) -> int:
        found = int(np.searchsorted(self._begun, at - _HARDLY, side="left")) - 1
        return min(max(found, 0), len(self._begun) - 1)


@cache
def _lengths_s(hours: Hours) -> Sequence[float]:
    """Return the length of each interval of a day in seconds."""
    return [(_on_one_day(closes) - _on_one_day(opens)).total_seconds() for opens, closes in hours]


def _on_one_day(at: time) -> datetime:
    return datetime.combine(date.min, at, tzinfo=UTC)
