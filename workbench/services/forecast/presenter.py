"""Turns the results of the queue model, in working days, into forecasts in calendar days."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

import numpy as np

from db.enums import CaseState
from workbench.domain.clock.calendar import WorkingCalendar
from workbench.domain.forecast.estimates import Forecast, QuantilePair
from workbench.domain.forecast.queue.model import OpenCase, QueueModel
from workbench.domain.forecast.result import CaseForecast, DayRange, QueueForecast

_HARDLY = 1e-6
"""A tiny part of a working day, so that a time falls on this day and not on the closing time of the day before."""


@dataclass(frozen=True)
class ForecastPresenter:
    """Makes forecasts at a time, with the reviewers who are present or with a number of reviewers.

    An event that the model expects before any reviewer can act is moved to the first day on which one can.
    """

    queue_model: QueueModel
    calendar: WorkingCalendar
    now: datetime
    reviewers: int | None = None

    def cases(self, cases: Sequence[OpenCase], states: Mapping[int, CaseState]) -> list[CaseForecast]:
        """Return the forecasts of cases, in the order given."""
        found = self.queue_model.forecast(cases, self._at, self.reviewers)
        ranges = self._ranges(cases, found)
        per_day = self.queue_model.per_day(self._at, self.reviewers)
        return [
            CaseForecast(
                case_id=each.case,
                state=states[each.case],
                first_verdict=first,
                passed=passed,
                checked=None if each.checked is None else checked,
                is_decided=case.history.first_result_at is not None,
                ahead=None if case.is_arriving else each.ahead,
                reviewers=self._present,
                per_day=per_day,
                sent_back=each.sent_back,
                is_thin=self.queue_model.is_thin,
                is_suspended=self.queue_model.is_suspended or case.is_stopped,
                is_incomplete=case.is_arriving,
                is_with_others=case.waits_for_others,
                is_provisional=self._is_provisional(max(first.p90, passed.p90)),
                back_on=self._back_on,
                is_endless=self._is_endless,
            )
            for case, each, (first, passed, checked) in zip(cases, found, ranges, strict=True)
        ]

    def queue(self, cases: Sequence[OpenCase]) -> QueueForecast:
        """Return the forecast of the queue."""
        clearing = self.queue_model.queue_clearing(cases, self._at, self.reviewers)
        to_the_end = self.queue_model.time.day_count - self._at
        p50, p90 = (to_the_end, to_the_end) if self._is_endless else (clearing.p50_days, clearing.p90_days)
        cleared = DayRange(p50=self.queue_model.time.day(self._at + p50), p90=self.queue_model.time.day(self._at + p90))
        return QueueForecast(
            queued=clearing.queued,
            held=sum(case.is_held for case in cases),
            reviewers=self._present,
            usual_reviewers=self.queue_model.present(self._at),
            per_day=self.queue_model.per_day(self._at, self.reviewers),
            p50_days=p50,
            p90_days=p90,
            cleared=cleared,
            late_p50=clearing.late_p50,
            late_p90=clearing.late_p90,
            days=() if self._is_endless else clearing.days,
            is_thin=self.queue_model.is_thin,
            is_suspended=self.queue_model.is_suspended,
            is_provisional=bool(clearing.queued) and self._is_provisional(cleared.p90),
            back_on=self._back_on,
            is_endless=self._is_endless,
            made_at=self.now,
        )

    @cached_property
    def _at(self) -> float:
        return self.queue_model.time.of_instant(self.now)

    @cached_property
    def _today(self) -> date:
        return self.calendar.local_day(self.now)

    @cached_property
    def _present(self) -> int:
        return self.queue_model.present(self._at) if self.reviewers is None else self.reviewers

    @cached_property
    def _back(self) -> int | None:
        """The first working day with a reviewer: today unless all are away, None if no return is known."""
        return int(self._at) if self.reviewers is not None else self.queue_model.first_day_with_reviewer(self._at)

    @property
    def _is_endless(self) -> bool:
        return self._back is None

    @property
    def _back_on(self) -> date | None:
        """The day on which the first reviewer returns, None while one is present or if no return is known."""
        return None if self._present or self._back is None else self.queue_model.time.day(self._back + _HARDLY)

    @property
    def _far_end(self) -> DayRange:
        """The last day of the horizon, which stands for an unknown day."""
        last = self.queue_model.time.day(self.queue_model.time.day_count)
        return DayRange(p50=last, p90=last)

    def _is_provisional(self, last: date) -> bool:
        """Say whether the days up to the last one shown may still change; unknown days are not shown."""
        return not self._is_endless and self.calendar.depends_on_provisional(self._today, last)

    def _ranges(
        self, cases: Sequence[OpenCase], found: Sequence[Forecast]
    ) -> list[tuple[DayRange, DayRange, DayRange]]:
        """Return the days of the first verdict, of passing and of the check's result, for each case."""
        reaches: list[QuantilePair] = []
        is_released: list[bool] = []
        for case, each in zip(cases, found, strict=True):
            # A released result keeps its day, whenever a reviewer can act again.
            released = case.history.first_result_at is not None
            first = each.first_verdict if released else self._feasible(case, each.first_verdict)
            reaches += first, *(self._feasible(case, one) for one in (each.passed, each.checked or each.passed))
            is_released += released, False, False
        p50 = self._days([reach.p50 for reach in reaches], is_released)
        p90 = self._days([reach.p90 for reach in reaches], is_released)
        is_unknown = [
            self._is_endless and not released and reach.p90 >= self._at
            for reach, released in zip(reaches, is_released, strict=True)
        ]
        days = [
            self._far_end if unknown else DayRange(p50=middle, p90=end)
            for unknown, middle, end in zip(is_unknown, p50, p90, strict=True)
        ]
        return list(zip(days[::3], days[1::3], days[2::3], strict=True))

    def _days(self, at: Sequence[float], is_released: Sequence[bool]) -> list[date]:
        """Return the days of released results and of future ones."""
        time, times = self.queue_model.time, np.array(at)
        both = zip(time.days(times), time.days_to_come(times, self._at), is_released, strict=True)
        return [past if released else to_come for past, to_come, released in both]

    def _feasible(self, case: OpenCase, reach: QuantilePair) -> QuantilePair:
        """Return a range that does not begin before a reviewer can act on the case; a past range stays the same."""
        goes_on = case.stopped_until + _HARDLY if case.stopped_until else 0.0
        soonest = max(self._soonest, self._tomorrow if case.is_stopped else 0.0, goes_on)
        if reach.p90 < self._at or reach.p50 >= soonest:
            return reach
        # Work on other cases continues meanwhile, so the range stays as wide.
        width = reach.p90 - reach.p50 if goes_on else 0.0
        return QuantilePair(p50=soonest, p90=max(reach.p90, soonest + width))

    @cached_property
    def _soonest(self) -> float:
        return self._back + _HARDLY if self._back_on is not None and self._back is not None else 0.0

    @cached_property
    def _tomorrow(self) -> float:
        return self.queue_model.time.of_day(self._today + timedelta(days=1)) + _HARDLY
