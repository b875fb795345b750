"""How wide a range must be to be right as often as it says: from how right the forecasts of late would have been.

A forecast that was made when a case came is compared with what happened, once the end that it told has come: it held,
or it did not, whether the case is over or not; so a slow time shows before its cases are over. Newer forecasts count
more. That makes it an adaptive conformal prediction (Gibbs and Candès 2021; weights: Barber and others 2023) that
needs no memory of the forecasts that were shown.
"""

from dataclasses import dataclass

import numpy as np

from workbench.domain.forecast.learning.arrays import BoolArray, FloatArray

_LEAST_SPREAD_DAYS = 0.5
FEWEST_SCORES = 60
_HALF_LIFE_DAYS = 12.0
_MIDDLE = 0.5
_LEAST_MIDDLE, _MOST_MIDDLE = -0.5, 1.5
_LEAST_GAP = 0.3
"""What was learnt at short ranges must not turn long ones upside down: the end stays behind the middle."""

_LEANS_ON = 20.0
"""So many scores count as much as what is taken without any."""

_LEAST_KNOWN = 0.2
_MARGINS = np.arange(-1.0, 6.0, 0.05)


@dataclass(frozen=True, slots=True)
class Margin:
    """Where the middle and the end of a range lie: in widths of the range that was drawn, from its middle."""

    middle: float = 0.0
    end: float = 1.15

    def told(self, p50: FloatArray, p90: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the middle and the end of ranges after what was learnt about them."""
        width = p90 - p50 + _LEAST_SPREAD_DAYS
        middle = np.maximum(p50 + self.middle * width, 0)
        return middle, np.maximum(p50 + self.end * width, middle)


UNTESTED = Margin()
"""The margin of a forecast of which too little is known to test it."""


@dataclass(frozen=True, slots=True)
class Scores:
    """Forecasts that would have been made, and what came: all in working days from then, in the order of time.

    `at` is when each would have been made, in working days of the calendar; `took` is what it took, or has taken so far
    where `is_over` is false; `day` is the same up to the beginning of the day on which it ended, since a range is told
    in days. Of those that are not over, the share `passing` is expected to end so at all; the others have nothing to be
    compared with.
    """

    at: FloatArray
    p50: FloatArray
    p90: FloatArray
    took: FloatArray
    day: FloatArray
    is_over: BoolArray
    passing: float = 1.0

    def margin(self, share: float, until: float) -> Margin:
        """Return the margin with which the end of the range would have held for this share, up to a time."""
        if len(self.p50) < FEWEST_SCORES:
            return UNTESTED
        width = self.p90 - self.p50 + _LEAST_SPREAD_DAYS
        weights = 0.5 ** ((until - self.at) / _HALF_LIFE_DAYS) * np.where(self.is_over, 1.0, self.passing)
        known = (until - self.at - self.p50) / width
        middle = _least(np.where(self.is_over, self.took - self.p50, np.inf) / width, known, weights, _MIDDLE)
        end = _least(np.where(self.is_over, self.day - self.p50, np.inf) / width, known, weights, share)
        tested = float(weights.sum())
        share_tested = tested / (tested + _LEANS_ON)
        middle = share_tested * min(max(middle, _LEAST_MIDDLE), _MOST_MIDDLE)
        end = share_tested * end + (1 - share_tested) * UNTESTED.end
        return Margin(middle, max(end, middle + _LEAST_GAP, _LEAST_GAP))


def _least(score: FloatArray, known: FloatArray, weights: FloatArray, share: float) -> float:
    """Return the least margin that would have held for a share of the forecasts whose end has come.

    Args:
        score: The margin that each forecast would have needed, infinite where it is not over.
        known: The greatest margin with which the end of each has come, so that it held or did not.
        weights: How much each counts.
        share: For how many it is to hold (0 to 1).
    """
    for margin in _MARGINS:
        told = weights * (known >= margin)
        if told.sum() < _LEAST_KNOWN * weights.sum():
            break
        if (told * (score <= margin)).sum() >= share * told.sum():
            return float(margin)
    return float(margin)
