"""How long it takes until a second person has looked at a verdict and its result is out."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from workbench.domain.forecast.case_history import AWAITING_CHECK, CaseHistory
from workbench.domain.forecast.learning.arrays import FloatArray

_ASSUMED = (0.25, 0.5, 0.75, 1.0, 1.0, 1.25, 1.5, 2.0, 2.0, 3.0)
"""What a check takes where hardly any was seen, in working days."""

_FEWEST = 8
_NEWEST = 200


@dataclass(frozen=True, slots=True)
class Checks:
    """The checks of late: how many working days each took until its result was out."""

    took: FloatArray

    @classmethod
    def learnt(cls, courses: Iterable[CaseHistory]) -> "Checks":
        """Learn from what is known of courses; of too few checks nothing is learnt."""
        found = sorted(
            (step.at, told_at - step.at)
            for course in courses
            for place, step in enumerate(course.steps)
            if step.what == AWAITING_CHECK
            for told_at in (course.told_after(place),)
            if told_at is not None
        )[-_NEWEST:]
        return cls(np.array([took for _at, took in found] if len(found) >= _FEWEST else _ASSUMED))

    def quantile(self, waited: float, level: float) -> float:
        """Return within how many working days the result is out with a probability (0 to 1), after so many waited.

        Where hardly any check took so long, nothing is known, and it counts as if it had just begun.
        """
        longer = self.took[self.took > waited]
        left = longer - waited if len(longer) >= _FEWEST // 2 else self.took
        return float(np.quantile(left, level))
