"""Assumed values for the forecast where there is too little history to learn from."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from workbench.domain.forecast.case_history import QUEUED, CaseHistory
from workbench.domain.forecast.learning.arrays import FloatArray
from workbench.domain.forecast.rework_time import probability_levels

_SHORTEST, _LONGEST = 0.3, 1.2
"""The assumed shortest and longest rectification, as shares of its deadline."""

_NEXT_VERDICT_DAYS = 1
"""The assumed time from the end of a rectification to the next verdict, in working days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyAssumptions:
    """Assumed values of a team without history.

    Attributes:
        reviewers: How many reviewers decide.
        per_reviewer: The verdicts of one reviewer on a working day.
        sent_back: The share (0 to 1) of cases sent back to the applicant.
        rectify_days: The deadline of a rectification, in working days.
        makers: The ids of those who may decide, empty if they are unknown.
    """

    reviewers: int
    per_reviewer: float
    sent_back: float
    rectify_days: int
    makers: tuple[int, ...] = ()

    def rework_days(self, histories: Sequence[CaseHistory], paths: int, *, from_verdict: bool) -> FloatArray:
        """Return assumed days until each case passes, from its verdict (`from_verdict`) or else from its last step.

        Returns:
            Working days, one row for each case and one column for each path.
        """
        levels = probability_levels(paths)
        if from_verdict:
            # The upper levels stand for the cases that are sent back; the days of these cases are spread evenly.
            has_rework = np.broadcast_to(levels > 1 - self.sent_back, (len(histories), paths))
            spread = np.clip((levels - (1 - self.sent_back)) / self.sent_back, 0, 1)
        else:
            # A case that waits for a verdict is not in rework.
            has_rework = np.array([[history.steps[-1].what != QUEUED] for history in histories])
            spread = levels
        rework_days = self.rectify_days * (_SHORTEST + (_LONGEST - _SHORTEST) * spread) + _NEXT_VERDICT_DAYS
        return np.where(has_rework, rework_days, 0.0)
