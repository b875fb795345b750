"""Simulates when each queued case gets its verdict.

The time depends on the cases ahead, on future cases that overtake it, and on the verdicts per day.
"""

from dataclasses import dataclass

import numpy as np

from workbench.domain.forecast.case_history import QueueSpells, urgency_of
from workbench.domain.forecast.learning.arrays import FloatArray, IntArray
from workbench.domain.forecast.queue.capacity import TeamCapacity

_MOST_ENTRIES = 300
"""The newest entries into the queue from which the inflow is learnt."""

_MARGIN_DAYS, _MOST_DAYS = 25, 1_500
"""How many more days are simulated than the cases ahead probably need, and the most days in all."""


@dataclass(frozen=True, slots=True)
class QueueInflow:
    """The cases that enter the queue: how many a day, and a sample of their ranks and working days until due."""

    per_day: float
    rank: IntArray
    days_left: FloatArray

    @classmethod
    def fit(cls, spells: QueueSpells, until: float) -> "QueueInflow":
        """Fit the inflow to the most recent entries before a time, including cases that return to the queue."""
        known = np.flatnonzero(spells.entered < until)
        newest = known[np.argsort(spells.entered[known], kind="stable")][-_MOST_ENTRIES:]
        if not len(newest):
            return cls(0.0, np.zeros(0, dtype=np.int64), np.zeros(0))
        days = max(until - float(spells.entered[newest[0]]), 1.0)
        return cls(len(newest) / days, spells.rank[newest], spells.due[newest] - spells.entered[newest])

    def overtaking(self, rank: int, due: float, at: FloatArray) -> FloatArray:
        """Return the expected number of new cases on each day that overtake a case of this rank and due date."""
        if not len(self.rank):
            return np.zeros(len(at))
        others_due = at[:, None] + self.days_left[None, :]
        their_urgency = urgency_of(others_due, at[:, None])
        own_urgency = urgency_of(np.full(len(at), due), at)[:, None]
        is_before_by_rank = (self.rank > rank) | ((self.rank == rank) & (others_due < due))
        is_before = (their_urgency < own_urgency) | ((their_urgency == own_urgency) & is_before_by_rank)
        return np.asarray(self.per_day * is_before.mean(axis=1))


@dataclass(frozen=True, slots=True)
class WaitingCases:
    """Queued cases as parallel arrays: the number of cases ahead, the rank, and the due date.

    Without `since`, all cases are in the queue already. Otherwise each enters it then, at a time on the first day.
    """

    ahead: IntArray
    rank: IntArray
    due: FloatArray
    since: FloatArray | None = None


@dataclass(frozen=True, slots=True)
class FutureDays:
    """The current time, and the weekday and the share of the usual work of each working day from today on."""

    now: float
    weekdays: IntArray
    work_share: FloatArray


@dataclass(frozen=True, slots=True)
class QueueSimulation:
    """Simulated paths of the work.

    Attributes:
        ends: The current time, and the end of each working day from today on.
        done: The number of verdicts given by each of these times, one row for each path.
        inflow: The cases that enter the queue meanwhile.
    """

    ends: FloatArray
    done: FloatArray
    inflow: QueueInflow

    @classmethod
    def draw(
        cls, capacity: TeamCapacity, inflow: QueueInflow, days: FutureDays, paths: int, random: np.random.Generator
    ) -> "QueueSimulation":
        """Return a simulation with sampled paths. Today counts only its remaining part."""
        verdicts = capacity.draw(days.weekdays, paths, random) * days.work_share
        today = np.floor(days.now)
        verdicts[:, 0] *= today + 1 - days.now
        ends = np.concatenate([[days.now], today + 1 + np.arange(len(days.weekdays))])
        done = np.concatenate([np.zeros((paths, 1)), np.cumsum(verdicts, axis=1)], axis=1)
        return cls(ends, done, inflow)

    def time_of_nth_verdict(self, n: int) -> FloatArray:
        """Return when the n-th verdict from now is given, in each path."""
        return np.array([np.interp(n, path, self.ends) for path in self.done])

    def verdict_times(self, waiting: WaitingCases) -> FloatArray:
        """Return when each case gets its verdict, one row for each case and one column for each path."""
        times = np.zeros((len(waiting.ahead), len(self.done)))
        # Cases of the same rank and due day are overtaken equally often. The key has room for eight ranks.
        key = np.floor(np.clip(waiting.due, self.ends[0] - 2, self.ends[-1])).astype(np.int64) * 8 + waiting.rank
        middle = (self.ends[:-1] + self.ends[1:]) / 2
        spans = np.diff(self.ends)
        for group in np.unique(key):
            rows = np.flatnonzero(key == group)
            first = rows[0]
            overtaking = self.inflow.overtaking(int(waiting.rank[first]), float(waiting.due[first]), middle) * spans
            # Each case that overtakes takes one verdict away.
            net = self.done - np.concatenate([[0.0], np.cumsum(overtaking)])
            net = np.maximum.accumulate(net, axis=1)
            verdict_number = waiting.ahead[rows] + 1.0
            since = waiting.since[rows] if waiting.since is not None else None
            for path, curve in enumerate(net):
                done_before = 0.0 if since is None else np.interp(since, self.ends, curve)
                times[rows, path] = np.interp(verdict_number + done_before, curve, self.ends)
        return times


def days_needed(ahead: int, per_day: float) -> int:
    """Return how many future days must be simulated until the cases ahead are decided even at a slow pace."""
    return min(_MOST_DAYS, int(2.5 * ahead / max(per_day, 0.2)) + _MARGIN_DAYS)
