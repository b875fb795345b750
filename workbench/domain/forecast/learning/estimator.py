"""The estimator of remaining time: learns from cases that are over, tells of others how long they may still take."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from workbench.domain.forecast.learning.arrays import FloatArray
from workbench.domain.forecast.learning.censoring import Exposure, exposure_of
from workbench.domain.forecast.learning.event_trace import Trace
from workbench.domain.forecast.learning.feature_encoding import FeatureEncoder
from workbench.domain.forecast.learning.past_split import Past, Split, earlier_split
from workbench.domain.forecast.learning.quantile_calibration import (
    HIGH,
    LOW,
    MEDIAN,
    CalibratedQuantiles,
    QuantileCalibration,
    right_levels,
)
from workbench.domain.forecast.learning.quantile_forest import TREES, Forest, Rows, ranks
from workbench.domain.forecast.learning.remaining_time import Remaining
from workbench.domain.forecast.learning.trace_prefix import Prefix, frequent, last_prefix, prefixes_of

_COUNTED_ACTIVITIES = 8

_FEWEST_LEARNT, _FEWEST_TESTED = 100, 50
_TRIAL_TREES = 30
_WORTH = 0.98
"""What is doubtful must make the error so much smaller, or it is left out."""


class NothingToLearnFrom(ValueError):
    """No case was over before the instant up to which the past is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """How to learn.

    `doubtful` names attributes that count only if they make forecasts better in a test within the past; all others
    always count. `offset_s` is how far local time is ahead of UTC. The same seed gives the same forecasts.
    """

    doubtful: frozenset[str] = frozenset()
    offset_s: float = 0.0
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Estimator:
    """What was learnt."""

    coding: FeatureEncoder
    forest: Forest
    levels: QuantileCalibration
    counted: tuple[str, ...]
    offset_s: float
    ignored: frozenset[str]

    @classmethod
    def learnt(cls, past: Past, choices: Choices) -> Self:
        """Learn from a past.

        Raises:
            NothingToLearnFrom: If no case of it is over.
        """
        trial = _trial(past, choices)
        estimator = cls.grown(past, choices, trial.ignored)
        return replace(estimator, levels=estimator.levels.wider(trial.levels))

    @classmethod
    def grown(cls, past: Past, choices: Choices, ignored: frozenset[str], trees: int = TREES) -> Self:
        """Learn from a past with these attributes left out.

        Raises:
            NothingToLearnFrom: If no case of it is over.
        """
        if not past.finished:
            raise NothingToLearnFrom
        counted = frequent(past.finished, _COUNTED_ACTIVITIES)
        exposure = exposure_of(past.finished, past.begun_s, past.until_s)
        traces = [past.finished[place] for place in exposure.place]
        prefixes = _prefixes(traces, lambda trace: prefixes_of(trace, counted, choices.offset_s))
        events = [len(trace.events) for trace in traces]
        weights = np.repeat(exposure.weight, events)
        weights *= len(weights) / weights.sum()
        followed_s = remaining_s(traces) * np.repeat(exposure.stretch, events)
        coding = FeatureEncoder(prefixes, ranks(followed_s), weights, ignored)
        rows = Rows(
            codes=coding.codes(prefixes),
            remaining_s=followed_s,
            weights=weights,
            case=np.repeat(exposure.place, events),
        )
        forest = Forest(rows, choices.seed, trees)
        return cls(coding, forest, _levels_within(forest, rows), counted, choices.offset_s, ignored)

    def remaining(self, traces: Sequence[Trace]) -> Remaining:
        """Return how long each case may still take from its last event on."""
        return self._told([last_prefix(trace, self.counted, self.offset_s) for trace in traces])

    def remaining_throughout(self, traces: Sequence[Trace]) -> Remaining:
        """Return how long each case may still take from each of its events on, all events in their order."""
        return self._told(_prefixes(traces, lambda trace: prefixes_of(trace, self.counted, self.offset_s)))

    def _told(self, prefixes: Sequence[Prefix]) -> Remaining:
        support_s = self.forest.support_s
        if prefixes:
            cumulative = self.forest.cumulative(self.coding.codes(prefixes))
        else:
            cumulative = np.empty((0, len(support_s)), dtype=np.float32)
        return Remaining(support_s, cumulative, self.levels, np.zeros(len(prefixes)))


def _prefixes(traces: Iterable[Trace], of: Callable[[Trace], Iterable[Prefix]]) -> list[Prefix]:
    return [prefix for trace in traces for prefix in of(trace)]


def remaining_s(traces: Iterable[Trace]) -> FloatArray:
    """Return the time from each event to the end of its case."""
    return np.array([trace.ended_s - event.at_s for trace in traces for event in trace.events])


def _levels_within(forest: Forest, rows: Rows) -> QuantileCalibration:
    """Return the levels that are right about cases of the same time, by the trees that do not know them."""
    asked, cumulative = forest.cumulative_unknown(rows)
    return right_levels(
        CalibratedQuantiles(
            support_s=forest.support_s,
            cumulative=cumulative,
            true_s=rows.remaining_s[asked],
            weights=rows.weights[asked],
            cases=len(np.unique(rows.case[asked])),
        )
    )


@dataclass(frozen=True, slots=True)
class _Trial:
    """What a test on the later part of the past showed: the attributes to leave out, and the levels right then."""

    ignored: frozenset[str]
    levels: QuantileCalibration


def _trial(past: Past, choices: Choices) -> _Trial:
    """Test on the later part of the past what was learnt from the earlier one: times change, and ranges must allow it.

    Doubtful attributes are left out unless they make forecasts better, and where the past is too short for a test.
    """
    parts = earlier_split(past)
    if parts is None or len(parts.past.finished) < _FEWEST_LEARNT or len(parts.later) < _FEWEST_TESTED:
        return _Trial(choices.doubtful, QuantileCalibration())
    begun_s = [at_s for at_s in past.begun_s if at_s >= parts.past.until_s]
    exposure = exposure_of(parts.later, begun_s, past.until_s)
    loss, best = _tried(parts, choices, choices.doubtful, exposure)
    if choices.doubtful:
        loss_with_them, other = _tried(parts, choices, frozenset(), exposure)
        if loss_with_them <= _WORTH * loss:
            best = other
    return best


def _tried(parts: Split, choices: Choices, ignored: frozenset[str], exposure: Exposure) -> tuple[float, _Trial]:
    """Return how far off the low, middle and high quantiles are in the mean (pinball loss), and what was learnt."""
    tested = [parts.later[place] for place in exposure.place]
    events = [len(trace.events) for trace in tested]
    told = Estimator.grown(parts.past, choices, ignored, _TRIAL_TREES).remaining_throughout(tested)
    true_s, weights = remaining_s(tested) * np.repeat(exposure.stretch, events), np.repeat(exposure.weight, events)
    loss = 0.0
    for level in (LOW, MEDIAN, HIGH):
        off = true_s - told.quantile_s(level)
        loss += float(np.average(np.maximum(level * off, (level - 1) * off), weights=weights))
    levels = right_levels(
        CalibratedQuantiles(
            support_s=told.support_s,
            cumulative=told.cumulative,
            true_s=true_s,
            weights=weights,
            cases=len(parts.later),
        )
    )
    return loss, _Trial(ignored, levels)
