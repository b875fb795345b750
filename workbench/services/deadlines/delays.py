"""Telling applicants that their answer comes late: once its due date has passed, or as soon as it cannot be kept."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, exists, insert, or_
from sqlmodel import Session

from db.columns import to_us
from db.enums import CaseState, WaitsFor
from db.models import CaseRow, DelayNoticeRow
from db.queries.published import CASE, table_of
from workbench.domain.case.running import RUNNING_STATES
from workbench.domain.forecast.result import CaseForecast
from workbench.services.deadlines.batches import Wanted, act_on, find_each
from workbench.services.foundation.context import Context
from workbench.services.notices.due_date_letter import ClockLetterKind
from workbench.services.notices.due_date_notices import NOTICE, DueNews, tell_due

_DELAY = table_of(DelayNoticeRow)
_RUNNING = [state.value for state in RUNNING_STATES]


def tell_delays(context: Context) -> int:
    """Write the delay notices that cases owe by volume, each once for each due date, and return how many.

    Owed to whose due date passed while it waited, and to who is due today and, more likely than not, decided on a later
    day. What is expected is worked out before the transactions that write the notices.
    """
    now = context.now()
    with context.read() as session:
        day_end, zone = context.end_of_today(session), context.zone(session)
    wanted = _may_be_owed(now, day_end)
    case_ids = find_each(context, wanted)
    if not case_ids:
        return 0
    # What the forecast needs takes longer to import than most ticks.
    from workbench.services.forecast.forecasts import Forecasts

    telling = _Telling(context, now, now.astimezone(zone).date(), Forecasts(context).of_cases(case_ids))
    return act_on(context, case_ids, wanted, telling.tell)


@dataclass(frozen=True, slots=True)
class _Telling:
    """Who is told, as of an instant and its day, knowing what to expect of the cases that were found."""

    context: Context
    now: datetime
    today: date
    expected: dict[int, CaseForecast]

    def tell(self, session: Session, case: CaseRow) -> bool:
        """Write the notice of a case that may be owed one, if it is, and say whether it was."""
        forecast = self.expected.get(case.id or 0)
        if case.due_at is None or (case.due_at > self.now and not self._is_at_risk(forecast)):
            return False
        tell_due(session, self.context, case, DueNews(kind=ClockLetterKind.DELAY, is_late=True, forecast=forecast))
        told = {"case_id": case.id, "due_at": case.due_at, "told_at": self.context.now()}
        session.execute(insert(_DELAY).values(told))
        self.context.log(session, "delay-told", case_id=case.id, body={"due_us": to_us(case.due_at)})
        return True

    def _is_at_risk(self, forecast: CaseForecast | None) -> bool:
        """Say whether a case that is due today is more likely than not decided on a later day."""
        return forecast is not None and forecast.first_verdict.p50 > self.today


def _may_be_owed(now: datetime, day_end: datetime) -> Wanted:
    """Return the conditions on cases that are late or due today, while their clock runs, and were not told of it.

    As `domain.running` has it: a case whose due time had come before an open suspension began is late during it, too.
    """
    stopped = CASE.c.suspended_from
    is_with_applicant = and_(CASE.c.state == CaseState.PENDING.value, CASE.c.waits_for == WaitsFor.APPLICANT.value)
    is_late = and_(CASE.c.due_at <= now, or_(stopped.is_(None), stopped >= CASE.c.due_at))
    is_due_today = and_(CASE.c.due_at > now, CASE.c.due_at <= day_end, or_(stopped.is_(None), stopped > now))
    return (CASE.c.state.in_(_RUNNING), ~is_with_applicant, or_(is_late, is_due_today), ~_was_told())


def _was_told() -> ColumnElement[bool]:
    """Return whether an applicant was told of a delay: after the due date passed, or of this due date in advance."""
    is_since = NOTICE.c.created_at >= CASE.c.due_at
    return or_(
        exists().where(NOTICE.c.case_id == CASE.c.id, NOTICE.c.kind == ClockLetterKind.DELAY.value, is_since),
        exists().where(_DELAY.c.case_id == CASE.c.id, _DELAY.c.due_at == CASE.c.due_at),
    )
