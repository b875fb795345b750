"""How long a verdict waits for its check by a second person."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from workbench.domain.forecast.case_history import AWAITING_CHECK, CaseHistory
from workbench.domain.forecast.estimates import QuantilePair
from workbench.domain.forecast.learning.arrays import FloatArray

_ASSUMED_DAYS = (0.25, 0.5, 0.75, 1.0, 1.0, 1.25, 1.5, 2.0, 2.0, 3.0)
"""The assumed working days of a check where too few were observed."""

_FEWEST_CHECKS, _MOST_CHECKS = 8, 200
"""From how many checks their duration is learnt, and from how many at most: the newest ones."""


@dataclass(frozen=True, slots=True)
class CheckDurations:
    """The working days that recent checks took until the result was released."""

    days: FloatArray

    @classmethod
    def fit(cls, histories: Iterable[CaseHistory]) -> "CheckDurations":
        """Return the durations of the most recent checks, or assumed ones if there are too few."""
        results = (
            (step.at, history.result_after(index))
            for history in histories
            for index, step in enumerate(history.steps)
            if step.what == AWAITING_CHECK
        )
        recent = sorted((at, result_at - at) for at, result_at in results if result_at is not None)[-_MOST_CHECKS:]
        if len(recent) < _FEWEST_CHECKS:
            return cls(np.array(_ASSUMED_DAYS))
        return cls(np.array([days for _at, days in recent]))

    def ends(self, waited: float, now: float) -> QuantilePair:
        """Return when the result of a check is released, in working days.

        If very few checks took longer than `waited`, the check counts as one that has just begun.

        Args:
            waited: The working days that the verdict has waited.
            now: The time in working days.
        """
        longer = self.days[self.days > waited]
        remaining = longer - waited if len(longer) >= _FEWEST_CHECKS // 2 else self.days
        p50, p90 = (now + np.quantile(remaining, (0.5, 0.9))).tolist()
        return QuantilePair(p50=p50, p90=p90)
