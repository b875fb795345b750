"""Which level to take for the one that was asked for, so that a range is right as often as it says."""

from dataclasses import dataclass

import numpy as np

from workbench.domain.forecast.learning.arrays import Float32Array, FloatArray

LOW, MEDIAN, HIGH = 0.1, 0.5, 0.9

_LEANS_ON_CASES = 50.0
"""So many cases count as much as the belief that a distribution is right about itself."""


@dataclass(frozen=True, slots=True)
class QuantileCalibration:
    """The levels to take for low and high; the middle stays, and the others lie on straight lines between them."""

    low: float = LOW
    high: float = HIGH

    def of(self, level: FloatArray | float) -> FloatArray:
        """Return the level to take."""
        return np.asarray(np.interp(level, (0, LOW, MEDIAN, HIGH, 1), (0, self.low, MEDIAN, self.high, 1)))

    def wider(self, other: "QuantileCalibration") -> "QuantileCalibration":
        """Return the levels that miss on either side no more than these or others do."""
        return QuantileCalibration(min(self.low, other.low), max(self.high, other.high))


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibratedQuantiles:
    """What was told of rows, and what came: the support, the share of time up to each of its values, the true time."""

    support_s: FloatArray
    cumulative: Float32Array
    true_s: FloatArray
    weights: FloatArray
    cases: int


def right_levels(told: CalibratedQuantiles) -> QuantileCalibration:
    """Return the levels at which as many true times lie below the low and above the high quantile as they say.

    With few cases one more is counted as missed on either side (split conformal prediction, Vovk 2005), and the levels
    lean on what the distribution believes. Where the time is 0 for certain a range is never missed; the levels allow
    for that too, so that the range is right as often as it says over all rows.
    """
    if not told.cases:
        return QuantileCalibration()
    rows = np.arange(len(told.true_s))
    padded = np.concatenate([np.zeros((len(rows), 1), dtype=np.float32), told.cumulative], axis=1)
    # A time is above the quantile at a level if that level is at most what lies below it; and below it likewise.
    below = padded[rows, np.searchsorted(told.support_s, told.true_s, side="left")]
    up_to = padded[rows, np.searchsorted(told.support_s, told.true_s, side="right")]
    one_more = 1 + 1 / told.cases
    low = 1 - _quantile(1 - up_to, told.weights, HIGH * one_more)
    high = _quantile(below, told.weights, HIGH * one_more)
    share = told.cases / (told.cases + _LEANS_ON_CASES)
    return QuantileCalibration(
        min(share * low + (1 - share) * LOW, MEDIAN),
        max(share * high + (1 - share) * HIGH, MEDIAN),
    )


def _quantile(values: Float32Array, weights: FloatArray, level: float) -> float:
    """Return the least value up to which lies this share of the weight, the greatest if there is none."""
    order = np.argsort(values, kind="stable")
    share = np.cumsum(weights[order]) / weights.sum()
    return float(values[order][min(int(np.searchsorted(share, level)), len(order) - 1)])
