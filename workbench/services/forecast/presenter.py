"""From what is expected of an office, in working days, to what is told of it, in days of the calendar."""

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
"""So much of a working day is on that day, not on the closing before it."""


@dataclass(frozen=True)
class ForecastPresenter:
    """What is told of an office now, as many deciding as are there, or so many as are asked about.

    Whatever is expected sooner than anybody can act is told for the day on which somebody can.
    """

    queue_model: QueueModel
    calendar: WorkingCalendar
    now: datetime
    reviewers: int | None = None

    def cases(self, cases: Sequence[OpenCase], states: Mapping[int, CaseState]) -> list[CaseForecast]:
        """Return what is told of cases, in the order given."""
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
                reviewers=self._there,
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
        """Return what is told of all that is queued."""
        clearing = self.queue_model.queue_clearing(cases, self._at, self.reviewers)
        to_the_end = self.queue_model.time.count - self._at
        p50, p90 = (to_the_end, to_the_end) if self._is_endless else (clearing.p50_days, clearing.p90_days)
        cleared = DayRange(p50=self.queue_model.time.day(self._at + p50), p90=self.queue_model.time.day(self._at + p90))
        return QueueForecast(
            queued=clearing.queued,
            held=sum(case.is_held for case in cases),
            reviewers=self._there,
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
    def _there(self) -> int:
        return self.queue_model.present(self._at) if self.reviewers is None else self.reviewers

    @cached_property
    def _back(self) -> int | None:
        """From which working day on somebody decides: today, unless all are away."""
        return int(self._at) if self.reviewers is not None else self.queue_model.first_day_with_reviewer(self._at)

    @property
    def _is_endless(self) -> bool:
        return self._back is None

    @property
    def _back_on(self) -> date | None:
        """The day on which somebody is back, None while somebody is there and where none is known."""
        return None if self._there or self._back is None else self.queue_model.time.day(self._back + _HARDLY)

    @property
    def _far_end(self) -> DayRange:
        """The last day that is looked at, which stands for none."""
        last = self.queue_model.time.day(self.queue_model.time.count)
        return DayRange(p50=last, p90=last)

    def _is_provisional(self, last: date) -> bool:
        """Say whether days up to the last one told may still change; days that are not told cannot."""
        return not self._is_endless and self.calendar.depends_on_provisional(self._today, last)

    def _ranges(
        self, cases: Sequence[OpenCase], found: Sequence[Forecast]
    ) -> list[tuple[DayRange, DayRange, DayRange]]:
        """Return of each case the days of its first verdict, of its passing, and of the result of its check."""
        reaches: list[QuantilePair] = []
        is_told: list[bool] = []
        for case, each in zip(cases, found, strict=True):
            # What is told already was on its day, whenever anybody can act again.
            told = case.history.first_result_at is not None
            first = each.first_verdict if told else self._feasible(case, each.first_verdict)
            reaches += first, *(self._feasible(case, one) for one in (each.passed, each.checked or each.passed))
            is_told += told, False, False
        p50 = self._days([reach.p50 for reach in reaches], is_told)
        p90 = self._days([reach.p90 for reach in reaches], is_told)
        days = [
            self._far_end if self._is_endless and not told and reach.p90 >= self._at else DayRange(p50=middle, p90=end)
            for reach, told, middle, end in zip(reaches, is_told, p50, p90, strict=True)
        ]
        return list(zip(days[::3], days[1::3], days[2::3], strict=True))

    def _days(self, at: Sequence[float], is_told: Sequence[bool]) -> list[date]:
        """Return the days of times, of what was told already and of what is to come."""
        time, times = self.queue_model.time, np.array(at)
        both = zip(time.days(times), time.days_to_come(times, self._at), is_told, strict=True)
        return [past if told else to_come for past, to_come, told in both]

    def _feasible(self, case: OpenCase, reach: QuantilePair) -> QuantilePair:
        """Return a range that does not begin before somebody can act on the case; what is past stays as it is."""
        goes_on = case.stopped_until + _HARDLY if case.stopped_until else 0.0
        soonest = max(self._soonest, self._tomorrow if case.is_stopped else 0.0, goes_on)
        if reach.p90 < self._at or reach.p50 >= soonest:
            return reach
        # Whose work others go on with meanwhile is as uncertain then as now.
        width = reach.p90 - reach.p50 if goes_on else 0.0
        return QuantilePair(p50=soonest, p90=max(reach.p90, soonest + width))

    @cached_property
    def _soonest(self) -> float:
        return self._back + _HARDLY if self._back_on is not None and self._back is not None else 0.0

    @cached_property
    def _tomorrow(self) -> float:
        return self.queue_model.time.of_day(self._today + timedelta(days=1)) + _HARDLY
