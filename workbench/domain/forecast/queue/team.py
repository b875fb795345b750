"""The team as the forecast sees it: who is present, how much it decides a day, and what enters its queue."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from workbench.domain.forecast.assumptions import PolicyAssumptions
from workbench.domain.forecast.queue.capacity import Absence, TeamCapacity, absent_makers, work_share
from workbench.domain.forecast.queue.simulation import FutureDays, QueueInflow, QueueSimulation, days_needed
from workbench.domain.forecast.working_time import WorkingTime

PATHS = 128
"""The simulations of a forecast."""

SEED = 20_261_124
"""The seed of all simulations, so that the same queue has the same forecast."""

_LEAST_SHARE, _LEAST_SHARE_OF_GREATEST = 0.02, 0.1
"""To count, a reviewer must exceed one of these shares: of all verdicts, or of the busiest reviewer's verdicts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """The capacity of a team, the inflow into its queue, and its absences in working time."""

    time: WorkingTime
    capacity: TeamCapacity
    inflow: QueueInflow
    absences: Sequence[Absence]
    assumptions: PolicyAssumptions

    @property
    def reviewer_ids(self) -> tuple[int, ...]:
        """The ids of the reviewers who gave a relevant share of the recent verdicts."""
        shares = self.capacity.shares
        least = min(_LEAST_SHARE, _LEAST_SHARE_OF_GREATEST * max(shares.values(), default=0.0))
        return tuple(maker for maker, share in shares.items() if share > least)

    def present_count(self, now: float) -> int:
        """Return how many reviewers are present on the day of a time, 0 if all are absent."""
        if not self.capacity.shares:
            return self.assumptions.reviewers
        return len({*self.reviewer_ids} - absent_makers(self.absences, int(now)))

    def is_present(self, maker: int, day: int) -> bool:
        """Say whether no absence of a reviewer is known for a day."""
        return maker not in absent_makers(self.absences, day)

    def share_of(self, maker: int) -> float:
        """Return the share (0 to 1) of the work that a reviewer does; an average share without recent verdicts."""
        shares = self.capacity.shares
        return shares.get(maker) or 1 / max(len(shares) or self.assumptions.reviewers, 1)

    def first_day_with_reviewer(self, now: float) -> int | None:
        """Return the first working day from a time on with a reviewer present, None if none is known."""
        days = sorted(
            {int(now), *(span.last + 1 for span in self.absences if int(now) <= span.last < self.time.day_count - 1)}
        )
        return next((day for day in days if self.present_count(day)), None)

    def days(self, now: float, count: int, reviewers: int | None = None) -> FutureDays:
        """Return the future days with the share of the usual work on each.

        Args:
            now: The time in working days.
            count: The number of days.
            reviewers: How many reviewers decide; None means those who are present.
        """
        numbers = np.minimum(int(now) + np.arange(count), self.time.day_count - 1)
        if reviewers is None:
            work_shares = np.array([self._work_share(int(day)) for day in numbers])
        else:
            work_shares = np.full(count, reviewers * self._work_share_of_one(int(now)))
        return FutureDays(now, self.time.weekdays[numbers], work_shares)

    def per_day(self, now: float, reviewers: int | None = None) -> float:
        """Return the expected verdicts per day, at the present share of the usual work."""
        return self.capacity.mean * float(self.days(now, 1, reviewers).work_share[0])

    def simulate(
        self, now: float, most_ahead: int, reviewers: int | None = None, paths: int = PATHS
    ) -> QueueSimulation:
        """Return a simulation of the work from now on, long enough to reach a case with `most_ahead` cases ahead."""
        begin = int(now) if reviewers is not None else self.first_day_with_reviewer(now)
        # No case is decided while no reviewer is present. The speed is that of the first day with a reviewer.
        idle = 0 if begin is None else begin - int(now)
        per_day = self.per_day(now + idle, reviewers)
        days = self.days(now, idle + days_needed(most_ahead, per_day), reviewers)
        return QueueSimulation.draw(self.capacity, self.inflow, days, paths, np.random.default_rng(SEED))

    def _work_share(self, day: int) -> float:
        """Return the share of the usual work done on a day, 0 if only occasional reviewers are present."""
        return work_share(self.capacity.shares, self.absences, day) if self.present_count(day) else 0.0

    def _work_share_of_one(self, day: int) -> float:
        """Return the share of the usual work of one present reviewer, or of an average one if none is present."""
        present_count, shares = self.present_count(day), self.capacity.shares
        usual = work_share(shares, [span for span in self.absences if span.part > 0], day)
        return usual / present_count if present_count else 1 / max(len(self.reviewer_ids), 1)
