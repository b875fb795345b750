"""How much each finished case counts: the long ones among those that began late are not over yet, and are missed.

A case is seen only if it was over in time. Whoever learns from finished cases without a correction believes that
cases are shorter than they are. A case that lasted so long stands for all that began too late to be seen to their
end (Horvitz and Thompson 1952: each weighs one over its chance to be seen).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from workbench.domain.forecast.trace import Trace

_SMALLEST_CHANCE = 0.05
"""One case never stands for more than twenty."""

_LONGEST_SHARE = 0.05
"""The longest cases, which stand for those that were longer than any that could be seen."""

_FEWEST_LONGEST = 3


def weights_of(traces: Sequence[Trace], begun_s: Sequence[float], until_s: float) -> NDArray[np.float64]:
    """Return the weight of each trace that was over before an instant.

    Args:
        traces: The cases that are over.
        begun_s: When cases began, these and those that are not over.
        until_s: The instant.
    """
    lasted = np.array([trace.lasted_s for trace in traces])
    begun = np.sort(np.asarray(begun_s, dtype=np.float64))
    chance = np.searchsorted(begun, until_s - lasted, side="right") / len(begun)
    weights: NDArray[np.float64] = 1 / np.clip(chance, _SMALLEST_CHANCE, 1)
    unseen = len(begun) - weights.sum()
    if unseen > 0:
        count = max(_FEWEST_LONGEST, int(np.ceil(_LONGEST_SHARE * len(traces))))
        longest = np.argsort(-lasted, kind="stable")[:count]
        weights[longest] += unseen / len(longest)
    return weights
