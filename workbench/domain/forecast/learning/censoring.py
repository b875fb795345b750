"""Weights that correct for cases still open when the log ends (right censoring).

Only finished cases are learnt from, and long cases are less often finished, so an uncorrected sample is too short. Each
finished case is weighted by the inverse of the probability that a case of its length is finished (Horvitz and Thompson
1952). Cases longer than any that could be finished are represented by the longest ones, stretched. The stretch assumes
that the time beyond the median is exponentially distributed.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from workbench.domain.forecast.learning.arrays import FloatArray, IntArray
from workbench.domain.forecast.learning.event_trace import Trace

_SMALLEST_CHANCE = 0.05
"""The least probability, so that one case never represents more than twenty."""

_LONGEST_SHARE = 0.05
"""The share of the longest cases, which represent those longer than any that could be finished."""

_FEWEST_LONGEST = 3


@dataclass(frozen=True, slots=True)
class CensoringWeights:
    """A weighted sample of the finished cases: the index of each case, its weight, and its stretch factor."""

    index: IntArray
    weight: FloatArray
    stretch: FloatArray


def censoring_weights(traces: Sequence[Trace], begun_s: Sequence[float], until_s: float) -> CensoringWeights:
    """Return the weights of the finished cases.

    Args:
        traces: The cases that were over before an instant.
        begun_s: When all cases began, finished or open.
        until_s: The instant, in seconds since 1970.
    """
    lasted = np.array([trace.lasted_s for trace in traces])
    begun = np.sort(np.asarray(begun_s, dtype=np.float64))
    chance = np.searchsorted(begun, until_s - lasted, side="right") / len(begun)
    weight = 1 / np.clip(chance, _SMALLEST_CHANCE, 1)
    index, stretch = np.arange(len(traces)), np.ones(len(traces))
    unseen = len(begun) - float(weight.sum())
    if unseen <= 0:
        return CensoringWeights(index, weight, stretch)
    count = max(_FEWEST_LONGEST, int(np.ceil(_LONGEST_SHARE * len(traces))))
    longest = np.argsort(-lasted, kind="stable")[:count]
    beyond = _mean_beyond(lasted, weight, unseen) * -np.log1p(-(np.arange(len(longest)) + 0.5) / len(longest))
    return CensoringWeights(
        np.concatenate([index, longest]),
        np.concatenate([weight, np.full(len(longest), unseen / len(longest))]),
        np.concatenate([stretch, 1 + beyond / np.maximum(lasted[longest], 1)]),
    )


def _mean_beyond(lasted: FloatArray, weight: FloatArray, unseen: float) -> float:
    """Return the mean time beyond the median, of the longer half of the cases."""
    order = np.argsort(lasted, kind="stable")
    share = np.cumsum(weight[order])
    middle = lasted[order][min(int(np.searchsorted(share, (share[-1] + unseen) / 2)), len(order) - 1)]
    longer = lasted > middle
    if not longer.any():
        return 0.0
    over = float((weight[longer] * (lasted[longer] - middle)).sum())
    return (over + unseen * float(lasted.max() - middle)) / float(weight[longer].sum())
