"""The estimator of remaining time: learns from cases that are over, tells of others how long they may still take."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from workbench.domain.forecast.coding import Coding, Figures
from workbench.domain.forecast.exposure import weights_of
from workbench.domain.forecast.forest import TREES, Forest, Rows, ranks
from workbench.domain.forecast.prefix import Prefix, frequent, last_prefix, prefixes_of
from workbench.domain.forecast.remaining import MEDIAN, Levels, Remaining
from workbench.domain.forecast.split import Past, earlier_split
from workbench.domain.forecast.trace import Trace

LOW, HIGH = 0.1, 0.9

_COUNTED_ACTIVITIES = 8

_MISSED_IN_TIME_TO_COME = 0.02
"""By so much more than among cases of its own time a forecast is wrong later, on either side: times change."""

_LEANS_ON_CASES = 50.0
"""So many cases count as much as the belief that the forest is right about itself."""

_FEWEST_LEARNT, _FEWEST_TESTED = 100, 50
_TRIAL_TREES = 20
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

    coding: Coding
    forest: Forest
    levels: Levels
    counted: tuple[str, ...]
    offset_s: float
    ignored: frozenset[str]

    @classmethod
    def learnt(cls, past: Past, choices: Choices) -> Self:
        """Learn from a past.

        Raises:
            NothingToLearnFrom: If no case of it is over.
        """
        ignored = frozenset[str]()
        if choices.doubtful and not _is_worth_it(past, choices):
            ignored = choices.doubtful
        return cls.grown(past, choices, ignored)

    @classmethod
    def grown(cls, past: Past, choices: Choices, ignored: frozenset[str], trees: int = TREES) -> Self:
        """Learn from a past with these attributes left out.

        Raises:
            NothingToLearnFrom: If no case of it is over.
        """
        if not past.finished:
            raise NothingToLearnFrom
        counted = frequent(past.finished, _COUNTED_ACTIVITIES)
        prefixes = _prefixes(past.finished, lambda trace: prefixes_of(trace, counted, choices.offset_s))
        followed_s = remaining_s(past.finished)
        case = np.repeat(np.arange(len(past.finished)), [len(trace.events) for trace in past.finished])
        weights = weights_of(past.finished, past.begun_s, past.until_s)[case]
        weights *= len(weights) / weights.sum()
        coding = Coding(prefixes, ranks(followed_s), weights, ignored)
        rows = Rows(codes=coding.codes(prefixes), remaining_s=followed_s, weights=weights, case=case)
        forest = Forest(rows, choices.seed, trees)
        return cls(coding, forest, _levels(forest, rows), counted, choices.offset_s, ignored)

    def remaining(self, traces: Sequence[Trace]) -> Remaining:
        """Return how long each case may still take from its last event on."""
        return self._told([last_prefix(trace, self.counted, self.offset_s) for trace in traces])

    def remaining_throughout(self, traces: Sequence[Trace]) -> Remaining:
        """Return how long each case may still take from each of its events on, all events in their order."""
        return self._told(_prefixes(traces, lambda trace: prefixes_of(trace, self.counted, self.offset_s)))

    def _told(self, prefixes: Sequence[Prefix]) -> Remaining:
        cumulative = self.forest.cumulative(self.coding.codes(prefixes))
        return Remaining(self.forest.support_s, cumulative, self.levels, np.zeros(len(prefixes)))


def _prefixes(traces: Iterable[Trace], of: Callable[[Trace], Iterable[Prefix]]) -> list[Prefix]:
    return [prefix for trace in traces for prefix in of(trace)]


def remaining_s(traces: Iterable[Trace]) -> Figures:
    """Return the time from each event to the end of its case."""
    return np.array([trace.ended_s - event.at_s for trace in traces for event in trace.events])


def _levels(forest: Forest, rows: Rows) -> Levels:
    """Return which levels make the low and the high quantile right as often as they say about unknown cases.

    Where the time is 0 for certain a range cannot be missed; the levels allow for that too.
    """
    asked, cumulative = forest.cumulative_unknown(rows)
    if not len(asked):
        return Levels()
    weights, true_s = rows.weights[asked], rows.remaining_s[asked]
    padded = np.concatenate([np.zeros((len(asked), 1)), cumulative], axis=1)
    at = np.arange(len(asked))
    # The quantile at a level misses a time that is above it if the level is at most what lies below that time.
    below = padded[at, np.searchsorted(forest.support_s, true_s, side="left")]
    up_to = padded[at, np.searchsorted(forest.support_s, true_s, side="right")]
    missed = LOW - _MISSED_IN_TIME_TO_COME
    cases = len(np.unique(rows.case[asked]))
    low = _leaning(_weighted_quantile(up_to, weights, missed), LOW, cases)
    high = _leaning(_weighted_quantile(below, weights, 1 - missed), HIGH, cases)
    return Levels((0.0, LOW, MEDIAN, HIGH, 1.0), (0.0, min(low, MEDIAN), MEDIAN, max(high, MEDIAN), 1.0))


def _leaning(found: float, believed: float, cases: int) -> float:
    """Return a level between the one that was found and the one that is believed while there are few cases."""
    return (found * cases + believed * _LEANS_ON_CASES) / (cases + _LEANS_ON_CASES)


def _weighted_quantile(values: Figures, weights: Figures, level: float) -> float:
    order = np.argsort(values, kind="stable")
    share = np.cumsum(weights[order]) / weights.sum()
    return float(values[order][min(int(np.searchsorted(share, level)), len(order) - 1)])


def _is_worth_it(past: Past, choices: Choices) -> bool:
    """Say whether the doubtful attributes make forecasts better, tested on the later part of the past."""
    parts = earlier_split(past)
    if parts is None or len(parts.past.finished) < _FEWEST_LEARNT or len(parts.later) < _FEWEST_TESTED:
        return False
    begun_s = [at_s for at_s in past.begun_s if at_s >= parts.past.until_s]
    case_weights = weights_of(parts.later, begun_s, past.until_s)
    weights = np.repeat(case_weights, [len(trace.events) for trace in parts.later])
    true_s = remaining_s(parts.later)
    without, with_them = (
        _loss(Estimator.grown(parts.past, choices, ignored, _TRIAL_TREES), parts.later, true_s, weights)
        for ignored in (choices.doubtful, frozenset[str]())
    )
    return with_them <= _WORTH * without


def _loss(estimator: Estimator, traces: Sequence[Trace], true_s: Figures, weights: Figures) -> float:
    """Return how far off the low, middle and high quantiles are in the mean (pinball loss)."""
    told = estimator.remaining_throughout(traces)
    loss = 0.0
    for level in (LOW, MEDIAN, HIGH):
        off = true_s - told.quantile_s(level)
        loss += float(np.average(np.maximum(level * off, (level - 1) * off), weights=weights))
    return loss
