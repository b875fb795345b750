"""How much is decided on a working day: drawn from the recent days, the newest most of all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from workbench.domain.forecast.learning.arrays import FloatArray, IntArray

_DAYS_BACK = 40
_HALF_LIFE_DAYS = 8.0
"""After so many working days a day counts half: people come and go, and get faster or slower."""

FEWEST_DAYS = 5
_SHRUNK_BY_DAYS = 6.0
"""A weekday counts as different from the others only as far as more days than this show it."""

_LEAST_PRESENCE = 0.25
_HARDLY = 1e-9
"""Sums of shares are not exact."""

_WEEKDAYS = 7
_LEFT_OVER_SHARE = 0.25
_IDLE_WEIGHT = 0.2


@dataclass(frozen=True, slots=True)
class Verdicts:
    """All verdicts that were given: when, in working days, and by whom; in their order."""

    at: FloatArray
    maker: IntArray

    def before(self, at: float) -> "Verdicts":
        """Return those before a time."""
        count = int(np.searchsorted(self.at, at))
        return Verdicts(self.at[:count], self.maker[:count])


@dataclass(frozen=True, slots=True)
class Absence:
    """Who is away from which working day to which, both included."""

    maker: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Capacity:
    """What a day may bring: verdicts of recent days, each with its weight, and how the weekdays differ.

    `shares` says how much of the work each reviewer does; `weekday` is a factor for each weekday.
    """

    per_day: FloatArray
    weights: FloatArray
    weekday: FloatArray
    shares: Mapping[int, float]
    is_assumed: bool = False

    @classmethod
    def learnt(
        cls, verdicts: Verdicts, today: int, weekdays: IntArray, left_over: FloatArray, away: Sequence[Absence] = ()
    ) -> "Capacity | None":
        """Learn from the working days before today; None if there are too few.

        `left_over` are the cases that waited at the end of each working day: one that ended with an empty queue shows
        what came in, not what could have been done, and counts little.
        """
        known = verdicts.before(today)
        if not len(known.at):
            return None
        # The first day of all is seldom a whole one.
        first = max(int(known.at[0]) + 1, today - _DAYS_BACK)
        if today - first < FEWEST_DAYS:
            return None
        days = np.arange(first, today)
        at = np.floor(known.at).astype(np.int64) - first
        counts = np.bincount(at[at >= 0], minlength=len(days)).astype(np.float64)
        weights = 0.5 ** ((today - 1 - days) / _HALF_LIFE_DAYS)
        weights *= np.where(left_over[days] >= np.maximum(_LEFT_OVER_SHARE * counts, 1), 1.0, _IDLE_WEIGHT)
        shares = _shares(known, today)
        counts /= np.array([max(presence(shares, away, int(day)), _LEAST_PRESENCE) for day in days])
        if not counts.any():
            return None
        weekday = _weekday_factors(counts, weights, weekdays[days])
        return cls(counts / weekday[weekdays[days]], weights / weights.sum(), weekday, shares)

    @classmethod
    def assumed(cls, per_day: float, makers: Sequence[int] = ()) -> "Capacity":
        """Return what the policy assumes: all who may decide do as much."""
        spread = np.array([0.6, 0.8, 1.0, 1.2, 1.4])
        shares = {maker: 1 / len(makers) for maker in makers}
        return cls(per_day * spread, np.full(len(spread), 1 / len(spread)), np.ones(_WEEKDAYS), shares, is_assumed=True)

    @property
    def mean(self) -> float:
        """Verdicts on a usual day."""
        return float(self.per_day @ self.weights)

    def drawn(self, weekdays: IntArray, paths: int, random: np.random.Generator) -> FloatArray:
        """Return what each of the days to come may bring, so many times: one row each.

        Day by day, so that the first days bring the same however many follow.
        """
        drawn = random.choice(self.per_day, size=(len(weekdays), paths), p=self.weights).T
        return np.asarray(drawn * self.weekday[weekdays])


def presence(shares: Mapping[int, float], away: Sequence[Absence], day: int) -> float:
    """Return which share of the usual work those who are there on a day do."""
    missing = {span.maker for span in away if span.first <= day <= span.last}
    left = 1 - sum(shares.get(maker, 0.0) for maker in missing)
    return left if left > _HARDLY else 0.0


def _shares(verdicts: Verdicts, today: int) -> dict[int, float]:
    recent = verdicts.at >= today - _DAYS_BACK
    weights = 0.5 ** ((today - verdicts.at[recent]) / _HALF_LIFE_DAYS)
    makers = verdicts.maker[recent]
    total = weights.sum()
    return {int(maker): float(weights[makers == maker].sum() / total) for maker in np.unique(makers)}


def _weekday_factors(counts: FloatArray, weights: FloatArray, weekdays: IntArray) -> FloatArray:
    """Return how much of a usual day each weekday brings, nearly 1 where few days show it."""
    mean = float(np.average(counts, weights=weights))
    found = np.bincount(weekdays, counts, _WEEKDAYS)
    days = np.bincount(weekdays, minlength=_WEEKDAYS)
    factors: FloatArray = (found + _SHRUNK_BY_DAYS * mean) / ((days + _SHRUNK_BY_DAYS) * mean)
    return factors
