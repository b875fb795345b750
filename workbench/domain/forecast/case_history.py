"""The history of a case in working days, as the forecast reads it, and its waiting times in the queue."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

import numpy as np

from workbench.domain.forecast.learning.arrays import FloatArray, IntArray
from workbench.domain.forecast.learning.event_trace import EventTrace, TraceEvent

QUEUED, VERDICT, PASSED, AWAITING_CHECK = "queued", "verdict", "passed", "awaiting_check"
FINAL_STEPS = frozenset({PASSED, "failed", "lapsed", "withdrawn"})
WITH_APPLICANT = frozenset({"rectifying", "pending"})
"""The steps after which the applicant must act, so that the clock pauses."""

_PAUSED = WITH_APPLICANT | {"lapsed"}
"""A pause goes on while a case is lapsed, because the lapse may be taken back."""

_WITHOUT_RESULT = frozenset({QUEUED, VERDICT, AWAITING_CHECK})
"""The steps that give the applicant no result. A verdict that awaits its check is not a result yet."""

DAY_S = 86_400.0
"""The length of one working day for the estimator, which counts in seconds."""


@dataclass(frozen=True, slots=True)
class HistoryStep:
    """A state that a case entered, or a verdict; the step after a verdict is the resulting state."""

    what: str
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseHistory:
    """The steps of one case since it was first queued.

    Attributes:
        case: The case.
        steps: Its steps, at least one.
        attributes: The attributes by which cases are similar.
        rank: Its priority, from 0 (low) to 3 (urgent).
        class_days: The promised working days.
        block_rules: The rules of its block findings, sorted.
    """

    case: int
    steps: tuple[HistoryStep, ...]
    attributes: Mapping[str, str]
    rank: int = 1
    class_days: int = 3
    block_rules: tuple[str, ...] = ()

    @property
    def passed_at(self) -> float | None:
        """When the case passed, None if it did not."""
        return self.steps[-1].at if self.steps[-1].what == PASSED else None

    @property
    def is_over(self) -> bool:
        """Whether the case is in a final state."""
        return self.steps[-1].what in FINAL_STEPS

    @property
    def first_result_at(self) -> float | None:
        """When the applicant got the first result, None if there is none. A check delays the result."""
        return None if self.first_result is None else self.first_result.at

    @property
    def first_result(self) -> HistoryStep | None:
        """The first result that the applicant got, None if there is none."""
        return next((step for step in self.steps if step.what not in _WITHOUT_RESULT), None)

    @property
    def awaits_check(self) -> bool:
        """Whether the last verdict awaits its check by a second person."""
        return self.steps[-1].what == AWAITING_CHECK

    def result_after(self, index: int) -> float | None:
        """Return when the first result after a step was released, None if none was."""
        return next((step.at for step in self.steps[index:] if step.what not in _WITHOUT_RESULT), None)

    def until(self, at: float) -> "CaseHistory | None":
        """Return the history as it was known at a time, None if the case had not begun."""
        steps = tuple(step for step in self.steps if step.at < at)
        return replace(self, steps=steps) if steps else None

    def trace(self, *expected_steps: HistoryStep) -> EventTrace:
        """Return the history as a trace for the estimator, extended by expected steps."""
        steps = (*self.steps, *expected_steps)
        return EventTrace(
            str(self.case), tuple(TraceEvent(step.what, step.at * DAY_S) for step in steps), self.attributes
        )


@dataclass(frozen=True, slots=True)
class QueueSpells:
    """All spells that cases spend in the queue, as parallel arrays. Times are in working days.

    Attributes:
        history: The index of the case's history.
        step: The index of the step that begins the spell.
        entered: When the case entered the queue.
        left: When it left the queue, infinite while it still waits.
        rank: Its priority, from 0 (low) to 3 (urgent).
        due: Its due date.
    """

    history: IntArray
    step: IntArray
    entered: FloatArray
    left: FloatArray
    rank: IntArray
    due: FloatArray

    @classmethod
    def of(cls, histories: Iterable[CaseHistory]) -> "QueueSpells":
        """Return the queue spells of all histories."""
        rows = [
            (number, index, step.at, _left_at(history, index), history.rank, due)
            for number, history in enumerate(histories)
            for index, step, due in _queue_entries(history)
        ]
        numbers = np.array([row[:2] for row in rows], dtype=np.int64).reshape(-1, 2)
        times = np.array([row[2:] for row in rows], dtype=np.float64).reshape(-1, 4)
        return cls(numbers[:, 0], numbers[:, 1], times[:, 0], times[:, 1], times[:, 2].astype(np.int64), times[:, 3])

    def backlog(self, days: int) -> FloatArray:
        """Return how many cases waited at the end of each working day, from day 0 on."""
        ends = np.arange(1, days + 1)
        entered_count = np.searchsorted(np.sort(self.entered), ends, side="right")
        left_count = np.searchsorted(np.sort(self.left), ends, side="right")
        return np.asarray(entered_count - left_count, dtype=np.float64)

    def ahead_of(self, index: int, at: float | None = None) -> int:
        """Return how many cases were ahead of a case in the order of `next`.

        Args:
            index: The spell of the case.
            at: The time, by default when the case entered the queue.
        """
        rank, due = self.rank[index], self.due[index]
        at = float(self.entered[index]) if at is None else at
        is_waiting = (self.entered <= at) & (self.left > at)
        is_waiting[index] = False
        urgency, own_urgency = urgency_of(self.due, at), urgency_of(due, at)
        before = (urgency < own_urgency) | (
            (urgency == own_urgency) & ((self.rank > rank) | ((self.rank == rank) & (self.due <= due)))
        )
        return int((is_waiting & before).sum())


def urgency_of(due: FloatArray | float, at: FloatArray | float) -> IntArray:
    """Return the first sort key of `next`: 0 for overdue cases, 1 for those due that day, 2 for the rest."""
    is_later = due > np.floor(at) + 1
    return np.where(due <= at, 0, np.where(is_later, 2, 1))


def _queue_entries(history: CaseHistory) -> Iterable[tuple[int, HistoryStep, float]]:
    """Yield each step into the queue, with its index and the due date at that time.

    The due date is the end of the day of receipt + `class_days` + the length of the pauses so far.
    """
    due = np.floor(history.steps[0].at) + 1 + history.class_days
    for index, step in enumerate(history.steps):
        pause_began = paused_since(history.steps[:index])
        if step.what not in _PAUSED and pause_began is not None:
            due += step.at - pause_began
        if step.what == QUEUED:
            yield index, step, due


def paused_since(steps: Sequence[HistoryStep]) -> float | None:
    """Return when the current pause of a case began, None if its last step is no pause."""
    pause = takewhile(lambda step: step.what in _PAUSED, reversed(steps))
    return min((step.at for step in pause), default=None)


def _left_at(history: CaseHistory, index: int) -> float:
    return history.steps[index + 1].at if index + 1 < len(history.steps) else np.inf
