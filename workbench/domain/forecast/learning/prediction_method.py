"""The two methods that predict remaining times: a table per activity and a forest, and what each is fitted to."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Self

import numpy as np

from workbench.domain.forecast.learning.arrays import FloatArray
from workbench.domain.forecast.learning.feature_encoding import FeatureEncoder
from workbench.domain.forecast.learning.open_cases import simulated_ends_s
from workbench.domain.forecast.learning.past_split import KnownEvents
from workbench.domain.forecast.learning.quantile_forest import Forest, Rows, cell_weights, cells, ranks, summed
from workbench.domain.forecast.learning.remaining_time import RemainingTimes
from workbench.domain.forecast.learning.trace_prefix import Prefix

_SUPPORT = 256
_PRIOR_WEIGHT = 2.0
"""The weight of the distribution after all activities in that of one, in rows: a few rows tell little."""


class Method(Enum):
    """What predicts: the times after the same activity in finished cases, or a forest of all cases."""

    TABLE = "table"
    FOREST = "forest"


Predictor = Callable[[Sequence[Prefix]], RemainingTimes]
"""A fitted method."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What is known at an instant, to fit methods to.

    `prefixes` are those of all events of the past, `remaining_s` the times to the actual or simulated ends.
    `support_s` are the values that represent all remaining times: quantiles of those of finished and of all cases.
    """

    prefixes: Sequence[Prefix]
    events: KnownEvents
    seed: int
    remaining_s: FloatArray
    support_s: FloatArray

    @classmethod
    def of(cls, prefixes: Sequence[Prefix], events: KnownEvents, seed: int) -> Self:
        """Return the sample of the events known, with simulated ends of the open cases."""
        remaining_s = simulated_ends_s(events, np.random.default_rng(seed)) - events.at_s
        parts = (remaining_s[events.is_over], remaining_s)
        levels = np.linspace(0, 1, _SUPPORT)
        support_s = np.unique([np.quantile(part, levels, method="inverted_cdf") for part in parts])
        return cls([prefixes[row] for row in events.row.tolist()], events, seed, remaining_s, support_s)

    def table(self) -> Predictor:
        """Fit a table to the finished cases: the times after each activity, shrunk towards those after all."""
        over = np.flatnonzero(self.events.is_over)
        cell = cells(self.support_s, self.remaining_s[over])
        number: dict[str, int] = {}
        group = [number.setdefault(self.prefixes[row].path[0], len(number)) for row in over.tolist()]
        weight = cell_weights(np.array(group), cell, np.ones(len(cell)), len(self.support_s))
        overall = weight.sum(axis=0, keepdims=True) / len(cell)
        cumulative = summed(np.concatenate([weight + _PRIOR_WEIGHT * overall, overall]))
        # The last row is for an activity never seen.
        return lambda prefixes: RemainingTimes(
            self.support_s, cumulative[[number.get(prefix.path[0], -1) for prefix in prefixes]]
        )

    def forest(self, trees: int) -> Predictor:
        """Fit a forest to all cases in the window of observation, the open ones with their simulated ends."""
        used = np.flatnonzero(self.events.is_in_window)
        prefixes, remaining_s = [self.prefixes[row] for row in used.tolist()], self.remaining_s[used]
        encoder = FeatureEncoder(prefixes, ranks(remaining_s))
        _cases, case = np.unique(self.events.case[used], return_inverse=True)
        rows = Rows(codes=encoder.codes(prefixes), remaining_s=remaining_s, case=case)
        forest = Forest(rows, self.support_s, self.seed, trees)
        return lambda prefixes: RemainingTimes(self.support_s, forest.cumulative(encoder.codes(prefixes)))
