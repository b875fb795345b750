"""A quantile regression forest: trees that predict the distribution of the remaining time (Meinshausen 2006).

It is hand-written because rows of one case are dependent: bootstrapping and out-of-bag predictions must draw whole
cases, and scikit-learn and quantile-forest draw rows. Hand-written code also avoids their dependencies at run time. A
tree is grown on cases drawn with replacement; the cases it did not see (out of bag) show how well the forest is
calibrated. A test compares the quantiles of the forest with those of scikit-learn.
"""

from dataclasses import dataclass

import numpy as np

from workbench.domain.forecast.learning.arrays import BoolArray, CodeArray, Float32Array, FloatArray, IntArray
from workbench.domain.forecast.learning.quantile_calibration import weighted_quantile
from workbench.domain.forecast.learning.tree import TrainingSample, Tree, TreeLimits, grow

TREES = 60
_LEAF_WEIGHT = 25.0
_DEPTH = 9
_SUPPORT_SIZE = 256
_MOST_ROWS = 20_000
"""About the most rows that a tree is grown on, so that the time does not grow with the log."""

_MOST_TESTED = 6_000
_CHUNK = 4_096


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """The training rows: bin numbers, remaining times, weights, and the number of the case.

    The weights have a mean of 1. Cases are numbered from 0.
    """

    codes: CodeArray
    remaining_s: FloatArray
    weights: FloatArray
    case: IntArray


class Forest:
    """A forest of regression trees with the distribution of the remaining time at each node."""

    def __init__(self, rows: Rows, seed: int, trees: int = TREES) -> None:
        """Grow a forest. The same rows and seed give the same forest."""
        self.support_s = _support(rows.remaining_s, rows.weights)
        random = np.random.default_rng(seed)
        limits = TreeLimits(leaf_weight=_LEAF_WEIGHT, levels=_DEPTH, columns=-(-rows.codes.shape[1] // 3))
        target = ranks(rows.remaining_s)
        cell = np.searchsorted(self.support_s, rows.remaining_s)
        cases = int(rows.case.max()) + 1
        drawn_cases = max(1, min(cases, cases * _MOST_ROWS // len(rows.case)))
        self._trees: list[tuple[Tree, Float32Array, BoolArray]] = []
        for _tree in range(trees):
            counts = np.bincount(random.integers(0, cases, drawn_cases), minlength=cases)
            drawn = np.flatnonzero(counts[rows.case])
            weights = rows.weights[drawn] * counts[rows.case[drawn]]
            tree, leaf = grow(TrainingSample(rows.codes[drawn], target[drawn], weights), limits, random)
            self._trees.append((tree, self._shares(leaf, cell[drawn], weights), counts > 0))

    def _shares(self, leaf: IntArray, cell: IntArray, weights: FloatArray) -> Float32Array:
        """Return the distribution over the support at each node of a tree."""
        width = len(self.support_s)
        nodes = int(leaf.max()) + 1
        shares = np.bincount(leaf * width + cell, weights, nodes * width).reshape(nodes, width)
        total = np.maximum(shares.sum(axis=1, keepdims=True), np.finfo(np.float64).tiny)
        return np.asarray(shares / total, dtype=np.float32)

    def cumulative(self, codes: CodeArray) -> Float32Array:
        """Return the cumulative distribution over the support, one row for each row of codes."""
        found = np.zeros((len(codes), len(self.support_s)), dtype=np.float32)
        for start in range(0, len(codes), _CHUNK):
            part = slice(start, start + _CHUNK)
            for tree, shares, _in_bag in self._trees:
                found[part] += shares[tree.leaves(codes[part])]
        return _summed(found, np.float32(len(self._trees)))

    def out_of_bag_cumulative(self, rows: Rows) -> tuple[IntArray, Float32Array]:
        """Return the indices of some training rows, and their distributions by the trees that did not see them."""
        step = len(rows.case) // _MOST_TESTED + 1
        rows_tested = np.arange(0, len(rows.case), step)
        found = np.zeros((len(rows_tested), len(self.support_s)), dtype=np.float32)
        counts = np.zeros((len(rows_tested), 1), dtype=np.float32)
        for tree, shares, in_bag in self._trees:
            out_of_bag = np.flatnonzero(~in_bag[rows.case[rows_tested]])
            found[out_of_bag] += shares[tree.leaves(rows.codes[rows_tested[out_of_bag]])]
            counts[out_of_bag] += 1
        tested = np.flatnonzero(counts)
        return rows_tested[tested], _summed(found[tested], counts[tested])


def _summed(shares: Float32Array, total: Float32Array | np.float32) -> Float32Array:
    """Return the cumulative sums of each row, ending with 1."""
    summed: Float32Array = np.minimum(np.cumsum(shares, axis=1) / total, np.float32(1))
    summed[:, -1] = 1
    return summed


def _support(remaining_s: FloatArray, weights: FloatArray) -> FloatArray:
    """Return the values that represent all remaining times: their weighted quantiles and the maximum."""
    quantiles = weighted_quantile(remaining_s, weights, (np.arange(_SUPPORT_SIZE) + 0.5) / _SUPPORT_SIZE)
    return np.unique(np.append(quantiles, remaining_s.max()))


def ranks(values: FloatArray) -> FloatArray:
    """Return the rank of each value, scaled to 0 to 1. Ranks limit the influence of outliers."""
    ordered = np.sort(values)
    return (np.searchsorted(ordered, values, "left") + np.searchsorted(ordered, values, "right")) / (2 * len(values))
