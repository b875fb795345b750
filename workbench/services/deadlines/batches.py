"""Acting on many cases, a lot in each transaction, so that others wait for one lot and no longer."""

from collections.abc import Callable, Sequence

from sqlalchemy import ColumnElement, Select, select
from sqlmodel import Session, col

from db.models import CaseRow
from db.queries.published import CASE, is_published
from workbench.services.deadlines.recompute import TOGETHER
from workbench.services.foundation.context import Context
from workbench.services.importing.writing import pause

Act = Callable[[Session, CaseRow], bool]
"""Does what is due with one case, if it still is, and says whether it was."""

Wanted = Sequence[ColumnElement[bool]]
"""Conditions on published cases."""


def act_on_each(context: Context, wanted: Wanted, act: Act) -> int:
    """Act on each published case that conditions find, and return on how many; who leaves stops between two lots."""
    done, last = 0, 0
    while not context.cache.is_leaving.is_set():
        with context.write() as session:
            found = _found(wanted).where(CASE.c.id > last).order_by(CASE.c.id).limit(TOGETHER)
            case_ids = list(session.execute(found).scalars())
            if not case_ids:
                return done
            done += _act(session, case_ids, act)
        last = case_ids[-1]
        pause()
    return done


def act_on(context: Context, case_ids: Sequence[int], wanted: Wanted, act: Act) -> int:
    """Act on those of some cases that conditions still find, as `act_on_each` does, and return on how many."""
    done = 0
    for start in range(0, len(case_ids), TOGETHER):
        if context.cache.is_leaving.is_set():
            break
        with context.write() as session:
            lot = _found(wanted).where(CASE.c.id.in_(case_ids[start : start + TOGETHER]))
            done += _act(session, list(session.execute(lot.order_by(CASE.c.id)).scalars()), act)
        pause()
    return done


def find_each(context: Context, wanted: Wanted) -> list[int]:
    """Return the numbers of the published cases that conditions find."""
    with context.read() as session:
        return list(session.execute(_found(wanted).order_by(CASE.c.id)).scalars())


def _found(wanted: Wanted) -> Select[tuple[int]]:
    return select(CASE.c.id).where(is_published(CASE.c.batch_id), *wanted)


def _act(session: Session, case_ids: Sequence[int], act: Act) -> int:
    cases = session.execute(select(CaseRow).where(col(CaseRow.id).in_(case_ids))).scalars().all()
    return sum(act(session, case) for case in cases)
