"""The methods that predict remaining times, from a plain table to a forest, and how each is fitted."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

import numpy as np

from workbench.domain.forecast.learning.arrays import BoolArray, Float32Array, FloatArray
from workbench.domain.forecast.learning.feature_encoding import FeatureEncoder
from workbench.domain.forecast.learning.past_split import KnownEvents
from workbench.domain.forecast.learning.quantile_forest import Forest, Rows, cells, ranks, shares, summed
from workbench.domain.forecast.learning.trace_prefix import Prefix

_SUPPORT = 256


class Method(Enum):
    """What is fitted, to which cases: the finished ones, or the open ones too, with simulated ends."""

    ACTIVITY_TABLE = "activity table"
    OVERALL_TABLE = "overall table"
    FOREST = "forest"
    FOREST_WITH_WORKLOAD = "forest with workload"
    ACTIVITY_TABLE_OF_ALL = "activity table of all cases"
    FOREST_OF_ALL = "forest of all cases"

    @property
    def is_forest(self) -> bool:
        """Whether it is a forest, not a table."""
        return self in {Method.FOREST, Method.FOREST_WITH_WORKLOAD, Method.FOREST_OF_ALL}

    @property
    def learns_from_open(self) -> bool:
        """Whether it learns from open cases too."""
        return self in {Method.ACTIVITY_TABLE_OF_ALL, Method.FOREST_OF_ALL}


class Predictor(Protocol):
    """A fitted method."""

    def cumulative(self, prefixes: Sequence[Prefix]) -> Float32Array:
        """Return the probability up to each time of the support, one row for each prefix."""


class _Table:
    """The distribution of all rows, or of the rows at each activity; the former for an activity never seen."""

    def __init__(
        self, activities: Sequence[str], remaining_s: FloatArray, weights: FloatArray, support_s: FloatArray
    ) -> None:
        """Fit the table; without activities, only the distribution of all rows."""
        cell, width = cells(support_s, remaining_s), len(support_s)
        self._number = {activity: number for number, activity in enumerate(dict.fromkeys(activities))}
        overall = shares(np.zeros(len(cell), dtype=np.int64), cell, weights, width)
        group = np.array([self._number[activity] for activity in activities], dtype=np.int64)
        each = shares(group, cell, weights, width) if activities else overall[:0]
        self._cumulative = summed(np.concatenate([each, overall]))

    def cumulative(self, prefixes: Sequence[Prefix]) -> Float32Array:
        """Return the probability up to each time of the support, one row for each prefix."""
        return self._cumulative[[self._number.get(prefix.path[0], -1) for prefix in prefixes]]


@dataclass(frozen=True, slots=True)
class _CodedForest:
    """A forest with the encoder of its features."""

    encoder: FeatureEncoder
    forest: Forest

    def cumulative(self, prefixes: Sequence[Prefix]) -> Float32Array:
        """Return the probability up to each time of the support, one row for each prefix."""
        return self.forest.cumulative(self.encoder.codes(prefixes) if prefixes else np.zeros((0, 0), dtype=np.uint8))


@dataclass(frozen=True, slots=True)
class Sample:
    """What is known at an instant, to fit methods to.

    `prefixes` are those of all events of the past, `ends_s` the actual or simulated ends, one row for each draw, and
    `optional` the attributes that only some methods use. `support_s` are the times of the distributions.
    """

    prefixes: Sequence[Prefix]
    events: KnownEvents
    ends_s: FloatArray
    optional: frozenset[str]
    seed: int

    @property
    def support_s(self) -> FloatArray:
        """The values that represent all remaining times: quantiles of those of finished cases and of all cases."""
        remaining_s = self.ends_s - self.events.at_s
        levels = np.linspace(0, 1, _SUPPORT)
        parts = (remaining_s[0, self.events.is_over], remaining_s)
        return np.unique([np.quantile(part, levels, method="inverted_cdf") for part in parts])

    def fitted(self, method: Method, support_s: FloatArray, trees: int) -> Predictor:
        """Fit a method."""
        over = self.events.is_over
        used: BoolArray = (self.events.is_in_window if method.learns_from_open else over)[None, :]
        used = np.concatenate([used & over, *(used & ~over for _draw in self.ends_s)])
        draw, at = np.nonzero(used)
        draw = np.maximum(draw - 1, 0)
        remaining_s = self.ends_s[draw, at] - self.events.at_s[at]
        weights = np.where(over[at], 1.0, 1 / len(self.ends_s))
        prefixes = [self.prefixes[row] for row in self.events.row[at].tolist()]
        if not method.is_forest:
            activities = [] if method is Method.OVERALL_TABLE else [prefix.path[0] for prefix in prefixes]
            return _Table(activities, remaining_s, weights, support_s)
        weights *= len(weights) / weights.sum()
        ignored = frozenset() if method is Method.FOREST_WITH_WORKLOAD else self.optional
        encoder = FeatureEncoder(prefixes, ranks(remaining_s), weights, ignored)
        _cases, case = np.unique(self.events.case[at], return_inverse=True)
        rows = Rows(codes=encoder.codes(prefixes), remaining_s=remaining_s, weights=weights, case=case)
        return _CodedForest(encoder, Forest(rows, support_s, self.seed, trees))
