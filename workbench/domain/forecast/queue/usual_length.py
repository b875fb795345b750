"""Whether the queue is longer than usual, so that many applications are a cause of delays."""

import numpy as np

from workbench.domain.forecast.case_history import QueueSpells
from workbench.domain.forecast.learning.arrays import FloatArray

_USUAL_DAYS, _USUAL_SHARE = 40, 0.9
"""A queue is long if it is longer than on this share of this many last days."""

_FEWEST_USUAL_DAYS = 10
"""With fewer days before, no queue counts as long."""


def is_longer_than_usual(spells: QueueSpells, backlog: FloatArray) -> bool:
    """Say whether more cases waited at the end of the last working day than usual.

    Usual is at most the 90 % quantile of what waited at the end of the 40 working days before. With fewer than ten such
    days, it is not known what is usual, and the result is false.

    Args:
        spells: The spells in the queue.
        backlog: How many cases waited at the end of each working day.
    """
    usual = backlog[int(spells.entered.min(initial=len(backlog))) : -1][-_USUAL_DAYS:]
    return len(usual) >= _FEWEST_USUAL_DAYS and bool(backlog[-1] > np.quantile(usual, _USUAL_SHARE))
