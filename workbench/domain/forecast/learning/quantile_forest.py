"""Many trees that say together how what follows a prefix is distributed (quantile regression forest, Meinshausen 2006).

A tree is grown on cases drawn with repetition; those that were not drawn show how often the forest is right about a
case that it does not know, without a look at any later case.
"""

from dataclasses import dataclass

import numpy as np

from workbench.domain.forecast.learning.arrays import BoolArray, CodeArray, Float32Array, FloatArray, IntArray
from workbench.domain.forecast.learning.tree import Sample, Shape, Tree, grow

TREES = 60
_LEAF_WEIGHT = 25.0
_LEVELS = 9
_SUPPORT = 256
_MOST_ROWS = 20_000
"""A tree sees no more rows than about this many, so that the time does not grow with the log."""

_MOST_KNOWN = 6_000
_CHUNK = 4_096


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """What is learnt from: codes, the time that followed, how much a row counts, and the number of its case.

    The weights have a mean of 1; cases are numbered from 0.
    """

    codes: CodeArray
    remaining_s: FloatArray
    weights: FloatArray
    case: IntArray


class Forest:
    """A grown forest."""

    def __init__(self, rows: Rows, seed: int, trees: int = TREES) -> None:
        """Grow a forest; the same rows and seed give the same forest."""
        self.support_s = _support(rows.remaining_s, rows.weights)
        random = np.random.default_rng(seed)
        shape = Shape(leaf_weight=_LEAF_WEIGHT, levels=_LEVELS, columns=-(-rows.codes.shape[1] // 3))
        target = ranks(rows.remaining_s)
        cell = np.searchsorted(self.support_s, rows.remaining_s)
        cases = int(rows.case.max()) + 1
        drawn_cases = max(1, min(cases, cases * _MOST_ROWS // len(rows.case)))
        self._trees: list[tuple[Tree, Float32Array]] = []
        self._drawn: list[BoolArray] = []
        for _tree in range(trees):
            times = np.bincount(random.integers(0, cases, drawn_cases), minlength=cases)
            drawn = np.flatnonzero(times[rows.case])
            weights = rows.weights[drawn] * times[rows.case[drawn]]
            tree, leaf = grow(Sample(rows.codes[drawn], target[drawn], weights), shape, random)
            self._trees.append((tree, self._shares(leaf, cell[drawn], weights)))
            self._drawn.append(times > 0)

    def _shares(self, leaf: IntArray, cell: IntArray, weights: FloatArray) -> Float32Array:
        """Return how the time that follows is shared out over the support, for each node of a tree."""
        width = len(self.support_s)
        nodes = int(leaf.max()) + 1
        shares = np.bincount(leaf * width + cell, weights, nodes * width).reshape(nodes, width)
        total = np.maximum(shares.sum(axis=1, keepdims=True), np.finfo(np.float64).tiny)
        return np.asarray(shares / total, dtype=np.float32)

    def cumulative(self, codes: CodeArray) -> Float32Array:
        """Return, for each row, the share of time that is at most each value of the support."""
        found = np.zeros((len(codes), len(self.support_s)), dtype=np.float32)
        for start in range(0, len(codes), _CHUNK):
            part = slice(start, start + _CHUNK)
            for tree, shares in self._trees:
                found[part] += shares[tree.leaves(codes[part])]
        return _summed(found, np.float32(len(self._trees)))

    def cumulative_unknown(self, rows: Rows) -> tuple[IntArray, Float32Array]:
        """Return some of the rows learnt from, and `cumulative` for each by the trees that do not know its case."""
        step = len(rows.case) // _MOST_KNOWN + 1
        asked = np.arange(0, len(rows.case), step)
        found = np.zeros((len(asked), len(self.support_s)), dtype=np.float32)
        times = np.zeros((len(asked), 1), dtype=np.float32)
        for (tree, shares), drawn in zip(self._trees, self._drawn, strict=True):
            unknown = np.flatnonzero(~drawn[rows.case[asked]])
            found[unknown] += shares[tree.leaves(rows.codes[asked[unknown]])]
            times[unknown] += 1
        told = np.flatnonzero(times)
        return asked[told], _summed(found[told], times[told])


def _summed(shares: Float32Array, total: Float32Array | np.float32) -> Float32Array:
    """Return shares summed up along each row, so that the last is 1."""
    summed: Float32Array = np.minimum(np.cumsum(shares, axis=1) / total, np.float32(1))
    summed[:, -1] = 1
    return summed


def _support(remaining_s: FloatArray, weights: FloatArray) -> FloatArray:
    """Return the values that stand for all: as many rows lie between each two, and none lies above the last."""
    order = np.argsort(remaining_s, kind="stable")
    share = np.cumsum(weights[order]) / weights.sum()
    at = np.searchsorted(share, (np.arange(_SUPPORT) + 0.5) / _SUPPORT)
    return np.unique(np.append(remaining_s[order][np.minimum(at, len(order) - 1)], remaining_s.max()))


def ranks(values: FloatArray) -> FloatArray:
    """Return the place of each value among all, 0 to 1; equal values share one. A few huge values pull no more."""
    ordered = np.sort(values)
    return (np.searchsorted(ordered, values, "left") + np.searchsorted(ordered, values, "right")) / (2 * len(values))
