"""What is expected of the cases that become complete with an import, worked out before they are written."""

from collections.abc import Iterable

from sqlmodel import Session

from db.enums import CaseState, ServiceClass
from db.models import CaseRow
from workbench.domain.clock.suspension import Suspension, stopped_until
from workbench.domain.forecast.result import CaseForecast
from workbench.services.case.assessment import assessed_columns
from workbench.services.clock.case_clocks import first_clock_state
from workbench.services.forecast.arrival_forecasts import ArrivalForecasts, NewCase
from workbench.services.foundation.calendar_days import all_suspensions
from workbench.services.foundation.context import Context
from workbench.services.notices.receipts import shows_forecast
from workbench.services.review.new_evidence import Arrival


def of_completed(
    context: Context, came: Iterable[tuple[CaseRow, Arrival]], expecting: ArrivalForecasts
) -> dict[int, CaseForecast]:
    """Return what is expected of the cases that become complete, by their numbers; of those that are told of it."""
    completed: dict[int, tuple[CaseRow, Arrival]] = {}
    for case, arrival in came:
        if case.state == CaseState.INCOMPLETE and arrival.assessment.is_complete:
            completed.setdefault(case.id or 0, (case, arrival))
    if not completed:
        return {}
    with context.read() as session:
        stops = all_suspensions(session)
        comers = [_comer(session, context, case, arrival, stops) for case, arrival in completed.values()]
    found = zip(completed, expecting.of(comers), strict=True)
    return {case_id: forecast for case_id, forecast in found if forecast is not None}


def _comer(
    session: Session, context: Context, case: CaseRow, arrival: Arrival, stops: tuple[Suspension, ...]
) -> NewCase:
    """Return a case as it will come into the queue."""
    policy = context.policy(session, case.policy_version_id)
    calendar = context.calendar(session, case.policy_version_id)
    columns = assessed_columns(case, arrival.assessment)
    service_class = ServiceClass(columns.get("service_class", case.service_class))
    _complete_at, standing = first_clock_state(arrival.evidence, service_class, policy, stops, calendar)
    application, now = arrival.evidence.application, context.now()
    return NewCase(
        applicant_kind=application.applicant_kind,
        worst_severity=arrival.assessment.worst_severity,
        service_class=service_class,
        priority_rank=columns.get("priority_rank", case.priority_rank),
        due_at=standing.due_at,
        gets_forecast=shows_forecast(policy, standing.due_at, standing.suspended_from, now),
        stopped_until=stopped_until(stops, application.province, application.agent, now),
    )
