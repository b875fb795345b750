"""Reweights the sampled times of cases that are likely to be sent back.

The estimator sees few cases of each kind, and underestimates how often some kinds are sent back. The share counted
among similar cases is more accurate. The sample is a mixture of paths with and without rework; these functions give it
the counted share.
"""

import numpy as np

from workbench.domain.forecast.learning.arrays import FloatArray

_LEAST_DAYS = 0.8
"""A path with at least this many working days after the verdict counts as one with rework."""

_MAJORITY = 0.5


def with_rework_share(after: FloatArray, share: FloatArray) -> FloatArray:
    """Return the days after a verdict, resampled so that at least a given share of the paths has rework.

    A case is changed only if its share is more than one half and fewer of its paths have rework. Long paths are drawn
    more often and short paths less often, until the share is met.

    Args:
        after: The sampled days, one row for each case and one column for each path.
        share: The share of paths with rework for each case, 0 to 1.
    """
    paths = after.shape[1]
    has_rework = after >= _LEAST_DAYS
    rows = (share > _MAJORITY) & has_rework.any(axis=1) & (has_rework.mean(axis=1) < share)
    short_count = paths - has_rework[rows].sum(axis=1)[:, None]
    wanted_short_count = paths - np.rint(share[rows] * paths).astype(np.int64)[:, None]
    index = np.arange(paths)
    # In sorted order, the short paths come first. Each part is drawn from evenly, as often as the wanted count says.
    drawn_from = np.where(
        index < wanted_short_count,
        (index + 0.5) * short_count / np.maximum(wanted_short_count, 1),
        short_count + (index - wanted_short_count + 0.5) * (paths - short_count) / (paths - wanted_short_count),
    )
    drawn = np.take_along_axis(np.sort(after[rows], axis=1), drawn_from.astype(np.int64), axis=1)
    # Each path keeps its rank, so that it stays independent of the waiting time in the queue.
    rank = np.argsort(np.argsort(after[rows], axis=1, kind="stable"), axis=1, kind="stable")
    resampled = after.copy()
    resampled[rows] = np.take_along_axis(drawn, rank, axis=1)
    return resampled


def shortest_rework(after: FloatArray, share: FloatArray) -> FloatArray:
    """Return the days of the shortest path with rework of each case, 0 if its share is at most one half.

    The result is a lower bound for the median time from verdict to passing. Where it is not 0, it is at least one day,
    so that the two dates shown differ.
    """
    shortest = np.where(after >= _LEAST_DAYS, after, np.inf).min(axis=1)
    return np.where((share > _MAJORITY) & np.isfinite(shortest), np.maximum(shortest, 1.0), 0.0)
