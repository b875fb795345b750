"""Time counted in working days: nights, breaks, weekends and holidays take none of it."""

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache

import numpy as np

from workbench.domain.clock.calendar import WorkingCalendar
from workbench.domain.clock.hours import Hours
from workbench.domain.forecast.learning.arrays import FloatArray, IntArray

_ONE_DAY = timedelta(days=1)
_HARDLY = 1e-9
"""What is hardly begun is not begun: sums of shares are not exact."""


class WorkingTime:
    """The working days of a span, numbered from 0.

    An instant is the number of its working day and the share of that day's hours that is over; what lies outside the
    hours is the closing before it. What lies outside the span counts as its end.
    """

    def __init__(self, calendar: WorkingCalendar, first: date, last: date, closed: Collection[date] = ()) -> None:
        """Lay out the days from `first` to `last`; on those that are `closed` nobody works all the same."""
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
        """Return instants, given as seconds since 1970 in UTC, in working days."""
        at = np.asarray(at_s, dtype=np.float64)
        cell = np.maximum(np.searchsorted(self._starts_s, at, side="right") - 1, 0)
        length = self._ends_s[cell] - self._starts_s[cell]
        share = np.clip((at - self._starts_s[cell]) / length, 0, 1)
        return np.asarray(self._begun[cell] + share * self._shares[cell])

    def of_instant(self, at: datetime) -> float:
        """Return one instant in working days."""
        return float(self.of([at.timestamp()])[0])

    def of_day(self, on: date) -> int:
        """Return the number of a day, if people work on it, else of the next day on which they do."""
        return int(np.searchsorted(self._laid_out, on.toordinal()))

    def instant(self, at: float) -> datetime:
        """Return the instant (UTC) of a time in working days; a day that is over is its closing."""
        cell = self._cell(at)
        share = min(max((at - self._begun[cell]) / self._shares[cell], 0.0), 1.0)
        seconds = self._starts_s[cell] + share * (self._ends_s[cell] - self._starts_s[cell])
        return datetime.fromtimestamp(float(seconds), UTC)

    def day(self, at: float) -> date:
        """Return the day of a time in working days; a day that is over is still that day."""
        return date.fromordinal(int(self._days[self._cell(at)]))

    def days(self, at: FloatArray) -> list[date]:
        """Return the day of each time in working days, as `day` does."""
        cells = np.searchsorted(self._begun, at - _HARDLY, side="left") - 1
        ordinals = self._days[np.clip(cells, 0, len(self._days) - 1)].tolist()
        known = {ordinal: date.fromordinal(ordinal) for ordinal in set(ordinals)}
        return [known[ordinal] for ordinal in ordinals]

    def days_to_come(self, at: FloatArray, now: float) -> list[date]:
        """Return the days of times as `days` does, but none of what is to come on a day that is over `now`.

        At an opening it is the closing before as well; what happens at once happens on the day that begins.
        """
        is_to_come = at >= now - _HARDLY
        return self.days(np.where(is_to_come, np.maximum(at, now + 2 * _HARDLY), at))

    def _cell(self, at: float) -> int:
        found = int(np.searchsorted(self._begun, at - _HARDLY, side="left")) - 1
        return min(max(found, 0), len(self._begun) - 1)


@cache
def _lengths_s(hours: Hours) -> Sequence[float]:
    """Return how long each interval of a day is, in seconds."""
    return [(_on_one_day(closes) - _on_one_day(opens)).total_seconds() for opens, closes in hours]


def _on_one_day(at: time) -> datetime:
    return datetime.combine(date.min, at, tzinfo=UTC)
