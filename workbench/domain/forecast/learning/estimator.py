"""The estimator of remaining time: fitted to finished cases, it predicts how long open ones will take."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from workbench.domain.forecast.learning.arrays import FloatArray
from workbench.domain.forecast.learning.censoring import CensoringWeights, censoring_weights
from workbench.domain.forecast.learning.event_trace import Trace
from workbench.domain.forecast.learning.feature_encoding import FeatureEncoder
from workbench.domain.forecast.learning.past_split import Past, Split, earlier_split
from workbench.domain.forecast.learning.quantile_calibration import HIGH, LOW, MEDIAN, QuantileCalibration, calibrated
from workbench.domain.forecast.learning.quantile_forest import TREES, Forest, Rows, ranks
from workbench.domain.forecast.learning.remaining_time import RemainingTimes
from workbench.domain.forecast.learning.trace_prefix import Prefix, last_prefix, most_frequent_activities, prefixes_of

_COUNTED_ACTIVITIES = 8

_FEWEST_TRAINING_CASES, _FEWEST_TEST_CASES = 100, 50
_TRIAL_TREES = 30
_KEEP_BELOW_LOSS_RATIO = 0.98
"""Optional attributes are kept only if they reduce the loss at least to this share."""


class NothingToLearnFrom(ValueError):
    """No case was over before the end of the known past."""


@dataclass(frozen=True, slots=True)
class Estimator:
    """A fitted estimator. The counts of `counted_activities` are features; `ignored` attributes are not used."""

    encoder: FeatureEncoder
    forest: Forest
    calibration: QuantileCalibration
    counted_activities: tuple[str, ...]
    ignored: frozenset[str]

    @classmethod
    def fit(cls, past: Past, optional: frozenset[str] = frozenset(), seed: int = 0) -> Self:
        """Fit an estimator. Optional attributes are used only if they improve forecasts in a test within the past.

        Raises:
            NothingToLearnFrom: If no case of the past is over.
        """
        ignored, calibration = _trial(past, optional, seed)
        estimator = cls.fit_ignoring(past, ignored, seed)
        return replace(estimator, calibration=estimator.calibration.wider(calibration))

    @classmethod
    def fit_ignoring(cls, past: Past, ignored: frozenset[str] = frozenset(), seed: int = 0, trees: int = TREES) -> Self:
        """Fit an estimator without some attributes. The same seed gives the same forecasts.

        Raises:
            NothingToLearnFrom: If no case of the past is over.
        """
        if not past.finished:
            raise NothingToLearnFrom
        counted_activities = most_frequent_activities(past.finished, _COUNTED_ACTIVITIES)
        censoring = censoring_weights(past.finished, past.starts_s, past.until_s)
        traces = [past.finished[index] for index in censoring.index]
        prefixes = [prefix for trace in traces for prefix in prefixes_of(trace, counted_activities)]
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
        forest = Forest(rows, seed, trees)
        return cls(encoder, forest, _out_of_bag_calibration(forest, rows), counted_activities, ignored)

    def remaining(self, traces: Sequence[Trace]) -> RemainingTimes:
        """Return the remaining time of each case from its last event."""
        return self._remaining_times([last_prefix(trace, self.counted_activities) for trace in traces])

    def remaining_throughout(self, traces: Sequence[Trace]) -> RemainingTimes:
        """Return the remaining time at each event of each case, in order."""
        return self._remaining_times(
            [prefix for trace in traces for prefix in prefixes_of(trace, self.counted_activities)]
        )

    def _remaining_times(self, prefixes: Sequence[Prefix]) -> RemainingTimes:
        support_s = self.forest.support_s
        if prefixes:
            cumulative = self.forest.cumulative(self.encoder.codes(prefixes))
        else:
            cumulative = np.empty((0, len(support_s)), dtype=np.float32)
        return RemainingTimes(support_s, cumulative, self.calibration, np.zeros(len(prefixes)))


def remaining_s(traces: Iterable[Trace]) -> FloatArray:
    """Return the actual time from each event to the end of its case, in seconds."""
    return np.array([trace.ended_s - event.at_s for trace in traces for event in trace.events])


def _out_of_bag_calibration(forest: Forest, rows: Rows) -> QuantileCalibration:
    """Return the quantile calibration by the out-of-bag predictions of the forest."""
    tested_rows, cumulative = forest.out_of_bag_cumulative(rows)
    true_s, weights = rows.remaining_s[tested_rows], rows.weights[tested_rows]
    return calibrated(forest.support_s, cumulative, true_s, weights, len(np.unique(rows.case[tested_rows])))


def _trial(past: Past, optional: frozenset[str], seed: int) -> tuple[frozenset[str], QuantileCalibration]:
    """Fit to the earlier part of the past and test on the later part, so that ranges allow for drift.

    Returns:
        The attributes to leave out, and the calibration that the test needs. The optional attributes are left out
        if they do not improve the forecasts or the past is too short for a test.
    """
    parts = earlier_split(past)
    if parts is None or len(parts.past.finished) < _FEWEST_TRAINING_CASES or len(parts.later) < _FEWEST_TEST_CASES:
        return optional, QuantileCalibration()
    starts_s = [at_s for at_s in past.starts_s if at_s >= parts.past.until_s]
    censoring = censoring_weights(parts.later, starts_s, past.until_s)
    loss, calibration = _evaluated(parts, optional, seed, censoring)
    if optional:
        loss_with_them, calibration_with_them = _evaluated(parts, frozenset(), seed, censoring)
        if loss_with_them <= _KEEP_BELOW_LOSS_RATIO * loss:
            return frozenset(), calibration_with_them
    return optional, calibration


def _evaluated(
    parts: Split, ignored: frozenset[str], seed: int, censoring: CensoringWeights
) -> tuple[float, QuantileCalibration]:
    """Return the mean pinball loss of the low, median and high quantiles, with the calibration they need."""
    tested = [parts.later[index] for index in censoring.index]
    events = [len(trace.events) for trace in tested]
    predicted = Estimator.fit_ignoring(parts.past, ignored, seed, _TRIAL_TREES).remaining_throughout(tested)
    true_s, weights = remaining_s(tested) * np.repeat(censoring.stretch, events), np.repeat(censoring.weight, events)
    loss = 0.0
    for level in (LOW, MEDIAN, HIGH):
        error = true_s - predicted.quantile_s(level)
        loss += float(np.average(np.maximum(level * error, (level - 1) * error), weights=weights))
    return loss, calibrated(predicted.support_s, predicted.cumulative, true_s, weights, len(parts.later))
