"""Simulates which queued cases get their verdict after their due date, in the order of `next` of each day.

`simulation` cannot say this: a case goes before all that are due later when its due day begins, so the number of cases
ahead of it now says little about that day.
"""

from dataclasses import dataclass

import numpy as np

from workbench.domain.forecast.learning.arrays import BoolArray, FloatArray, IntArray
from workbench.domain.forecast.queue.simulation import QueueInflow

_RANKS = 4
"""The number of ranks, one for each priority."""

_MOST_DAYS = 60
"""The most days that are simulated; a case that is due later counts as due after them."""

_TOLERANCE = 1e-9
"""Tolerance for rounding errors."""


@dataclass(frozen=True, slots=True)
class DueCases:
    """Queued cases as parallel arrays, in the order of `next`: rank, due date, and whether somebody holds it."""

    rank: IntArray
    due: FloatArray
    is_held: BoolArray

    def only(self, rows: IntArray) -> "DueCases":
        """Return some of the cases, in their order."""
        return DueCases(self.rank[rows], self.due[rows], self.is_held[rows])


def days_to_simulate(due: FloatArray, now: float) -> int:
    """Return how many days from today on must be simulated, so that the last case is due."""
    return int(np.clip(np.ceil(due.max(initial=now)) - np.floor(now), 1, _MOST_DAYS))


def late_chances(
    cases: DueCases, verdicts: FloatArray, inflow: QueueInflow | None, now: float, random: np.random.Generator
) -> tuple[FloatArray, IntArray]:
    """Return the chance (0 to 1) of each case that its verdict comes late, and how many of the others come before it.

    Args:
        cases: The cases. All that can delay one another must be among them.
        verdicts: How many verdicts are given on each day from today on, one row for each path.
        inflow: The cases that will enter the queue, None if none will.
        now: The time in working days.
        random: Draws the cases that enter.
    """
    days = verdicts.shape[1]
    # A case is due on the day that ends with its due date or later.
    due_day = np.clip(np.ceil(cases.due) - 1 - np.floor(now), 0, days - 1).astype(np.int64)
    is_overdue = cases.due <= now
    is_first = is_overdue | cases.is_held
    waiting = np.zeros((_RANKS, days))
    np.add.at(waiting, (cases.rank[~is_first], due_day[~is_first]), 1)
    entering = _Entering.of(inflow, now, days) if inflow is not None else None
    served = _served(waiting, int(is_first.sum()), verdicts, entering, random)
    chances = is_overdue.astype(np.float64)
    for rank, day in set(zip(cases.rank[~is_first].tolist(), due_day[~is_first].tolist(), strict=True)):
        rows = np.flatnonzero(~is_first & (cases.rank == rank) & (due_day == day))
        chances[rows] = _share_below(served[:, rank, day], np.arange(1, len(rows) + 1))
    done = np.cumsum(verdicts, axis=1)
    for number, row in enumerate(np.flatnonzero(cases.is_held & ~is_overdue).tolist(), 1):
        chances[row] = _share_below(done[:, due_day[row]], np.array([number]))[0]
    order = np.lexsort((-cases.rank, due_day, ~is_first))
    return chances, np.argsort(order)


def _served(
    waiting: FloatArray, first: int, verdicts: FloatArray, entering: "_Entering | None", random: np.random.Generator
) -> FloatArray:
    """Return how many cases of each rank and due day get their verdict in time, in each path.

    Args:
        waiting: How many wait, by rank and due day.
        first: How many are overdue or held, and so come first.
        verdicts: How many verdicts are given, by path and day.
        entering: The cases that will enter, None if none will.
        random: Draws them.
    """
    paths, days = verdicts.shape
    queue = np.repeat(waiting[None], paths, axis=0)
    served = np.zeros_like(queue)
    overdue = np.full(paths, float(first))
    for day in range(days):
        if entering is not None:
            overdue += entering.draw(queue, day, random)
        left = verdicts[:, day] - overdue
        overdue = np.maximum(-left, 0)
        left = np.maximum(left, 0)
        # After the overdue cases come those due today, then the others; each by rank and due date.
        for part in (np.s_[:, ::-1, day : day + 1], np.s_[:, ::-1, day + 1 :]):
            counts = queue[part].reshape(paths, -1)
            taken = np.clip(left[:, None] - (np.cumsum(counts, axis=1) - counts), 0, counts)
            left = left - taken.sum(axis=1)
            queue[part] -= taken.reshape(queue[part].shape)
            served[part] += taken.reshape(queue[part].shape)
        overdue += queue[:, :, day].sum(axis=1)
    return served


def _share_below(values: FloatArray, limits: IntArray) -> FloatArray:
    """Return for each limit which share of the values is below it."""
    return np.asarray(np.searchsorted(np.sort(values), limits - _TOLERANCE) / len(values))


@dataclass(frozen=True, slots=True)
class _Entering:
    """The cases that are expected to enter on a day.

    Attributes:
        overdue: How many are overdue at once.
        rates: How many of the others there are, by rank and by days until due.
        share_of_today: The share of today that is left.
    """

    overdue: float
    rates: FloatArray
    share_of_today: float

    @classmethod
    def of(cls, inflow: QueueInflow, now: float, days: int) -> "_Entering":
        """Return how many cases enter the queue on a day, by rank and by days until they are due."""
        per_case = inflow.per_day / max(len(inflow.rank), 1)
        days_left = np.floor(inflow.days_left).astype(np.int64)
        counts = (days_left >= 0) & (days_left < days)
        rates = np.zeros((_RANKS, days))
        np.add.at(rates, (inflow.rank[counts], days_left[counts]), per_case)
        return cls(float((days_left < 0).sum()) * per_case, rates, float(np.floor(now) + 1 - now))

    def draw(self, queue: FloatArray, day: int, random: np.random.Generator) -> FloatArray:
        """Add the cases that enter on a day to the queue, and return how many of them are overdue at once."""
        paths, ranks, days = queue.shape
        share = self.share_of_today if day == 0 else 1.0
        queue[:, :, day:] += random.poisson(self.rates[:, : days - day] * share, (paths, ranks, days - day))
        return np.asarray(random.poisson(self.overdue * share, paths), dtype=np.float64)
