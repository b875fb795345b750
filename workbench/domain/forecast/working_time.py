"""Time counted in working days: nights, breaks, weekends and holidays have no length."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

import numpy as np

from workbench.domain.clock.calendar import WorkingCalendar
from workbench.domain.forecast.learning.arrays import FloatArray, IntArray

_TOLERANCE = 1e-9
"""In working days, for rounding errors: a time that exceeds the start of a day by less is on the day before."""


class WorkingTime:
    """The working days of a span, numbered from 0.

    A time is the number of its working day, plus the share of that day's hours that has passed. A time outside the
    hours counts as the closing before it. A time outside the span counts as the nearer end of the span.
    """

    def __init__(self, calendar: WorkingCalendar, first: date, last: date, closed: Collection[date] = ()) -> None:
        """Number the working days from `first` to `last`, without those in `closed`."""
        # For each interval: its start and end, the working days before it, its share of its day, and its day.
        rows: list[tuple[float, float, float, float, int]] = []
        working_days: list[int] = []
        on = calendar.working_day_from(first)
        while on <= last:
            if on not in closed:
                passed = 0.0
                intervals = [(opens.timestamp(), closes.timestamp()) for opens, closes in calendar.intervals(on)]
                seconds = sum(closes - opens for opens, closes in intervals)
                for opens, closes in intervals:
                    share = (closes - opens) / seconds
                    rows.append((opens, closes, len(working_days) + passed, share, on.toordinal()))
                    passed += share
                working_days.append(on.toordinal())
            on = calendar.next_working_day(on)
        self.day_count = len(working_days)
        columns = np.ascontiguousarray(np.array(rows).reshape(-1, 5).T)
        self._starts_s, self._ends_s, self._passed_days, self._shares = columns[:4]
        self._days = columns[4].astype(np.int64)
        self._working_days = np.array(working_days)
        # Monday is 0.
        self.weekdays: IntArray = (self._working_days + 6) % 7

    def from_instants(self, at_s: FloatArray | Sequence[float]) -> FloatArray:
        """Convert instants, in seconds since 1970 in UTC, to working days."""
        at = np.asarray(at_s, dtype=np.float64)
        interval = np.maximum(np.searchsorted(self._starts_s, at, side="right") - 1, 0)
        length = self._ends_s[interval] - self._starts_s[interval]
        share = np.clip((at - self._starts_s[interval]) / length, 0, 1)
        return np.asarray(self._passed_days[interval] + share * self._shares[interval])

    def from_instant(self, at: datetime) -> float:
        """Convert one instant to working days."""
        return float(self.from_instants([at.timestamp()])[0])

    def number_of_day(self, on: date) -> int:
        """Return the number of a day, or of the next working day if it is a day off."""
        return int(np.searchsorted(self._working_days, on.toordinal()))

    def date_of(self, at: float) -> date:
        """Return the calendar day of a time in working days. The end of a day belongs to that day."""
        return self.dates_of(np.array([at]))[0]

    def dates_of(self, at: FloatArray) -> list[date]:
        """Return the calendar day of each time in working days, as `date_of` does."""
        intervals = np.searchsorted(self._passed_days, at - _TOLERANCE, side="left") - 1
        ordinals = self._days[np.clip(intervals, 0, len(self._days) - 1)].tolist()
        known = {ordinal: date.fromordinal(ordinal) for ordinal in set(ordinals)}
        return [known[ordinal] for ordinal in ordinals]

    def coming_dates(self, at: FloatArray, now: float) -> list[date]:
        """Return the calendar days of times, as `dates_of` does; a time from `now` on is never on a day before it.

        A closing and the next opening are the same working time, which `dates_of` assigns to the earlier day. If `now`
        is an opening, a future time belongs to the later day.
        """
        # `dates_of` subtracts one tolerance; the other one moves the time past an opening at `now`.
        is_to_come = at >= now - _TOLERANCE
        return self.dates_of(np.where(is_to_come, np.maximum(at, now + 2 * _TOLERANCE), at))
