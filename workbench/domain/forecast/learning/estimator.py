"""The estimator of remaining time: fitted to what is known at an instant, it predicts how long open cases will take.

Which method predicts best depends on the log: a forest loses to a plain table where the past is short or censored. So
the methods are tried within the past, and the table of medians per activity gives way only to a method that is better
both on the cases that were over at the end of the past and on all cases, with simulated ends of the open ones. The
ranges combine the method chosen with a forest of all cases, since finished cases alone are too short.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from workbench.domain.forecast.learning.arrays import FloatArray, IntArray
from workbench.domain.forecast.learning.event_trace import Trace
from workbench.domain.forecast.learning.open_cases import simulated_ends_s
from workbench.domain.forecast.learning.past_split import KnownEvents, Past
from workbench.domain.forecast.learning.prediction_method import Method, Predictor, Sample
from workbench.domain.forecast.learning.quantile_forest import TREES
from workbench.domain.forecast.learning.remaining_time import RemainingTimes
from workbench.domain.forecast.learning.trace_prefix import Prefix, last_prefix, most_frequent_activities, prefixes_of

_COUNTED_ACTIVITIES = 8
_DRAWS = 2

_TRIALS_AT = (0.5, 0.75)
"""Where the trials split the past, as shares of the events in its window."""

_TRIAL_PART = 3
"""A trial grows this part of the trees."""

_MOST_TESTED = 1_500
_LEAST_GAIN, _LEAST_GAIN_OF_ONE = 0.005, 2.0
"""The least gain of a method, and what is added to it, divided by the number of cases: a short trial tells little."""


class NothingToLearnFrom(ValueError):
    """No case was over before the end of the known past."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The method chosen, and by which share (0 to 1) its error in trials was below that of the table per activity.

    The gain is 0 for the table itself, and None without a trial.
    """

    method: Method
    gain: float | None = None


@dataclass(frozen=True, slots=True)
class Estimator:
    """A fitted estimator. The counts of `counted_activities` are features; `ignored` attributes are not used."""

    support_s: FloatArray
    chosen: Predictor
    of_all: Predictor
    choice: Choice
    counted_activities: tuple[str, ...]

    @classmethod
    def fit(
        cls,
        past: Past,
        optional: frozenset[str] = frozenset(),
        seed: int = 0,
        *,
        trees: int = TREES,
        choice: Choice | None = None,
    ) -> Self:
        """Fit an estimator. The same seed gives the same forecasts.

        Args:
            past: What is known.
            optional: Attributes that are used only if they improve forecasts in a trial within the past.
            seed: The seed of the random numbers.
            trees: The trees of each forest.
            choice: The method; None tries all of them within the past.

        Raises:
            NothingToLearnFrom: If no case of the past is over.
        """
        if not past.finished:
            raise NothingToLearnFrom
        counted = most_frequent_activities(past.finished, _COUNTED_ACTIVITIES)
        prefixes = [prefix for trace in (*past.finished, *past.open) for prefix in prefixes_of(trace, counted)]
        sample = _sample(prefixes, KnownEvents.of(past), optional, seed)
        choice = choice or _choice(sample, trees // _TRIAL_PART)
        support_s = sample.support_s
        of_all = sample.fitted(Method.FOREST_OF_ALL, support_s, trees)
        is_same = choice.method is Method.FOREST_OF_ALL
        chosen = of_all if is_same else sample.fitted(choice.method, support_s, trees)
        return cls(support_s, chosen, of_all, choice, counted)

    def remaining(self, traces: Sequence[Trace]) -> RemainingTimes:
        """Return the remaining time of each case from its last event."""
        return self._combined([last_prefix(trace, self.counted_activities) for trace in traces])[1]

    def throughout_s(self, traces: Sequence[Trace], shares: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the middle, and the shortest ranges of some probabilities, at each event of each case, in seconds.

        The axes of the ranges are the probabilities, the first and last time, and the events.
        """
        prefixes = [prefix for trace in traces for prefix in prefixes_of(trace, self.counted_activities)]
        chosen, combined = self._combined(prefixes)
        middle_s, ranges_s = chosen.quantile_s(0.5), combined.shortest_s(shares)
        ranges_s[:, 0] = np.minimum(ranges_s[:, 0], middle_s)
        ranges_s[:, 1] = np.maximum(ranges_s[:, 1], middle_s)
        return middle_s, ranges_s

    def _combined(self, prefixes: Sequence[Prefix]) -> tuple[RemainingTimes, RemainingTimes]:
        """Return the times by the method chosen, and those combined with the forest of all cases."""
        chosen = self.chosen.cumulative(prefixes)
        combined = (
            chosen if self.chosen is self.of_all else (chosen + self.of_all.cumulative(prefixes)) * np.float32(0.5)
        )
        waited_s = np.zeros(len(prefixes))
        return RemainingTimes(self.support_s, chosen, waited_s), RemainingTimes(self.support_s, combined, waited_s)


def remaining_s(traces: Iterable[Trace]) -> FloatArray:
    """Return the actual time from each event to the end of its case, in seconds."""
    return np.array([trace.ended_s - event.at_s for trace in traces for event in trace.events])


def _sample(prefixes: Sequence[Prefix], events: KnownEvents, optional: frozenset[str], seed: int) -> Sample:
    ends_s = simulated_ends_s(events, np.random.default_rng(seed), _DRAWS)
    return Sample(prefixes, events, ends_s, optional, seed)


def _choice(sample: Sample, trees: int) -> Choice:
    """Return the method with the least error in trials, relative to the table of medians per activity.

    A log may end with unfinished cases or without any, so the worse of two errors counts: that on the cases that are
    over, and that on all cases.
    """
    events = sample.events
    in_window = np.sort(events.at_s[events.is_in_window])
    errors: list[dict[Method, FloatArray]] = []
    for share in _TRIALS_AT:
        known = events.before(float(in_window[int(share * len(in_window))])) if len(in_window) else events
        tested = np.flatnonzero(events.at_s >= known.until_s)
        if known.is_over.any() and events.is_over[tested].any():
            errors.append(_errors(sample, known, tested[:: len(tested) // _MOST_TESTED + 1], trees))
    if not errors:
        return Choice(Method.ACTIVITY_TABLE)
    ratio = {
        method: max(np.mean([error[method] / error[Method.ACTIVITY_TABLE] for error in errors], axis=0))
        for method in errors[0]
    }
    best = min(ratio, key=lambda method: ratio[method])
    gain = 1 - float(ratio[best])
    is_enough = gain >= _LEAST_GAIN + _LEAST_GAIN_OF_ONE / len(np.unique(events.case))
    return Choice(best, gain) if is_enough else Choice(Method.ACTIVITY_TABLE, 0.0)


def _errors(sample: Sample, known: KnownEvents, tested: IntArray, trees: int) -> dict[Method, FloatArray]:
    """Fit all methods to an earlier past, and return their mean errors on later events: of finished cases and of all.

    A second is added, so that ratios of errors exist.
    """
    earlier = _sample(sample.prefixes, known, sample.optional, sample.seed)
    support_s = earlier.support_s
    true_s = sample.ends_s[:, tested] - sample.events.at_s[tested]
    is_over = sample.events.is_over[tested]
    prefixes = [sample.prefixes[row] for row in sample.events.row[tested].tolist()]
    found: dict[Method, FloatArray] = {}
    for method in Method:
        if method is Method.FOREST_WITH_WORKLOAD and not sample.optional:
            continue
        cumulative = earlier.fitted(method, support_s, trees).cumulative(prefixes)
        middle_s = RemainingTimes(support_s, cumulative, np.zeros(len(prefixes))).quantile_s(0.5)
        off_s = np.abs(true_s - middle_s).mean(axis=0)
        found[method] = np.array([off_s[is_over].mean(), off_s.mean()]) + 1
    return found
