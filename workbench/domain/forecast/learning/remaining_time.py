"""How long it may still take: for each of several cases a distribution that can be asked and drawn from."""

from dataclasses import dataclass

import numpy as np

from workbench.domain.forecast.learning.arrays import Float32Array, FloatArray
from workbench.domain.forecast.learning.quantile_calibration import MEDIAN, QuantileCalibration

_TINY = 1e-6


@dataclass(frozen=True, slots=True)
class Remaining:
    """The remaining time of several cases, in seconds; one row of `cumulative` for each case.

    A row says which share of the time is at most each value of the support, after the time that was waited.
    """

    support_s: FloatArray
    cumulative: Float32Array
    levels: QuantileCalibration
    waited_s: FloatArray

    def __len__(self) -> int:
        """Return how many cases there are."""
        return len(self.cumulative)

    def quantile_s(self, level: float) -> FloatArray:
        """Return for each case the least time within which it ends with this probability (0 to 1)."""
        return self._at(np.full((len(self), 1), level))[:, 0]

    def median_s(self) -> FloatArray:
        """Return for each case the time that errs least in the mean: the middle one, 0 if half the time is 0."""
        return self.quantile_s(MEDIAN)

    def band_s(self, share: float) -> tuple[FloatArray, FloatArray]:
        """Return from when to when each case ends with this probability, as much of the rest on either side."""
        outside = (1 - share) / 2
        return self.quantile_s(outside), self.quantile_s(1 - outside)

    def sample_s(self, random: np.random.Generator, count: int) -> FloatArray:
        """Return so many times drawn for each case, one row each."""
        return self._at(random.random((len(self), count)))

    def after(self, waited_s: FloatArray) -> "Remaining":
        """Return what remains when nothing has happened for so long since the event that was asked about.

        Where hardly any case like it has waited so long, nothing is known, and it counts as if it had just begun to
        wait.
        """
        at = np.searchsorted(self.support_s, waited_s, side="right")
        rows = np.arange(len(self))
        gone = np.where((at > 0) & (waited_s > 0), self.cumulative[rows, np.maximum(at - 1, 0)], 0)
        left = 1 - gone
        is_known = left > _TINY
        gone, left = np.where(is_known, gone, 0)[:, None], np.where(is_known, left, 1)[:, None]
        cumulative = (np.maximum(self.cumulative - gone, 0) / left).astype(np.float32)
        return Remaining(self.support_s, cumulative, self.levels, np.where(is_known, waited_s, 0.0))

    def _at(self, level: FloatArray) -> FloatArray:
        """Return the times at levels, one row for each case."""
        wanted = self.levels.of(level).astype(np.float32) - np.float32(_TINY)
        cell = np.empty(wanted.shape, dtype=np.int64)
        for number, (row, asked) in enumerate(zip(self.cumulative, wanted, strict=True)):
            cell[number] = np.searchsorted(row, asked)
        times = self.support_s[np.minimum(cell, len(self.support_s) - 1)] - self.waited_s[:, None]
        return np.asarray(np.maximum(times, 0))
