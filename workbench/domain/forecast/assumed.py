"""What the policy assumes of an office of which too little is known."""

from dataclasses import dataclass

import numpy as np

from workbench.domain.forecast.case_history import QUEUED
from workbench.domain.forecast.learning.arrays import FloatArray
from workbench.domain.forecast.rework_time import Asked, levels_of

_SOONEST, _LATEST = 0.3, 1.2
"""What mending takes where nothing is known: these parts of the deadline."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumed:
    """What the policy assumes of an office without history: verdicts a day and person, and what mending takes.

    `makers` are the numbers of those who may decide, empty where they are not known.
    """

    reviewers: int
    per_reviewer: float
    sent_back: float
    mend_days: int
    makers: tuple[int, ...] = ()

    def rest(self, asked: Asked, paths: int) -> FloatArray:
        """Draw what mending takes where no case is known that was mended: a share of cases, up to the deadline."""
        levels = levels_of(paths)
        # The upper levels are sent back, and spread over what mending takes.
        mended = np.clip((levels - (1 - self.sent_back)) / self.sent_back, 0, 1)
        if asked.verdict_at is None:
            is_mended = np.array([[course.steps[-1].what != QUEUED] for course in asked.courses])
            mended = levels
        else:
            is_mended = np.broadcast_to(levels > 1 - self.sent_back, (len(asked.courses), paths))
        mending = self.mend_days * (_SOONEST + (_LATEST - _SOONEST) * mended) + 1
        return np.where(is_mended, mending, 0.0)
