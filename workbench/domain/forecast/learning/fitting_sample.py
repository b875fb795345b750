"""What is known at an instant, and the table per activity and the forest that are fitted to it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from workbench.domain.forecast.learning import quantile_forest
from workbench.domain.forecast.learning.arrays import FloatArray
from workbench.domain.forecast.learning.feature_encoding import FeatureEncoder
from workbench.domain.forecast.learning.open_cases import simulated_ends_s
from workbench.domain.forecast.learning.past_split import KnownEvents
from workbench.domain.forecast.learning.remaining_time import RemainingTimes
from workbench.domain.forecast.learning.trace_prefix import TracePrefix

_SUPPORT = 256
"""The number of quantiles in each part of the support."""

_PRIOR_WEIGHT = 2.0
"""The weight, in rows, that the distribution over all activities has within the distribution of one activity."""

Predictor = Callable[[Sequence[TracePrefix]], RemainingTimes]
"""Predicts the remaining time of cases from their prefixes."""


@dataclass(frozen=True, slots=True)
class FittingSample:
    """What is known at an instant, to fit predictors to.

    Attributes:
        prefixes: The prefixes of all events of the past.
        events: These events.
        seed: The seed of the random numbers.
        remaining_s: The time from each event to the actual or simulated end of its case.
        support_s: The values that represent all remaining times: their quantiles, over finished and over all cases.
    """

    prefixes: Sequence[TracePrefix]
    events: KnownEvents
    seed: int
    remaining_s: FloatArray
    support_s: FloatArray

    @classmethod
    def of(cls, prefixes: Sequence[TracePrefix], events: KnownEvents, seed: int) -> Self:
        """Return the sample of the events known, with simulated ends of the open cases."""
        remaining_s = simulated_ends_s(events, np.random.default_rng(seed)) - events.at_s
        parts = (remaining_s[events.is_over], remaining_s)
        levels = np.linspace(0, 1, _SUPPORT)
        support_s = np.unique([np.quantile(part, levels, method="inverted_cdf") for part in parts])
        return cls(prefixes, events, seed, remaining_s, support_s)

    def mixture(self, forest_share: float, trees: int) -> Predictor:
        """Fit a table and a forest, and mix their distributions; the forest has the weight `forest_share` (0 to 1).

        Mixed distributions are safer than mixed times, in which one very long time counts in full.
        """
        table, forest = self.table(), self.forest(trees)

        def mixed(prefixes: Sequence[TracePrefix]) -> RemainingTimes:
            of_table, of_forest = table(prefixes).cumulative, forest(prefixes).cumulative
            return RemainingTimes(self.support_s, (1 - forest_share) * of_table + forest_share * of_forest)

        return mixed

    def table(self) -> Predictor:
        """Fit a table to the finished cases: the times after each activity, shrunk towards all times."""
        over = np.flatnonzero(self.events.is_over)
        cell = quantile_forest.support_cells(self.support_s, self.remaining_s[over])
        group_of: dict[str, int] = {}
        group = [group_of.setdefault(self.prefixes[row].path[0], len(group_of)) for row in over.tolist()]
        weight = quantile_forest.cell_weights(np.array(group), cell, np.ones(len(cell)), len(self.support_s))
        overall = weight.sum(axis=0, keepdims=True) / len(cell)
        cumulative = quantile_forest.cumulative_shares(np.concatenate([weight + _PRIOR_WEIGHT * overall, overall]))
        # The last row is for an activity never seen.
        return lambda prefixes: RemainingTimes(
            self.support_s, cumulative[[group_of.get(prefix.path[0], -1) for prefix in prefixes]]
        )

    def forest(self, trees: int) -> Predictor:
        """Fit a forest to all cases in the window of observation, the open ones with their simulated ends."""
        used = np.flatnonzero(self.events.is_in_window)
        prefixes, remaining_s = [self.prefixes[row] for row in used.tolist()], self.remaining_s[used]
        encoder = FeatureEncoder(prefixes, quantile_forest.scaled_ranks(remaining_s))
        _cases, case = np.unique(self.events.case[used], return_inverse=True)
        rows = quantile_forest.TrainingRows(codes=encoder.codes(prefixes), remaining_s=remaining_s, case=case)
        forest = quantile_forest.QuantileForest(rows, self.support_s, self.seed, trees)
        return lambda prefixes: RemainingTimes(self.support_s, forest.cumulative(encoder.codes(prefixes)))
