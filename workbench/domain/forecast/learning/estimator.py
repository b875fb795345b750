"""The estimator of remaining time: fitted to what is known at an instant, it predicts how long open cases will take.

A forest is better than a table of times per activity on most logs, and much worse where the past is short, censored or
changing. Trials within the past do not tell these logs apart reliably, so both distributions are mixed. The forest has
at most half of the weight, so it cannot move the median beyond the longest time of the table.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from workbench.domain.forecast.learning.arrays import FloatArray
from workbench.domain.forecast.learning.event_trace import EventTrace
from workbench.domain.forecast.learning.fitting_sample import FittingSample, Predictor
from workbench.domain.forecast.learning.past_split import KnownEvents, KnownPast
from workbench.domain.forecast.learning.quantile_forest import TREES
from workbench.domain.forecast.learning.remaining_time import RemainingTimes
from workbench.domain.forecast.learning.trace_prefix import last_prefix, most_frequent_activities, prefixes_of

_COUNTED_ACTIVITIES = 8
"""How many activities, the most frequent ones, have their number of occurrences as a feature."""

_MOST_FOREST = 0.5
"""The greatest weight of the forest in the mixture of forest and table."""

_ENOUGH_CASES = 100
"""The finished cases from which on the forest counts as much as the table."""


class NothingToLearnFrom(ValueError):
    """No case was over before the end of the known past."""


@dataclass(frozen=True, slots=True)
class Estimator:
    """A fitted estimator. The counts of `counted_activities` are features."""

    predictor: Predictor
    forest_share: float
    counted_activities: tuple[str, ...]

    @classmethod
    def fit(cls, past: KnownPast, seed: int = 0, *, trees: int = TREES) -> Self:
        """Fit an estimator. The same seed gives the same forecasts.

        Args:
            past: What is known.
            seed: The seed of the random numbers.
            trees: The trees of the forest.

        Raises:
            NothingToLearnFrom: If no case of the past is over.
        """
        if not past.finished:
            raise NothingToLearnFrom
        counted = most_frequent_activities(past.finished, _COUNTED_ACTIVITIES)
        prefixes = [prefix for trace in (*past.finished, *past.open) for prefix in prefixes_of(trace, counted)]
        sample = FittingSample.of(prefixes, KnownEvents.of(past), seed)
        share = forest_share(len(past.finished))
        return cls(sample.mixture(share, trees), share, counted)

    def remaining(self, traces: Sequence[EventTrace]) -> RemainingTimes:
        """Return the remaining time of each case from its last event."""
        return self.predictor([last_prefix(trace, self.counted_activities) for trace in traces])

    def remaining_at_each_event(self, traces: Sequence[EventTrace]) -> RemainingTimes:
        """Return the remaining time of each case from each of its events."""
        return self.predictor([prefix for trace in traces for prefix in prefixes_of(trace, self.counted_activities)])


def forest_share(finished_cases: int) -> float:
    """Return the weight of the forest in the mixture (0 to 1), less if few cases are finished."""
    return _MOST_FOREST * min(finished_cases / _ENOUGH_CASES, 1) ** 2


def remaining_s(traces: Iterable[EventTrace]) -> FloatArray:
    """Return the actual time from each event to the end of its case, in seconds."""
    return np.array([trace.ended_s - event.at_s for trace in traces for event in trace.events])
