"""Writes notices about the state of a case: documents missing, a deadline near or missed, a case closed."""

from collections.abc import Iterable
from datetime import date, datetime

from sqlmodel import Session, col, select

from db.enums import Measure
from db.models import CaseRow, DecisionRow
from workbench.services.foundation.context import Context
from workbench.services.notices.due_date_letter import ClockLetterKind, StatusFacts
from workbench.services.notices.due_date_notices import DueDateMessage, notify_one
from workbench.services.notices.verdict_letter import RESTRICTIONS


def notify_of_status(  # noqa: PLR0913 - a letter needs all of these facts
    session: Session,
    context: Context,
    case: CaseRow,
    kind: ClockLetterKind,
    *,
    items: Iterable[str] = (),
    deadline_at: datetime | None = None,
    asked_until: date | None = None,
) -> None:
    """Write a notice in the caller's write transaction; that of a withdrawal is released when the undo time ends."""
    policy = context.policy(session, case.policy_version_id)
    calendar = context.calendar(session, case.policy_version_id)
    today, is_withdrawn = calendar.local_day(context.now()), kind is ClockLetterKind.WITHDRAWN
    appeal_until = calendar.nth_working_day_after(today, policy.appeal.file_days)
    if is_withdrawn:
        deadline_at = calendar.closing(appeal_until)
    days = [appeal_until, *(calendar.local_day(at) for at in (deadline_at, case.due_at) if at)]
    status = StatusFacts(
        items=tuple(items),
        asked_until=asked_until,
        restricts=_restricts(session, case),
        appeal_until=appeal_until,
        answer_days=policy.appeal.answer_days,
        provisional_years=calendar.provisional_years(today, max(days)),
        grace_s=policy.desk.grace_s if is_withdrawn else 0,
    )
    notify_one(session, context, case, DueDateMessage(kind=kind, deadline_at=deadline_at, status=status))


def _restricts(session: Session, case: CaseRow) -> bool:
    """Return whether the last measure of a case limits or suspends the cards."""
    is_in_force = col(DecisionRow.status).in_(("applied", "approved")) & (DecisionRow.measure != Measure.NONE.value)
    measures = select(DecisionRow.measure).where(DecisionRow.case_id == case.id, is_in_force)
    return session.exec(measures.order_by(col(DecisionRow.id).desc())).first() in RESTRICTIONS
