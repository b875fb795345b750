"""The predicted distributions of remaining times."""

from dataclasses import dataclass, replace

import numpy as np

from workbench.domain.forecast.learning.arrays import Float32Array, FloatArray
from workbench.domain.forecast.learning.quantile_calibration import QuantileCalibration

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
        return self._at(self.calibration.of(np.array([level])).astype(np.float32) - np.float32(_TINY))[:, 0]

    def sampled_s(self, levels: FloatArray) -> FloatArray:
        """Return the times at some probabilities, one row for each case."""
        return self._at(self.calibration.of(levels).astype(np.float32))

    def after(self, waited_s: FloatArray) -> "RemainingTimes":
        """Return the remaining times, given how long each case has waited since its last event.

        If almost no similar case waited that long, the case counts as if it had just begun to wait.
        """
        at = np.searchsorted(self.support_s, waited_s, side="right")
        rows = np.arange(len(self))
        gone = np.where((at > 0) & (waited_s > 0), self.cumulative[rows, np.maximum(at - 1, 0)], 0)
        left = 1 - gone
        is_known = left > _TINY
        gone, left = np.where(is_known, gone, 0)[:, None], np.where(is_known, left, 1)[:, None]
        cumulative = (np.maximum(self.cumulative - gone, 0) / left).astype(np.float32)
        return replace(self, cumulative=cumulative, waited_s=np.where(is_known, waited_s, 0.0))

    def _at(self, levels: Float32Array) -> FloatArray:
        """Return the times at calibrated levels, one row for each case."""
        cells = np.array([np.searchsorted(row, levels) for row in self.cumulative], dtype=np.int64)
        cells = np.minimum(cells.reshape(len(self), len(levels)), len(self.support_s) - 1)
        times = self.support_s[cells] - self.waited_s[:, None]
        return np.asarray(np.maximum(times, 0))
