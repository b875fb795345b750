"""Creates, locks, publishes and lists batches; one process at a time writes a batch."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select, update
from sqlmodel import Session

from db import dialect
from db.enums import ImportKind
from db.models import EventRow, ImportBatchRow, ImportFileRow
from db.queries.numbers import take_batch_number
from db.queries.published import BATCH, CASE, call_batches, last_seq, table_of
from workbench.domain.case.case_id import format_batch
from workbench.domain.case.lifecycle import Actor
from workbench.errors import BadData, Busy
from workbench.i18n import _
from workbench.services.files.calls.parquet import CallFileCheck
from workbench.services.files.reading.reader import Reader
from workbench.services.foundation.audit_log import details, log_receipts
from workbench.services.foundation.case_access import logins_of
from workbench.services.foundation.context import Context
from workbench.services.foundation.file_store import Store
from workbench.services.foundation.locations import storage_errors
from workbench.services.foundation.row_values import from_row

FILE = table_of(ImportFileRow)
PUBLISHED, UNDONE = "import", "import-undone"
"""The names of the events: a batch was published, and it was undone."""

WITH_CALLS = (ImportKind.CALLS.value, ImportKind.WORKBOOK.value, ImportKind.FOLDER.value)
"""The kinds of batches that have a call file. The call file of a workbook or folder without calls is empty."""


COUNTS = {
    "rows": "row_count",
    **{name: f"{name}_count" for name in ("created", "updated", "unchanged", "rejected")},
}
"""The counts of records by outcome: their names in a report, and their columns."""

EVENT = table_of(EventRow)
_NAME_LENGTH = 255


def lock_path(store: Store, batch_id: int) -> Path:
    """Return the path of the file that is locked while a process writes the batch."""
    return store.batches / f"{batch_id}.lock"


@contextmanager
def _locked(store: Store, path: Path) -> Iterator[bool]:
    with storage_errors(store.database), dialect.try_lock(store.database, path) as is_mine:
        yield is_mine


def try_lock(store: Store, batch_id: int) -> AbstractContextManager[bool]:
    """Lock a batch during the block, and yield whether it was locked; False means that another process has it."""
    return _locked(store, lock_path(store, batch_id))


def try_import_lock(store: Store) -> AbstractContextManager[bool]:
    """Lock imports, undo of imports and erasures, as `try_lock` does, so that one process at a time does them.

    The plan of an import is only valid until something else is published.
    """
    return _locked(store, store.batches / "import.lock")


def another_import_runs() -> Busy:
    """Return the error that another import is running."""
    return Busy(_("Another import is running in this database; try again when it is done."))


def published_batch(session: Session, batch_id: int) -> Row[Any]:
    """Return a batch whose cases are updated; a server gives the lock of a lost connection to others, who may undo it.

    Raises:
        Busy: If it is not published any more.
    """
    wanted = select(BATCH).where(BATCH.c.id == batch_id, BATCH.c.published_at.is_not(None))
    if (batch := session.execute(wanted).first()) is None:
        raise another_import_runs()
    return batch


def files_of(readers: Sequence[Reader]) -> list[Reader]:
    """Return one reader for each file; the sheets of a workbook share their file."""
    return list({id(reader.file): reader for reader in readers}.values())


class AlreadyImported(BadData):
    """The file has already been imported."""


def batch_of_file(session: Session, sha256: str) -> int | None:
    """Return the batch that imported a file, None if none did."""
    of_batch = select(FILE.c.batch_id).join(BATCH, BATCH.c.id == FILE.c.batch_id)
    return session.execute(of_batch.where(FILE.c.sha256 == sha256, BATCH.c.published_at.is_not(None))).scalar()


def refuse_known_files(session: Session, readers: Sequence[Reader]) -> None:
    """Refuse files that have already been imported, or that are given twice.

    Raises:
        AlreadyImported: If a file has been imported; the message names its batch.
        BadData: If a file is given twice.
    """
    seen: set[str] = set()
    for reader in files_of(readers):
        batch = batch_of_file(session, reader.sha256)
        if batch is not None:
            raise AlreadyImported(
                _("{file} was imported already, as {batch}; nothing was written.").format(
                    file=reader.name, batch=format_batch(batch)
                )
            )
        if reader.sha256 in seen:
            raise BadData(_("{file} is given twice; nothing was written.").format(file=reader.name))
        seen.add(reader.sha256)


def publisher_context(context: Context, batch_id: int, action: str) -> Context:
    """Return the context of the person who published or undid a batch, even if another person's process finishes it."""
    of_batch = (EVENT.c.batch_id == batch_id, EVENT.c.action == action, EVENT.c.is_refused.is_(False))
    return context_of_last_actor(context, *of_batch)


def context_of_last_actor(context: Context, *of_events: ColumnElement[bool]) -> Context:
    """Return a context to finish an act of the person whose event is the last that meets the conditions."""
    columns = (EVENT.c.actor_id.label("id"), EVENT.c.actor_login.label("login"), EVENT.c.identity)
    with context.read() as session:
        row = session.execute(select(*columns).where(*of_events).order_by(EVENT.c.seq.desc()).limit(1)).first()
    if row is None:
        return context
    # A server lets nobody write the name of another person into the log.
    is_own = context.actor.identity.startswith("db:")
    return context.finishing(context.actor if is_own else from_row(Actor, row, roles=frozenset()))


@contextmanager
def new_batch(context: Context, kind: ImportKind, readers: Sequence[Reader]) -> Iterator[int]:
    """Create a batch, lock it during the block, and yield its number. It is invisible until it is published."""
    with ExitStack() as lock:
        with context.write() as session:
            batch_id = take_batch_number(session)
            # Locked before other processes can see the row, so that they never find a batch without its lock.
            if not lock.enter_context(try_lock(context.store, batch_id)):
                raise another_import_runs()
            session.add(
                ImportBatchRow(id=batch_id, kind=kind.value, started_at=context.now(), started_by_id=context.actor.id)
            )
            session.flush()
            session.add_all(_file_row(batch_id, reader) for reader in files_of(readers))
        yield batch_id
        lock_path(context.store, batch_id).unlink(missing_ok=True)


def _file_row(batch_id: int, reader: Reader) -> ImportFileRow:
    return ImportFileRow(
        batch_id=batch_id,
        name=reader.name[:_NAME_LENGTH],
        sha256=reader.sha256,
        encoding=reader.encoding,
        bytes_count=reader.bytes_count,
    )


def next_seq(context: Context) -> int:
    """Return the number of the next publication; it is reliable while this process holds the import lock.

    No number is used again after the undo of its import: a case that saw the import would not see the next one as new.
    """
    with context.read() as session:
        seen: int = session.execute(select(func.coalesce(func.max(CASE.c.evidence_seq), 0))).scalar_one()
        return max(last_seq(session), seen) + 1


def publish(
    context: Context,
    batch_id: int,
    seq: int,
    readers: Sequence[Reader],
    counts: Mapping[str, int],
    check: Callable[[Session], None] | None = None,
) -> None:
    """Make a batch visible, with its counts of records, named as in COUNTS.

    `check` is called in the same transaction; if it raises an exception, nothing is published.

    Raises:
        BadData: If the same file has been published in the meantime.
        Busy: If another batch has been published in the meantime, or another process removes this one.
    """
    with context.write() as session:
        kind = session.execute(select(BATCH.c.kind).where(BATCH.c.id == batch_id)).scalar_one()
        refuse_known_files(session, readers)
        own_files = session.execute(select(func.count()).where(FILE.c.batch_id == batch_id)).scalar_one()
        # A server gives the lock of a process whose connection ends to others; then they remove its batch.
        if last_seq(session) >= seq or own_files < len(files_of(readers)):
            raise another_import_runs()
        columns = {column: counts[name] for name, column in COUNTS.items()}
        this_batch = update(BATCH).where(BATCH.c.id == batch_id)
        session.execute(this_batch.values(published_at=context.now(), published_seq=seq, **columns))
        files = [reader.sha256 for reader in files_of(readers)]
        maps = details(maps=sorted({layout.sha256 for reader in readers if (layout := reader.source.layout)}))
        body = {"kind": kind, "files": files, **counts, **maps}
        log_receipts(session, batch_id)
        context.log(session, PUBLISHED, batch_id=batch_id, body=body)
        if check is not None:
            check(session)


def record_call_file(context: Context, batch_id: int, check: CallFileCheck) -> None:
    """Store the check values of a batch's call file."""
    with context.write() as session:
        values = dict(zip(("calls_bytes", "calls_sha256"), check, strict=True))
        session.execute(update(BATCH).where(BATCH.c.id == batch_id).values(values))


def published_call_batches(context: Context) -> list[int]:
    """Return the published batches that have a file of call records."""
    with context.read() as session:
        return call_batches(session)


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchLine:
    """One published import in a list."""

    id: int
    kind: ImportKind
    published_at: datetime
    by: str
    files: tuple[str, ...]
    rows: int
    created: int
    updated: int
    unchanged: int
    rejected: int


def undone_batches(session: Session) -> Sequence[int]:
    """Return the numbers of the imports that were undone, in that order; only the log still has them."""
    undone = select(EVENT.c.batch_id).where(EVENT.c.action == UNDONE, EVENT.c.is_refused.is_(False))
    return session.execute(undone.order_by(EVENT.c.seq)).scalars().all()


def batch_lines(session: Session) -> tuple[BatchLine, ...]:
    """Return the published imports, newest first."""
    files: dict[int, list[str]] = {}
    for file in session.execute(select(FILE).order_by(FILE.c.id)):
        files.setdefault(file.batch_id, []).append(file.name)
    logins = logins_of(session)
    published = select(BATCH).where(BATCH.c.published_at.is_not(None)).order_by(BATCH.c.published_seq.desc())
    return tuple(
        from_row(
            BatchLine,
            row,
            by=logins[row["started_by_id"]],
            files=tuple(files.get(row["id"], ())),
            **{name: row[column] for name, column in COUNTS.items()},
        )
        for row in session.execute(published).mappings()
    )
