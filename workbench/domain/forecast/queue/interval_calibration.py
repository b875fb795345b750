"""How right the forecast of late would have been: the past is forecast again, day by day, from what was known then."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from workbench.domain.forecast.case_history import OVER, PASSED, QUEUED, VERDICT, CaseHistory, QueueSpells
from workbench.domain.forecast.conformal_margin import UNTESTED, Margin, Scores
from workbench.domain.forecast.learning.arrays import FloatArray
from workbench.domain.forecast.queue.capacity import Capacity
from workbench.domain.forecast.queue.simulation import Inflow, Waiting
from workbench.domain.forecast.rework_time import FEWEST_PASSED, Asked, Rework

if TYPE_CHECKING:
    from workbench.domain.forecast.queue.model import History, QueueModel

_MOST_DAYS = 40
_PATHS = 32
_MOST_WAITED = 30
_TREES = 40
"""Few trees would make the margins of all cases a matter of which cases were drawn for them."""

_SHARE = 0.89
"""A little less than nine in ten: the replay learns from less than the forecast does, so it is wrong more often."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IntervalCalibration:
    """The margins of the three kinds of forecast: the first verdict, passing from the queue, passing from elsewhere."""

    first_verdict: Margin = UNTESTED
    from_queue: Margin = UNTESTED
    from_others: Margin = UNTESTED


@dataclass(frozen=True, slots=True)
class _Moment:
    """When a forecast would have been made: at a step of a course, or `waited` days after it with nothing new.

    `place` is its stay in the queue, if it is one.
    """

    course: CaseHistory
    step: int
    place: int | None
    waited: int = 0

    @property
    def at(self) -> float:
        return self.course.steps[self.step].at + self.waited

    @property
    def then(self) -> CaseHistory:
        """The course as it was known then."""
        return replace(self.course, steps=self.course.steps[: self.step + 1])


def interval_calibration_of(
    courses: Sequence[CaseHistory], stays: QueueSpells, history: "History", until: float, queue_model: "QueueModel"
) -> IntervalCalibration:
    """Return the margins that would have been right, tested on the newest part of what was known at a time."""
    moments = sorted(_moments(courses, stays, until), key=lambda moment: moment.at)
    moments = [moment for moment in moments if moment.at < int(until)]
    # Half of the past is for learning, if it is short.
    # A whole day, so that one case more does not change what is learnt from.
    begin = max(float(int(moments[len(moments) // 2].at)), until - _MOST_DAYS) if moments else until
    moments = [moment for moment in moments if moment.at >= begin]
    if not moments:
        return IntervalCalibration()
    if sum(course.passed_at is not None and course.passed_at < begin for course in courses) < FEWEST_PASSED:
        return IntervalCalibration()
    rework = Rework(courses, begin, trees=_TREES)
    queued = [moment for moment in moments if moment.place is not None]
    others = [moment for moment in moments if moment.place is None]
    turn = _turns(queued, stays, history, queue_model)
    after = rework.days(
        Asked(
            courses=[moment.then for moment in queued],
            verdict_at=np.array([moment.at for moment in queued]) + np.median(turn, axis=1),
        ),
        _PATHS,
    )
    waited = np.array([float(moment.waited) for moment in others])
    rest = rework.days(Asked(courses=[moment.then for moment in others], waited=waited), _PATHS)
    over = [course for course in courses if course.is_over]
    passing = sum(course.passed_at is not None for course in over) / max(len(over), 1)
    first = np.array([moment.step == 0 for moment in queued], dtype=bool)
    first_queued = [moment for moment in queued if moment.step == 0]
    return IntervalCalibration(
        first_verdict=_scores(first_queued, turn[first], until, VERDICT).margin(_SHARE, until),
        from_queue=_scores(queued, turn + after, until, PASSED, passing).margin(_SHARE, until),
        from_others=_scores(others, rest, until, PASSED, passing).margin(_SHARE, until),
    )


def _moments(courses: Sequence[CaseHistory], stays: QueueSpells, until: float) -> list[_Moment]:
    """Return the moments of all courses that were passed or are open: of the others no passing was to be forecast.

    Who waits elsewhere than in the queue is asked about each day, for those that wait long are asked about more.
    """
    keys = zip(stays.course.tolist(), stays.step.tolist(), strict=True)
    place_of = {key: place for place, key in enumerate(keys)}
    found: list[_Moment] = []
    for index, course in enumerate(courses):
        if course.is_over and course.passed_at is None:
            continue
        for number, step in enumerate(course.steps):
            if step.what == QUEUED:
                found.append(_Moment(course, number, place_of[index, number]))
            elif step.what not in OVER | {VERDICT}:
                end = course.steps[number + 1].at if number + 1 < len(course.steps) else until
                days = range(min(int(end - step.at) + 1, _MOST_WAITED))
                found += [_Moment(course, number, None, day) for day in days]
    return found


def _turns(moments: Sequence[_Moment], stays: QueueSpells, history: "History", queue_model: "QueueModel") -> FloatArray:
    """Return how long each would have waited for its turn, drawn from what was known on that day."""
    found = np.zeros((len(moments), _PATHS))
    left_over = stays.left_over(int(max((moment.at for moment in moments), default=0)) + 1)
    ahead = np.array([stays.ahead_at(moment.place or 0) for moment in moments], dtype=np.int64)
    today = np.array([int(moment.at) for moment in moments])
    for day in np.unique(today):
        rows = np.flatnonzero(today == day)
        known = Capacity.learnt(history.verdicts, int(day), queue_model.time.weekdays, left_over, history.away)
        then = replace(queue_model, capacity=known or queue_model.capacity, inflow=Inflow.learnt(stays, float(day)))
        at = np.array([moments[row].at for row in rows.tolist()])
        places = np.array([moments[row].place for row in rows.tolist()], dtype=np.int64)
        waiting = Waiting(ahead[rows], stays.rank[places], stays.due[places], since=at)
        turns = then.turns(float(day), int(ahead[rows].max()) + int(then.capacity.mean), paths=_PATHS)
        found[rows] = np.maximum(turns.of(waiting) - at[:, None], 0)
    return found


def _scores(moments: Sequence[_Moment], days: FloatArray, until: float, what: str, passing: float = 1.0) -> Scores:
    """Compare what was drawn with what came."""
    at = np.array([moment.at for moment in moments])
    ended = np.array([_next(moment, what) for moment in moments])
    is_over = ~np.isnan(ended)
    ended = np.where(is_over, ended, until)
    p50, p90 = np.quantile(days, [0.5, 0.9], axis=1) if len(moments) else (np.zeros(0), np.zeros(0))
    # A time that is not over counts in full; one that is counts up to the beginning of its day.
    day = np.where(is_over, np.floor(ended - 1e-9), ended) - at
    return Scores(at, p50, p90, ended - at, day, is_over, passing if what == PASSED else 1.0)


def _next(moment: _Moment, what: str) -> float:
    """Return when the first such step after a moment came, not a number if it did not."""
    return next((step.at for step in moment.course.steps[moment.step + 1 :] if step.what == what), float("nan"))
