"""Exports the work list of numbers to bar and to restore: the released orders that are neither done nor cancelled."""

from collections.abc import Iterator

from sqlalchemy import select, update

from db.queries.published import CASE, MEASURE_ORDER, is_published
from workbench.domain.case.case_id import format_case, format_decision
from workbench.domain.text.mask import MaskKind, mask
from workbench.services.exporting.sheets import Record
from workbench.services.exporting.source import Source
from workbench.services.foundation.context import Context

_IS_OPEN = (MEASURE_ORDER.c.done_at.is_(None), MEASURE_ORDER.c.cancelled_at.is_(None))


def rows(source: Source) -> Iterator[Record]:
    """Yield the owed orders in the order in which they were written."""
    statement = (
        select(MEASURE_ORDER, CASE.c.agent, CASE.c.application_no)
        .join(CASE, CASE.c.id == MEASURE_ORDER.c.case_id)
        .where(
            is_published(CASE.c.batch_id),
            *_IS_OPEN,
            MEASURE_ORDER.c.release_at <= source.now,
            *([MEASURE_ORDER.c.exported_at.is_not(None)] if source.reveal else []),
            *source.on_or_after_since(MEASURE_ORDER.c.release_at),
        )
    )
    for page in source.pages(statement, MEASURE_ORDER.c.id):
        people = source.people_of(page)
        for row in page:
            yield {
                **source.record(row._asdict(), ("failure",), people[row.agent, row.application_no]),
                "order": row.id,
                "msisdn": row.msisdn if source.reveal else mask(MaskKind.MSISDN, row.msisdn),
                "overdue": row.due_at < source.now,
                "case": format_case(row.case_id),
                "decision": None if row.decision_id is None else format_decision(row.decision_id),
            }


def mark_exported(context: Context) -> None:
    """Record that the owed orders stand on a work list with their numbers in clear.

    This comes before the list is written: a verdict that lifts a bar in between must know that it may be carried out.
    """
    now = context.now()
    with context.write() as session:
        is_owed = (*_IS_OPEN, MEASURE_ORDER.c.release_at <= now)
        session.execute(update(MEASURE_ORDER).where(*is_owed).values(exported_at=now))
