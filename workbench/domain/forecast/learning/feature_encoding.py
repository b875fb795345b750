"""Prefixes as small whole numbers, which trees can be grown on quickly.

A word becomes the mean of what followed it; where it is rare it leans on what followed less exact words: the last
three activities on the last two, these on the last one, this one on all. So thin history falls back by itself.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from workbench.domain.forecast.learning.arrays import CodeArray, FloatArray
from workbench.domain.forecast.learning.event_trace import Attribute
from workbench.domain.forecast.learning.trace_prefix import PATH_LENGTH, Path, Prefix

BINS = 32
"""The most codes of one column."""

_LEANS_ON = 10.0
"""So many rows of weight 1 count as much as what a word leans on."""

_MISSING = -np.inf


class _Means:
    """The mean of what followed each word."""

    def __init__(self, words: Sequence[object], leans_on: FloatArray, target: FloatArray, weights: FloatArray) -> None:
        """Learn from words, what each leans on, what followed it, and how much that counts."""
        place: dict[object, int] = {}
        places = np.array([place.setdefault(word, len(place)) for word in words])
        weight = np.bincount(places, weights)
        # Rows with the same word lean on the same thing.
        lean = np.bincount(places, weights * leans_on) / weight
        means = (np.bincount(places, weights * target) + _LEANS_ON * lean) / (weight + _LEANS_ON)
        self._mean = {word: float(means[at]) for word, at in place.items()}

    def of(self, words: Iterable[object], else_: FloatArray) -> FloatArray:
        """Return the mean for each word, another figure where the word was never seen."""
        mean = self._mean
        return np.array([mean.get(word, other) for word, other in zip(words, else_.tolist(), strict=True)])


@dataclass(frozen=True, slots=True)
class _Question:
    """How a word is had from a prefix, and whether it leans on the word before it, which is less exact."""

    word_of: Callable[[Prefix], object]
    leans: bool


def _path(length: int, prefix: Prefix) -> Path:
    return prefix.path[:length]


def _first(prefix: Prefix) -> str:
    return prefix.first


def _attribute(name: str, prefix: Prefix) -> Attribute | None:
    return prefix.attributes.get(name)


class FeatureEncoder:
    """Turns prefixes into codes, one column for each thing known; learnt from prefixes and what followed them."""

    def __init__(
        self, prefixes: Sequence[Prefix], target: FloatArray, weights: FloatArray, ignored: frozenset[str] = frozenset()
    ) -> None:
        """Learn the codes.

        Args:
            prefixes: What cases looked like.
            target: What followed, in any unit that orders it.
            weights: How much each counts.
            ignored: Attributes that are passed over.
        """
        self._overall = float(np.average(target, weights=weights))
        names = {name for prefix in prefixes for name in prefix.attributes} - ignored
        self._words = sorted(name for name in names if any(type(p.attributes.get(name)) is str for p in prefixes))
        self._figures = sorted(names.difference(self._words))
        self._known: list[tuple[_Question, _Means]] = []
        columns: list[FloatArray] = []
        overall = np.full(len(prefixes), self._overall)
        for question in self._questions():
            words = [question.word_of(prefix) for prefix in prefixes]
            means = _Means(words, columns[-1] if question.leans else overall, target, weights)
            columns.append(means.of(words, overall))
            self._known.append((question, means))
        self._edges = [_edges(column) for column in (*columns, *self._plain(prefixes).T)]

    def _questions(self) -> list[_Question]:
        """Return the words that are asked for."""
        paths = [_Question(partial(_path, length), leans=length > 1) for length in range(1, PATH_LENGTH + 1)]
        said = [_Question(partial(_attribute, name), leans=False) for name in self._words]
        return [*paths, _Question(_first, leans=False), *said]

    def _plain(self, prefixes: Sequence[Prefix]) -> FloatArray:
        """Return the figures of prefixes, one row each."""
        names = self._figures
        rows = [
            (*prefix.figures, *(float(prefix.attributes.get(name, _MISSING)) for name in names)) for prefix in prefixes
        ]
        return np.array(rows)

    def codes(self, prefixes: Sequence[Prefix]) -> CodeArray:
        """Return the codes of prefixes, one row each."""
        overall = np.full(len(prefixes), self._overall)
        columns: list[FloatArray] = []
        for question, means in self._known:
            words = (question.word_of(prefix) for prefix in prefixes)
            columns.append(means.of(words, columns[-1] if question.leans else overall))
        coded = [
            np.searchsorted(edges, column, side="left").astype(np.uint8)
            for edges, column in zip(self._edges, (*columns, *self._plain(prefixes).T), strict=True)
        ]
        return np.stack(coded, axis=1)


def _edges(column: FloatArray) -> FloatArray:
    """Return where a column is cut, so that about the same number of rows falls between two cuts."""
    shares = np.linspace(0, 1, BINS + 1)[1:-1]
    return np.unique(np.quantile(column, shares, method="lower"))
