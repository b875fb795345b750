"""Processes many cases in batches, one transaction each, so that other writers wait for one batch at most."""

from collections.abc import Callable, Sequence

from sqlalchemy import ColumnElement, select
from sqlmodel import Session

from db.models import CaseRow
from db.queries.published import CASE, is_published
from workbench.services.deadlines.recompute import TOGETHER
from workbench.services.foundation.context import Context
from workbench.services.foundation.pacing import chunks, pause

Act = Callable[[Session, CaseRow], bool]
"""Changes one case, and returns whether it did."""

Wanted = Sequence[ColumnElement[bool]]
"""Conditions on published cases."""


def act_on_each(context: Context, wanted: Wanted, act: Act) -> int:
    """Act on each published case that meets some conditions, and return how many cases changed."""
    return act_on(context, find_each(context, wanted), wanted, act)


def find_each(context: Context, wanted: Wanted) -> Sequence[int]:
    """Return the ids of the published cases that meet some conditions."""
    with context.read() as session:
        found = select(CASE.c.id).where(is_published(CASE.c.batch_id), *wanted)
        return session.execute(found.order_by(CASE.c.id)).scalars().all()


def act_on(context: Context, case_ids: Sequence[int], wanted: Wanted, act: Act) -> int:
    """Act on those of some published cases that still meet the conditions, and return how many cases changed.

    It stops between two batches if the program closes.
    """
    done = 0
    for batch in chunks(case_ids, TOGETHER):
        if context.cache.is_closing.is_set():
            break
        with context.write() as session:
            cases = select(CaseRow).where(CASE.c.id.in_(batch), is_published(CASE.c.batch_id), *wanted)
            done += sum(act(session, case) for case in session.execute(cases.order_by(CASE.c.id)).scalars().all())
        pause()
    return done
