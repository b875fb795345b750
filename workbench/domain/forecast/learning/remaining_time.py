"""The predicted distributions of remaining times."""

from dataclasses import dataclass

import numpy as np

from workbench.domain.forecast.learning.arrays import Float32Array, FloatArray
from workbench.domain.forecast.learning.quantile_calibration import MEDIAN, QuantileCalibration

_TINY = 1e-6


@dataclass(frozen=True, slots=True)
class RemainingTimes:
    """The remaining times of several cases as distributions, in seconds.

    `cumulative` holds the probability up to each value of the support, one row for each case. `waited_s` is subtracted
    from the support.
    """

    support_s: FloatArray
    cumulative: Float32Array
    calibration: QuantileCalibration
    waited_s: FloatArray

    def __len__(self) -> int:
        """Return the number of cases."""
        return len(self.cumulative)

    def quantile_s(self, level: float) -> FloatArray:
        """Return for each case the least time within which it ends with this probability (0 to 1)."""
        return self._at(np.full((len(self), 1), level))[:, 0]

    def median_s(self) -> FloatArray:
        """Return the median of each case, which minimises the mean absolute error."""
        return self.quantile_s(MEDIAN)

    def band_s(self, share: float) -> tuple[FloatArray, FloatArray]:
        """Return the central interval that contains the end of each case with this probability."""
        outside = (1 - share) / 2
        return self.quantile_s(outside), self.quantile_s(1 - outside)

    def after(self, waited_s: FloatArray) -> "RemainingTimes":
        """Return the remaining times given that nothing has happened since the last event for so long.

        If hardly any similar case waited so long, the case counts as if it had just begun to wait.
        """
        at = np.searchsorted(self.support_s, waited_s, side="right")
        rows = np.arange(len(self))
        gone = np.where((at > 0) & (waited_s > 0), self.cumulative[rows, np.maximum(at - 1, 0)], 0)
        left = 1 - gone
        is_known = left > _TINY
        gone, left = np.where(is_known, gone, 0)[:, None], np.where(is_known, left, 1)[:, None]
        cumulative = (np.maximum(self.cumulative - gone, 0) / left).astype(np.float32)
        return RemainingTimes(self.support_s, cumulative, self.calibration, np.where(is_known, waited_s, 0.0))

    def _at(self, level: FloatArray) -> FloatArray:
        """Return the times at levels, one row for each case."""
        wanted = self.calibration.of(level).astype(np.float32) - np.float32(_TINY)
        cell = np.empty(wanted.shape, dtype=np.int64)
        for number, (row, query) in enumerate(zip(self.cumulative, wanted, strict=True)):
            cell[number] = np.searchsorted(row, query)
        times = self.support_s[np.minimum(cell, len(self.support_s) - 1)] - self.waited_s[:, None]
        return np.asarray(np.maximum(times, 0))
