"""Finds a case in the cache, and computes a stamp of it, which tells whether the cached case is still current."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlmodel import Session

from db.models import EventRow
from db.queries.published import CASE, is_published, table_of
from db.queries.workload import is_absent
from workbench.domain.case.casefile import CachedCase
from workbench.services.foundation.calendar_days import calendar_edition
from workbench.services.foundation.case_access import is_batch_published, refuse_while_reading
from workbench.services.foundation.context import Context

_EVENT, _SIBLING = table_of(EventRow), CASE.alias("sibling")
_LAST_EVENT = (
    select(func.max(_EVENT.c.seq))
    .select_from(_SIBLING.join(_EVENT, _EVENT.c.case_id == _SIBLING.c.id))
    .where(_SIBLING.c.agent == CASE.c.agent, _SIBLING.c.application_no == CASE.c.application_no)
    .correlate(CASE)
    .scalar_subquery()
)
_STAMP = select(
    *(
        CASE.c.batch_id,
        CASE.c.id,
        CASE.c.version,
        CASE.c.evidence_no,
        CASE.c.findings_on,
        _LAST_EVENT,
        is_absent(CASE.c.assignee_id),
    )
).where(CASE.c.id == bindparam("case"), is_published(CASE.c.batch_id))


def stamp_of(session: Session, context: Context, case_id: int) -> Any:
    """Return a value that changes whenever the shown case changes, except for drafts and holds; None without a case.

    The stamp includes the last event of all cases of the application, whether the assignee is away, today's date and
    the edition of the calendar, because the shown facts depend on them.

    Raises:
        NotAllowed: If the person reads the case for a second opinion.
    """
    refuse_while_reading(session, case_id)
    today = context.today(session)
    row = session.connection().execute(_STAMP, {"case": case_id, "today": today}).first()
    return None if row is None else (*row, today, calendar_edition(session))


def reads_of_stamp(known: CachedCase) -> Iterator[Callable[[Session], Any]]:
    """Yield the reads of the stamp of a case, and of whether it is visible, as long as nothing has changed."""
    batch_id, *_columns, today, _edition = known.stamp
    values = {"case": known.casefile.header.id, "today": today}
    yield lambda session: session.connection().execute(_STAMP, values).first()
    yield partial(is_batch_published, batch_id=batch_id)


def last_read(context: Context, case_id: int) -> CachedCase | None:
    """Return a case as its person read it last, which may have changed since; None if they read another one."""
    cached = context.cache.cases.get(context.actor.id)
    return cached if cached is not None and cached.casefile.header.id == case_id else None
