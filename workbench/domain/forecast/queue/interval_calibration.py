"""Calibrates the forecast ranges by forecasting the recent past again (a backtest for conformal margins)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from workbench.domain.forecast.case_history import FINAL_STEPS, PASSED, QUEUED, VERDICT, CaseHistory, QueueSpells
from workbench.domain.forecast.conformal_margin import UNTESTED, ConformalMargin, PastForecasts
from workbench.domain.forecast.learning.arrays import FloatArray
from workbench.domain.forecast.queue.capacity import GivenVerdicts, TeamCapacity
from workbench.domain.forecast.queue.simulation import QueueInflow, WaitingCases
from workbench.domain.forecast.queue.team import Team
from workbench.domain.forecast.rework_time import FEWEST_PASSED, ReworkTimes

_MAX_TEST_DAYS = 40
"""The newest days with forecasts that are tested."""

_PATHS = 32
"""The simulations of each tested forecast, fewer than those of a forecast that is shown."""

_MOST_POINTS_OF_STEP = 30
"""The most days of one step of a case on which its forecast is tested."""

_SHARE = 0.89
"""Slightly less than 0.9: the backtest learns from less than the forecast, so its errors are larger."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IntervalCalibration:
    """The margins of the first verdict, of passing from the queue, and of passing from other states."""

    first_verdict: ConformalMargin = UNTESTED
    from_queue: ConformalMargin = UNTESTED
    from_others: ConformalMargin = UNTESTED


@dataclass(frozen=True, slots=True)
class _ForecastPoint:
    """A time at which a past forecast is made.

    Attributes:
        history: The case.
        step: The index of the last step before that time.
        spell: The index of the queue spell that begins with the step, None if the step begins none.
        days_after_step: The working days since the step.
    """

    history: CaseHistory
    step: int
    spell: int | None
    days_after_step: int = 0

    @property
    def at(self) -> float:
        return self.history.steps[self.step].at + self.days_after_step

    @property
    def known_history(self) -> CaseHistory:
        """The history as it was known at that time."""
        return replace(self.history, steps=self.history.steps[: self.step + 1])


def calibrate_intervals(
    histories: Sequence[CaseHistory], spells: QueueSpells, verdicts: GivenVerdicts, until: float, team: Team
) -> IntervalCalibration:
    """Return the margins that past ranges would have needed to cover the outcomes of the recent past.

    Only what was known at `until`, a time in working days, is used. The margins are untested where there is too little
    history.
    """
    points = sorted(_points(histories, spells, until), key=lambda point: point.at)
    points = [point for point in points if point.at < int(until)]
    if not points:
        return IntervalCalibration()
    # The first half of a short past trains, the second half tests. The split is a whole day, so that one more case
    # does not move it.
    begin = max(float(int(points[len(points) // 2].at)), until - _MAX_TEST_DAYS)
    points = [point for point in points if point.at >= begin]
    passed = sum(history.passed_at is not None and history.passed_at < begin for history in histories)
    if not points or passed < FEWEST_PASSED:
        return IntervalCalibration()
    rework = ReworkTimes(histories, begin)
    queued = [point for point in points if point.spell is not None]
    others = [point for point in points if point.spell is None]
    queue_days = _sampled_queue_days(queued, spells, verdicts, team)
    verdict_at = np.array([point.at for point in queued]) + np.median(queue_days, axis=1)
    rework_days = rework.days([point.known_history for point in queued], _PATHS, verdict_at=verdict_at)
    waited = np.array([float(point.days_after_step) for point in others])
    remaining_days = rework.days([point.known_history for point in others], _PATHS, waited=waited)
    closed = [history for history in histories if history.is_over]
    share_passed = sum(history.passed_at is not None for history in closed) / max(len(closed), 1)
    is_first = np.array([point.step == 0 for point in queued], dtype=bool)
    first_queued = [point for point in queued if point.step == 0]
    return IntervalCalibration(
        first_verdict=_past_forecasts(first_queued, queue_days[is_first], until, VERDICT).margin(_SHARE, until),
        from_queue=_past_forecasts(queued, queue_days + rework_days, until, PASSED, share_passed).margin(_SHARE, until),
        from_others=_past_forecasts(others, remaining_days, until, PASSED, share_passed).margin(_SHARE, until),
    )


def _points(histories: Sequence[CaseHistory], spells: QueueSpells, until: float) -> list[_ForecastPoint]:
    """Return the forecast times of all cases that passed or are open.

    Cases that were closed otherwise never passed, so there is no time to compare with. A case outside the queue has a
    point for each day, as reviewers ask more often about cases that wait long.
    """
    keys = zip(spells.history.tolist(), spells.step.tolist(), strict=True)
    spell_at = {key: spell for spell, key in enumerate(keys)}
    points: list[_ForecastPoint] = []
    for index, history in enumerate(histories):
        if history.is_over and history.passed_at is None:
            continue
        for number, step in enumerate(history.steps):
            if step.what == QUEUED:
                points.append(_ForecastPoint(history, number, spell_at[index, number]))
            elif step.what not in FINAL_STEPS | {VERDICT}:
                end = history.steps[number + 1].at if number + 1 < len(history.steps) else until
                days = range(min(int(end - step.at) + 1, _MOST_POINTS_OF_STEP))
                points += [_ForecastPoint(history, number, None, day) for day in days]
    return points


def _sampled_queue_days(
    points: Sequence[_ForecastPoint], spells: QueueSpells, verdicts: GivenVerdicts, team: Team
) -> FloatArray:
    """Return sampled waiting times in the queue, one row for each point, from what was known on its day."""
    queue_days = np.zeros((len(points), _PATHS))
    at = np.array([point.at for point in points])
    spell = np.array([point.spell or 0 for point in points], dtype=np.int64)
    ahead = np.array([spells.ahead_of(index) for index in spell.tolist()], dtype=np.int64)
    backlog = spells.backlog(int(at.max(initial=0)) + 1)
    today = at.astype(np.int64)
    for day in np.unique(today).tolist():
        rows = np.flatnonzero(today == day)
        known = TeamCapacity.fit(verdicts, day, team.time.weekdays, backlog, team.absences)
        fitted = replace(team, capacity=known or team.capacity, inflow=QueueInflow.fit(spells, float(day)))
        waiting = WaitingCases(ahead[rows], spells.rank[spell[rows]], spells.due[spell[rows]], since=at[rows])
        simulation = fitted.simulate(float(day), int(ahead[rows].max()) + int(fitted.capacity.mean), paths=_PATHS)
        queue_days[rows] = np.maximum(simulation.verdict_times(waiting) - at[rows, None], 0)
    return queue_days


def _past_forecasts(
    points: Sequence[_ForecastPoint], days: FloatArray, until: float, what: str, share_with_outcome: float = 1.0
) -> PastForecasts:
    """Return the past forecasts given by sampled durations, with the actual durations."""
    at = np.array([point.at for point in points])
    ended = np.array([_next_time(point, what) for point in points])
    is_over = ~np.isnan(ended)
    ended = np.where(is_over, ended, until)
    p50, p90 = np.quantile(days, [0.5, 0.9], axis=1)
    # Ranges are shown in days: a finished duration counts up to the beginning of its last day.
    day_duration = np.where(is_over, np.floor(ended - 1e-9), ended) - at
    return PastForecasts(at, p50, p90, ended - at, day_duration, is_over, share_with_outcome)


def _next_time(point: _ForecastPoint, what: str) -> float:
    """Return the time of the first step of a kind after a point, NaN if there is none."""
    return next((step.at for step in point.history.steps[point.step + 1 :] if step.what == what), float("nan"))
