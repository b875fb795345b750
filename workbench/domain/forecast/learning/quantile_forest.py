"""A quantile regression forest: trees that predict the distribution of the remaining time (Meinshausen 2006).

It is hand-written because rows of one case are dependent: bootstrapping must draw whole cases, and scikit-learn and
quantile-forest draw rows. It also avoids their dependencies at run time. A test compares its quantiles with those of
scikit-learn.
"""

from dataclasses import dataclass

import numpy as np

from workbench.domain.forecast.learning.arrays import CodeArray, Float32Array, FloatArray, IntArray
from workbench.domain.forecast.learning.tree import RegressionTree, TreeLimits, TreeSample, grow_tree

TREES = 60
"""The trees of a forest."""

_LEAF_WEIGHT, _DEPTH = 25.0, 9
"""The least weight of the rows of a leaf, and the most levels of a tree."""

_MOST_ROWS = 20_000
"""About the most rows that a tree is grown on, so that the time does not grow with the log."""

_CHUNK = 4_096
"""The rows that are predicted at once, so that memory does not grow with their number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingRows:
    """The training rows: bin numbers, remaining times, and the number of the case, from 0."""

    codes: CodeArray
    remaining_s: FloatArray
    case: IntArray


class QuantileForest:
    """A grown forest, which predicts the probability up to each time of a support."""

    def __init__(self, rows: TrainingRows, support_s: FloatArray, seed: int, trees: int = TREES) -> None:
        """Grow a forest. The same rows and seed give the same forest."""
        random = np.random.default_rng(seed)
        limits = TreeLimits(leaf_weight=_LEAF_WEIGHT, levels=_DEPTH, columns=-(-rows.codes.shape[1] // 3))
        target = scaled_ranks(rows.remaining_s)
        cell = support_cells(support_s, rows.remaining_s)
        cases = int(rows.case.max()) + 1
        drawn_cases = max(1, min(cases, cases * _MOST_ROWS // len(rows.case)))
        self._width = len(support_s)
        self._trees: list[tuple[RegressionTree, Float32Array]] = []
        for _tree in range(trees):
            counts = np.bincount(random.integers(0, cases, drawn_cases), minlength=cases)
            drawn = np.flatnonzero(counts[rows.case])
            weights = counts[rows.case[drawn]].astype(np.float64)
            tree, leaf = grow_tree(TreeSample(rows.codes[drawn], target[drawn], weights), limits, random)
            self._trees.append((tree, cumulative_shares(cell_weights(leaf, cell[drawn], weights, self._width))))

    def cumulative(self, codes: CodeArray) -> Float32Array:
        """Return the cumulative distribution over the support, one row for each row of codes."""
        sums = np.zeros((len(codes), self._width), dtype=np.float32)
        for start in range(0, len(codes), _CHUNK):
            part = slice(start, start + _CHUNK)
            for tree, distribution in self._trees:
                sums[part] += distribution[tree.leaves(codes[part])]
        return sums / np.float32(len(self._trees))


def cell_weights(group: IntArray, cell: IntArray, weights: FloatArray, width: int) -> FloatArray:
    """Return the weight in each cell of a support, one row for each group.

    Args:
        group: The group of each weighted row, from 0.
        cell: Its cell.
        weights: Its weight.
        width: The number of cells.
    """
    groups = int(group.max()) + 1
    weight = np.bincount(group * width + cell, weights, groups * width)
    return np.asarray(weight, dtype=np.float64).reshape(groups, width)


def cumulative_shares(weight: FloatArray) -> Float32Array:
    """Return the cumulative probability in each row of weights, which may all be 0."""
    total = np.maximum(weight.sum(axis=1, keepdims=True), np.finfo(np.float64).tiny)
    shares: Float32Array = np.minimum(np.cumsum(weight, axis=1) / total, 1).astype(np.float32)
    shares[:, -1] = 1
    return shares


def support_cells(support_s: FloatArray, remaining_s: FloatArray) -> IntArray:
    """Return the cell of a support that each time belongs to."""
    return np.minimum(np.searchsorted(support_s, remaining_s), len(support_s) - 1)


def scaled_ranks(values: FloatArray) -> FloatArray:
    """Return the rank of each value, scaled to 0 to 1. Ranks limit the influence of outliers."""
    ordered = np.sort(values)
    return (np.searchsorted(ordered, values, "left") + np.searchsorted(ordered, values, "right")) / (2 * len(values))
