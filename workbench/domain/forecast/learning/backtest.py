"""How good the estimator would have been: learnt from the first part of a log, tested on the rest."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from workbench.domain.forecast.learning.arrays import FloatArray
from workbench.domain.forecast.learning.estimator import Choices, Estimator, remaining_s
from workbench.domain.forecast.learning.event_trace import Trace
from workbench.domain.forecast.learning.past_split import Split, split
from workbench.domain.forecast.learning.workload import NAMES, Load

Progress = Callable[[int, int], None]
"""Told how much of how much is done."""

_DAY_S = 86_400
_BAND = 0.8
_BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Backtest:
    """What a test on the past gave; times are in days, `coverage80` is a share from 0 to 1.

    `cases` and `prefixes` are the cases and events that were forecast, `learnt_cases` those learnt from.
    `median_mae_days` and `mean_mae_days` are the errors of who always says the median or the mean of the past.
    """

    cases: int
    prefixes: int
    learnt_cases: int
    mae_days: float
    median_mae_days: float
    mean_mae_days: float
    coverage80: float
    band_days: float
    used_load: bool


def backtest(traces: Sequence[Trace], progress: Progress, seed: int = 0) -> Backtest | None:
    """Learn from the cases that were over when the last 40 % began, and forecast each event of those.

    What was learnt is not renewed by test cases that end before a forecast. The load at an event, which is what other
    cases did up to then, may be leant on: whoever forecasts at that moment sees it.

    Returns:
        The figures, or None if no case was over before the split, or none began after it.
    """
    parts = split(traces)
    if parts is None or not parts.past.finished:
        return None
    load = Load(parts.past.finished)
    parts = split(tuple(load.added(traces))) or parts
    learnt, total = len(parts.past.finished), len(parts.past.finished) + len(parts.later)
    progress(0, total)
    estimator = Estimator.learnt(parts.past, Choices(doubtful=NAMES, seed=seed))
    told: list[FloatArray] = []
    for start in range(0, len(parts.later), _BATCH):
        progress(learnt + start, total)
        remaining = estimator.remaining_throughout(parts.later[start : start + _BATCH])
        told.append(np.stack([remaining.median_s(), *remaining.band_s(_BAND)]))
    progress(total, total)
    return _scored(parts, np.concatenate(told, axis=1), used_load=not estimator.ignored)


def _scored(parts: Split, told_s: FloatArray, *, used_load: bool) -> Backtest:
    """Compare what was told (middle, low, high) with what came."""
    past_s, true_s = remaining_s(parts.past.finished), remaining_s(parts.later)
    middle_s, low_s, high_s = told_s
    return Backtest(
        cases=len(parts.later),
        prefixes=len(true_s),
        learnt_cases=len(parts.past.finished),
        mae_days=_mae_days(true_s, middle_s),
        median_mae_days=_mae_days(true_s, np.median(past_s)),
        mean_mae_days=_mae_days(true_s, np.mean(past_s)),
        coverage80=float(np.mean((low_s <= true_s) & (true_s <= high_s))),
        band_days=float(np.median(high_s - low_s)) / _DAY_S,
        used_load=used_load,
    )


def _mae_days(true_s: FloatArray, told_s: FloatArray | np.floating[Any]) -> float:
    """Return the mean absolute error in days."""
    return float(np.mean(np.abs(true_s - told_s))) / _DAY_S
