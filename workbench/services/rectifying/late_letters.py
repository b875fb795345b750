"""Postpones the deadline in a letter that was sent late, and takes back a lapse that was then too early."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from db.enums import CaseState, Verdict
from db.models import CaseRow, DecisionRow, RectificationItemRow, RectificationRow
from db.queries.published import NOTICE
from workbench.domain.clock.due import postponed_deadline, working_days_late
from workbench.services.case.decisions import first_deadline, items_in_plan, newest_decision, open_rectification
from workbench.services.clock.case_clocks import Clocks
from workbench.services.clock.told_deadlines import MOVED_ACTION, ToldDeadline, move_deadlines, told_deadlines
from workbench.services.foundation.case_access import superseding_case
from workbench.services.foundation.context import Context
from workbench.services.notices.due_date_letter import ClockLetterKind
from workbench.services.rectifying.lapse import correct_deadline, take_back_lapse
from workbench.services.rectifying.rectification import next_deadline

MOVED = "sent-late"
"""The event of a case whose letter was sent so late that its deadline moves."""

_WITH_DEADLINE = (Verdict.FAIL.value, ClockLetterKind.DEADLINE.value)
KINDS_WITH_DEADLINE = frozenset({*_WITH_DEADLINE, Verdict.PENDING.value})
"""The kinds of letters whose deadline moves on if they are sent late."""

_LAPSED_STATES = (CaseState.LAPSED, CaseState.APPEALED)


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedDeadline:
    """The effect of a letter that was sent late: the new deadline.

    The case may have lapsed at the old deadline; `is_lapse_undone` says that the lapse was taken back. Without a day,
    nothing moved, because the case had already continued at its old date without an answer.
    """

    case_id: int
    deadline_on: date | None
    has_lapsed: bool = False
    is_lapse_undone: bool = False


def move_deadline(session: Session, context: Context, notice: Any, sent_at: datetime) -> MovedDeadline | None:
    """Postpone the deadline in a letter by the working days that it was sent late; return None if nothing moves.

    The deadline counts from the release. The sent letter still states the old deadline; unsent letters that state it
    are replaced. If the case has lapsed and the new deadline is in the future, a notice takes the lapse back, unless
    there is a newer case.
    """
    late = _late_effect(session, context, notice, sent_at)
    if late is None:
        return None
    case, calendar = late.case, context.calendar(session, late.case.policy_version_id)
    if late.went_on:
        return MovedDeadline(case_id=case.id or 0, deadline_on=None)
    moved = move_deadlines(case, late.moves, Clocks(session, context), leaves_time=False)
    deadline_on = calendar.local_day(late.moves[0].current(calendar))
    body = {**moved, "notice": notice.id, "days": late.days, "deadline": deadline_on.isoformat()}
    context.log(session, MOVED, case_id=case.id, body=body)
    is_undone = take_back_early_lapse(session, context, case)
    if not is_undone and case.state == CaseState.RECTIFYING:
        correct_deadline(session, context, case)
    if (first := first_deadline(session, case)) is not None:
        deadline_on = max(deadline_on, calendar.local_day(first))
    has_lapsed = case.state in _LAPSED_STATES
    return MovedDeadline(
        case_id=case.id or 0, deadline_on=deadline_on, has_lapsed=has_lapsed, is_lapse_undone=is_undone
    )


def depends_on_sending(session: Session, context: Context, notice: Any, sent_at: datetime) -> bool:
    """Return whether a deadline or a lapse changes if a letter was sent at some time."""
    return _late_effect(session, context, notice, sent_at) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class _LateEffect:
    """The changes that a letter causes because it was sent some working days late."""

    case: CaseRow
    days: int
    moves: Sequence[ToldDeadline] = ()
    went_on: bool = False


def _late_effect(session: Session, context: Context, notice: Any, sent_at: datetime) -> _LateEffect | None:
    """Return the changes that a letter causes if it was sent at a time, None if there are none."""
    if notice.kind not in KINDS_WITH_DEADLINE:
        return None
    case = session.get_one(CaseRow, notice.case_id)
    days = working_days_late(notice.release_at, sent_at, context.calendar(session, case.policy_version_id))
    if not days:
        return None
    if notice.kind == Verdict.PENDING:
        return _pending_late_effect(session, context, case, notice, days)
    moves = _moved_deadlines(session, context, case, notice, days)
    return _LateEffect(case=case, days=days, moves=moves) if moves else None


def take_back_early_lapse(session: Session, context: Context, case: CaseRow) -> bool:
    """Take back a lapse if the deadline has moved into the future, and return whether it was taken back."""
    row = open_rectification(session, case) if case.state == CaseState.LAPSED else None
    until = None if row is None else next_deadline(session, row)
    is_early = until is not None and until >= context.now() and superseding_case(session, case) is None
    if is_early:
        take_back_lapse(session, context, case)
    return is_early


def move_again(session: Session, context: Context, case: CaseRow) -> None:
    """Postpone the deadlines that an undo has restored by the days that their letters were sent late since."""
    of_case = (NOTICE.c.case_id == case.id, NOTICE.c.kind.in_(_WITH_DEADLINE), NOTICE.c.cancelled_at.is_(None))
    calendar = context.calendar(session, case.policy_version_id)
    for notice in session.execute(select(NOTICE).where(*of_case, NOTICE.c.sent_at.is_not(None)).order_by(NOTICE.c.id)):
        if days := working_days_late(notice.release_at, notice.sent_at, calendar):
            moves = _moved_deadlines(session, context, case, notice, days)
            if body := move_deadlines(case, moves, Clocks(session, context), leaves_time=False):
                context.log(session, MOVED_ACTION, case_id=case.id, body=body)


def _moved_deadlines(
    session: Session, context: Context, case: CaseRow, notice: Any, days: int
) -> Sequence[ToldDeadline]:
    """Return the deadlines of an open rectification that a late letter moves, each as it is told then.

    A deadline that a supervisor extended to a later day stays, because another letter states it.
    """
    clocks, calendar = Clocks(session, context), context.calendar(session, case.policy_version_id)
    rows = [one for one in told_deadlines(clocks, [case]).get(case.id or 0, ()) if one.what == "rectify"]
    printed = _stated_deadlines(session, rows, notice)
    later = [replace(one, told_at=postponed_deadline(printed_at, days, calendar)) for one, printed_at in printed]
    return [one for one in later if one.moved(clocks.suspensions_of(case), calendar) > one.current(calendar)]


def _stated_deadlines(
    session: Session, rows: Sequence[ToldDeadline], notice: Any
) -> list[tuple[ToldDeadline, datetime]]:
    """Return the deadlines of a rectification and its open items that a letter states, each as the letter states it."""
    if notice.kind == ClockLetterKind.DEADLINE:
        return [(one, notice.told_due_at) for one in rows if one.told_at == notice.told_due_at]
    decision = session.get(DecisionRow, notice.decision_id) if notice.decision_id else None
    common = [one.row for one in rows if isinstance(one.row, RectificationRow)]
    if decision is None or [row.decision_id for row in common] != [decision.id]:
        return []
    plan = items_in_plan(decision)
    items = ((one, one.row.position) for one in rows if isinstance(one.row, RectificationItemRow))
    printed = [(rows[0], decision.deadline_at), *((one, plan[position].deadline_at) for one, position in items)]
    return [(one, at) for one, at in printed if at is not None]


def _pending_late_effect(
    session: Session, context: Context, case: CaseRow, notice: Any, days: int
) -> _LateEffect | None:
    """Return the changes for a case that waits for its applicant, or that continued at the date in the letter."""
    newest = newest_decision(session, case.id or 0, "applied", "approved")
    if newest is None or newest.id != notice.decision_id or newest.until_on is None:
        return None
    calendar = context.calendar(session, case.policy_version_id)
    new_day = calendar.nth_working_day_after(newest.until_on, days)
    clocks = Clocks(session, context)
    if told := told_deadlines(clocks, [case]).get(case.id or 0) if case.state == CaseState.PENDING else None:
        later = replace(told[0], told_at=calendar.closing(new_day))
        is_later = later.moved(clocks.suspensions_of(case), calendar) > later.current(calendar)
        return _LateEffect(case=case, days=days, moves=[later]) if is_later else None
    expired = (NOTICE.c.case_id == case.id, NOTICE.c.kind == ClockLetterKind.EXPIRED.value, NOTICE.c.id > notice.id)
    notified_at = session.execute(select(NOTICE.c.created_at).where(*expired)).scalars().first()
    is_early = notified_at is not None and calendar.local_day(notified_at) <= new_day
    return _LateEffect(case=case, days=days, went_on=True) if is_early else None
