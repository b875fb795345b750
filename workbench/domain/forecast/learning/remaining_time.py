"""The predicted distributions of remaining times."""

from dataclasses import dataclass

import numpy as np

from workbench.domain.forecast.learning.arrays import Float32Array, FloatArray

_TINY = 1e-6
"""Subtracted from a probability, so that rounding to 32 bits does not skip the value that just reaches it."""


@dataclass(frozen=True, slots=True)
class RemainingTimes:
    """The remaining times of several cases as distributions, in seconds.

    `cumulative` holds the probability up to each value of the support, one row for each case.
    """

    support_s: FloatArray
    cumulative: Float32Array

    def __len__(self) -> int:
        """Return the number of cases."""
        return len(self.cumulative)

    def quantile_s(self, level: float, waited_s: FloatArray | None = None) -> FloatArray:
        """Return a quantile of the remaining time of each case; `level` is its probability, 0 to 1."""
        return self.quantiles_s(np.array([level - _TINY]), waited_s)[:, 0]

    def quantiles_s(self, levels: FloatArray, waited_s: FloatArray | None = None) -> FloatArray:
        """Return quantiles of the remaining time, one row for each case and one column for each level.

        Args:
            levels: The probabilities of the quantiles, 0 to 1.
            waited_s: How long each case has waited since its last event. If almost no similar case waited that long,
                the case counts as if it had just begun to wait.
        """
        waited_s = np.zeros(len(self)) if waited_s is None else waited_s
        at = np.searchsorted(self.support_s, waited_s, side="right")
        before = self.cumulative[np.arange(len(self)), np.maximum(at - 1, 0)].astype(np.float64)
        has_waited = (at > 0) & (waited_s > 0) & (before < 1 - _TINY)
        elapsed_share = np.where(has_waited, before, 0)[:, None]
        elapsed_s = np.where(has_waited, waited_s, 0)[:, None]
        total_levels = elapsed_share + levels * (1 - elapsed_share)
        pairs = zip(self.cumulative, total_levels, strict=True)
        positions = np.array([np.searchsorted(cumulative, row) for cumulative, row in pairs], dtype=np.int64)
        cells = np.minimum(positions.reshape(total_levels.shape), len(self.support_s) - 1)
        return np.asarray(np.maximum(self.support_s[cells] - elapsed_s, 0))

    def shortest_intervals_s(self, shares: FloatArray) -> FloatArray:
        """Return the shortest intervals that contain the remaining time of each case with given probabilities.

        Args:
            shares: The probabilities, 0 to 1.

        Returns:
            The first and last time of each interval. The axes are the probabilities, first and last, and the cases.
        """
        last = len(self.support_s) - 1
        cells = np.zeros((len(shares), 2, len(self)), dtype=np.int64)
        levels = (shares - _TINY).astype(np.float32)[:, None]
        for case, row in enumerate(self.cumulative):
            ends = np.searchsorted(row, np.append(np.float32(0), row[:-1]) + levels)
            width = np.where(ends <= last, self.support_s[np.minimum(ends, last)] - self.support_s, np.inf)
            low = width.argmin(axis=1)
            cells[:, :, case] = np.stack([low, ends[np.arange(len(shares)), low]], axis=1)
        return self.support_s[cells]
