"""Removes batches: those that interrupted imports left, and those that an admin undoes."""

from collections.abc import Sequence

from sqlalchemy import Table, delete, exists, select
from sqlmodel import Session

from db.dialect import row_count
from db.models import CaseRow, DelayNoticeRow, SuspensionNoticeRow
from db.queries.published import ANSWER_DOCUMENT, BATCH, CASE, NOTICE, table_of
from db.queries.search_index import remove_cases
from workbench.domain.case.case_id import format_batch
from workbench.errors import DatabaseDamaged
from workbench.i18n import _
from workbench.services.case.assessment import FINDING
from workbench.services.case.evidence_reader import DOCUMENT
from workbench.services.clock.case_clocks import EVENT
from workbench.services.files.calls.parquet import CallFiles
from workbench.services.files.spill import spill_folders
from workbench.services.foundation.context import Context
from workbench.services.foundation.safe_files import delete_unlocked
from workbench.services.intake.batches.affected_cases import SUBMISSION
from workbench.services.intake.batches.publishing import (
    FILE,
    PUBLISHED,
    UNDONE,
    lock_path,
    publisher_context,
    try_lock,
)
from workbench.services.review.new_evidence import retract_evidence

_DELETED_TOGETHER = 5_000
_RETRACTED_TOGETHER = 20

_TABLES = [
    table for table in reversed(BATCH.metadata.sorted_tables) if "batch_id" in table.c and table.c.batch_id.foreign_keys
]
"""The tables with rows of batches, children before their parents. Events stay when their batch is removed."""

OF_CASES = (NOTICE, FINDING, table_of(SuspensionNoticeRow), table_of(DelayNoticeRow))
"""The tables of rows that the program adds to a case; they are removed with the case."""


def sweep(context: Context) -> None:
    """Remove every unpublished batch that no running process writes.

    The caller holds the import lock, so that no document is copied in the meantime.

    Raises:
        DatabaseDamaged: If the log says that an unpublished batch was published; its rows stay.
    """
    delete_unlocked(spill_folders(context.store))
    with context.read() as session:
        wanted = select(BATCH.c.id).where(BATCH.c.published_at.is_(None)).order_by(BATCH.c.id)
        unpublished = session.execute(wanted).scalars().all()
        for batch_id in unpublished:
            _check_never_published(session, batch_id)
    for batch_id in unpublished:
        with try_lock(context.store, batch_id) as is_mine:
            if is_mine:
                remove_batch(context, batch_id)
    _sweep_locks(context)


def _check_never_published(session: Session, batch_id: int) -> None:
    """Refuse to remove a batch that the log says was published and not undone, because cases depend on its rows."""
    acts = (EVENT.c.batch_id == batch_id, EVENT.c.action.in_((PUBLISHED, UNDONE)), EVENT.c.is_refused.is_(False))
    last = select(EVENT.c.action).where(*acts).order_by(EVENT.c.seq.desc()).limit(1)
    if session.execute(last).scalar() == PUBLISHED:
        message = _(
            "The log says that {batch} was published, but its time of publication is gone: the database was changed"
            " outside the program. Nothing was removed; restore a backup."
        )
        raise DatabaseDamaged(message.format(batch=format_batch(batch_id)))


def remove_batch(context: Context, batch_id: int) -> None:
    """Remove a batch with its rows and files unless it is published; the caller holds its lock."""
    with context.write() as session:
        is_unpublished = exists().where(BATCH.c.id == batch_id, BATCH.c.published_at.is_(None))
        if not session.execute(select(is_unpublished)).scalar():
            return
        # From now on `publish` refuses the batch.
        session.execute(delete(FILE).where(FILE.c.batch_id == batch_id))
    _retract(context, batch_id)
    digests = _own_documents(context, batch_id)
    for table in _TABLES:
        _delete(context, table, batch_id)
    CallFiles(context.store.calls, {}).discard(batch_id)
    for digest in digests:
        context.store.document_path(digest).unlink(missing_ok=True)
    with context.write() as session:
        session.execute(delete(BATCH).where(BATCH.c.id == batch_id))
        context.log(session, "import-swept", batch_id=batch_id)
        # Inside the write transaction, so that no other process creates and locks the file meanwhile.
        lock_path(context.store, batch_id).unlink(missing_ok=True)


def _retract(context: Context, batch_id: int) -> None:
    """Assess again the cases of other batches to which this batch was applied, a few in each transaction."""
    applied = (
        select(SUBMISSION.c.id, SUBMISSION.c.case_id)
        .where(SUBMISSION.c.batch_id == batch_id, SUBMISSION.c.applied_at.is_not(None))
        .limit(_RETRACTED_TOGETHER)
    )
    context = publisher_context(context, batch_id, UNDONE)
    while True:
        with context.write() as session:
            rows = session.execute(applied).all()
            for row in rows:
                retract_evidence(session, context, session.get_one(CaseRow, row.case_id), batch_id)
            session.execute(delete(SUBMISSION).where(SUBMISSION.c.id.in_([row.id for row in rows])))
        if not rows:
            return


def _delete(context: Context, table: Table, batch_id: int) -> None:
    """Delete a batch's rows of one table in chunks, so that other writers wait for one chunk at most."""
    chunk = select(table.c.id).where(table.c.batch_id == batch_id).order_by(table.c.id).limit(_DELETED_TOGETHER)
    count = _DELETED_TOGETHER
    while count == _DELETED_TOGETHER:
        with context.write() as session:
            if table is CASE:
                for table_of_case in OF_CASES:
                    session.execute(delete(table_of_case).where(table_of_case.c.case_id.in_(chunk)))
                remove_cases(session, chunk)
            count = row_count(session.execute(delete(table).where(table.c.id.in_(chunk))))


def _own_documents(context: Context, batch_id: int) -> Sequence[str]:
    """Return the SHA-256 of the documents to which no other batch refers."""
    other = DOCUMENT.alias()
    is_shared = exists().where(other.c.sha256 == DOCUMENT.c.sha256, other.c.batch_id != batch_id)
    is_answer = exists().where(ANSWER_DOCUMENT.c.sha256 == DOCUMENT.c.sha256)
    wanted = select(DOCUMENT.c.sha256).where(DOCUMENT.c.batch_id == batch_id, ~is_shared, ~is_answer).distinct()
    with context.read() as session:
        return session.execute(wanted).scalars().all()


def _sweep_locks(context: Context) -> None:
    """Remove the lock files that no process has locked. The write transaction keeps others from creating one."""
    for path in sorted(context.store.batches.glob("[0-9]*.lock")):
        with context.write(), try_lock(context.store, int(path.stem)) as is_mine:
            if is_mine:
                path.unlink(missing_ok=True)
