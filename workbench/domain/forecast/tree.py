"""A tree of yes-or-no questions that puts rows with like targets together, grown a level at a time."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.domain.forecast.coding import BINS, Codes, Figures

Places = NDArray[np.int64]

_LEAF = -1
_SMALLEST_GAIN = 1e-9


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

    column: Places
    code: Places
    left: Places

    def leaves(self, codes: Codes) -> Places:
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

    codes: Codes
    target: Figures
    weights: Figures


@dataclass(frozen=True, slots=True)
class _Cuts:
    """The best cut of each node of a level: the column, or no column, and the code."""

    column: Places
    code: Places


def grow(sample: Sample, shape: Shape, random: np.random.Generator) -> tuple[Tree, Places]:
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


def _moved(codes: Codes, rows: Places, leaf: Places, cut_level: tuple[int, _Cuts, Places]) -> tuple[Places, Places]:
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
    sample: Sample, rows: Places, at: Places, count: int, shape: Shape, random: np.random.Generator
) -> _Cuts:
    """Return the cut of each node of a level that makes the targets on its sides most alike."""
    codes, weights = sample.codes[rows], sample.weights[rows]
    pulls = weights * sample.target[rows]
    weight, pull = np.bincount(at, weights, count)[:, None], np.bincount(at, pulls, count)[:, None]
    columns = codes.shape[1]
    looked_at = random.random((count, columns)).argsort(axis=1).argsort(axis=1) < shape.columns
    best = np.full(count, _SMALLEST_GAIN)
    found = _Cuts(np.full(count, _LEAF), np.zeros(count, dtype=np.int64))
    for column in range(columns):
        key = at * BINS + codes[:, column]
        left_weight = np.bincount(key, weights, count * BINS).reshape(count, BINS).cumsum(axis=1)[:, :-1]
        left_pull = np.bincount(key, pulls, count * BINS).reshape(count, BINS).cumsum(axis=1)[:, :-1]
        right_weight, right_pull = weight - left_weight, pull - left_pull
        allowed = np.minimum(left_weight, right_weight) >= shape.leaf_weight
        allowed &= looked_at[:, column, None]
        with np.errstate(divide="ignore", invalid="ignore"):
            gain = left_pull**2 / left_weight + right_pull**2 / right_weight - pull**2 / weight
        gain = np.where(allowed, gain, 0)
        code = gain.argmax(axis=1)
        most = gain[np.arange(count), code]
        better = most > best
        best[better], found.column[better], found.code[better] = most[better], column, code[better]
    return found
