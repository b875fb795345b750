"""Converts the results of the queue model, in working days, to forecasts in calendar days."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property

import numpy as np

from db.enums import CaseState, Severity
from workbench.domain.clock.calendar import WorkingCalendar
from workbench.domain.forecast.estimates import CaseEstimate, QuantilePair
from workbench.domain.forecast.queue.model import OpenCase, QueueModel
from workbench.domain.forecast.result import CaseForecast, DayRange, PassNeed, PassRate, QueueForecast

_MOMENT = 1e-6
"""A tiny part of a working day; the start of a day plus this part does not count as the end of the day before."""


@dataclass(frozen=True)
class ForecastPresenter:
    """Makes forecasts as of `now`, with a given number of reviewers or with those who are present.

    If the model expects a result before any reviewer can act, the result is moved to the first day with a reviewer.
    """

    queue_model: QueueModel
    calendar: WorkingCalendar
    now: datetime
    reviewers: int | None = None

    def cases(self, cases: Sequence[OpenCase], states: Mapping[int, CaseState]) -> list[CaseForecast]:
        """Return the forecasts of cases, in the order given."""
        estimates = self.queue_model.forecast(cases, self._at, self.reviewers)
        ranges = self._ranges(cases, estimates)
        per_day = self.queue_model.per_day(self._at, self.reviewers)
        return [
            CaseForecast(
                case_id=case.history.case,
                state=states[case.history.case],
                first_verdict=first,
                decided=decided,
                passed=None if needs else passed,
                passed_needs=needs,
                has_warnings=case.history.attributes["findings"] == Severity.WARN,
                pass_rate=self._pass_rate(case),
                is_decided=case.history.first_result_at is not None,
                ahead=None if case.is_arriving or case.is_returning else case.ahead,
                reviewers=self._reviewer_count,
                per_day=per_day,
                sent_back=estimate.sent_back,
                is_thin=self.queue_model.is_thin,
                is_suspended=self.queue_model.is_suspended or case.is_stopped,
                is_queue_long=self.queue_model.is_queue_long,
                is_incomplete=case.is_arriving,
                is_with_others=case.waits_for_others,
                answer=self._answer(case.answer_at),
                saved_days=self._saved_days(case, estimate),
                is_provisional=self._is_provisional(decided.p90 if needs else max(decided.p90, passed.p90)),
                back_on=self._returns_on,
                is_endless=self._is_endless,
            )
            for case, estimate, (first, passed, decided) in zip(cases, estimates, ranges, strict=True)
            for needs in (_needs(case, states[case.history.case]),)
        ]

    def queue(self, cases: Sequence[OpenCase]) -> QueueForecast:
        """Return the forecast of the queue."""
        clearing = self.queue_model.queue_clearing(cases, self._at, self.reviewers)
        to_the_end = self.queue_model.time.day_count - self._at
        p50, p90 = (to_the_end, to_the_end) if self._is_endless else (clearing.p50_days, clearing.p90_days)
        p50_on, p90_on = self.queue_model.time.dates_of(np.array([self._at + p50, self._at + p90]))
        return QueueForecast(
            queued=clearing.queued,
            held=sum(case.is_held for case in cases),
            reviewers=self._reviewer_count,
            usual_reviewers=self.queue_model.present_count(self._at),
            per_day=self.queue_model.per_day(self._at, self.reviewers),
            p50_days=p50,
            p90_days=p90,
            cleared=DayRange(p50=p50_on, p90=p90_on),
            late_p50=clearing.late_p50,
            late_p90=clearing.late_p90,
            days=() if self._is_endless else clearing.days,
            is_thin=self.queue_model.is_thin,
            is_suspended=self.queue_model.is_suspended,
            is_provisional=bool(clearing.queued) and self._is_provisional(p90_on),
            back_on=self._returns_on,
            is_endless=self._is_endless,
        )

    def _saved_days(self, case: OpenCase, estimate: CaseEstimate) -> int:
        """Return by how many working days the p90 of passing is earlier if the applicant answers the findings now."""
        attributes = {**case.history.attributes, "findings": case.findings_if_answered}
        is_known = case.findings_if_answered and case.ahead is not None and case.history.first_result is None
        if not is_known or attributes == case.history.attributes:
            return 0
        answered = replace(case, history=replace(case.history, attributes=attributes))
        (estimate_if_answered,) = self.queue_model.forecast([answered], self._at, self.reviewers)
        return max(round(estimate.passed.p90 - estimate_if_answered.passed.p90), 0)

    def _pass_rate(self, case: OpenCase) -> PassRate | None:
        """Return how often similar cases passed at the first decision, None if a verdict has been given."""
        has_verdict = case.history.first_result is not None or case.history.awaits_check
        return None if has_verdict else self.queue_model.pass_rates.of(case.history)

    @cached_property
    def _at(self) -> float:
        """The time `now` in working days."""
        return self.queue_model.time.from_instant(self.now)

    @cached_property
    def _today(self) -> date:
        return self.calendar.local_day(self.now)

    @cached_property
    def _reviewer_count(self) -> int:
        """How many reviewers decide: the given number, or else those who are present."""
        return self.queue_model.present_count(self._at) if self.reviewers is None else self.reviewers

    @cached_property
    def _first_staffed_day(self) -> int | None:
        """The number of the first working day with a reviewer: today, or the first return; None if it is unknown."""
        return int(self._at) if self.reviewers is not None else self.queue_model.first_day_with_reviewer(self._at)

    @property
    def _is_endless(self) -> bool:
        return self._first_staffed_day is None

    @property
    def _returns_on(self) -> date | None:
        """The day on which the first reviewer returns, None while one is present or if no return is known."""
        day = self._first_staffed_day
        return None if self._reviewer_count or day is None else self.queue_model.time.date_of(day + _MOMENT)

    @property
    def _last_day(self) -> DayRange:
        """The last day that the model covers, which stands for an unknown day."""
        last = self.queue_model.time.date_of(self.queue_model.time.day_count)
        return DayRange(p50=last, p90=last)

    def _is_provisional(self, last: date) -> bool:
        """Say whether the calendar may still change before the last day that is shown; unknown days are not shown."""
        return not self._is_endless and self.calendar.depends_on_provisional(self._today, last)

    def _ranges(
        self, cases: Sequence[OpenCase], estimates: Sequence[CaseEstimate]
    ) -> list[tuple[DayRange, DayRange, DayRange]]:
        """Return the days of the first verdict, of passing and of the next decision, for each case."""
        # Three ranges of each case follow one another, because the days of all times are computed together.
        pairs: list[QuantilePair] = []
        is_released: list[bool] = []
        for case, estimate in zip(cases, estimates, strict=True):
            # A released result is in the past and keeps its day, no matter when a reviewer can act again.
            released = case.history.first_result_at is not None
            first = estimate.first_verdict if released else self._feasible(case, estimate.first_verdict)
            pairs += first, *(self._feasible(case, one) for one in (estimate.passed, estimate.decided))
            is_released += released, False, False
        p50 = self._days([pair.p50 for pair in pairs], is_released)
        p90 = self._days([pair.p90 for pair in pairs], is_released)
        is_unknown = [
            self._is_endless and not released and pair.p90 >= self._at
            for pair, released in zip(pairs, is_released, strict=True)
        ]
        days = [
            self._last_day if unknown else DayRange(p50=middle, p90=end)
            for unknown, middle, end in zip(is_unknown, p50, p90, strict=True)
        ]
        return list(zip(days[::3], days[1::3], days[2::3], strict=True))

    def _days(self, at: Sequence[float], is_released: Sequence[bool]) -> list[date]:
        """Return the days of some times; the time of a result that is not released lies in the future."""
        time, times = self.queue_model.time, np.array(at)
        possible_days = zip(time.dates_of(times), time.coming_dates(times, self._at), is_released, strict=True)
        return [past if released else to_come for past, to_come, released in possible_days]

    def _feasible(self, case: OpenCase, pair: QuantilePair) -> QuantilePair:
        """Return a range that does not begin before a reviewer can act on the case; a past range stays the same.

        A case that waits for others can be decided once the answer has come.
        """
        resumes_at = case.stopped_until + _MOMENT if case.stopped_until else 0.0
        pair = pair if case.answer_at is None else pair.not_before(case.answer_at)
        earliest = max(self._earliest, self._tomorrow if case.is_stopped else 0.0, resumes_at)
        if pair.p90 < self._at or pair.p50 >= earliest:
            return pair
        # Work on other cases continues during a suspension with an end, so the range keeps its width.
        width = pair.p90 - pair.p50 if resumes_at else 0.0
        return QuantilePair(p50=earliest, p90=max(pair.p90, earliest + width))

    def _answer(self, at: QuantilePair | None) -> DayRange | None:
        """Return the days on which the answer of others comes, None if that is not known."""
        days = [] if at is None else self.queue_model.time.coming_dates(np.array([at.p50, at.p90]), self._at)
        return DayRange(p50=days[0], p90=days[1]) if days else None

    @cached_property
    def _earliest(self) -> float:
        day = self._first_staffed_day
        return 0.0 if self._returns_on is None or day is None else day + _MOMENT

    @cached_property
    def _tomorrow(self) -> float:
        return self.queue_model.time.number_of_day(self._today + timedelta(days=1)) + _MOMENT


def _needs(case: OpenCase, state: CaseState) -> tuple[PassNeed, ...]:
    """Return the steps that are needed before a case can pass, in their order."""
    is_with_applicant = state in {CaseState.RECTIFYING, CaseState.PENDING} and not case.waits_for_others
    applies = {
        PassNeed.DOCUMENTS: case.is_arriving,
        PassNeed.ITEMS: is_with_applicant,
        PassNeed.APPEAL: state is CaseState.APPEALED,
        PassNeed.CHECK: case.is_staged_against,
        PassNeed.FINDINGS: case.history.attributes["findings"] == Severity.BLOCK,
    }
    return tuple(need for need, is_needed in applies.items() if is_needed)
