"""The due dates that applicants were told last."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session

from db.models import NoticeRow
from db.queries.published import table_of

_NOTICE = table_of(NoticeRow)
_KINDS = ("receipt", "delay", "resumed", "expired")
"""The letters about the due date of a case; the others give deadlines of the applicant."""


def told_due_dates(session: Session, case_ids: Sequence[int]) -> dict[int, datetime]:
    """Return the due date in the newest letter to the applicant of each case; without cases that had no such letter."""
    wanted = (_NOTICE.c.case_id.in_(case_ids), _NOTICE.c.kind.in_(_KINDS), _NOTICE.c.told_due_at.is_not(None))
    columns = (_NOTICE.c.case_id, _NOTICE.c.told_due_at)
    rows = session.execute(select(*columns).where(*wanted, _NOTICE.c.cancelled_at.is_(None)).order_by(_NOTICE.c.id))
    return {row.case_id: row.told_due_at for row in rows}
