"""Time counted in working days: nights, breaks, weekends and holidays have no length."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

import numpy as np

from workbench.domain.clock.calendar import WorkingCalendar
from workbench.domain.forecast.learning.arrays import FloatArray, IntArray

_TOLERANCE = 1e-9
"""Tolerance for rounding errors: a day begun by less than this is not begun."""


class WorkingTime:
    """The working days of a span, numbered from 0.

    A time is the number of its working day plus the share of that day's hours that is over. Outside the hours it is the
    closing before. Outside the span it is the end of the span.
    """

    def __init__(self, calendar: WorkingCalendar, first: date, last: date, closed: Collection[date] = ()) -> None:
        """Number the working days from `first` to `last`, without those in `closed`."""
        starts, ends, begun, shares, days = [], [], [], [], []
        working_days: list[int] = []
        on = calendar.working_day_from(first)
        while on <= last:
            if on not in closed:
                passed = 0.0
                intervals = [(opens.timestamp(), closes.timestamp()) for opens, closes in calendar.intervals(on)]
                seconds = sum(closes - opens for opens, closes in intervals)
                for opens, closes in intervals:
                    starts.append(opens)
                    ends.append(closes)
                    begun.append(len(working_days) + passed)
                    shares.append((closes - opens) / seconds)
                    days.append(on.toordinal())
                    passed += shares[-1]
                working_days.append(on.toordinal())
            on = calendar.next_working_day(on)
        self.count = len(working_days)
        self._starts_s, self._ends_s = np.array(starts), np.array(ends)
        self._begun, self._shares = np.array(begun), np.array(shares)
        self._days = np.array(days)
        self._working_days = np.array(working_days)
        self.weekdays: IntArray = (self._working_days + 6) % 7

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
        return int(np.searchsorted(self._working_days, on.toordinal()))

    def day(self, at: float) -> date:
        """Return the calendar day of a time in working days. The end of a day belongs to that day."""
        return self.days(np.array([at]))[0]

    def days(self, at: FloatArray) -> list[date]:
        """Return the calendar day of each time in working days, as `day` does."""
        cells = np.searchsorted(self._begun, at - _TOLERANCE, side="left") - 1
        ordinals = self._days[np.clip(cells, 0, len(self._days) - 1)].tolist()
        known = {ordinal: date.fromordinal(ordinal) for ordinal in set(ordinals)}
        return [known[ordinal] for ordinal in ordinals]

    def days_to_come(self, at: FloatArray, now: float) -> list[date]:
        """Return the calendar days of times as `days` does, but no future time on a day before `now`.

        The closing of a day equals the next opening. At an opening, what happens at once belongs to the day that
        begins.
        """
        is_to_come = at >= now - _TOLERANCE
        return self.days(np.where(is_to_come, np.maximum(at, now + 2 * _TOLERANCE), at))
