"""Makes a batch visible as a whole: one transaction, one event."""

from collections.abc import Callable, Sequence

from sqlalchemy import select, update
from sqlmodel import Session

from db.enums import ImportKind
from db.queries.published import BATCH, last_seq
from workbench.services.calls.parquet import CallFileCheck
from workbench.services.foundation.context import Context
from workbench.services.importing.batches import PUBLISHED, busy, files_of, refuse_known_files
from workbench.services.importing.request import ImportReport
from workbench.services.reading.reader import Reader

WITH_CALLS = (ImportKind.CALLS.value, ImportKind.WORKBOOK.value)
"""Kinds of batches that have a file of call records; that of a workbook without calls is empty."""


COUNTS = {
    "rows": "row_count",
    **{name: f"{name}_count" for name in ("created", "updated", "unchanged", "rejected")},
}
"""How many records had each outcome: the names of the counts in a report, and their columns."""


def next_seq(context: Context) -> int:
    """Return the number that the next publication gets; it holds while the import's turn is held."""
    with context.read() as session:
        return last_seq(session) + 1


def publish(
    context: Context,
    batch_id: int,
    seq: int,
    readers: Sequence[Reader],
    report: ImportReport,
    also: Callable[[Session], None] | None = None,
) -> None:
    """Show a batch to everybody at once; `also` acts in the same transaction.

    Raises:
        BadData: If the same file was published meanwhile.
        Busy: If another batch was.
    """
    counts = {name: getattr(report, name) for name in COUNTS}
    with context.write() as session:
        refuse_known_files(session, readers)
        if last_seq(session) + 1 != seq:
            raise busy()
        columns = {column: counts[name] for name, column in COUNTS.items()}
        shown = update(BATCH).where(BATCH.c.id == batch_id)
        session.execute(shown.values(published_at=context.now(), published_seq=seq, **columns))
        files = [reader.sha256 for reader in files_of(readers)]
        context.log(session, PUBLISHED, batch_id=batch_id, body={"kind": report.kind.value, "files": files, **counts})
        if also is not None:
            also(session)


def record_call_file(context: Context, batch_id: int, check: CallFileCheck) -> None:
    """Write the check values of a batch's call file into its row."""
    with context.write() as session:
        values = dict(zip(("calls_bytes", "calls_sha256"), check, strict=True))
        session.execute(update(BATCH).where(BATCH.c.id == batch_id).values(values))


def published_call_batches(context: Context) -> list[int]:
    """Return the published batches that have a file of call records."""
    with context.read() as session:
        wanted = select(BATCH.c.id).where(BATCH.c.kind.in_(WITH_CALLS), BATCH.c.published_at.is_not(None))
        return [row.id for row in session.execute(wanted.order_by(BATCH.c.id))]
