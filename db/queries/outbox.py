"""The conditions on owed notices, and their count."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, ScalarSelect, func, select
from sqlmodel import Session

from db.queries.published import CASE, NOTICE, is_published

_OUR_DATES = ("receipt", "delay", "resumed", "deadline-moved")
INFORMING = (*_OUR_DATES, "incomplete", "still-incomplete", "policy", "deadline-near", "waived", "expired")
"""The kinds of letters that only inform: no later letter builds on them or corrects them."""

LEASE = timedelta(minutes=1)
"""How long a run that handed a letter over keeps its lease on the letter, counted from the last renewal."""


def is_owed(released_until: datetime) -> ColumnElement[bool]:
    """Return the condition that a notice was released by some time and is neither sent nor cancelled."""
    return NOTICE.c.sent_at.is_(None) & NOTICE.c.cancelled_at.is_(None) & (NOTICE.c.release_at <= released_until)


def blocking_letter() -> ScalarSelect[int]:
    """Return the SQL expression for the number of the earlier letter that must be sent before a notice.

    It is the last one if there are several, and NULL if there is none.

    The letters of a case are sent in the order in which they were written, whether released or not. A failed letter
    also holds back later ones: they build on it or correct it, and would mislead an applicant who did not get it. A
    letter that only informs does not hold back a letter with a deadline, since it may be obsolete by then. But letters
    with dates of our own stay in order, so that the last date that an applicant reads is valid.
    """
    earlier = NOTICE.alias("earlier")
    is_unsent = earlier.c.sent_at.is_(None) & earlier.c.cancelled_at.is_(None) & NOTICE.c.sent_at.is_(None)
    holds_back = earlier.c.kind.not_in(INFORMING) | (earlier.c.kind.in_(_OUR_DATES) & NOTICE.c.kind.in_(_OUR_DATES))
    is_earlier = (earlier.c.case_id == NOTICE.c.case_id) & (earlier.c.id < NOTICE.c.id)
    return select(func.max(earlier.c.id)).where(is_earlier, is_unsent, holds_back).scalar_subquery()


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
