"""The predicted distributions of remaining times."""

from dataclasses import dataclass, replace

import numpy as np

from workbench.domain.forecast.learning.arrays import Float32Array, FloatArray

_TINY = 1e-6


@dataclass(frozen=True, slots=True)
class RemainingTimes:
    """The remaining times of several cases as distributions, in seconds.

    `cumulative` holds the probability up to each value of the support, one row for each case. `waited_s` is subtracted
    from the support.
    """

    support_s: FloatArray
    cumulative: Float32Array
    waited_s: FloatArray

    def __len__(self) -> int:
        """Return the number of cases."""
        return len(self.cumulative)

    def quantile_s(self, level: float) -> FloatArray:
        """Return for each case the least time within which it ends with this probability (0 to 1)."""
        return self.sampled_s(np.array([level - _TINY]))[:, 0]

    def sampled_s(self, levels: FloatArray) -> FloatArray:
        """Return the times at some probabilities, one row for each case."""
        cells = np.array([np.searchsorted(row, levels.astype(np.float32)) for row in self.cumulative], dtype=np.int64)
        cells = np.minimum(cells.reshape(len(self), len(levels)), len(self.support_s) - 1)
        return np.asarray(np.maximum(self.support_s[cells] - self.waited_s[:, None], 0))

    def shortest_s(self, shares: FloatArray) -> FloatArray:
        """Return for each case the shortest ranges of times within which it ends with some probabilities (0 to 1).

        The axes of the result are the probabilities, the first and last time, and the cases.
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
