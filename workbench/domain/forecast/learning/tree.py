"""A tree of yes-or-no questions that puts rows with like targets together, grown a level at a time."""

from dataclasses import dataclass

import numpy as np

from workbench.domain.forecast.learning.arrays import CodeArray, FloatArray, IntArray
from workbench.domain.forecast.learning.feature_encoding import BINS

_LEAF = -1
_NOISE = 8.0
"""So many times the variance of its targets a cut of a node may gain by chance, as the best of many cuts."""

_SMALLEST_VARIANCE = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How trees are grown: the least weight of a leaf, the most levels, and how many columns each node looks at."""

    leaf_weight: float
    levels: int
    columns: int


@dataclass(frozen=True, slots=True)
class Tree:
    """A grown tree: at each node the column asked for, the code up to which rows go left, and the node on the left.

    The node on the right is the next one; a leaf asks for no column.
    """

    column: IntArray
    code: IntArray
    left: IntArray

    def leaves(self, codes: CodeArray) -> IntArray:
        """Return the leaf of each row."""
        node = np.zeros(len(codes), dtype=np.int64)
        going = np.arange(len(codes))
        while True:
            going = going[self.column[node[going]] != _LEAF]
            if not len(going):
                return node
            at = node[going]
            node[going] = self.left[at] + (codes[going, self.column[at]] > self.code[at])


@dataclass(frozen=True, slots=True)
class Sample:
    """The rows that a tree is grown on: their codes, targets and weights."""

    codes: CodeArray
    target: FloatArray
    weights: FloatArray


@dataclass(frozen=True, slots=True)
class _Cuts:
    """The best cut of each node of a level: the column, or no column, and the code."""

    column: IntArray
    code: IntArray


def grow(sample: Sample, shape: Shape, random: np.random.Generator) -> tuple[Tree, IntArray]:
    """Grow a tree, and return it with the leaf of each row of its sample."""
    column, code, left = [_LEAF], [0], [0]
    leaf = np.zeros(len(sample.target), dtype=np.int64)
    level = np.zeros(1, dtype=np.int64)
    rows = np.arange(len(leaf))
    for _level in range(shape.levels):
        cuts = _best_cuts(sample, rows, leaf[rows] - level[0], len(level), shape, random)
        cut = np.flatnonzero(cuts.column != _LEAF)
        if not len(cut):
            break
        lefts = len(column) + 2 * np.arange(len(cut))
        for at, node in zip(cut.tolist(), lefts.tolist(), strict=True):
            column[int(level[at])], code[int(level[at])] = int(cuts.column[at]), int(cuts.code[at])
            left[int(level[at])] = node
        rows, leaf = _moved(sample.codes, rows, leaf, (int(level[0]), cuts, lefts))
        level = np.arange(len(column), len(column) + 2 * len(cut))
        column += [_LEAF] * len(level)
        code += [0] * len(level)
        left += [0] * len(level)
    return Tree(np.array(column), np.array(code), np.array(left)), leaf


def _moved(
    codes: CodeArray, rows: IntArray, leaf: IntArray, cut_level: tuple[int, _Cuts, IntArray]
) -> tuple[IntArray, IntArray]:
    """Return the rows whose node was cut, and the nodes where all rows are now."""
    first, cuts, lefts = cut_level
    is_cut = cuts.column != _LEAF
    left_of = np.zeros(len(is_cut), dtype=np.int64)
    left_of[is_cut] = lefts
    at = leaf[rows] - first
    rows = rows[is_cut[at]]
    at = leaf[rows] - first
    leaf = leaf.copy()
    leaf[rows] = left_of[at] + (codes[rows, cuts.column[at]] > cuts.code[at])
    return rows, leaf


def _best_cuts(
    sample: Sample, rows: IntArray, at: IntArray, count: int, shape: Shape, random: np.random.Generator
) -> _Cuts:
    """Return the cut of each node of a level that makes the targets on its sides most alike.

    A node looks at some columns, so that trees differ; at all of them where those gain no more than chance would; and
    is not cut where no column does.
    """
    codes, weights, target = sample.codes[rows], sample.weights[rows], sample.target[rows]
    columns = codes.shape[1]
    gains, cut_at = np.zeros((count, columns)), np.zeros((count, columns), dtype=np.int64)
    nodes = np.arange(count)
    for column in range(columns):
        key = at * BINS + codes[:, column]
        weight, pull = _per_code(key, weights, count), _per_code(key, weights * target, count)
        gain = _gains(weight, pull, shape.leaf_weight)
        cut_at[:, column] = gain.argmax(axis=1)
        gains[:, column] = gain[nodes, cut_at[:, column]]
    by_chance = _NOISE * _variances(at, weights, target, count)[:, None]
    looked_at = random.random((count, columns)).argsort(axis=1).argsort(axis=1) < shape.columns
    of_these = np.where(looked_at, gains, 0)
    gains = np.where(of_these.max(axis=1, keepdims=True) > by_chance, of_these, gains)
    best = gains.argmax(axis=1)
    is_worth_it = gains[nodes, best] > by_chance[:, 0]
    return _Cuts(np.where(is_worth_it, best, _LEAF), cut_at[nodes, best])


def _per_code(key: IntArray, values: FloatArray, count: int) -> FloatArray:
    """Return the sum of values for each node and code."""
    return np.asarray(np.bincount(key, values, count * BINS), dtype=np.float64).reshape(count, BINS)


def _gains(weight: FloatArray, pull: FloatArray, leaf_weight: float) -> FloatArray:
    """Return what a cut behind each code gains, 0 where a side is too light.

    Args:
        weight: The weight of the rows with each code, one row for each node.
        pull: The sum of their targets, each times its weight.
        leaf_weight: The least weight of a side.
    """
    left_weight, left_pull = weight.cumsum(axis=1)[:, :-1], pull.cumsum(axis=1)[:, :-1]
    total_weight, total_pull = weight.sum(axis=1, keepdims=True), pull.sum(axis=1, keepdims=True)
    right_weight, right_pull = total_weight - left_weight, total_pull - left_pull
    with np.errstate(divide="ignore", invalid="ignore"):
        gain = left_pull**2 / left_weight + right_pull**2 / right_weight - total_pull**2 / total_weight
    return np.where(np.minimum(left_weight, right_weight) >= leaf_weight, gain, 0)


def _variances(at: IntArray, weights: FloatArray, target: FloatArray, count: int) -> FloatArray:
    """Return the variance of the targets in each node."""
    weight = np.bincount(at, weights, count)
    mean = np.bincount(at, weights * target, count) / weight
    return np.maximum(np.bincount(at, weights * (target - mean[at]) ** 2, count) / weight, _SMALLEST_VARIANCE)
