"""The estimator of remaining time: fitted to what is known at an instant, it predicts how long open cases will take.

A forest is worse than a table of medians per activity if the past is short, censored or changing. So both are tried
within the past. The forest is chosen only if its gain exceeds the standard error, both on the cases that were over at
the end of the past, and on all cases with simulated ends of the open ones.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from workbench.domain.forecast.learning.arrays import FloatArray, IntArray
from workbench.domain.forecast.learning.event_trace import EventTrace
from workbench.domain.forecast.learning.past_split import KnownEvents, KnownPast
from workbench.domain.forecast.learning.prediction_method import FittingSample, PredictionMethod, Predictor
from workbench.domain.forecast.learning.quantile_forest import TREES
from workbench.domain.forecast.learning.remaining_time import RemainingTimes
from workbench.domain.forecast.learning.trace_prefix import last_prefix, most_frequent_activities, prefixes_of

_COUNTED_ACTIVITIES = 8

_TRIALS_AT = (0.5, 0.75)
"""Where the trials split the past, as shares of the events in its window."""

_TRIAL_PART = 3
"""A trial grows this part of the trees."""

_FEWEST_CASES = 30
"""Trials with fewer finished cases tell little."""

_MOST_TESTED = 6_000


class NothingToLearnFrom(ValueError):
    """No case was over before the end of the known past."""


@dataclass(frozen=True, slots=True)
class ChosenMethod:
    """The chosen method, and the share (0 to 1) by which its error in trials was below that of the table.

    The gain is 0 for the table itself, and None without a trial.
    """

    method: PredictionMethod
    gain: float | None = None


@dataclass(frozen=True, slots=True)
class Estimator:
    """A fitted estimator. The counts of `counted_activities` are features."""

    predictor: Predictor
    choice: ChosenMethod
    counted_activities: tuple[str, ...]

    @classmethod
    def fit(cls, past: KnownPast, seed: int = 0, *, trees: int = TREES, choice: ChosenMethod | None = None) -> Self:
        """Fit an estimator. The same seed gives the same forecasts.

        Args:
            past: What is known.
            seed: The seed of the random numbers.
            trees: The trees of a forest.
            choice: The method; None tries both within the past.

        Raises:
            NothingToLearnFrom: If no case of the past is over.
        """
        if not past.finished:
            raise NothingToLearnFrom
        counted = most_frequent_activities(past.finished, _COUNTED_ACTIVITIES)
        prefixes = [prefix for trace in (*past.finished, *past.open) for prefix in prefixes_of(trace, counted)]
        sample = FittingSample.of(prefixes, KnownEvents.of(past), seed)
        choice = choice or _choose_method(sample, trees // _TRIAL_PART)
        predictor = sample.forest(trees) if choice.method is PredictionMethod.FOREST else sample.table()
        return cls(predictor, choice, counted)

    def remaining(self, traces: Sequence[EventTrace]) -> RemainingTimes:
        """Return the remaining time of each case from its last event."""
        return self.predictor([last_prefix(trace, self.counted_activities) for trace in traces])

    def remaining_at_each_event(self, traces: Sequence[EventTrace]) -> RemainingTimes:
        """Return the remaining time of each case from each of its events."""
        return self.predictor([prefix for trace in traces for prefix in prefixes_of(trace, self.counted_activities)])


def remaining_s(traces: Iterable[EventTrace]) -> FloatArray:
    """Return the actual time from each event to the end of its case, in seconds."""
    return np.array([trace.ended_s - event.at_s for trace in traces for event in trace.events])


def _choose_method(sample: FittingSample, trees: int) -> ChosenMethod:
    """Return the forest if it is clearly better in trials, else the table.

    A log may end with unfinished cases or without any, so the worse of two gains counts: that on the cases that are
    over, and that on all cases.
    """
    events = sample.events
    if len(np.unique(events.case[events.is_over])) < _FEWEST_CASES:
        return ChosenMethod(PredictionMethod.TABLE)
    in_window = np.sort(events.at_s[events.is_in_window])
    trials: list[FloatArray] = []
    for share in _TRIALS_AT:
        known = events.before(float(in_window[int(share * len(in_window))]))
        tested = np.flatnonzero(events.at_s >= known.until_s)
        if known.is_over.any() and events.is_over[tested].any():
            trials.append(_run_trial(sample, known, tested[:: len(tested) // _MOST_TESTED + 1], trees))
    if not trials:
        return ChosenMethod(PredictionMethod.TABLE)
    case, is_over, table_s, forest_s = np.concatenate(trials, axis=1)
    gains: list[float] = []
    for rows in (is_over > 0, is_over >= 0):
        gain_s = np.bincount(case[rows].astype(np.int64), (table_s - forest_s)[rows])
        # The events of one case are one observation.
        if gain_s.sum() <= np.sqrt((gain_s**2).sum()):
            return ChosenMethod(PredictionMethod.TABLE, 0.0)
        gains.append(float(gain_s.sum() / table_s[rows].sum()))
    return ChosenMethod(PredictionMethod.FOREST, min(gains))


def _run_trial(sample: FittingSample, known: KnownEvents, tested: IntArray, trees: int) -> FloatArray:
    """Fit both methods to an earlier past, and predict later events.

    Returns:
        One column for each event: its case, whether that is over, and the errors of the table and of the forest.
    """
    earlier = FittingSample.of(sample.prefixes, known, sample.seed)
    prefixes = [sample.prefixes[row] for row in tested.tolist()]
    errors_s = (
        np.abs(sample.remaining_s[tested] - predictor(prefixes).quantile_s(0.5))
        for predictor in (earlier.table(), earlier.forest(trees))
    )
    return np.stack([sample.events.case[tested], sample.events.is_over[tested], *errors_s])
