"""Moves the deadlines of applicants from days that have become days off, after the calendar has changed."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, false, or_, select
from sqlmodel import Session, col

from db.enums import CaseState, WaitsFor
from db.models import CaseRow, SettingRow
from db.queries.published import CASE, ITEM, NOTICE, RECTIFICATION, chunks, is_published
from workbench.domain.clock.calendar import CalendarDay, WorkingCalendar
from workbench.services.clock.case_clocks import Clocks
from workbench.services.clock.due_date_changes import DueChange
from workbench.services.clock.stated_deadlines import StatedDeadline, stated_deadlines
from workbench.services.foundation.calendar_days import NOTED_DAYS_OFF, noted_days_off
from workbench.services.foundation.context import Context

CASES_PER_TRANSACTION = 50
"""The number of cases in one transaction. Another writer waits for one transaction at most."""


def note_days_off(session: Session, context: Context, days: Sequence[CalendarDay]) -> None:
    """Note the changed days that are days off now; `move_from_noted_days_off` later moves deadlines from them."""
    noted = sorted({*noted_days_off(session), *_coming_days_off(session, context, days)})
    if noted:
        session.merge(SettingRow(name=NOTED_DAYS_OFF, value=" ".join(map(str, noted))))


def _coming_days_off(session: Session, context: Context, days: Sequence[CalendarDay]) -> list[date]:
    """Return those of some days that are days off and not past."""
    today = context.today(session)
    return [day.on for day in days if day.on >= today and not day.working]


def move_from_noted_days_off(context: Context) -> tuple[DueChange, ...]:
    """Move all deadlines from noted days off, and return the moves.

    After an interruption, the next start of the program continues. No applicant gets a notice twice.
    """
    moves: list[DueChange] = []
    with context.read() as session:
        days = noted_days_off(session)
        if not days:
            return ()
        case_ids = session.execute(_cases_with_deadline_on(session, context, days)).scalars().all()
    if case_ids:
        # Imported on first use: every start of the program imports this module, and letters take long to import.
        from workbench.services.notices.suspension_notices import follow_days_off

        for portion in chunks(case_ids, CASES_PER_TRANSACTION):
            with context.write() as session:
                unmoved = _cases_with_deadline_on(session, context, days).where(CASE.c.id.in_(portion))
                found = session.execute(unmoved).scalars().all()
                moves += [_due_change(*moved) for moved in follow_days_off(session, context, found, days)]
    with context.write() as session:
        noted = (col(SettingRow.name) == NOTED_DAYS_OFF, col(SettingRow.value) == " ".join(map(str, days)))
        session.execute(delete(SettingRow).where(*noted))
    return tuple(moves)


def planned_moves(
    session: Session, context: Context, calendar_of: Callable[[int], WorkingCalendar], days: Sequence[CalendarDay]
) -> Iterator[DueChange]:
    """Yield the deadlines that would move if some days changed."""
    off = _coming_days_off(session, context, days)
    case_ids = session.execute(_cases_with_deadline_on(session, context, off)).scalars().all()
    clocks = Clocks(session, context, calendar_of=calendar_of)
    for chunk in chunks(case_ids):
        cases = session.execute(select(CaseRow).where(CASE.c.id.in_(chunk)).order_by(CASE.c.id)).scalars().all()
        stated = stated_deadlines(clocks, cases)
        for case in cases:
            # The letter about the move states the first deadline of a case, see `stated_deadlines`.
            if deadlines := stated.get(case.id or 0):
                yield _due_change(
                    case, deadlines[0], deadlines[0].moved(clocks.suspensions_of(case), clocks.calendar(case))
                )


def _due_change(case: CaseRow, stated: StatedDeadline, moved_at: datetime) -> DueChange:
    return DueChange(
        case_id=case.id or 0, before=stated.in_force_at, after=moved_at, is_provisional=False, is_notified=True
    )


def _cases_with_deadline_on(session: Session, context: Context, days: Sequence[date]) -> Any:
    """Return the statement that selects the published cases whose applicants have a deadline on one of the days."""
    zone = context.zone(session)
    starts = [datetime.combine(day, time(), tzinfo=zone) for day in days]

    def is_on(column: ColumnElement[Any]) -> ColumnElement[bool]:
        return or_(false(), *(column.between(start, start + timedelta(days=1)) for start in starts))

    of_rectification = select(RECTIFICATION.c.case_id).outerjoin(ITEM, ITEM.c.rectification_id == RECTIFICATION.c.id)
    with_deadline = of_rectification.where(
        RECTIFICATION.c.is_open, is_on(RECTIFICATION.c.deadline_at) | is_on(ITEM.c.deadline_at)
    )
    later = NOTICE.alias("later")
    is_later = (later.c.case_id == NOTICE.c.case_id, later.c.appeal_until_on > NOTICE.c.appeal_until_on)
    is_last = ~exists().where(*is_later, later.c.cancelled_at.is_(None))
    with_appeal_day = select(NOTICE.c.case_id).where(
        NOTICE.c.appeal_until_on.in_(days), NOTICE.c.cancelled_at.is_(None), is_last
    )
    is_answering = (CASE.c.state == CaseState.PENDING.value) & (CASE.c.waits_for == WaitsFor.APPLICANT.value)
    is_concerned = or_(
        (CASE.c.state == CaseState.RECTIFYING.value) & CASE.c.id.in_(with_deadline),
        is_answering & CASE.c.next_action_on.in_(days),
        CASE.c.state.in_((CaseState.FAILED.value, CaseState.LAPSED.value)) & CASE.c.id.in_(with_appeal_day),
    )
    return select(CASE.c.id).where(is_concerned, is_published(CASE.c.batch_id)).order_by(CASE.c.id)
