"""How many verdicts are given on a working day, sampled from recent days."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from workbench.domain.forecast.learning.arrays import FloatArray, IntArray

_DAYS_BACK = 40
"""How far back, in working days, verdicts are counted."""

_HALF_LIFE_DAYS = 8.0
"""The half-life of the weight of a day, in working days, since staffing and speed change."""

FEWEST_DAYS = 5
"""The fewest working days from which the capacity is learnt."""

_PRIOR_DAYS = 6.0
"""The weight of the prior weekday factor, which is 1, as a number of observed days."""

_LEAST_PRESENCE = 0.25
"""The least presence by which the verdicts of a day are divided, so that a day with few people has little effect."""

_TOLERANCE = 1e-9
"""Tolerance for rounding errors in sums of shares."""

_WEEKDAYS = 7
_LEFT_OVER_SHARE = 0.25
"""A day that leaves fewer cases than this share of its verdicts may have been idle."""

_IDLE_WEIGHT = 0.2
"""The weight of a day that may have been idle."""


@dataclass(frozen=True, slots=True)
class GivenVerdicts:
    """All verdicts given, ordered by time: the working day and the id of the maker."""

    at: FloatArray
    maker: IntArray

    def before(self, at: float) -> "GivenVerdicts":
        """Return the verdicts before a time."""
        count = int(np.searchsorted(self.at, at))
        return GivenVerdicts(self.at[:count], self.maker[:count])


@dataclass(frozen=True, slots=True)
class Absence:
    """A change in a reviewer's presence: an absence, or a duty beyond the usual hours."""

    maker: int
    first: int
    """The first working day."""
    last: int
    """The last working day, inclusive."""
    part: float = 1.0
    """The part of a usual day's work that is missing: 1 for an absence, negative for a duty."""


@dataclass(frozen=True, slots=True)
class TeamCapacity:
    """How many verdicts a team gives on a working day.

    Attributes:
        per_day: The verdicts of each recent day, adjusted for absences and weekday.
        weights: The weight of each recent day.
        weekday: The factor of each weekday, Monday first.
        shares: The share of the work (0 to 1) that each reviewer does.
        is_assumed: Whether these are assumptions of the policy.
    """

    per_day: FloatArray
    weights: FloatArray
    weekday: FloatArray
    shares: Mapping[int, float]
    is_assumed: bool = False

    @classmethod
    def fit(
        cls,
        verdicts: GivenVerdicts,
        today: int,
        weekdays: IntArray,
        backlog: FloatArray,
        absences: Sequence[Absence] = (),
    ) -> "TeamCapacity | None":
        """Fit the capacity to the working days before today, or return None if there are too few.

        Args:
            verdicts: All verdicts.
            today: The number of the working day.
            weekdays: The weekday of each working day, 0 is Monday.
            backlog: The cases that waited at the end of each working day. A day that ended with an empty queue gets
                little weight, since it shows how many cases arrived and not how many could have been decided.
            absences: The absences of reviewers.
        """
        known = verdicts.before(today)
        if not len(known.at):
            return None
        # The log rarely begins when work begins, so its first day is incomplete.
        first = max(int(known.at[0]) + 1, today - _DAYS_BACK)
        if today - first < FEWEST_DAYS:
            return None
        days = np.arange(first, today)
        at = np.floor(known.at).astype(np.int64) - first
        counts = np.bincount(at[at >= 0], minlength=len(days)).astype(np.float64)
        weights = 0.5 ** ((today - 1 - days) / _HALF_LIFE_DAYS)
        weights *= np.where(backlog[days] >= np.maximum(_LEFT_OVER_SHARE * counts, 1), 1.0, _IDLE_WEIGHT)
        shares = _shares(known, today)
        counts /= np.array([max(work_share(shares, absences, int(day)), _LEAST_PRESENCE) for day in days])
        if not counts.any():
            return None
        weekday = _weekday_factors(counts, weights, weekdays[days])
        return cls(counts / weekday[weekdays[days]], weights / weights.sum(), weekday, shares)

    @classmethod
    def from_policy(cls, per_day: float, makers: Sequence[int] = ()) -> "TeamCapacity":
        """Return the capacity that the policy assumes, with equal shares for all who may decide."""
        spread = np.array([0.6, 0.8, 1.0, 1.2, 1.4])
        shares = {maker: 1 / len(makers) for maker in makers}
        return cls(per_day * spread, np.full(len(spread), 1 / len(spread)), np.ones(_WEEKDAYS), shares, is_assumed=True)

    @property
    def mean(self) -> float:
        """The weighted mean of verdicts per day."""
        return float(self.per_day @ self.weights)

    def draw(self, weekdays: IntArray, paths: int, random: np.random.Generator) -> FloatArray:
        """Return sampled verdicts of future days, one row for each path and one column for each day.

        The first days are the same however many days are sampled.
        """
        draws = random.choice(self.per_day, size=(len(weekdays), paths), p=self.weights).T
        return np.asarray(draws * self.weekday[weekdays])


def absent_makers(absences: Sequence[Absence], day: int) -> set[int]:
    """Return the reviewers who are away on a day."""
    return {span.maker for span in absences if span.first <= day <= span.last and span.part > 0}


def work_share(shares: Mapping[int, float], absences: Sequence[Absence], day: int) -> float:
    """Return the share of the usual work that is done on a day, given the absences; more than 1 with duties."""
    absent = absent_makers(absences, day)
    duties = [span for span in absences if span.part < 0 and span.first == day and span.maker not in absent]
    present_share = 1 - sum(shares.get(maker, 0.0) for maker in absent)
    present_share -= sum(shares.get(span.maker, 0.0) * span.part for span in duties)
    return present_share if present_share > _TOLERANCE else 0.0


def _shares(verdicts: GivenVerdicts, today: int) -> dict[int, float]:
    """Return the share of each person in the recent verdicts, the newest of which weigh most."""
    recent = verdicts.at >= today - _DAYS_BACK
    weights = 0.5 ** ((today - verdicts.at[recent]) / _HALF_LIFE_DAYS)
    makers = verdicts.maker[recent]
    total = weights.sum()
    return {int(maker): float(weights[makers == maker].sum() / total) for maker in np.unique(makers)}


def _weekday_factors(counts: FloatArray, weights: FloatArray, weekdays: IntArray) -> FloatArray:
    """Return the factor of each weekday against the average day, shrunk towards 1."""
    mean = float(np.average(counts, weights=weights))
    verdict_counts = np.bincount(weekdays, counts, _WEEKDAYS)
    day_counts = np.bincount(weekdays, minlength=_WEEKDAYS)
    factors: FloatArray = (verdict_counts + _PRIOR_DAYS * mean) / ((day_counts + _PRIOR_DAYS) * mean)
    return factors
