"""When the turn of a queued case comes: what is ahead of it, what will overtake it, how fast it goes."""

from dataclasses import dataclass

import numpy as np

from workbench.domain.forecast.case_history import QueueSpells, urgency_of
from workbench.domain.forecast.learning.arrays import FloatArray, IntArray
from workbench.domain.forecast.queue.capacity import Capacity

_MOST_ENTRIES = 300
_MARGIN_DAYS = 25
_MOST_DAYS = 1_500


@dataclass(frozen=True, slots=True)
class Inflow:
    """What comes into the queue: so many a day, each with a rank and so many days until it is due."""

    per_day: float
    rank: IntArray
    days_left: FloatArray

    @classmethod
    def learnt(cls, stays: QueueSpells, until: float) -> "Inflow":
        """Learn from the newest entries before a time, cases that come back among them."""
        known = np.flatnonzero(stays.entered < until)
        newest = known[np.argsort(stays.entered[known], kind="stable")][-_MOST_ENTRIES:]
        if not len(newest):
            return cls(0.0, np.zeros(0, dtype=np.int64), np.zeros(0))
        days = max(until - float(stays.entered[newest[0]]), 1.0)
        return cls(len(newest) / days, stays.rank[newest], stays.due[newest] - stays.entered[newest])

    def overtaking(self, rank: int, due: float, at: FloatArray) -> FloatArray:
        """Return how many will come on each day that go before a case of this rank and due date."""
        if not len(self.rank):
            return np.zeros(len(at))
        others_due = at[:, None] + self.days_left[None, :]
        theirs = urgency_of(others_due, at[:, None])
        own = urgency_of(np.full(len(at), due), at)[:, None]
        same = theirs == own
        higher, equal = self.rank > rank, self.rank == rank
        before = (theirs < own) | (same & (higher | (equal & (others_due < due))))
        return np.asarray(self.per_day * before.mean(axis=1))


@dataclass(frozen=True, slots=True)
class Waiting:
    """Queued cases that ask for their turn: how many are ahead of each, its rank and its due date.

    `since` is from when on each waits, if not from now: a later time of the first day.
    """

    ahead: IntArray
    rank: IntArray
    due: FloatArray
    since: FloatArray | None = None

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.ahead)


@dataclass(frozen=True, slots=True)
class Days:
    """The days to come: now, and for each working day from today on its weekday and who is there (1: as usual)."""

    now: float
    weekdays: IntArray
    presence: FloatArray


@dataclass(frozen=True, slots=True)
class QueueSimulation:
    """Courses that the work may take, each so much done by the end of each day."""

    ends: FloatArray
    done: FloatArray
    inflow: Inflow

    @classmethod
    def drawn(
        cls, capacity: Capacity, inflow: Inflow, days: Days, paths: int, random: np.random.Generator
    ) -> "QueueSimulation":
        """Draw so many courses; today brings what is left of it."""
        brought = capacity.drawn(days.weekdays, paths, random) * days.presence
        today = np.floor(days.now)
        brought[:, 0] *= today + 1 - days.now
        ends = np.concatenate([[days.now], today + 1 + np.arange(len(days.weekdays))])
        done = np.concatenate([np.zeros((paths, 1)), np.cumsum(brought, axis=1)], axis=1)
        return cls(ends, done, inflow)

    def until_done(self, count: int) -> FloatArray:
        """Return when so many verdicts are given, in each course."""
        return np.array([np.interp(count, path, self.ends) for path in self.done])

    def of(self, waiting: Waiting) -> FloatArray:
        """Return when the turn of each case comes, in each course: one row for each case."""
        found = np.zeros((len(waiting), len(self.done)))
        # Cases of one rank that are due on one day are overtaken alike.
        key = np.floor(np.clip(waiting.due, self.ends[0] - 2, self.ends[-1])).astype(np.int64) * 8 + waiting.rank
        middle = (self.ends[:-1] + self.ends[1:]) / 2
        spans = np.diff(self.ends)
        for each in np.unique(key):
            rows = np.flatnonzero(key == each)
            first = rows[0]
            lost = self.inflow.overtaking(int(waiting.rank[first]), float(waiting.due[first]), middle) * spans
            net = self.done - np.concatenate([[0.0], np.cumsum(lost)])
            net = np.maximum.accumulate(net, axis=1)
            wanted = waiting.ahead[rows] + 1.0
            since = waiting.since[rows] if waiting.since is not None else None
            for path, course in enumerate(net):
                begun = 0.0 if since is None else np.interp(since, self.ends, course)
                found[rows, path] = np.interp(wanted + begun, course, self.ends)
        return found


def days_needed(ahead: int, per_day: float) -> int:
    """Return how many days to come have to be looked at."""
    return min(_MOST_DAYS, int(2.5 * ahead / max(per_day, 0.2)) + _MARGIN_DAYS)
