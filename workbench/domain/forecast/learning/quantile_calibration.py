"""Calibrates quantile levels, so that a range holds as often as it promises."""

from dataclasses import dataclass

import numpy as np

from workbench.domain.forecast.learning.arrays import Float32Array, FloatArray

LOW, MEDIAN, HIGH = 0.1, 0.5, 0.9

_PRIOR_CASES = 50.0
"""The weight of the uncalibrated levels, in cases."""


@dataclass(frozen=True, slots=True)
class QuantileCalibration:
    """The levels to use for the low and the high quantile.

    The median is not changed. Levels between are interpolated linearly.
    """

    low: float = LOW
    high: float = HIGH

    def of(self, level: FloatArray | float) -> FloatArray:
        """Return the calibrated level of a nominal level."""
        return np.asarray(np.interp(level, (0, LOW, MEDIAN, HIGH, 1), (0, self.low, MEDIAN, self.high, 1)))

    def wider(self, other: "QuantileCalibration") -> "QuantileCalibration":
        """Return the wider of two calibrations, on each side."""
        return QuantileCalibration(min(self.low, other.low), max(self.high, other.high))


def calibrated(
    support_s: FloatArray, cumulative: Float32Array, true_s: FloatArray, weights: FloatArray, cases: int
) -> QuantileCalibration:
    """Return the levels with which the share of actual times below and above matches the nominal levels.

    With few cases, one more is counted as missed on either side (split conformal prediction, Vovk 2005), and the levels
    are shrunk towards the nominal ones. A remaining time that is certainly 0 is never missed; the levels allow for
    that, so that the range holds as often as promised over all rows.

    Args:
        support_s: The times at which the distributions are given, in seconds.
        cumulative: The predicted probability up to each of these times, one row for each prediction.
        true_s: The actual time of each row.
        weights: The weight of each row.
        cases: The number of cases that the rows belong to.
    """
    if not cases:
        return QuantileCalibration()
    rows = np.arange(len(true_s))
    padded = np.concatenate([np.zeros((len(rows), 1), dtype=np.float32), cumulative], axis=1)
    # A time is above a quantile if its level is at most the probability below the time, and vice versa.
    below = padded[rows, np.searchsorted(support_s, true_s, side="left")]
    at_most = padded[rows, np.searchsorted(support_s, true_s, side="right")]
    one_more = 1 + 1 / cases
    low = 1 - float(weighted_quantile(1 - at_most, weights, HIGH * one_more))
    high = float(weighted_quantile(below, weights, HIGH * one_more))
    share = cases / (cases + _PRIOR_CASES)
    return QuantileCalibration(
        min(share * low + (1 - share) * LOW, MEDIAN),
        max(share * high + (1 - share) * HIGH, MEDIAN),
    )


def weighted_quantile(
    values: FloatArray | Float32Array, weights: FloatArray, level: FloatArray | float
) -> FloatArray | Float32Array:
    """Return for each level the least value at which the share of the weight up to this value reaches the level."""
    order = np.argsort(values, kind="stable")
    share = np.cumsum(weights[order]) / weights.sum()
    return values[order][np.minimum(np.searchsorted(share, level), len(order) - 1)]
