"""Backtest of the estimator: fitted to the first part of an event log and tested on the rest."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from workbench.domain.forecast.learning.arrays import FloatArray
from workbench.domain.forecast.learning.estimator import Estimator, remaining_s
from workbench.domain.forecast.learning.event_trace import Trace
from workbench.domain.forecast.learning.past_split import Split, split
from workbench.domain.forecast.learning.quantile_calibration import HIGH, LOW, MEDIAN
from workbench.domain.forecast.learning.workload import WORKLOAD_NAMES, WorkloadFeatures

Progress = Callable[[int, int], None]
"""A callback with the number of cases done and the total."""

_DAY_S = 86_400
_BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Backtest:
    """The result of a backtest; times are in days, `coverage80` is a share from 0 to 1.

    `cases` and `prefixes` count the cases and events forecast, `learnt_cases` the cases fitted to. `median_mae_days`
    and `mean_mae_days` are the errors of a forecast that always gives the median or the mean of the past. `used_load`
    says whether the estimator used the workload.
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
    """Fit to the cases that were over when the last 40 % began, and forecast at each event of those cases.

    The model is not refitted during the test. The workload at an event may be used, since it is known at that moment.

    Returns:
        The result, or None if no case was over before the split or none began after it.
    """
    parts = split(traces)
    if parts is None or not parts.past.finished:
        return None
    workload = WorkloadFeatures(parts.past.finished)
    parts = split(tuple(workload.with_workload(traces))) or parts
    learnt, total = len(parts.past.finished), len(parts.past.finished) + len(parts.later)
    progress(0, total)
    estimator = Estimator.fit(parts.past, WORKLOAD_NAMES, seed)
    predicted: list[FloatArray] = []
    for start in range(0, len(parts.later), _BATCH):
        progress(learnt + start, total)
        remaining = estimator.remaining_throughout(parts.later[start : start + _BATCH])
        predicted.append(np.stack([remaining.quantile_s(level) for level in (MEDIAN, LOW, HIGH)]))
    progress(total, total)
    return _scored(parts, np.concatenate(predicted, axis=1), used_load=not estimator.ignored)


def _scored(parts: Split, predicted_s: FloatArray, *, used_load: bool) -> Backtest:
    """Compare predictions (median, low, high) with the actual times."""
    past_s, true_s = remaining_s(parts.past.finished), remaining_s(parts.later)
    middle_s, low_s, high_s = predicted_s
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


def _mae_days(true_s: FloatArray, predicted_s: FloatArray | np.floating[Any]) -> float:
    """Return the mean absolute error in days."""
    return float(np.mean(np.abs(true_s - predicted_s))) / _DAY_S
