"""Notices to applicants whose due dates move later because the working calendar changed."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlmodel import Session

from db.enums import Language
from db.queries.published import CASE
from workbench.services.clock.due_date_changes import MovedDue, chunks
from workbench.services.foundation.context import Context
from workbench.services.notices.due_date_letter import ClockLetterKind
from workbench.services.notices.due_date_notices import DueNews, tell_each

_NEWS = {
    Language.EN: DueNews(kind=ClockLetterKind.DELAY, cause="The working calendar has changed."),
    Language.ZH: DueNews(kind=ClockLetterKind.DELAY, cause="工作日安排有调整。"),
}


def tell_moved(session: Session, context: Context, moved: Sequence[MovedDue]) -> None:
    """Write the notices of due dates that were written before, in the caller's transaction."""
    for chunk in chunks(moved):
        cases = select(CASE).where(CASE.c.id.in_([one.case_id for one in chunk])).order_by(CASE.c.id)
        tell_each(session, context, [(case, _NEWS) for case in session.execute(cases)])
