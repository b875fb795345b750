"""Widens forecast ranges so that they hold as often as they promise (adaptive conformal prediction).

Each past forecast is compared with the outcome when its range ends. By then it is known whether the range held, even if
the case is still open; so a slow period affects the margin before its cases close. Recent forecasts weigh more.
Forecasts need not be stored, since the past is forecast again. Sources: Gibbs and Candès 2021; for the weights, Barber
and others 2023.
"""

from dataclasses import dataclass

import numpy as np

from workbench.domain.forecast.learning.arrays import BoolArray, FloatArray

_LEAST_SPREAD_DAYS = 0.5
"""What is added to the width of each range, so that narrow ranges can be widened too."""

FEWEST_FORECASTS = 60
"""The fewest past forecasts from which a margin is learnt."""

_HALF_LIFE_DAYS = 12.0
"""The half-life of the weight of a past forecast."""

_MEDIAN = 0.5
"""The share of the outcomes that must lie below the middle."""

_LEAST_MIDDLE, _MOST_MIDDLE = -0.5, 1.5
"""The least and the greatest factor `ConformalMargin.middle`."""

_LEAST_GAP = 0.3
"""The least distance of the end from the shown middle and from p50, as a factor.

A margin learnt on short ranges must not reverse long ones.
"""

_PRIOR_WEIGHT = 20.0
"""The weight of the untested margin, as a number of past forecasts."""

_LEAST_TESTED = 0.2
"""The least share of the weight that has outcomes to test a factor with; below it a factor is not tested."""

_FACTORS = np.arange(-1.0, 6.0, 0.05)
"""The factors of the width that are tried, the least first."""


@dataclass(frozen=True, slots=True)
class ConformalMargin:
    """The two factors between a predicted range and the range that is shown.

    shown middle = p50 + `middle` * width, and shown end = p50 + `end` * width,
    where width = p90 - p50 + `_LEAST_SPREAD_DAYS`.
    """

    middle: float = 0.0
    end: float = 1.15

    def applied_to(self, p50: FloatArray, p90: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the middle and the end of predicted ranges with this margin applied."""
        width = p90 - p50 + _LEAST_SPREAD_DAYS
        middle = np.maximum(p50 + self.middle * width, 0)
        return middle, np.maximum(p50 + self.end * width, middle)


UNTESTED = ConformalMargin()
"""The margin if there are too few past forecasts to test one."""


@dataclass(frozen=True, slots=True)
class PastForecasts:
    """Forecasts that would have been made in the past, with their outcomes, ordered by time.

    Times are in working days.

    Attributes:
        at: The time of each forecast.
        p50: The median of each forecast.
        p90: The 90 % quantile of each forecast.
        duration: The time from the forecast to its outcome, or so far if there is no outcome yet.
        day_duration: The time from the forecast to the start of the outcome's day, since ranges are shown in days.
        is_over: Whether the forecast has an outcome.
        share_with_outcome: The share of the open cases that is expected to have an outcome at all.
    """

    at: FloatArray
    p50: FloatArray
    p90: FloatArray
    duration: FloatArray
    day_duration: FloatArray
    is_over: BoolArray
    share_with_outcome: float = 1.0

    def margin(self, share: float, until: float) -> ConformalMargin:
        """Return the margin with which a share of the ranges would have held, as known at the time `until`."""
        if len(self.p50) < FEWEST_FORECASTS:
            return UNTESTED
        width = self.p90 - self.p50 + _LEAST_SPREAD_DAYS
        weights = 0.5 ** ((until - self.at) / _HALF_LIFE_DAYS) * np.where(self.is_over, 1.0, self.share_with_outcome)
        greatest_tested = (until - self.at - self.p50) / width

        def factor_for(duration: FloatArray, level: float) -> float:
            score = np.where(self.is_over, duration - self.p50, np.inf) / width
            return _least_factor(score, greatest_tested, weights, level)

        middle, end = factor_for(self.duration, _MEDIAN), factor_for(self.day_duration, share)
        past = float(weights.sum())
        share_learnt = past / (past + _PRIOR_WEIGHT)
        middle = share_learnt * min(max(middle, _LEAST_MIDDLE), _MOST_MIDDLE)
        end = share_learnt * end + (1 - share_learnt) * UNTESTED.end
        return ConformalMargin(middle, max(end, middle + _LEAST_GAP, _LEAST_GAP))


def _least_factor(score: FloatArray, greatest_tested: FloatArray, weights: FloatArray, share: float) -> float:
    """Return the least factor with which a share of the tested forecasts would have held.

    Args:
        score: The factor that each forecast needed to hold, infinite where the case is not over.
        greatest_tested: The greatest factor for which the range of each forecast would have ended by now.
        weights: The weight of each forecast.
        share: The share that must hold, 0 to 1.
    """
    for factor in _FACTORS:
        tested_weight = weights * (greatest_tested >= factor)
        if tested_weight.sum() < _LEAST_TESTED * weights.sum():
            # Smaller factors did not hold, and greater ones are tested even less.
            break
        if (tested_weight * (score <= factor)).sum() >= share * tested_weight.sum():
            return float(factor)
    return float(factor)
