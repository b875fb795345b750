"""Moves on the deadline in a letter that was sent late, and takes back a lapse that this deadline no longer allows."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from db.enums import CaseState, Verdict, WaitsFor
from db.models import CaseRow, DecisionRow, RectificationItemRow, RectificationRow
from db.queries.published import NOTICE
from workbench.domain.clock.due import moved_on, working_days_late
from workbench.services.case.decisions import items_in_plan, newest_decision, open_rectification
from workbench.services.foundation.case_access import case_instead_of
from workbench.services.foundation.context import Context
from workbench.services.notices.due_date_letter import ClockLetterKind
from workbench.services.rectifying.lapse import take_back_lapse
from workbench.services.rectifying.rectification import next_deadline, open_items

MOVED = "sent-late"
"""The event of a case whose letter was sent so late that its deadline moves."""

_WITH_DEADLINE = (Verdict.FAIL.value, ClockLetterKind.DEADLINE.value)
KINDS_WITH_DEADLINE = frozenset({*_WITH_DEADLINE, Verdict.PENDING.value})
"""The kinds of letters whose deadline moves on if they are sent late."""

_LAPSED_STATES = (CaseState.LAPSED, CaseState.APPEALED)


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedDeadline:
    """A deadline that moved on because its letter was sent late.

    The case may have lapsed at the old deadline; `is_lapse_undone` says that this was taken back.
    """

    case_id: int
    deadline_on: date
    has_lapsed: bool = False
    is_lapse_undone: bool = False


def move_deadline(session: Session, context: Context, notice: Any, sent_at: datetime) -> MovedDeadline | None:
    """Move on the deadline in a letter by the working days that it was sent late; return None if nothing moves.

    The deadline counts from the release, and the letter keeps it as printed. A case that lapsed although the new
    deadline is still to come is rectified on, with a notice that takes the lapse back, unless a newer case replaced it.
    """
    if notice.kind not in KINDS_WITH_DEADLINE:
        return None
    case = session.get_one(CaseRow, notice.case_id)
    days = working_days_late(notice.release_at, sent_at, context.calendar(session, case.policy_version_id))
    if not days:
        return None
    move = _move_pending_date if notice.kind == Verdict.PENDING else _move_rectification
    deadline_on = move(session, context, case, notice, days)
    if deadline_on is None:
        return None
    body = {"notice": notice.id, "days": days, "deadline": deadline_on.isoformat()}
    context.log(session, MOVED, case_id=case.id, body=body)
    row, is_undone = open_rectification(session, case), take_back_early_lapse(session, context, case)
    moved = partial(MovedDeadline, case_id=case.id or 0, deadline_on=deadline_on)
    return moved(has_lapsed=row is not None and case.state in _LAPSED_STATES, is_lapse_undone=is_undone)


def take_back_early_lapse(session: Session, context: Context, case: CaseRow) -> bool:
    """Take back a lapse if the deadline has moved and is still to come, and return whether it was."""
    row = open_rectification(session, case) if case.state == CaseState.LAPSED else None
    until = None if row is None else next_deadline(session, row)
    is_early = until is not None and until >= context.now() and case_instead_of(session, case) is None
    if is_early:
        take_back_lapse(session, context, case)
    return is_early


def move_again(session: Session, context: Context, case: CaseRow) -> None:
    """Move on the deadlines that an undo has restored, by the days that their letters were sent late meanwhile."""
    of_case = (NOTICE.c.case_id == case.id, NOTICE.c.kind.in_(_WITH_DEADLINE), NOTICE.c.cancelled_at.is_(None))
    calendar = context.calendar(session, case.policy_version_id)
    for notice in session.execute(select(NOTICE).where(*of_case, NOTICE.c.sent_at.is_not(None)).order_by(NOTICE.c.id)):
        if days := working_days_late(notice.release_at, notice.sent_at, calendar):
            _move_rectification(session, context, case, notice, days)


def _move_rectification(session: Session, context: Context, case: CaseRow, notice: Any, days: int) -> date | None:
    """Move on the deadlines that a letter gives for an open rectification, and return the day of the first moved one.

    A deadline that a supervisor has extended further since stays: the letter about the extension gives that one.
    """
    row = open_rectification(session, case)
    if row is None:
        return None
    calendar = context.calendar(session, case.policy_version_id)
    moved = []
    for one, printed_at in _printed(session, row, notice):
        new = moved_on(printed_at, days, calendar)
        if one.deadline_at is not None and new > one.deadline_at:
            one.deadline_at = new
            moved.append(new)
    return calendar.local_day(moved[0]) if moved else None


def _printed(session: Session, row: RectificationRow, notice: Any) -> list[tuple[Any, datetime]]:
    """Return the rectification and its open items whose deadlines a letter gives, each with that deadline."""
    own = [item for item in open_items(session, row) if item.deadline_at is not None]
    if notice.kind == ClockLetterKind.DEADLINE:
        rows: list[RectificationRow | RectificationItemRow] = [row, *own]
        return [(one, notice.told_due_at) for one in rows if one.deadline_at == notice.told_due_at]
    decision = session.get_one(DecisionRow, row.decision_id)
    if notice.decision_id != decision.id:
        return []
    plan = items_in_plan(decision)
    printed = [(row, decision.deadline_at), *((item, plan[item.position].deadline_at) for item in own)]
    return [(one, at) for one, at in printed if at is not None]


def _move_pending_date(session: Session, context: Context, case: CaseRow, notice: Any, days: int) -> date | None:
    """Move on the next-action date of a case that still waits for its applicant, and return the new date."""
    newest = newest_decision(session, case.id or 0, "applied", "approved")
    waits = case.state == CaseState.PENDING and case.waits_for == WaitsFor.APPLICANT
    if not waits or newest is None or newest.id != notice.decision_id:
        return None
    if newest.until_on is None or case.next_action_on is None:
        return None
    new_day = context.calendar(session, case.policy_version_id).nth_working_day_after(newest.until_on, days)
    if new_day <= case.next_action_on:
        return None
    case.next_action_on = new_day
    return new_day
