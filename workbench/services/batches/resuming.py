"""Finishes or removes interrupted imports when the program starts."""

from itertools import chain

from sqlalchemy import and_, exists, or_, select
from sqlmodel import Session

from db.queries.published import BATCH
from workbench.errors import WorkbenchError
from workbench.services.batches.publishing import WITH_CALLS, record_call_file, try_import_lock
from workbench.services.calls.spill import SPILL_PREFIX
from workbench.services.foundation.context import Context
from workbench.services.foundation.file_store import Store

_HAS_NO_CHECK = and_(BATCH.c.kind.in_(WITH_CALLS), BATCH.c.published_at.is_not(None), BATCH.c.calls_sha256.is_(None))

_LEFTOVER = select(exists().where(or_(BATCH.c.published_at.is_(None), BATCH.c.applied_at.is_(None), _HAS_NO_CHECK)))


def has_leftovers(session: Session, store: Store) -> bool:
    """Return whether an import was interrupted.

    Its batch is unpublished, is missing in some case, or has no check values; or only a lock file or a spill folder is
    left, if it was interrupted before its first transaction ended.
    """
    unknown = chain(store.batches.glob("[0-9]*.lock"), store.calls.glob(f"{SPILL_PREFIX}*"))
    return any(unknown) or bool(session.execute(_LEFTOVER).scalar())


def resume(context: Context) -> None:
    """Remove unpublished batches and finish published ones, unless an import is running."""
    from workbench.services.batches.applying import apply_pending
    from workbench.services.batches.sweeping import sweep

    with try_import_lock(context.store) as is_mine:
        if is_mine:
            sweep(context)
            apply_pending(context)
            _record_call_files(context)


def _record_call_files(context: Context) -> None:
    """Store the check values of call files that an older version imported without them."""
    from workbench.services.calls.parquet import CallFiles, check_values_of

    files = CallFiles(context.store.calls, {})
    with context.read() as session:
        batch_ids = session.execute(select(BATCH.c.id).where(_HAS_NO_CHECK)).scalars().all()
    for batch_id in batch_ids:
        try:
            check = check_values_of(files.path(batch_id))
        except WorkbenchError:
            # Commands that need the calls of a missing or unreadable file report it.
            continue
        record_call_file(context, batch_id, check)
