"""Encodes trace prefixes as small integers, so that trees are fast to grow.

Categories are target-encoded: a value becomes the mean target of its rows, shrunk towards a prior, so that a rare value
falls back to a more general one. The last three activities fall back to the last two, these to the last one, and every
other category to the overall mean. Numbers and encoded categories are then binned by quantiles.
"""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from workbench.domain.forecast.learning.arrays import CodeArray, FloatArray
from workbench.domain.forecast.learning.trace_prefix import PATH_LENGTH, TracePrefix

BINS = 32
"""The most bins of one column."""

_PRIOR_WEIGHT = 10.0
"""The weight of the prior, in rows."""


class _TargetMeans:
    """The mean target of each value of a category, shrunk towards a prior."""

    def __init__(self, values: Sequence[object], prior: FloatArray, target: FloatArray) -> None:
        """Fit the means to the values, priors and targets of rows."""
        number_by_value: dict[object, int] = {}
        numbers = np.array([number_by_value.setdefault(value, len(number_by_value)) for value in values])
        count = np.bincount(numbers)
        # All rows with the same value have the same prior.
        mean_prior = np.bincount(numbers, prior) / count
        means = (np.bincount(numbers, target) + _PRIOR_WEIGHT * mean_prior) / (count + _PRIOR_WEIGHT)
        self._mean = {value: float(means[number]) for value, number in number_by_value.items()}

    def of(self, values: Iterable[object], prior: FloatArray) -> FloatArray:
        """Return the mean of each value, or its prior for a value never seen."""
        mean = self._mean
        return np.array([mean.get(value, fallback) for value, fallback in zip(values, prior.tolist(), strict=True)])


class FeatureEncoder:
    """Encodes prefixes as bin numbers, one column for each feature."""

    def __init__(self, prefixes: Sequence[TracePrefix], target: FloatArray) -> None:
        """Fit the encoder.

        Args:
            prefixes: The prefixes to fit to.
            target: The target of each prefix, in any ordered unit.
        """
        self._overall = float(np.mean(target))
        self._attributes = sorted({name for prefix in prefixes for name in prefix.attributes})
        self._means: list[_TargetMeans] = []
        columns: list[FloatArray] = []
        for values in self._categories(prefixes):
            prior = self._prior(columns, len(prefixes))
            self._means.append(_TargetMeans(values, prior, target))
            columns.append(self._means[-1].of(values, prior))
        self._edges = [_edges(column) for column in (*columns, *_figures(prefixes).T)]

    def _categories(self, prefixes: Sequence[TracePrefix]) -> Iterator[list[object]]:
        """Yield the values of each category: the last activities, the first activity, and the attributes."""
        for length in range(1, PATH_LENGTH + 1):
            yield [prefix.path[:length] for prefix in prefixes]
        yield [prefix.first for prefix in prefixes]
        for name in self._attributes:
            yield [prefix.attributes.get(name) for prefix in prefixes]

    def _prior(self, columns: Sequence[FloatArray], rows: int) -> FloatArray:
        """Return the prior of the next category, given the columns of those before it."""
        return columns[-1] if 0 < len(columns) < PATH_LENGTH else np.full(rows, self._overall)

    def codes(self, prefixes: Sequence[TracePrefix]) -> CodeArray:
        """Return the bin numbers of prefixes, one row each."""
        if not prefixes:
            return np.zeros((0, len(self._edges)), dtype=np.uint8)
        columns: list[FloatArray] = []
        for means, values in zip(self._means, self._categories(prefixes), strict=True):
            columns.append(means.of(values, self._prior(columns, len(prefixes))))
        coded = [
            np.searchsorted(edges, column, side="left").astype(np.uint8)
            for edges, column in zip(self._edges, (*columns, *_figures(prefixes).T), strict=True)
        ]
        return np.stack(coded, axis=1)


def _figures(prefixes: Sequence[TracePrefix]) -> FloatArray:
    """Return the numeric features of prefixes, one row each."""
    return np.array([prefix.figures for prefix in prefixes])


def _edges(column: FloatArray) -> FloatArray:
    """Return the bin edges of a column, with about the same number of rows in each bin."""
    shares = np.linspace(0, 1, BINS + 1)[1:-1]
    return np.unique(np.quantile(column, shares, method="lower"))
