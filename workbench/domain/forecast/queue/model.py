"""The forecast of open cases: when each has its first verdict, and when it is passed.

The turn of a queued case is simulated from what is ahead of it, what overtakes it, and what recent days brought; what
comes after its verdict is drawn from the estimator of remaining time; how wide the range must be is learnt from the
forecasts that would have been made of late. The same history gives the same forecast: the seed is fixed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from workbench.domain.forecast.assumed import Assumed
from workbench.domain.forecast.case_history import CaseHistory, QueueSpells
from workbench.domain.forecast.check_duration import Checks
from workbench.domain.forecast.estimates import Clearing, Forecast, Reach
from workbench.domain.forecast.learning.arrays import FloatArray
from workbench.domain.forecast.mended import first_mended, mostly_mended
from workbench.domain.forecast.queue.capacity import Absence, Capacity, Verdicts, presence
from workbench.domain.forecast.queue.interval_calibration import IntervalCalibration, interval_calibration_of
from workbench.domain.forecast.queue.simulation import Days, Inflow, QueueSimulation, Waiting, days_needed
from workbench.domain.forecast.rework_time import FEWEST_PASSED, Asked, Rework, SentBack
from workbench.domain.forecast.working_time import WorkingTime

PATHS = 128
SEED = 20_261_124
MEDIAN, HIGH = 0.5, 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What the log tells up to a time: all courses, all verdicts, and who is or was away."""

    courses: Sequence[CaseHistory]
    verdicts: Verdicts
    away: Sequence[Absence] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCase:
    """A case to forecast: its course so far, and its place in the queue, None if it is not queued.

    `due` is its due date in working days. A case that `is_coming` is not queued yet: it counts as if it came now. One
    that `is_held` is before somebody; one `with_others` waits for somebody else than its applicant. The clock of one
    that `is_stopped` stands still, for work on it is suspended until nobody knows when; where that is known it is
    `stopped_until` then, in working days.
    """

    course: CaseHistory
    ahead: int | None
    due: float = np.inf
    is_coming: bool = False
    is_held: bool = False
    with_others: bool = False
    is_stopped: bool = False
    stopped_until: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueModel:
    """What was learnt of an office: how fast it decides, what comes in, what is sent back, how right this was.

    `is_suspended` says that all work is suspended now and nobody knows until when.
    """

    time: WorkingTime
    capacity: Capacity
    inflow: Inflow
    rework: Rework | None
    sent_back: SentBack
    checks: Checks
    interval_calibration: IntervalCalibration
    away: Sequence[Absence]
    assumed: Assumed
    is_suspended: bool = False

    @classmethod
    def learnt(cls, history: History, until: float, time: WorkingTime, assumed: Assumed) -> "QueueModel":
        """Learn from what was known at a time; what is too little known comes from what is assumed."""
        today = int(until)
        courses = [part for course in history.courses if (part := course.until(until)) is not None]
        stays = QueueSpells.of(courses)
        left_over = stays.left_over(today)
        capacity = Capacity.learnt(history.verdicts, today, time.weekdays, left_over, history.away)
        passed = sum(course.passed_at is not None for course in courses)
        queue_model = cls(
            time=time,
            capacity=capacity or Capacity.assumed(assumed.reviewers * assumed.per_reviewer, assumed.makers),
            inflow=Inflow.learnt(stays, until),
            rework=Rework(courses, until) if passed >= FEWEST_PASSED else None,
            sent_back=SentBack.learnt(courses, until),
            checks=Checks.learnt(courses),
            interval_calibration=IntervalCalibration(),
            away=history.away,
            assumed=assumed,
        )
        if queue_model.is_thin:
            return queue_model
        return replace(
            queue_model,
            interval_calibration=interval_calibration_of(
                courses, stays, replace(history, courses=courses), until, queue_model
            ),
        )

    @property
    def is_thin(self) -> bool:
        """Whether there is too little history, so that part of the forecast is assumed."""
        return self.rework is None or self.capacity.is_assumed

    @property
    def reviewers(self) -> tuple[int, ...]:
        """Who decides of late: more than a trickle of the verdicts is theirs."""
        shares = self.capacity.shares
        least = min(_TRICKLE, _TRICKLE_OF_MOST * max(shares.values(), default=0.0))
        return tuple(maker for maker, share in shares.items() if share > least)

    def present(self, now: float) -> int:
        """Return how many reviewers are there on the day of a time; 0 if all are away."""
        if not self.capacity.shares:
            return self.assumed.reviewers
        gone = {span.maker for span in self.away if span.first <= int(now) <= span.last}
        return len([maker for maker in self.reviewers if maker not in gone])

    def back(self, now: float) -> int | None:
        """Return the first working day, from that of a time on, on which somebody is there; None if none is known."""
        days = sorted({int(now), *(span.last + 1 for span in self.away if int(now) <= span.last < self.time.count - 1)})
        return next((day for day in days if self.present(day)), None)

    def days(self, now: float, count: int, reviewers: int | None = None) -> Days:
        """Return the days to come, for as many reviewers as there are or as many as are asked about."""
        numbers = np.minimum(int(now) + np.arange(count), self.time.count - 1)
        if reviewers is None:
            there = np.array([self._presence(int(day)) for day in numbers])
        else:
            there = np.full(count, reviewers * self._presence_of_one(int(now)))
        return Days(now, self.time.weekdays[numbers], there)

    def per_day(self, now: float, reviewers: int | None = None) -> float:
        """Return the verdicts of a usual day, as things are now."""
        return self.capacity.mean * float(self.days(now, 1, reviewers).presence[0])

    def turns(self, now: float, most_ahead: int, reviewers: int | None = None, paths: int = PATHS) -> QueueSimulation:
        """Draw courses that the work may take from now on."""
        begin = int(now) if reviewers is not None else self.back(now)
        # While nobody is there nothing is decided, and how fast it goes shows when somebody is back.
        idle = 0 if begin is None else begin - int(now)
        per_day = self.per_day(now + idle, reviewers)
        days = self.days(now, idle + days_needed(most_ahead, per_day), reviewers)
        return QueueSimulation.drawn(self.capacity, self.inflow, days, paths, np.random.default_rng(SEED))

    def _presence(self, day: int) -> float:
        """Return which share of the usual work is done on a day; who decides a trickle is no help alone."""
        return presence(self.capacity.shares, self.away, day) if self.present(day) else 0.0

    def _presence_of_one(self, day: int) -> float:
        """Return which share of the usual work one of those does who are there, or of all if nobody is."""
        there = self.present(day)
        return self._presence(day) / there if there else 1 / max(len(self.reviewers), 1)

    def forecast(self, cases: Sequence[OpenCase], now: float, reviewers: int | None = None) -> list[Forecast]:
        """Return what is expected of each case, in the order given."""
        queued = [case for case in cases if case.ahead is not None]
        others = [case for case in cases if case.ahead is None]
        found = self._queued(queued, now, reviewers) | self._others(others, now)
        return [found[case.course.case] for case in cases]

    def clearing(self, cases: Sequence[OpenCase], now: float, reviewers: int | None = None) -> Clearing:
        """Return when the cases that are queued now are decided, and how many of them too late."""
        queued = [case for case in cases if case.ahead is not None and not case.is_coming]
        turns = self.turns(now, len(queued), reviewers)
        if not queued:
            return Clearing(queued=0, p50_days=0, p90_days=0, late_p50=0, late_p90=0, days=())
        waiting = waiting_of(queued)
        days = np.maximum(turns.until_done(len(queued)) - now, 0)
        late = (turns.of(waiting) > waiting.due[:, None]).sum(axis=0)
        return Clearing(
            queued=len(queued),
            p50_days=float(np.quantile(days, MEDIAN)),
            p90_days=float(np.quantile(days, HIGH)),
            late_p50=round(float(np.quantile(late, MEDIAN))),
            late_p90=round(float(np.quantile(late, HIGH))),
            days=tuple(np.sort(days).tolist()),
        )

    def _queued(self, cases: Sequence[OpenCase], now: float, reviewers: int | None) -> dict[int, Forecast]:
        if not cases:
            return {}
        waiting = waiting_of(cases)
        most = int(waiting.ahead.max())
        turn = self.turns(now, most, reviewers).of(waiting) - now
        # What follows a verdict does not depend on how many could decide: it is asked for as things are.
        usual = turn if reviewers is None else self.turns(now, most).of(waiting) - now
        asked = Asked(courses=[case.course for case in cases], verdict_at=now + np.median(usual, axis=1))
        sent_back = [self.sent_back.share(case.course.attributes) for case in cases]
        # What is counted is what first verdicts do.
        is_first = np.array([case.course.first_told_at is None for case in cases])
        share = np.array([part or 0.0 for part in sent_back]) * is_first
        after = mostly_mended(self.rest(asked, PATHS), share)
        first = self.interval_calibration.first_verdict.told(*_levels(turn))
        passed = self.interval_calibration.from_queue.told(*_levels(turn + after))
        # Nothing is passed before its verdict, whatever the margins of each make of it.
        middle = np.maximum(passed[0], first[0] + first_mended(after, share))
        passed = middle, np.maximum(passed[1], np.maximum(first[1], middle))
        return {
            case.course.case: Forecast(
                case=case.course.case,
                ahead=case.ahead,
                first_verdict=_reach(now, first, place) if known is None else Reach(p50=known, p90=known),
                passed=_reach(now, passed, place),
                sent_back=sent_back[place],
            )
            for place, case in enumerate(cases)
            for known in (case.course.first_told_at,)
        }

    def _others(self, cases: Sequence[OpenCase], now: float) -> dict[int, Forecast]:
        if not cases:
            return {}
        waited = np.array([max(now - case.course.steps[-1].at, 0.0) for case in cases])
        rest = self.rest(Asked(courses=[case.course for case in cases], waited=waited), PATHS)
        passed = self.interval_calibration.from_others.told(*_levels(rest))
        found = {}
        for place, case in enumerate(cases):
            checked = self._checked(waited[place], now) if case.course.awaits_check else None
            end = _reach(now, passed, place)
            told_at = case.course.first_told_at
            first_at = now if told_at is None else told_at
            found[case.course.case] = Forecast(
                case=case.course.case,
                ahead=None,
                first_verdict=checked if checked and told_at is None else Reach(p50=first_at, p90=first_at),
                passed=end if checked is None else end.not_before(checked),
                sent_back=self.sent_back.share(case.course.attributes),
                checked=checked,
            )
        return found

    def _checked(self, waited: float, now: float) -> Reach:
        """Return when the result is out of a verdict that has waited so long for a second person."""
        return Reach(p50=now + self.checks.quantile(waited, MEDIAN), p90=now + self.checks.quantile(waited, HIGH))

    def rest(self, asked: Asked, paths: int) -> FloatArray:
        """Return how long after a verdict, or after the last step, each case may take: assumed without history."""
        if self.rework is not None:
            return self.rework.days(asked, paths)
        return self.assumed.rest(asked, paths)


_TRICKLE, _TRICKLE_OF_MOST = 0.02, 0.1


def waiting_of(cases: Sequence[OpenCase]) -> Waiting:
    """Return queued cases as those who wait for their turn."""
    return Waiting(
        np.array([case.ahead or 0 for case in cases], dtype=np.int64),
        np.array([case.course.rank for case in cases], dtype=np.int64),
        np.array([case.due for case in cases], dtype=np.float64),
    )


def _levels(days: FloatArray) -> tuple[FloatArray, FloatArray]:
    p50, p90 = np.quantile(days, [MEDIAN, HIGH], axis=1)
    return p50, p90


def _reach(now: float, levels: tuple[FloatArray, FloatArray], place: int) -> Reach:
    return Reach(p50=now + float(levels[0][place]), p90=now + float(levels[1][place]))
