"""Batches that are being written: one at a time, each under a lock that ends with its process."""

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from pathlib import Path

from sqlalchemy import select
from sqlmodel import Session

from db.access import access_of, lock_handle
from db.enums import ImportKind
from db.models import EventRow, ImportBatchRow, ImportFileRow
from db.queries.numbers import take_batch_number
from db.queries.published import BATCH, table_of
from workbench.domain.case.actor import Actor
from workbench.domain.case.case_id import format_batch
from workbench.errors import BadData, Busy
from workbench.i18n import _
from workbench.services.foundation.context import Context
from workbench.services.foundation.file_store import Store
from workbench.services.foundation.row_values import from_row
from workbench.services.reading.reader import Reader

FILE = table_of(ImportFileRow)
PUBLISHED, UNDONE = "import", "import-undone"
"""The events of a batch after which cases take it in or lose it."""

_EVENT = table_of(EventRow)
_NAME_LENGTH = 255


def lock_path(store: Store, batch_id: int) -> Path:
    """Return the file whose lock says that a batch is alive."""
    return store.batches / f"{batch_id}.lock"


@contextmanager
def held(path: Path) -> Iterator[bool]:
    """Hold the lock of a file during the block if no other process has it, and yield whether it is held."""
    handle = lock_handle(path, access_of(path.parent))
    is_held = False
    try:
        with suppress(BlockingIOError):
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            is_held = True
        yield is_held
    finally:
        os.close(handle)


def turn(store: Store) -> AbstractContextManager[bool]:
    """Hold the right to import or to take imports back, if it is free, and yield whether it is held.

    A plan holds only while nothing else is published, so one import follows the other.
    """
    return held(store.batches / "import.lock")


def busy() -> Busy:
    """Return why an import cannot begin."""
    return Busy(_("Another import is running in this database; try again when it is done."))


def files_of(readers: Sequence[Reader]) -> list[Reader]:
    """Return one reader of each file; the sheets of a workbook have their file in common."""
    return list({id(reader.file): reader for reader in readers}.values())


class KnownFile(BadData):
    """A file that was imported already."""


def refuse_known_files(session: Session, readers: Sequence[Reader]) -> None:
    """Refuse bytes that were imported already, or that are given twice.

    Raises:
        BadData: If there are such; a `KnownFile` names its batch.
    """
    seen: set[str] = set()
    for reader in files_of(readers):
        batch = session.execute(
            select(FILE.c.batch_id)
            .join(BATCH, BATCH.c.id == FILE.c.batch_id)
            .where(FILE.c.sha256 == reader.sha256, BATCH.c.published_at.is_not(None))
        ).scalar()
        if batch is not None:
            raise KnownFile(
                _("{file} was imported already, as {batch}; nothing was written.").format(
                    file=reader.path.name, batch=format_batch(batch)
                )
            )
        if reader.sha256 in seen:
            raise BadData(_("{file} is given twice; nothing was written.").format(file=reader.path.name))
        seen.add(reader.sha256)


def finishing(context: Context, batch_id: int, action: str) -> Context:
    """Return the context of the person who published or undid a batch, also if another person's start finishes it."""
    columns = (_EVENT.c.actor_id.label("id"), _EVENT.c.actor_login.label("login"), _EVENT.c.identity)
    of_batch = select(*columns).where(_EVENT.c.batch_id == batch_id, _EVENT.c.action == action)
    with context.read() as session:
        row = session.execute(of_batch.where(_EVENT.c.is_refused.is_(False)).order_by(_EVENT.c.seq.desc())).first()
    return context if row is None else context.finishing(from_row(Actor, row, roles=frozenset()))


@contextmanager
def begun(context: Context, kind: ImportKind, readers: Sequence[Reader]) -> Iterator[int]:
    """Begin a batch and keep it alive while the block runs; it is unseen until it is published."""
    with ExitStack() as lock:
        with context.write() as session:
            batch_id = take_batch_number(session)
            # Locked before the row can be seen, so that there is never a batch without its lock.
            path = lock_path(context.store, batch_id)
            if not lock.enter_context(held(path)):
                raise busy()
            session.add(
                ImportBatchRow(id=batch_id, kind=kind.value, started_at=context.now(), started_by_id=context.actor.id)
            )
            session.flush()
            session.add_all(_file_row(batch_id, reader) for reader in files_of(readers))
        yield batch_id
        path.unlink(missing_ok=True)


def _file_row(batch_id: int, reader: Reader) -> ImportFileRow:
    return ImportFileRow(
        batch_id=batch_id,
        name=reader.path.name[:_NAME_LENGTH],
        sha256=reader.sha256,
        encoding=reader.encoding,
        bytes_count=reader.bytes_count,
    )
