"""The forecast service in memory, with values that a test can set."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from db.enums import CaseState
from workbench.domain.forecast.result import CaseForecast, DayRange, QueueForecast
from workbench.errors import WorkbenchError
from workbench.services.forecast.forecasts import Forecasts

TODAY = date(2026, 11, 24)
SPAN = DayRange(p50=TODAY + timedelta(days=1), p90=TODAY + timedelta(days=3))


def case_forecast(case_id: int, state: CaseState = CaseState.QUEUED) -> CaseForecast:
    """Return the forecast of a case in an office that sends a third of the cases back."""
    return CaseForecast(
        case_id=case_id,
        state=state,
        first_verdict=SPAN,
        decided=SPAN,
        passed=SPAN,
        is_decided=False,
        ahead=31,
        reviewers=4,
        per_day=22,
        sent_back=1 / 3,
        is_thin=False,
        is_incomplete=False,
        is_suspended=False,
    )


@dataclass
class MemoryForecasts(Forecasts):
    """Returns the values that a test sets; `changes` apply to case forecasts, and a `failure` is raised."""

    state_of: Callable[[int], CaseState]
    queued: int = 88
    usual: int = 4
    is_thin: bool = False
    failure: WorkbenchError | None = None
    changes: dict[str, Any] = field(default_factory=dict)
    requests: list[int | None] = field(default_factory=list)

    def of_case(self, case_id: int, reviewers: int | None = None) -> CaseForecast:  # noqa: ARG002 - the signature of the service
        self._fail()
        return replace(case_forecast(case_id, self.state_of(case_id)), **self.changes)

    def of_queue(self, reviewers: int | None = None) -> QueueForecast:
        self._fail()
        self.requests.append(reviewers)
        present = self.usual if reviewers is None else reviewers
        per_day = 5.5 * present
        if not present:
            return self._without_anybody()
        days = tuple(self.queued / per_day * (0.7 + 0.6 * number / 127) for number in range(128)) if self.queued else ()
        return QueueForecast(
            queued=self.queued,
            reviewers=present,
            usual_reviewers=self.usual,
            per_day=per_day,
            p50_days=days[64] if days else 0,
            p90_days=days[115] if days else 0,
            cleared=SPAN,
            late_p50=12 // present if days else 0,
            late_p90=20 // present if days else 0,
            days=days,
            is_thin=self.is_thin,
            is_suspended=False,
        )

    def _without_anybody(self) -> QueueForecast:
        far = DayRange(p50=date(2030, 12, 31), p90=date(2030, 12, 31))
        return QueueForecast(
            queued=self.queued,
            reviewers=0,
            usual_reviewers=0,
            per_day=0,
            p50_days=1_500,
            p90_days=1_500,
            cleared=far,
            late_p50=0,
            late_p90=0,
            days=(),
            is_thin=False,
            is_suspended=False,
            is_endless=True,
        )

    def _fail(self) -> None:
        if self.failure is not None:
            raise self.failure
