"""How much each finished case counts: the long ones among those that began late are not over yet, and are missed.

A case is seen only if it was over in time. Whoever learns from finished cases without a correction believes that
cases are shorter than they are. A case that lasted so long stands for all that began too late to be seen to their
end (Horvitz and Thompson 1952: each weighs one over its chance to be seen). Cases that are longer than any that could
be seen are stood for by the longest ones, stretched: how far is what the longer half of the cases says of the time
that a case takes beyond the middle one (exponential, with those not seen to their end as censored).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from workbench.domain.forecast.learning.arrays import FloatArray, IntArray
from workbench.domain.forecast.learning.event_trace import Trace

_SMALLEST_CHANCE = 0.05
"""One case never stands for more than twenty."""

_LONGEST_SHARE = 0.05
"""The longest cases, which stand for those that were longer than any that could be seen."""

_FEWEST_LONGEST = 3


@dataclass(frozen=True, slots=True)
class Exposure:
    """The cases to learn from: the place of each among those seen, how much it counts, and how far it is stretched."""

    place: IntArray
    weight: FloatArray
    stretch: FloatArray


def exposure_of(traces: Sequence[Trace], begun_s: Sequence[float], until_s: float) -> Exposure:
    """Return what to learn from.

    Args:
        traces: The cases that were over before an instant.
        begun_s: When cases began, these and those that are not over.
        until_s: The instant.
    """
    lasted = np.array([trace.lasted_s for trace in traces])
    begun = np.sort(np.asarray(begun_s, dtype=np.float64))
    chance = np.searchsorted(begun, until_s - lasted, side="right") / len(begun)
    weight = 1 / np.clip(chance, _SMALLEST_CHANCE, 1)
    place, stretch = np.arange(len(traces)), np.ones(len(traces))
    unseen = len(begun) - float(weight.sum())
    if unseen <= 0:
        return Exposure(place, weight, stretch)
    count = max(_FEWEST_LONGEST, int(np.ceil(_LONGEST_SHARE * len(traces))))
    longest = np.argsort(-lasted, kind="stable")[:count]
    beyond = _mean_beyond(lasted, weight, unseen) * -np.log1p(-(np.arange(len(longest)) + 0.5) / len(longest))
    return Exposure(
        np.concatenate([place, longest]),
        np.concatenate([weight, np.full(len(longest), unseen / len(longest))]),
        np.concatenate([stretch, 1 + beyond / np.maximum(lasted[longest], 1)]),
    )


def _mean_beyond(lasted: FloatArray, weight: FloatArray, unseen: float) -> float:
    """Return how much longer than the middle case the longer half takes in the mean."""
    order = np.argsort(lasted, kind="stable")
    share = np.cumsum(weight[order])
    middle = lasted[order][min(int(np.searchsorted(share, (share[-1] + unseen) / 2)), len(order) - 1)]
    longer = lasted > middle
    if not longer.any():
        return 0.0
    over = float((weight[longer] * (lasted[longer] - middle)).sum())
    return (over + unseen * float(lasted.max() - middle)) / float(weight[longer].sum())
