"""What follows the verdicts on cases most of which are sent back: their middle course is one that is mended."""

import numpy as np

from workbench.domain.forecast.learning.arrays import FloatArray

_LEAST_DAYS = 0.8
"""What is sent back takes at least about a working day until it is passed."""

_HALF = 0.5


def mostly_mended(after: FloatArray, share: FloatArray) -> FloatArray:
    """Return the days after a verdict, one row for each case, so that its share of them is of mended courses.

    Few cases tell the estimator too little of what sets one kind apart from the others; the share that was counted
    among cases alike, and is told, knows more. So where it is more than half, longer courses are drawn more often and
    shorter ones less, until they are as many as is told. Where fewer are sent back the courses stay as they are: they
    are right more often.
    """
    paths = after.shape[1]
    is_mended = after >= _LEAST_DAYS
    rows = (share > _HALF) & is_mended.any(axis=1) & (is_mended.mean(axis=1) < share)
    short = paths - is_mended[rows].sum(axis=1)[:, None]
    wanted = paths - np.rint(share[rows] * paths).astype(np.int64)[:, None]
    place = np.arange(paths)
    at = np.where(
        place < wanted,
        (place + 0.5) * short / np.maximum(wanted, 1),
        short + (place - wanted + 0.5) * (paths - short) / (paths - wanted),
    )
    drawn = np.take_along_axis(np.sort(after[rows], axis=1), at.astype(np.int64), axis=1)
    # Each path keeps its rank, so that it stays as mixed with the turns in the queue as it was.
    rank = np.argsort(np.argsort(after[rows], axis=1, kind="stable"), axis=1, kind="stable")
    found = after.copy()
    found[rows] = np.take_along_axis(drawn, rank, axis=1)
    return found


def first_mended(after: FloatArray, share: FloatArray) -> FloatArray:
    """Return the days of the shortest mended course of each case, 0 where no more than half are sent back.

    The middle of passing is not before it, whatever is learnt about the cases of all kinds together. It is a whole day
    at least, so that the days that are told differ.
    """
    shortest = np.where(after >= _LEAST_DAYS, after, np.inf).min(axis=1)
    return np.where((share > _HALF) & np.isfinite(shortest), np.maximum(shortest, 1.0), 0.0)
