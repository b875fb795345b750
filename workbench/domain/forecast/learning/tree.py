"""A regression tree, grown one level at a time, so that NumPy evaluates all splits of a level together.

It is hand-written with NumPy alone: scikit-learn grows the same tree, but with SciPy it takes 190 MB on disk and longer
to import than the program takes to start, and it cannot stop at splits that gain no more than chance. A test compares
the two.
"""

from dataclasses import dataclass

import numpy as np

from workbench.domain.forecast.learning.arrays import CodeArray, FloatArray, IntArray
from workbench.domain.forecast.learning.feature_encoding import BINS

_LEAF = -1
_LEAST_GAIN = 8.0
"""The least gain of a split, in variances of its node. The best of many random splits gains less."""

_SMALLEST_VARIANCE = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeLimits:
    """The least weight of a leaf, the most levels, and how many columns each node considers."""

    leaf_weight: float
    levels: int
    columns: int


@dataclass(frozen=True, slots=True)
class RegressionTree:
    """A grown tree, as one array entry for each node.

    Attributes:
        column: The column by which a node splits, or `_LEAF`.
        code: The greatest code of that column that goes left.
        left: The left child; the right child is the next node.
    """

    column: IntArray
    code: IntArray
    left: IntArray

    def leaves(self, codes: CodeArray) -> IntArray:
        """Return the leaf of each row."""
        node = np.zeros(len(codes), dtype=np.int64)
        open_rows = np.arange(len(codes))
        while True:
            open_rows = open_rows[self.column[node[open_rows]] != _LEAF]
            if not len(open_rows):
                return node
            at = node[open_rows]
            node[open_rows] = self.left[at] + (codes[open_rows, self.column[at]] > self.code[at])


@dataclass(frozen=True, slots=True)
class TreeSample:
    """The rows that a tree is grown on: bin numbers, targets and weights."""

    codes: CodeArray
    target: FloatArray
    weights: FloatArray


def grow_tree(sample: TreeSample, limits: TreeLimits, random: np.random.Generator) -> tuple[RegressionTree, IntArray]:
    """Grow a tree, and return it with the leaf of each row of its sample."""
    column, code, left = np.array([_LEAF]), np.zeros(1, dtype=np.int64), np.zeros(1, dtype=np.int64)
    leaf = np.zeros(len(sample.target), dtype=np.int64)
    rows = np.arange(len(leaf))
    first = 0
    for _level in range(limits.levels):
        count = len(column) - first
        column[first:], code[first:] = _best_splits(sample, rows, leaf[rows] - first, count, limits, random)
        split_nodes = first + np.flatnonzero(column[first:] != _LEAF)
        if not len(split_nodes):
            break
        first = len(column)
        left[split_nodes] = first + 2 * np.arange(len(split_nodes))
        rows = rows[column[leaf[rows]] != _LEAF]
        node = leaf[rows]
        leaf[rows] = left[node] + (sample.codes[rows, column[node]] > code[node])
        children = np.zeros(2 * len(split_nodes), dtype=np.int64)
        column, code, left = np.append(column, children + _LEAF), np.append(code, children), np.append(left, children)
    return RegressionTree(column, code, left), leaf


def _best_splits(
    sample: TreeSample, rows: IntArray, at: IntArray, count: int, limits: TreeLimits, random: np.random.Generator
) -> tuple[IntArray, IntArray]:
    """Return for each node of a level the split that reduces the variance of the targets most: its column and code.

    A node considers a random part of the columns, so that trees differ. It considers all columns if no column of that
    part gains enough, and it is a leaf if no column gains enough.
    """
    codes, weights, target = sample.codes[rows], sample.weights[rows], sample.target[rows]
    columns = codes.shape[1]
    gains, split_code = np.zeros((count, columns)), np.zeros((count, columns), dtype=np.int64)
    nodes = np.arange(count)
    for column in range(columns):
        key = at * BINS + codes[:, column]
        weight, weighted_sum = _per_code(key, weights, count), _per_code(key, weights * target, count)
        gain = _gains(weight, weighted_sum, limits.leaf_weight)
        split_code[:, column] = gain.argmax(axis=1)
        gains[:, column] = gain[nodes, split_code[:, column]]
    least_gain = _LEAST_GAIN * _variances(at, weights, target, count)[:, None]
    # The ranks of random numbers choose the same number of columns for each node.
    is_candidate = random.random((count, columns)).argsort(axis=1).argsort(axis=1) < limits.columns
    candidate_gains = np.where(is_candidate, gains, 0)
    gains = np.where(candidate_gains.max(axis=1, keepdims=True) > least_gain, candidate_gains, gains)
    best = gains.argmax(axis=1)
    is_enough = gains[nodes, best] > least_gain[:, 0]
    return np.where(is_enough, best, _LEAF), split_code[nodes, best]


def _per_code(key: IntArray, values: FloatArray, count: int) -> FloatArray:
    """Return the sum of values for each node and code."""
    return np.asarray(np.bincount(key, values, count * BINS), dtype=np.float64).reshape(count, BINS)


def _gains(weight: FloatArray, weighted_sum: FloatArray, leaf_weight: float) -> FloatArray:
    """Return the gain of a split after each code, 0 where one side is too light.

    Args:
        weight: The weight of the rows with each code, one row for each node.
        weighted_sum: The sum of their weighted targets.
        leaf_weight: The least weight of a side.
    """
    left_weight, left_sum = weight.cumsum(axis=1)[:, :-1], weighted_sum.cumsum(axis=1)[:, :-1]
    total_weight, total_sum = weight.sum(axis=1, keepdims=True), weighted_sum.sum(axis=1, keepdims=True)
    right_weight, right_sum = total_weight - left_weight, total_sum - left_sum
    with np.errstate(divide="ignore", invalid="ignore"):
        gain = left_sum**2 / left_weight + right_sum**2 / right_weight - total_sum**2 / total_weight
    return np.where(np.minimum(left_weight, right_weight) >= leaf_weight, gain, 0)


def _variances(at: IntArray, weights: FloatArray, target: FloatArray, count: int) -> FloatArray:
    """Return the variance of the targets in each node."""
    weight = np.bincount(at, weights, count)
    mean = np.bincount(at, weights * target, count) / weight
    return np.maximum(np.bincount(at, weights * (target - mean[at]) ** 2, count) / weight, _SMALLEST_VARIANCE)
