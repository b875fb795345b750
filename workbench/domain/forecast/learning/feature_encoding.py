"""Encodes trace prefixes as small integers, so that trees are fast to grow.

Categories are target-encoded: a value becomes the mean target of its rows, shrunk towards a prior. The prior of the
last three activities is the encoding of the last two, theirs is that of the last one, and so on up to the overall mean.
So a rare value falls back to a more general one. Numbers and encoded categories are then binned by quantiles.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from workbench.domain.forecast.learning.arrays import CodeArray, FloatArray
from workbench.domain.forecast.learning.event_trace import Attribute
from workbench.domain.forecast.learning.trace_prefix import PATH_LENGTH, Path, Prefix

BINS = 32
"""The most bins of one column."""

_PRIOR_WEIGHT = 10.0
"""The weight of the prior, in rows of weight 1."""

_MISSING = -np.inf


class _TargetMeans:
    """The mean target of each value of a category, shrunk towards a prior."""

    def __init__(self, values: Sequence[object], prior: FloatArray, target: FloatArray, weights: FloatArray) -> None:
        """Fit the means to the values, priors, targets and weights of rows."""
        number_of: dict[object, int] = {}
        numbers = np.array([number_of.setdefault(value, len(number_of)) for value in values])
        weight = np.bincount(numbers, weights)
        # All rows with the same value have the same prior.
        mean_prior = np.bincount(numbers, weights * prior) / weight
        means = (np.bincount(numbers, weights * target) + _PRIOR_WEIGHT * mean_prior) / (weight + _PRIOR_WEIGHT)
        self._mean = {value: float(means[at]) for value, at in number_of.items()}

    def of(self, values: Iterable[object], default: FloatArray) -> FloatArray:
        """Return the mean of each value, or the default for a value never seen."""
        mean = self._mean
        return np.array([mean.get(value, fallback) for value, fallback in zip(values, default.tolist(), strict=True)])


@dataclass(frozen=True, slots=True)
class _Category:
    """How to read a category from a prefix, and whether its prior is the category before it."""

    value_of: Callable[[Prefix], object]
    has_prior: bool


def _path(length: int, prefix: Prefix) -> Path:
    return prefix.path[:length]


def _first(prefix: Prefix) -> str:
    return prefix.first


def _attribute(name: str, prefix: Prefix) -> Attribute | None:
    return prefix.attributes.get(name)


class FeatureEncoder:
    """Encodes prefixes as bin numbers, one column for each feature."""

    def __init__(
        self, prefixes: Sequence[Prefix], target: FloatArray, weights: FloatArray, ignored: frozenset[str] = frozenset()
    ) -> None:
        """Fit the encoder.

        Args:
            prefixes: The prefixes to fit to.
            target: The target of each prefix, in any ordered unit.
            weights: The weight of each prefix.
            ignored: Attributes that are left out.
        """
        self._overall = float(np.average(target, weights=weights))
        names = {name for prefix in prefixes for name in prefix.attributes} - ignored
        self._category_names = sorted(
            name for name in names if any(type(p.attributes.get(name)) is str for p in prefixes)
        )
        self._number_names = sorted(names.difference(self._category_names))
        self._encoders: list[tuple[_Category, _TargetMeans]] = []
        columns: list[FloatArray] = []
        overall = np.full(len(prefixes), self._overall)
        for category in self._categories():
            values = [category.value_of(prefix) for prefix in prefixes]
            means = _TargetMeans(values, columns[-1] if category.has_prior else overall, target, weights)
            columns.append(means.of(values, overall))
            self._encoders.append((category, means))
        self._edges = [_edges(column) for column in (*columns, *self._numbers(prefixes).T)]

    def _categories(self) -> list[_Category]:
        """Return the categories to encode."""
        paths = [_Category(partial(_path, length), has_prior=length > 1) for length in range(1, PATH_LENGTH + 1)]
        attributes = [_Category(partial(_attribute, name), has_prior=False) for name in self._category_names]
        return [*paths, _Category(_first, has_prior=False), *attributes]

    def _numbers(self, prefixes: Sequence[Prefix]) -> FloatArray:
        """Return the numeric features of prefixes, one row each."""
        names = self._number_names
        rows = [
            (*prefix.figures, *(float(prefix.attributes.get(name, _MISSING)) for name in names)) for prefix in prefixes
        ]
        return np.array(rows)

    def codes(self, prefixes: Sequence[Prefix]) -> CodeArray:
        """Return the bin numbers of prefixes, one row each."""
        overall = np.full(len(prefixes), self._overall)
        columns: list[FloatArray] = []
        for category, means in self._encoders:
            values = (category.value_of(prefix) for prefix in prefixes)
            columns.append(means.of(values, columns[-1] if category.has_prior else overall))
        coded = [
            np.searchsorted(edges, column, side="left").astype(np.uint8)
            for edges, column in zip(self._edges, (*columns, *self._numbers(prefixes).T), strict=True)
        ]
        return np.stack(coded, axis=1)


def _edges(column: FloatArray) -> FloatArray:
    """Return the bin edges of a column, with about the same number of rows in each bin."""
    shares = np.linspace(0, 1, BINS + 1)[1:-1]
    return np.unique(np.quantile(column, shares, method="lower"))
