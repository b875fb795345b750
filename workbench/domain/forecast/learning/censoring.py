"""Weights that correct for cases still open when the log ends (right censoring).

Only finished cases are learnt from, and long cases are less often finished, so an uncorrected sample is too short. Each
finished case is weighted by the inverse of the probability that a case of its length is finished (Horvitz and Thompson
1952). The longest finished cases, stretched, stand for cases too long to be finished when the log ends. The stretch
assumes that the time beyond the median is exponentially distributed.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from workbench.domain.forecast.learning.arrays import FloatArray, IntArray
from workbench.domain.forecast.learning.event_trace import Trace

_SMALLEST_CHANCE = 0.05
"""The least probability, so that one case never represents more than twenty."""

_LONGEST_SHARE = 0.05
"""The share of the finished cases that counts as the longest."""

_FEWEST_LONGEST = 3


@dataclass(frozen=True, slots=True)
class CensoringWeights:
    """A weighted sample of the finished cases: the index of each case, its weight, and its stretch factor."""

    index: IntArray
    weight: FloatArray
    stretch: FloatArray


def censoring_weights(traces: Sequence[Trace], starts_s: Sequence[float], until_s: float) -> CensoringWeights:
    """Return the weights of the finished cases.

    Args:
        traces: The cases that were over before `until_s`.
        starts_s: When all cases began, finished or open.
        until_s: The end of the log, in seconds since 1970.
    """
    durations = np.array([trace.lasted_s for trace in traces])
    starts = np.sort(np.asarray(starts_s, dtype=np.float64))
    chance = np.searchsorted(starts, until_s - durations, side="right") / len(starts)
    weight = 1 / np.clip(chance, _SMALLEST_CHANCE, 1)
    index, stretch = np.arange(len(traces)), np.ones(len(traces))
    unrepresented = len(starts) - float(weight.sum())
    if unrepresented <= 0:
        return CensoringWeights(index, weight, stretch)
    count = max(_FEWEST_LONGEST, int(np.ceil(_LONGEST_SHARE * len(traces))))
    longest = np.argsort(-durations, kind="stable")[:count]
    beyond = _mean_beyond(durations, weight, unrepresented) * -np.log1p(-(np.arange(len(longest)) + 0.5) / len(longest))
    return CensoringWeights(
        np.concatenate([index, longest]),
        np.concatenate([weight, np.full(len(longest), unrepresented / len(longest))]),
        np.concatenate([stretch, 1 + beyond / np.maximum(durations[longest], 1)]),
    )


def _mean_beyond(durations: FloatArray, weight: FloatArray, unrepresented: float) -> float:
    """Return by how much the longer half of the cases exceeds the median, on average."""
    order = np.argsort(durations, kind="stable")
    share = np.cumsum(weight[order])
    middle = durations[order][min(int(np.searchsorted(share, (share[-1] + unrepresented) / 2)), len(order) - 1)]
    longer = durations > middle
    if not longer.any():
        return 0.0
    excess = float((weight[longer] * (durations[longer] - middle)).sum())
    return (excess + unrepresented * float(durations.max() - middle)) / float(weight[longer].sum())
