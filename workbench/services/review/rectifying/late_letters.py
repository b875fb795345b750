"""Postpones the deadline in a letter that was sent late, and takes back a lapse that was then too early."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from db.enums import CaseState, Verdict
from db.models import CaseRow, RectificationItemRow
from db.queries.published import NOTICE
from workbench.domain.clock.calendar import WorkingCalendar
from workbench.domain.clock.due import deadline_after_sending, working_days_late
from workbench.services.acts.act import note_act
from workbench.services.case.decisions import decision_in_effect, first_deadline, items_in_plan
from workbench.services.clock.case_clocks import Clocks
from workbench.services.clock.stated_deadlines import MOVED_ACTION, StatedDeadline, move_deadlines, stated_deadlines
from workbench.services.foundation.case_access import superseding_case
from workbench.services.foundation.context import Context
from workbench.services.notices.letter_facts import ClockLetterKind
from workbench.services.review.rectifying.lapse import correct_deadline, take_back_lapse
from workbench.services.review.rectifying.rectification import is_overdue

SENT_LATE = "sent-late"
"""The event of a case whose letter was sent so late that its deadline moves."""

KINDS_WITH_DEADLINE = frozenset({Verdict.FAIL.value, ClockLetterKind.DEADLINE.value, Verdict.PENDING.value})
"""The kinds of letters whose deadline moves on if they are sent late."""

_LAPSED_STATES = (CaseState.LAPSED, CaseState.APPEALED)


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedDeadline:
    """The effect of a letter that was sent late."""

    case_id: int
    deadline_on: date | None
    """The new deadline; None if nothing moved, because the case had gone on at its old date without an answer."""
    has_lapsed: bool = False
    """Whether the case lapsed at the old deadline, and stays lapsed."""
    is_lapse_undone: bool = False
    """Whether the case lapsed at the old deadline, and the lapse was taken back."""


def move_deadline(session: Session, context: Context, notice: Any, sent_at: datetime) -> MovedDeadline | None:
    """Postpone the deadline in a letter that was sent late, or with too little time left; return None if nothing moves.

    See `deadline_after_sending`. The sent letter still states the old deadline; unsent letters that state it are
    replaced. If the case has lapsed and the new deadline is in the future, a notice takes the lapse back, unless
    there is a newer case.
    """
    late = _late_effect(session, context, notice, sent_at)
    if late is None:
        return None
    case, days, moves = late
    if not moves:
        return MovedDeadline(case_id=case.id or 0, deadline_on=None)
    calendar = context.calendar(session, case.policy_version_id)
    moved = move_deadlines(case, moves, Clocks(session, context), leaves_time=False)
    deadline_on = calendar.local_day(moves[0].stored_at(calendar))
    body = {**moved, "notice": notice.id, "days": days, "deadline": deadline_on.isoformat()}
    note_act(session, context, SENT_LATE, case.id, body)
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


def _late_effect(
    session: Session, context: Context, notice: Any, sent_at: datetime
) -> tuple[CaseRow, int, list[StatedDeadline]] | None:
    """Return the effect of sending a letter at a time: its case, the working days of delay, and the moved deadlines.

    No deadline moves if the case went on without an answer before the later date. Return None if there is no effect.
    """
    if notice.kind not in KINDS_WITH_DEADLINE:
        return None
    case = session.get_one(CaseRow, notice.case_id)
    days = working_days_late(notice.release_at, sent_at, context.calendar(session, case.policy_version_id))
    moves = _moved_deadlines(session, context, case, notice, sent_at)
    has_effect = moves or (days and _went_on_early(session, context, case, notice, days))
    return (case, days, moves) if has_effect else None


def take_back_early_lapse(session: Session, context: Context, case: CaseRow) -> bool:
    """Take back a lapse if the deadline cannot have passed yet, and return whether it was taken back."""
    is_early = (
        case.state == CaseState.LAPSED
        and not is_overdue(session, context, case)
        and superseding_case(session, case) is None
    )
    if is_early:
        take_back_lapse(session, context, case)
    return is_early


def move_again(session: Session, context: Context, case: CaseRow) -> None:
    """Postpone the deadlines that an undo has restored, if their letters were sent late meanwhile."""
    of_case = (NOTICE.c.case_id == case.id, NOTICE.c.kind.in_(KINDS_WITH_DEADLINE), NOTICE.c.cancelled_at.is_(None))
    for notice in session.execute(select(NOTICE).where(*of_case, NOTICE.c.sent_at.is_not(None)).order_by(NOTICE.c.id)):
        moves = _moved_deadlines(session, context, case, notice, notice.sent_at)
        if body := move_deadlines(case, moves, Clocks(session, context), leaves_time=False):
            note_act(session, context, MOVED_ACTION, case.id, body)


def _moved_deadlines(
    session: Session, context: Context, case: CaseRow, notice: Any, sent_at: datetime
) -> list[StatedDeadline]:
    """Return the deadlines that a late letter states and moves, each with the new time.

    A deadline that a supervisor extended to a later day stays, because another letter states it.
    """
    clocks, calendar = Clocks(session, context), context.calendar(session, case.policy_version_id)
    stored = [one for one in stated_deadlines(clocks, [case]).get(case.id or 0, ()) if one.row is not None]
    stated = _as_stated(session, case, stored, notice, calendar)
    postponed = (
        (one, at, deadline_after_sending(at, notice.release_at, sent_at, calendar)) for one, at in stated if at
    )
    later = [replace(one, deadline_at=new_at) for one, at, new_at in postponed if new_at != at]
    return [one for one in later if one.moved(clocks.suspensions_of(case), calendar) > one.stored_at(calendar)]


def _as_stated(
    session: Session, case: CaseRow, deadlines: Sequence[StatedDeadline], notice: Any, calendar: WorkingCalendar
) -> list[tuple[StatedDeadline, datetime | None]]:
    """Return the deadlines of a case that a letter states, each as the letter states it."""
    if notice.kind == ClockLetterKind.DEADLINE:
        return [(one, one.deadline_at) for one in deadlines if one.deadline_at == notice.told_due_at]
    decision = decision_in_effect(session, case.id or 0)
    if decision is None or decision.id != notice.decision_id:
        return []
    if decision.until_on is not None and decision.verdict == Verdict.PENDING:
        return [(one, calendar.closing(decision.until_on)) for one in deadlines]
    plan = items_in_plan(decision)
    return [
        (one, plan[one.row.position].deadline_at if isinstance(one.row, RectificationItemRow) else decision.deadline_at)
        for one in deadlines
    ]


def _went_on_early(session: Session, context: Context, case: CaseRow, notice: Any, days: int) -> bool:
    """Say whether a case that waited for its applicant went on before the date in the letter, moved by some days."""
    newest = decision_in_effect(session, case.id or 0)
    if newest is None or newest.id != notice.decision_id or newest.until_on is None:
        return False
    calendar = context.calendar(session, case.policy_version_id)
    expired = (NOTICE.c.case_id == case.id, NOTICE.c.kind == ClockLetterKind.EXPIRED.value, NOTICE.c.id > notice.id)
    notified_at = session.execute(select(NOTICE.c.created_at).where(*expired)).scalars().first()
    last_on = calendar.nth_working_day_after(newest.until_on, days)
    return notified_at is not None and calendar.local_day(notified_at) <= last_on
