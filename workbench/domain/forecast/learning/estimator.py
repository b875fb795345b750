"""The estimator of remaining time: fitted to finished cases, it predicts how long open ones will take."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from workbench.domain.forecast.learning.arrays import FloatArray
from workbench.domain.forecast.learning.censoring import CensoringWeights, censoring_weights
from workbench.domain.forecast.learning.event_trace import Trace
from workbench.domain.forecast.learning.feature_encoding import FeatureEncoder
from workbench.domain.forecast.learning.past_split import Past, Split, earlier_split
from workbench.domain.forecast.learning.quantile_calibration import (
    HIGH,
    LOW,
    MEDIAN,
    PredictionTest,
    QuantileCalibration,
    calibrated,
)
from workbench.domain.forecast.learning.quantile_forest import TREES, Forest, Rows, ranks
from workbench.domain.forecast.learning.remaining_time import RemainingTimes
from workbench.domain.forecast.learning.trace_prefix import Prefix, frequent, last_prefix, prefixes_of

_COUNTED_ACTIVITIES = 8

_FEWEST_TRAINING_CASES, _FEWEST_TEST_CASES = 100, 50
_TRIAL_TREES = 30
_KEEP_BELOW_LOSS_RATIO = 0.98
"""Optional attributes are kept only if they reduce the loss at least to this share."""


class NothingToLearnFrom(ValueError):
    """No case was over before the end of the known past."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LearningOptions:
    """How to fit the estimator.

    `optional` names attributes that are used only if they improve forecasts in a test within the past. `offset_s` is
    the offset of local time from UTC. The same seed gives the same forecasts.
    """

    optional: frozenset[str] = frozenset()
    offset_s: float = 0.0
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Estimator:
    """A fitted estimator."""

    encoder: FeatureEncoder
    forest: Forest
    calibration: QuantileCalibration
    counted_activities: tuple[str, ...]
    offset_s: float
    ignored: frozenset[str]

    @classmethod
    def fit(cls, past: Past, options: LearningOptions) -> Self:
        """Fit an estimator, choosing the optional attributes by a test within the past.

        Raises:
            NothingToLearnFrom: If no case of the past is over.
        """
        trial = _trial(past, options)
        estimator = cls.fit_ignoring(past, options, trial.ignored)
        return replace(estimator, calibration=estimator.calibration.wider(trial.calibration))

    @classmethod
    def fit_ignoring(cls, past: Past, options: LearningOptions, ignored: frozenset[str], trees: int = TREES) -> Self:
        """Fit an estimator without some attributes.

        Raises:
            NothingToLearnFrom: If no case of the past is over.
        """
        if not past.finished:
            raise NothingToLearnFrom
        counted_activities = frequent(past.finished, _COUNTED_ACTIVITIES)
        censoring = censoring_weights(past.finished, past.begun_s, past.until_s)
        traces = [past.finished[index] for index in censoring.index]
        prefixes = _prefixes(traces, lambda trace: prefixes_of(trace, counted_activities, options.offset_s))
        events = [len(trace.events) for trace in traces]
        weights = np.repeat(censoring.weight, events)
        weights *= len(weights) / weights.sum()
        remaining_time_s = remaining_s(traces) * np.repeat(censoring.stretch, events)
        encoder = FeatureEncoder(prefixes, ranks(remaining_time_s), weights, ignored)
        rows = Rows(
            codes=encoder.codes(prefixes),
            remaining_s=remaining_time_s,
            weights=weights,
            case=np.repeat(censoring.index, events),
        )
        forest = Forest(rows, options.seed, trees)
        return cls(
            encoder, forest, _out_of_bag_calibration(forest, rows), counted_activities, options.offset_s, ignored
        )

    def remaining(self, traces: Sequence[Trace]) -> RemainingTimes:
        """Return the remaining time of each case from its last event."""
        return self._remaining_times([last_prefix(trace, self.counted_activities, self.offset_s) for trace in traces])

    def remaining_throughout(self, traces: Sequence[Trace]) -> RemainingTimes:
        """Return the remaining time at each event of each case, in order."""
        return self._remaining_times(
            _prefixes(traces, lambda trace: prefixes_of(trace, self.counted_activities, self.offset_s))
        )

    def _remaining_times(self, prefixes: Sequence[Prefix]) -> RemainingTimes:
        support_s = self.forest.support_s
        if prefixes:
            cumulative = self.forest.cumulative(self.encoder.codes(prefixes))
        else:
            cumulative = np.empty((0, len(support_s)), dtype=np.float32)
        return RemainingTimes(support_s, cumulative, self.calibration, np.zeros(len(prefixes)))


def _prefixes(traces: Iterable[Trace], of: Callable[[Trace], Iterable[Prefix]]) -> list[Prefix]:
    return [prefix for trace in traces for prefix in of(trace)]


def remaining_s(traces: Iterable[Trace]) -> FloatArray:
    """Return the actual time from each event to the end of its case, in seconds."""
    return np.array([trace.ended_s - event.at_s for trace in traces for event in trace.events])


def _out_of_bag_calibration(forest: Forest, rows: Rows) -> QuantileCalibration:
    """Return the quantile calibration by the out-of-bag predictions of the forest."""
    tested_rows, cumulative = forest.out_of_bag_cumulative(rows)
    return calibrated(
        PredictionTest(
            support_s=forest.support_s,
            cumulative=cumulative,
            true_s=rows.remaining_s[tested_rows],
            weights=rows.weights[tested_rows],
            cases=len(np.unique(rows.case[tested_rows])),
        )
    )


@dataclass(frozen=True, slots=True)
class _Trial:
    """The result of a test within the past: the attributes to leave out, and the quantile calibration."""

    ignored: frozenset[str]
    calibration: QuantileCalibration


def _trial(past: Past, options: LearningOptions) -> _Trial:
    """Fit to the earlier part of the past and test on the later part, so that ranges allow for drift.

    Optional attributes are left out unless they improve the forecasts, or if the past is too short for a test.
    """
    parts = earlier_split(past)
    if parts is None or len(parts.past.finished) < _FEWEST_TRAINING_CASES or len(parts.later) < _FEWEST_TEST_CASES:
        return _Trial(options.optional, QuantileCalibration())
    begun_s = [at_s for at_s in past.begun_s if at_s >= parts.past.until_s]
    censoring = censoring_weights(parts.later, begun_s, past.until_s)
    loss, best = _evaluated(parts, options, options.optional, censoring)
    if options.optional:
        loss_with_them, other = _evaluated(parts, options, frozenset(), censoring)
        if loss_with_them <= _KEEP_BELOW_LOSS_RATIO * loss:
            best = other
    return best


def _evaluated(
    parts: Split, options: LearningOptions, ignored: frozenset[str], censoring: CensoringWeights
) -> tuple[float, _Trial]:
    """Return the mean pinball loss of the low, median and high quantiles, with the calibration they need."""
    tested = [parts.later[index] for index in censoring.index]
    events = [len(trace.events) for trace in tested]
    predicted = Estimator.fit_ignoring(parts.past, options, ignored, _TRIAL_TREES).remaining_throughout(tested)
    true_s, weights = remaining_s(tested) * np.repeat(censoring.stretch, events), np.repeat(censoring.weight, events)
    loss = 0.0
    for level in (LOW, MEDIAN, HIGH):
        off = true_s - predicted.quantile_s(level)
        loss += float(np.average(np.maximum(level * off, (level - 1) * off), weights=weights))
    calibration = calibrated(
        PredictionTest(
            support_s=predicted.support_s,
            cumulative=predicted.cumulative,
            true_s=true_s,
            weights=weights,
            cases=len(parts.later),
        )
    )
    return loss, _Trial(ignored, calibration)
