"""Exports the events of the audit log with their hashes, so that others can verify the chain."""

from collections.abc import Iterator

from sqlalchemy import select

from db.models import EventRow
from db.queries.published import table_of
from workbench.domain.case.case_id import format_batch, format_case
from workbench.services.exporting.sheets import Record
from workbench.services.exporting.source import ExportSource

_EVENT = table_of(EventRow)

COLUMNS = (
    *("seq", "at", "actor", "identity", "action", "case", "batch"),
    *("state", "is_clock_running", "is_refused", "body", "prev_hash", "hash"),
)


def rows(source: ExportSource) -> Iterator[Record]:
    """Yield the events in the order of their numbers; they contain no personal values."""
    statement = select(_EVENT).where(*source.on_or_after_since(_EVENT.c.at))
    for page in source.pages(statement, _EVENT.c.seq):
        for row in page:
            yield {
                **source.record(row._asdict()),
                "actor": row.actor_login,
                "case": None if row.case_id is None else format_case(row.case_id),
                "batch": None if row.batch_id is None else format_batch(row.batch_id),
            }
