"""Writes delay notices to applicants whose case is late or will be late, one for each due date."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, or_
from sqlmodel import Session

from db.columns import to_us
from db.enums import CaseState, WaitsFor
from db.models import CaseRow, DelayNoticeRow
from db.queries.published import CASE, NOTICE, table_of
from workbench.domain.case.running import RUNNING_STATES
from workbench.services.acts.act import note_act
from workbench.services.deadlines.batches import Conditions, act_on_cases, matching_case_ids
from workbench.services.foundation.context import Context
from workbench.services.notices.due_date_letter import ClockLetterKind
from workbench.services.notices.due_date_notices import DueDateMessage, notify

_DELAY = table_of(DelayNoticeRow)
_RUNNING = [state.value for state in RUNNING_STATES]


def notify_of_delays(context: Context) -> int:
    """Write the delay notices of cases that wait too long, and return how many.

    An applicant gets a notice when the due date has passed, or on the due day if the verdict will probably be later.
    The forecasts are made before the transactions that write the notices.
    """
    now = context.now()
    with context.read() as session:
        day_end, zone = context.end_of_today(session), context.zone(session)
    conditions = _may_be_late(now, day_end)
    case_ids = matching_case_ids(context, conditions)
    if not case_ids:
        return 0
    # Imported only if needed, because the forecast takes longer to import than most ticks take.
    from workbench.services.forecast.forecasts import Forecasts

    forecasts, today = Forecasts(context).of_cases(case_ids), now.astimezone(zone).date()

    def act(session: Session, case: CaseRow) -> bool:
        forecast = forecasts.get(case.id or 0)
        is_at_risk = forecast is not None and forecast.first_verdict.p50 > today
        if case.due_at is None or (case.due_at > now and not is_at_risk):
            return False
        message = DueDateMessage(kind=ClockLetterKind.DELAY, is_late=True, forecast=forecast)
        notify(session, context, [(case, message)])
        session.add(DelayNoticeRow(case_id=case.id or 0, due_at=case.due_at, told_at=context.now()))
        note_act(session, context, "delay-told", case.id, {"due_us": to_us(case.due_at)})
        return True

    return act_on_cases(context, case_ids, conditions, act)


def _may_be_late(now: datetime, day_end: datetime) -> Conditions:
    """Return the conditions on running cases that are late or due today and whose applicants got no delay notice.

    As in `domain.case.running`, a case that was late before an open suspension started stays late during it.
    """
    stopped = CASE.c.suspended_from
    is_with_applicant = and_(CASE.c.state == CaseState.PENDING.value, CASE.c.waits_for == WaitsFor.APPLICANT.value)
    is_late = and_(CASE.c.due_at <= now, or_(stopped.is_(None), stopped >= CASE.c.due_at))
    is_due_today = and_(CASE.c.due_at > now, CASE.c.due_at <= day_end, or_(stopped.is_(None), stopped > now))
    return (CASE.c.state.in_(_RUNNING), ~is_with_applicant, or_(is_late, is_due_today), ~_has_delay_notice())


def _has_delay_notice() -> ColumnElement[bool]:
    """Return the condition that an applicant got a delay notice after the due date, or an early one for this date."""
    is_after_due = NOTICE.c.created_at >= CASE.c.due_at
    return or_(
        exists().where(NOTICE.c.case_id == CASE.c.id, NOTICE.c.kind == ClockLetterKind.DELAY.value, is_after_due),
        exists().where(_DELAY.c.case_id == CASE.c.id, _DELAY.c.due_at == CASE.c.due_at),
    )
