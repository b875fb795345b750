"""The log as it stands, hashes included, so that others can follow the chain."""

from collections.abc import Iterator

from sqlalchemy import select

from db.models import EventRow
from db.queries.published import table_of
from workbench.domain.case.case_id import format_batch, format_case
from workbench.services.exporting.sheets import Record
from workbench.services.exporting.source import Source

_EVENT = table_of(EventRow)

COLUMNS = (
    "seq",
    "at",
    "actor",
    "identity",
    "action",
    "case",
    "batch",
    "state",
    "is_clock_running",
    "is_refused",
    "body",
    "prev_hash",
    "hash",
)


def rows(source: Source) -> Iterator[Record]:
    """Return the events in their order; they hold no personal value."""
    statement = select(_EVENT).where(*source.from_since(_EVENT.c.at))
    for page in source.pages(statement, _EVENT.c.seq):
        for row in page:
            yield {
                "seq": row.seq,
                "at": source.instant(row.at),
                "actor": row.actor_login,
                "identity": row.identity,
                "action": row.action,
                "case": None if row.case_id is None else format_case(row.case_id),
                "batch": None if row.batch_id is None else format_batch(row.batch_id),
                "state": row.state or None,
                "is_clock_running": row.is_clock_running,
                "is_refused": row.is_refused,
                "body": row.body,
                "prev_hash": row.prev_hash,
                "hash": row.hash,
            }
