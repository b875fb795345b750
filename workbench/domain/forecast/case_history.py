"""What happened to a case in review, as the forecast looks at it: steps in working days, and what it is like."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from workbench.domain.forecast.learning.arrays import FloatArray, IntArray
from workbench.domain.forecast.learning.event_trace import Attribute, Event, Trace

QUEUED, VERDICT, PASSED, AWAITING_CHECK = "queued", "verdict", "passed", "awaiting_check"
OVER = frozenset({PASSED, "failed", "lapsed", "withdrawn"})
WITH_APPLICANT = frozenset({"rectifying", "pending"})
"""The steps after which the applicant has to act, so that the clock pauses."""

_NOT_TOLD = frozenset({QUEUED, VERDICT, AWAITING_CHECK})
"""The steps that tell an applicant nothing: what a second person has to look at is no result yet."""

DAY_S = 86_400.0
"""The estimator counts seconds: a working day is a day of them."""


@dataclass(frozen=True, slots=True)
class Step:
    """A state that a case came into, or a verdict, which comes before the state that follows from it."""

    what: str
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseHistory:
    """One case from its first queuing on.

    `rank` is its priority, low 0 to urgent 3; `class_days` the working days that were promised.
    """

    case: int
    steps: tuple[Step, ...]
    attributes: Mapping[str, Attribute]
    rank: int = 1
    class_days: int = 3

    @property
    def passed_at(self) -> float | None:
        """When it was passed, None if it is not."""
        return self.steps[-1].at if self.steps[-1].what == PASSED else None

    @property
    def is_over(self) -> bool:
        """Whether nothing more is expected."""
        return self.steps[-1].what in OVER

    @property
    def first_verdict_at(self) -> float | None:
        """When its first verdict was given, None if it was not."""
        return next((step.at for step in self.steps if step.what == VERDICT), None)

    @property
    def first_told_at(self) -> float | None:
        """When its first result got out, None if none did: not before a second person agreed, where one must."""
        return self.told_after(0)

    @property
    def awaits_check(self) -> bool:
        """Whether a second person looks at the last verdict."""
        return self.steps[-1].what == AWAITING_CHECK

    def told_after(self, place: int) -> float | None:
        """Return when the first result after a step got out, None if none did."""
        return next((step.at for step in self.steps[place:] if step.what not in _NOT_TOLD), None)

    def until(self, at: float) -> "CaseHistory | None":
        """Return what was known of it at a time, None if it had not begun."""
        steps = tuple(step for step in self.steps if step.at < at)
        if not steps:
            return None
        return CaseHistory(
            case=self.case, steps=steps, attributes=self.attributes, rank=self.rank, class_days=self.class_days
        )

    def trace(self, *further: Step) -> Trace:
        """Return it as the estimator takes it, with steps that are only expected."""
        steps = (*self.steps, *further)
        first = Event(steps[0].what, steps[0].at * DAY_S, self.attributes)
        return Trace(str(self.case), (first, *(Event(step.what, step.at * DAY_S) for step in steps[1:])))


@dataclass(frozen=True, slots=True)
class QueueSpells:
    """Every stay of cases in the queue: which course, which of its steps, from when to when, and its place in it."""

    course: IntArray
    step: IntArray
    entered: FloatArray
    left: FloatArray
    rank: IntArray
    due: FloatArray

    @classmethod
    def of(cls, courses: Iterable[CaseHistory]) -> "QueueSpells":
        """Return the stays of all courses; one that goes on has no end."""
        found = [
            (number, place, step.at, _left(course, place), course.rank, due)
            for number, course in enumerate(courses)
            for place, step, due in _queuings(course)
        ]
        numbers = np.array([row[:2] for row in found], dtype=np.int64).reshape(-1, 2)
        times = np.array([row[2:] for row in found], dtype=np.float64).reshape(-1, 4)
        return cls(numbers[:, 0], numbers[:, 1], times[:, 0], times[:, 1], times[:, 2].astype(np.int64), times[:, 3])

    def left_over(self, days: int) -> FloatArray:
        """Return how many cases waited at the end of each working day, from the first on."""
        ends = np.arange(1, days + 1)
        came = np.searchsorted(np.sort(self.entered), ends, side="right")
        went = np.searchsorted(np.sort(self.left), ends, side="right")
        return np.asarray(came - went, dtype=np.float64)

    def ahead_at(self, place: int, at: float | None = None) -> int:
        """Return how many cases were ahead of one in the order of `next`: when it came into the queue, or later."""
        rank, due = self.rank[place], self.due[place]
        at = float(self.entered[place]) if at is None else at
        here = (self.entered <= at) & (self.left > at)
        here[place] = False
        urgency, own = urgency_of(self.due, at), urgency_of(due, at)
        before = (urgency < own) | ((urgency == own) & ((self.rank > rank) | ((self.rank == rank) & (self.due <= due))))
        return int((here & before).sum())


def urgency_of(due: FloatArray | float, at: FloatArray | float) -> IntArray:
    """Return 0 for what is overdue, 1 for what is due on that day, 2 for the rest: the first key of `next`."""
    is_later = due > np.floor(at) + 1
    return np.where(due <= at, 0, np.where(is_later, 2, 1))


def _queuings(course: CaseHistory) -> Iterable[tuple[int, Step, float]]:
    """Yield each step into the queue with the due date that it had then (DESIGN, section 13)."""
    due = np.floor(course.steps[0].at) + 1 + course.class_days
    paused_at: float | None = None
    for place, step in enumerate(course.steps):
        if paused_at is not None:
            due += step.at - paused_at
            paused_at = None
        if step.what in WITH_APPLICANT:
            paused_at = step.at
        if step.what == QUEUED:
            yield place, step, due


def _left(course: CaseHistory, place: int) -> float:
    return course.steps[place + 1].at if place + 1 < len(course.steps) else np.inf
