"""Backtests the estimator: fits it to the first part of an event log, and tests it on the rest."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Any

import numpy as np

from workbench.domain.forecast.learning.arrays import FloatArray
from workbench.domain.forecast.learning.estimator import Estimator, remaining_s
from workbench.domain.forecast.learning.event_trace import EventTrace
from workbench.domain.forecast.learning.pace import shortening_factors
from workbench.domain.forecast.learning.past_split import PERCENT_LEARNT, LogSplit, split_log

BacktestProgress = Callable[[int, int], None]
"""A callback with the number of cases done and the total."""

_DAY_S = 86_400
_BATCH = 500
"""The cases that are predicted at once, so that memory does not grow with the log."""

_SHARE = 0.8
"""The share of the ranges that must hold."""

_RATE = 0.05
"""How fast the probability of the ranges adapts to the outcome of earlier ones."""

_WIDER = 1.0
"""The first ranges aim at the share `_SHARE` + this figure / (number of cases that the estimator is fitted to)."""

_SHARES = np.array([0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.98])
"""The probabilities of the ranges among which each range is chosen."""

_STRETCH = 10.0
"""Beyond the last of `_SHARES`, each side of a range grows by width * (share - last share) * this factor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BacktestResult:
    """The result of a backtest. Errors are mean absolute errors in days; shares are 0 to 1.

    Attributes:
        cases: The cases that were forecast.
        prefixes: The events at which they were forecast.
        learnt_cases: The cases that the estimator was fitted to.
        mae_days: The error of the estimator.
        median_mae_days: The error of a forecast that always gives the median of the past.
        mean_mae_days: The error of a forecast that always gives the mean of the past.
        activity_mae_days: The error of a forecast that gives the median of the past after the same activity.
        coverage80: The share of the 80 % ranges that held.
        band_days: The median width of these ranges.
        forest_share: The weight of the forest.
    """

    cases: int
    prefixes: int
    learnt_cases: int
    mae_days: float
    median_mae_days: float
    mean_mae_days: float
    activity_mae_days: float
    coverage80: float
    band_days: float
    forest_share: float


def run_backtest(
    traces: Sequence[EventTrace], progress: BacktestProgress, seed: int = 0, percent: int = PERCENT_LEARNT
) -> BacktestResult | None:
    """Fit the estimator to the first cases of a log, and forecast at each event of the later ones.

    The model is fitted once: to the cases that were over at the split, and to the events before it of the open ones. A
    forecast at an event also uses the earlier events of its case, and two figures from other cases, both as known
    before that event: how long the latest waits took, which can make forecasts shorter, and how often earlier ranges
    held, which makes ranges wider or narrower.

    Args:
        traces: The cases of the log.
        progress: The callback.
        seed: The seed of the random numbers.
        percent: The percentage of the cases that the estimator is fitted to.

    Returns:
        The result, or None if no case was over before the split or none began after it.
    """
    parts = split_log(traces, percent)
    if parts is None or not parts.past.finished:
        return None
    learnt, total = len(parts.past.finished), len(parts.past.finished) + len(parts.later)
    progress(0, total)
    estimator = Estimator.fit(parts.past, seed)
    medians_s, ranges_s = [], []
    for start in range(0, len(parts.later), _BATCH):
        progress(learnt + start, total)
        times = estimator.remaining_at_each_event(parts.later[start : start + _BATCH])
        medians_s.append(times.quantile_s(0.5))
        ranges_s.append(times.shortest_intervals_s(_SHARES))
    progress(total, total)
    factor = shortening_factors(traces, parts.later, parts.past.until_s)
    median_s, range_s = np.concatenate(medians_s) * factor, np.concatenate(ranges_s, axis=2) * factor
    return _score(parts, median_s, range_s, estimator.forest_share)


def _adapt_ranges(ranges_s: FloatArray, at_s: FloatArray, true_s: FloatArray, learnt: int) -> FloatArray:
    """Return the range of each event, wider after earlier ranges missed and narrower after they held.

    An earlier range counts once its case or the range is over, whichever comes first (adaptive conformal inference,
    Gibbs and Candès 2021). The first ranges are wider if few cases are known, since the shortest range of a few times
    holds too rarely.

    Args:
        ranges_s: The ranges of each probability of `_SHARES`, from the event.
        at_s: The instant of each event.
        true_s: The actual time from each event to the end of its case.
        learnt: How many cases the estimator is fitted to.
    """
    adapted_s = np.empty(ranges_s.shape[1:])
    share = _SHARE + _WIDER / learnt
    outcomes: list[tuple[float, bool]] = []
    for event in np.argsort(at_s, kind="stable").tolist():
        while outcomes and outcomes[0][0] < at_s[event]:
            _known_from_s, is_missed = heappop(outcomes)
            share = max(share + _RATE * (is_missed - (1 - _SHARE)), _SHARES[0])
        low_s, high_s = ranges_s[np.abs(_SHARES - share).argmin(), :, event]
        stretch_s = _STRETCH * max(share - _SHARES[-1], 0) * (high_s - low_s)
        low_s, high_s = adapted_s[:, event] = max(low_s - stretch_s, 0), high_s + stretch_s
        is_missed = not low_s <= true_s[event] <= high_s
        heappush(outcomes, (float(at_s[event] + min(true_s[event], high_s)), is_missed))
    return adapted_s


def _score(parts: LogSplit, median_s: FloatArray, ranges_s: FloatArray, forest_share: float) -> BacktestResult:
    """Compare predictions with the actual times."""
    past_s, true_s = remaining_s(parts.past.finished), remaining_s(parts.later)
    at_s = np.array([event.at_s for trace in parts.later for event in trace.events])
    low_s, high_s = _adapt_ranges(ranges_s, at_s, true_s, len(parts.past.finished))
    return BacktestResult(
        cases=len(parts.later),
        prefixes=len(true_s),
        learnt_cases=len(parts.past.finished),
        mae_days=_mae_days(true_s, median_s),
        median_mae_days=_mae_days(true_s, np.median(past_s)),
        mean_mae_days=_mae_days(true_s, np.mean(past_s)),
        activity_mae_days=_mae_days(true_s, _activity_medians_s(parts, past_s)),
        coverage80=float(np.mean((low_s <= true_s) & (true_s <= high_s))),
        band_days=float(np.median(high_s - low_s)) / _DAY_S,
        forest_share=forest_share,
    )


def _activity_medians_s(parts: LogSplit, past_s: FloatArray) -> FloatArray:
    """Return for each later event the median past time after its activity, or after all activities if it is new."""
    before = np.array([event.activity for trace in parts.past.finished for event in trace.events])
    median_s = {activity: float(np.median(past_s[before == activity])) for activity in set(before.tolist())}
    of_all_s = float(np.median(past_s))
    return np.array([median_s.get(event.activity, of_all_s) for trace in parts.later for event in trace.events])


def _mae_days(true_s: FloatArray, predicted_s: FloatArray | np.floating[Any]) -> float:
    """Return the mean absolute error in days."""
    return float(np.mean(np.abs(true_s - predicted_s))) / _DAY_S
