"""Exports the work list of numbers to bar and to restore: the released orders that are neither done nor cancelled."""

from collections.abc import Iterator

from sqlalchemy import ColumnElement, select, update

from db.queries.published import CASE, MEASURE_ORDER, is_published
from workbench.domain.case.case_id import format_case, format_decision
from workbench.domain.text.mask import MaskKind, mask
from workbench.services.exporting.sheets import Record
from workbench.services.exporting.source import ExportSource


def rows(source: ExportSource) -> Iterator[Record]:
    """Yield the owed orders in the order in which they were written."""
    statement = (
        select(MEASURE_ORDER, CASE.c.agent, CASE.c.application_no)
        .join(CASE, CASE.c.id == MEASURE_ORDER.c.case_id)
        .where(is_published(CASE.c.batch_id), *_is_owed(source))
        .where(*([MEASURE_ORDER.c.exported_at.is_not(None)] if source.reveal else []))
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


def mark_exported(source: ExportSource) -> None:
    """Record that the owed orders were exported with unmasked numbers.

    This happens before the list is written. A verdict that lifts a bar in between must know that the carrier may bar
    the number.
    """
    source.session.execute(update(MEASURE_ORDER).where(*_is_owed(source)).values(exported_at=source.now))


def _is_owed(source: ExportSource) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions on the orders of a work list."""
    order = MEASURE_ORDER.c
    is_open = (order.done_at.is_(None), order.cancelled_at.is_(None), order.release_at <= source.now)
    return (*is_open, *source.on_or_after_since(order.release_at))
