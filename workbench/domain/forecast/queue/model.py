"""Forecasts when each open case gets its first verdict and when it passes.

The waiting time of a queued case is simulated from the cases ahead, the expected overtaking, and the recent capacity.
The time after the verdict comes from the estimator of remaining time. The width of the ranges is calibrated on past
forecasts. The random seed is fixed, so the same history gives the same forecast.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from workbench.domain.forecast.assumptions import PolicyAssumptions
from workbench.domain.forecast.case_history import VERDICT, CaseHistory, QueueSpells
from workbench.domain.forecast.check_duration import CheckDurations
from workbench.domain.forecast.estimates import CaseEstimate, QuantilePair, QueueClearing
from workbench.domain.forecast.learning.arrays import FloatArray
from workbench.domain.forecast.pass_rates import PassRates
from workbench.domain.forecast.queue.capacity import Absence, GivenVerdicts, TeamCapacity
from workbench.domain.forecast.queue.interval_calibration import IntervalCalibration, calibrate_intervals
from workbench.domain.forecast.queue.simulation import QueueInflow, WaitingCases
from workbench.domain.forecast.queue.team import PATHS, Team
from workbench.domain.forecast.queue.usual_length import is_longer_than_usual
from workbench.domain.forecast.rework_mixture import shortest_rework, with_rework_share
from workbench.domain.forecast.rework_time import FEWEST_PASSED, ReworkTimes, SendBackRates
from workbench.domain.forecast.working_time import WorkingTime

LEVELS = (0.5, 0.9)
"""The quantiles of every forecast: what half of the simulations reach, and nine of ten."""

FEWEST_FIRST_VERDICTS = 30
"""With fewer first verdicts, the forecast is based on what the policy assumes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueHistory:
    """The cases, verdicts and absences up to a time."""

    cases: Sequence[CaseHistory]
    verdicts: GivenVerdicts
    absences: Sequence[Absence] = ()
    is_whole: bool = True
    """Whether `cases` has all cases; otherwise those that began long before are missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCase:
    """An open case to forecast. Times are in working days.

    Attributes:
        history: Its history.
        ahead: How many cases are before it in the queue, None if it is not queued.
        due: Its due date.
        is_arriving: Whether it is not queued yet, and counts as if it arrived now.
        is_returning: Whether its applicant has it, and it counts as if the answer came now.
        is_held: Whether a reviewer holds it.
        waits_for_others: Whether it is pending but does not wait for its applicant.
        is_stopped: Whether a suspension without a known end stops its clock.
        stopped_until: The known end of a suspension that stops its clock, else 0.
        answer_at: When it returns to the queue if it waits for others, as similar waits ended; None if unknown.
        is_staged_against: Whether a verdict other than pass awaits its check.
        findings_if_answered: Its attribute `findings` once the applicant has cleared up what it can; empty if unknown.
        assignee: The id of the reviewer to whom it is assigned, None if it is offered to everybody.
    """

    history: CaseHistory
    ahead: int | None
    due: float = np.inf
    is_arriving: bool = False
    is_returning: bool = False
    is_held: bool = False
    waits_for_others: bool = False
    is_stopped: bool = False
    stopped_until: float = 0.0
    answer_at: QuantilePair | None = None
    is_staged_against: bool = False
    findings_if_answered: str = ""
    assignee: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueModel(Team):
    """A model of the queue, fitted to its history.

    Attributes:
        rework: The times from a verdict until a case passes, None if too few cases passed.
        send_back_rates: How often the first verdict sends a case back.
        pass_rates: How often cases pass at their first decision.
        checks: How long checks take.
        interval_calibration: The margins of the ranges.
        first_verdicts: How many cases got a first verdict.
        is_queue_long: Whether the queue is longer than usual.
        is_suspended: Whether all work is suspended now, without a known end.
    """

    rework: ReworkTimes | None
    send_back_rates: SendBackRates
    pass_rates: PassRates
    checks: CheckDurations
    interval_calibration: IntervalCalibration
    first_verdicts: int
    is_queue_long: bool
    is_suspended: bool = False

    @classmethod
    def fit(
        cls, queue_history: QueueHistory, until: float, time: WorkingTime, assumptions: PolicyAssumptions
    ) -> "QueueModel":
        """Fit the model to what was known at a time, with assumptions where too little is known."""
        today = int(until)
        histories = [part for history in queue_history.cases if (part := history.until(until)) is not None]
        spells = QueueSpells.of(histories)
        backlog = spells.backlog(today)
        capacity = TeamCapacity.fit(queue_history.verdicts, today, time.weekdays, backlog, queue_history.absences)
        passed = sum(history.passed_at is not None for history in histories)
        queue_model = cls(
            time=time,
            capacity=capacity
            or TeamCapacity.from_policy(assumptions.reviewers * assumptions.per_reviewer, assumptions.makers),
            inflow=QueueInflow.fit(spells, until),
            rework=ReworkTimes(histories, until) if passed >= FEWEST_PASSED else None,
            send_back_rates=SendBackRates.fit(histories, until),
            pass_rates=PassRates.fit(histories),
            checks=CheckDurations.fit(histories),
            interval_calibration=IntervalCalibration(),
            absences=queue_history.absences,
            assumptions=assumptions,
            first_verdicts=sum(any(step.what == VERDICT for step in history.steps) for history in histories),
            is_queue_long=queue_history.is_whole and is_longer_than_usual(spells, backlog),
        )
        if queue_model.is_thin:
            return queue_model
        calibration = calibrate_intervals(histories, spells, queue_history.verdicts, until, queue_model)
        return replace(queue_model, interval_calibration=calibration)

    @property
    def is_thin(self) -> bool:
        """Whether there are too few first verdicts or days with verdicts, so that the forecast is assumed."""
        return self.first_verdicts < FEWEST_FIRST_VERDICTS or self.capacity.is_assumed

    def forecast(self, cases: Sequence[OpenCase], now: float, reviewers: int | None = None) -> list[CaseEstimate]:
        """Return the forecast of each case, in the order given."""
        queued = [case for case in cases if case.ahead is not None]
        others = [case for case in cases if case.ahead is None]
        estimates = self._forecast_queued(queued, now, reviewers) | self._forecast_others(others, now)
        return [estimates[case.history.case] for case in cases]

    def queue_clearing(self, cases: Sequence[OpenCase], now: float, reviewers: int | None = None) -> QueueClearing:
        """Return when the cases queued now will be decided, and how many of them late."""
        queued = [case for case in cases if case.ahead is not None and not (case.is_arriving or case.is_returning)]
        simulation = self.simulate(now, len(queued), reviewers)
        if not queued:
            return QueueClearing(queued=0, p50_days=0, p90_days=0, late_p50=0, late_p90=0, days=())
        waiting = waiting_cases(queued)
        days = np.maximum(simulation.time_of_nth_verdict(len(queued)) - now, 0)
        late = (simulation.verdict_times(waiting) > waiting.due[:, None]).sum(axis=0)
        p50_days, p90_days = np.quantile(days, LEVELS).tolist()
        late_p50, late_p90 = map(round, np.quantile(late, LEVELS).tolist())
        return QueueClearing(
            queued=len(queued),
            p50_days=p50_days,
            p90_days=p90_days,
            late_p50=late_p50,
            late_p90=late_p90,
            days=tuple(np.sort(days).tolist()),
        )

    def _forecast_queued(self, cases: Sequence[OpenCase], now: float, reviewers: int | None) -> dict[int, CaseEstimate]:
        """Forecast cases in the queue: the wait for the verdict, then rework if the case is sent back."""
        if not cases:
            return {}
        waiting = waiting_cases(cases)
        most = int(waiting.ahead.max())
        wait = self.simulate(now, most, reviewers).verdict_times(waiting) - now
        # The time after a verdict does not depend on the assumed number of reviewers.
        usual_wait = wait if reviewers is None else self.simulate(now, most).verdict_times(waiting) - now
        after = self.rework_days(cases, verdict_at=now + np.median(usual_wait, axis=1))
        sent_back = [self.send_back_rates.share(case.history.attributes) for case in cases]
        # The send-back rates count first verdicts only.
        is_first = np.array([case.history.first_result_at is None for case in cases])
        share = np.array([rate or 0.0 for rate in sent_back]) * is_first
        after = with_rework_share(after, share)
        first = self.interval_calibration.first_verdict.applied_to(*np.quantile(wait, LEVELS, axis=1))
        passed = self.interval_calibration.from_queue.applied_to(*np.quantile(wait + after, LEVELS, axis=1))
        # A case never passes before its verdict, although both ranges have margins of their own.
        middle = np.maximum(passed[0], first[0] + shortest_rework(after, share))
        passed = middle, np.maximum(passed[1], np.maximum(first[1], middle))
        estimates = {}
        for index, case in enumerate(cases):
            next_verdict, result_at = _pair_at(now, first, index), case.history.first_result_at
            estimates[case.history.case] = CaseEstimate(
                first_verdict=next_verdict if result_at is None else QuantilePair(p50=result_at, p90=result_at),
                passed=_pair_at(now, passed, index),
                sent_back=sent_back[index],
                decided=next_verdict,
            )
        return estimates

    def _forecast_others(self, cases: Sequence[OpenCase], now: float) -> dict[int, CaseEstimate]:
        """Forecast cases outside the queue: a check ends soon, and other cases take as long as past rework took."""
        if not cases:
            return {}
        waited = np.array([max(now - case.history.steps[-1].at, 0.0) for case in cases])
        rework_days = self.rework_days(cases, waited=waited)
        passed = self.interval_calibration.from_others.applied_to(*np.quantile(rework_days, LEVELS, axis=1))
        estimates = {}
        for index, case in enumerate(cases):
            checked = self.checks.ends(waited[index], now) if case.history.awaits_check else None
            end = _pair_at(now, passed, index)
            result_at = case.history.first_result_at
            first_at = now if result_at is None else result_at
            estimates[case.history.case] = CaseEstimate(
                first_verdict=checked if checked and result_at is None else QuantilePair(p50=first_at, p90=first_at),
                passed=end if checked is None else end.not_before(checked),
                sent_back=self.send_back_rates.share(case.history.attributes),
                decided=checked or end,
            )
        return estimates

    def rework_days(
        self, cases: Sequence[OpenCase], *, verdict_at: FloatArray | None = None, waited: FloatArray | None = None
    ) -> FloatArray:
        """Return sampled days until each case passes, from its expected verdict if given, else from its last step."""
        histories = [case.history for case in cases]
        if self.rework is not None:
            return self.rework.days(histories, PATHS, verdict_at=verdict_at, waited=waited)
        return self.assumptions.rework_days(histories, PATHS, from_verdict=verdict_at is not None)


def waiting_cases(cases: Sequence[OpenCase]) -> WaitingCases:
    """Return queued cases in the arrays that the simulation reads."""
    return WaitingCases(
        np.array([case.ahead or 0 for case in cases], dtype=np.int64),
        np.array([case.history.rank for case in cases], dtype=np.int64),
        np.array([case.due for case in cases], dtype=np.float64),
    )


def _pair_at(now: float, levels: tuple[FloatArray, FloatArray], index: int) -> QuantilePair:
    return QuantilePair(p50=now + float(levels[0][index]), p90=now + float(levels[1][index]))
