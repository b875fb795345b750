"""Keeping the due dates of all open cases right when what they all lean on changes."""

from collections.abc import Callable, Iterator

from sqlalchemy import select
from sqlmodel import Session, col

from db.enums import FINAL_STATES
from db.models import CaseRow
from db.queries.published import CASE, is_published
from workbench.services.clocks import Clocks, clock_events
from workbench.services.context import Context
from workbench.services.importing.writing import pause

TOGETHER = 50
"""So many cases are looked at in one transaction: others wait for that long and no longer."""

_FINAL = [state.value for state in FINAL_STATES]

Moved = Callable[[Session, CaseRow], None]
"""What is done about a published case whose due date moved, in the same transaction."""


def settle_open_cases(context: Context, action: str, body: dict[str, object], moved: Moved | None = None) -> int:
    """Compute every open case's due date again, one event for each lot of cases that moved; return how many did.

    It can be broken off and begun again: a case whose due date is right already is left alone.
    """
    total = 0
    for case_ids in _portions(context):
        with context.write() as session:
            news = _settle(session, context, case_ids, moved)
            if news:
                counted = {**body, "cases": len(news), "first": news[0], "last": news[-1]}
                context.log(session, action, body=counted)
        total += len(news)
        pause()
    return total


def _portions(context: Context) -> Iterator[list[int]]:
    """Yield the numbers of the open cases that have a clock, a portion at a time."""
    last = 0
    while True:
        with context.read() as session:
            statement = (
                select(CASE.c.id)
                .where(CASE.c.id > last, CASE.c.complete_at.is_not(None), CASE.c.state.not_in(_FINAL))
                .order_by(CASE.c.id)
                .limit(TOGETHER)
            )
            case_ids = [int(row.id) for row in session.execute(statement)]
        if not case_ids:
            return
        last = case_ids[-1]
        yield case_ids


def _settle(session: Session, context: Context, case_ids: list[int], moved: Moved | None) -> list[int]:
    """Compute the due dates of some cases again, and return which moved."""
    clocks = Clocks(session, context, clock_events(session, case_ids))
    open_cases = select(CaseRow).where(col(CaseRow.id).in_(case_ids), col(CaseRow.state).not_in(_FINAL))
    shown = set(
        session.execute(select(CASE.c.id).where(CASE.c.id.in_(case_ids), is_published(CASE.c.batch_id))).scalars()
    )
    news = []
    # The cases are written together at the end; nothing that is read between leans on them.
    with session.no_autoflush:
        for case in session.execute(open_cases.order_by(col(CaseRow.id))).scalars():
            if clocks.settle(case):
                news.append(case.id or 0)
                if moved is not None and case.id in shown:
                    moved(session, case)
    return news
