"""Which notices are owed to applicants, and how many of them."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlmodel import Session

from db.queries.published import CASE, NOTICE, is_published

LEASE = timedelta(minutes=1)
"""How long a letter belongs to the run that handed it over last, counted from the last renewal."""


def is_owed(released_until: datetime) -> ColumnElement[bool]:
    """Return the condition that a notice was released by some time and is neither sent nor cancelled."""
    return NOTICE.c.sent_at.is_(None) & NOTICE.c.cancelled_at.is_(None) & (NOTICE.c.release_at <= released_until)


def is_held_back(released_until: datetime) -> ColumnElement[bool]:
    """Return the condition that an earlier letter of the same case, in the order of release, is still owed.

    A failed one is owed too: later letters build on it or correct it, and would mislead who did not get it. They go on
    once it is handed over, or is recorded as sent some other way.
    """
    earlier = NOTICE.alias()
    is_earlier = or_(
        earlier.c.release_at < NOTICE.c.release_at,
        and_(earlier.c.release_at == NOTICE.c.release_at, earlier.c.id < NOTICE.c.id),
    )
    is_unsent = (
        earlier.c.sent_at.is_(None) & earlier.c.cancelled_at.is_(None) & (earlier.c.release_at <= released_until)
    )
    return exists().where(earlier.c.case_id == NOTICE.c.case_id, is_earlier, is_unsent)


def is_leased(now: datetime) -> ColumnElement[bool]:
    """Return the condition that a run handed a letter over and has not recorded the outcome yet.

    A time after now counts like one before it, since the clock may have been set back.
    """
    is_recent = NOTICE.c.handed_at.is_not(None) & NOTICE.c.handed_at.between(now - LEASE, now + LEASE)
    return is_recent & NOTICE.c.failed_at.is_(None)


def count_owed(session: Session, released_until: datetime) -> int:
    """Count the notices of published cases that were released by some time and are owed."""
    of_published = select(func.count()).select_from(NOTICE.join(CASE, CASE.c.id == NOTICE.c.case_id))
    return int(session.execute(of_published.where(is_owed(released_until), is_published(CASE.c.batch_id))).scalar_one())
