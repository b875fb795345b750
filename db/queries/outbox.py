"""Which notices are owed to applicants, and how many of them."""

from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlmodel import Session

from db.queries.published import CASE, NOTICE, is_published


def is_owed(released_until: datetime) -> ColumnElement[bool]:
    """Return the condition that a notice was released by some time and is neither sent nor cancelled."""
    return NOTICE.c.sent_at.is_(None) & NOTICE.c.cancelled_at.is_(None) & (NOTICE.c.release_at <= released_until)


def count_owed(session: Session, released_until: datetime) -> int:
    """Count the notices of published cases that were released by some time and are owed."""
    of_published = select(func.count()).select_from(NOTICE.join(CASE, CASE.c.id == NOTICE.c.case_id))
    return int(session.execute(of_published.where(is_owed(released_until), is_published(CASE.c.batch_id))).scalar_one())
