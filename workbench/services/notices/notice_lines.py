"""Reads letters to applicants with their senders, as lists and case files show them."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlmodel import Session

from db.models import ReviewerRow
from db.queries.published import CASE, DECISION, NOTICE, is_published, table_of
from workbench.domain.case.records import NoticeLine
from workbench.domain.clock.due import due_at
from workbench.services.case.known_people import redactions_of
from workbench.services.foundation.context import Context
from workbench.services.foundation.row_values import from_row

_REVIEWER = table_of(ReviewerRow)
_EARLIER = NOTICE.alias("earlier")


def select_notices(conditions: Iterable[ColumnElement[bool]]) -> Any:
    """Return the statement that reads notices, not the cancelled ones, with their applications and senders."""
    is_owed_before = (_EARLIER.c.case_id == NOTICE.c.case_id, _EARLIER.c.id < NOTICE.c.id, NOTICE.c.sent_at.is_(None))
    is_owed_still = (_EARLIER.c.sent_at.is_(None), _EARLIER.c.cancelled_at.is_(None))
    after = select(func.max(_EARLIER.c.id)).where(*is_owed_before, *is_owed_still).scalar_subquery()
    more = (_REVIEWER.c.login.label("sent_by"), DECISION.c.fail_kind, after.label("after"))
    return (
        select(NOTICE, CASE.c.agent, CASE.c.application_no, *more)
        .join(CASE, CASE.c.id == NOTICE.c.case_id)
        .outerjoin(_REVIEWER, _REVIEWER.c.id == NOTICE.c.sent_by_id)
        .outerjoin(DECISION, DECISION.c.id == NOTICE.c.decision_id)
        .where(is_published(CASE.c.batch_id), NOTICE.c.cancelled_at.is_(None), *conditions)
    )


def notice_lines(session: Session, context: Context, statement: Any) -> tuple[NoticeLine, ...]:
    """Return the letters that a statement of `select_notices` reads, with people masked."""
    now, calendar = context.now(), context.calendar(session)
    send_days = context.policy(session).notices.send_days
    rows = session.execute(statement).all()
    redactions = redactions_of(session, ((row.agent, row.application_no) for row in rows))
    lines = []
    for row in rows:
        redaction, due_by = redactions[row.agent, row.application_no], due_at(row.release_at, send_days, calendar)
        line = from_row(
            NoticeLine,
            row,
            subject=redaction.mask_in(row.subject),
            body=redaction.mask_in(row.body),
            is_released=row.release_at <= now,
            due_by=due_by,
            is_overdue=row.sent_at is None and due_by < now,
        )
        lines.append(line)
    return tuple(lines)
