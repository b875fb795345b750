"""What any start of the program finishes or takes away of interrupted imports."""

from itertools import chain

from sqlalchemy import and_, exists, or_, select
from sqlmodel import Session

from db.queries.published import BATCH
from workbench.errors import WorkbenchError
from workbench.services.calls.engine import SPILL_PREFIX
from workbench.services.foundation.context import Context
from workbench.services.foundation.file_store import Store
from workbench.services.importing.batches import WITH_CALLS, record_call_file, turn

_HAS_NO_CHECK = and_(BATCH.c.kind.in_(WITH_CALLS), BATCH.c.published_at.is_not(None), BATCH.c.calls_sha256.is_(None))

_LEFTOVER = select(exists().where(or_(BATCH.c.published_at.is_(None), BATCH.c.applied_at.is_(None), _HAS_NO_CHECK)))


def has_leftovers(session: Session, store: Store) -> bool:
    """Say whether a batch is unpublished, not yet taken in by every case, without check values, or left only its lock.

    An import that dies before its first transaction ends leaves a lock file, or what it spilled, that no row knows of.
    """
    unknown = chain(store.batches.glob("[0-9]*.lock"), store.calls.glob(f"{SPILL_PREFIX}*"))
    return any(unknown) or bool(session.execute(_LEFTOVER).scalar())


def resume(context: Context) -> None:
    """Take away what dead imports left and finish what was published; while an import runs it does nothing."""
    from workbench.services.importing.applying import apply_pending
    from workbench.services.importing.sweeping import sweep

    with turn(context.store) as is_mine:
        if is_mine:
            sweep(context)
            apply_pending(context)
            _record_call_files(context)


def _record_call_files(context: Context) -> None:
    """Write the check values of call files that an older version of the program imported without them."""
    from workbench.services.calls.parquet import CallFiles, check_of

    files = CallFiles(context.store.calls, {})
    with context.read() as session:
        batch_ids = session.execute(select(BATCH.c.id).where(_HAS_NO_CHECK)).scalars().all()
    for batch_id in batch_ids:
        try:
            check = check_of(files.path(batch_id))
        except WorkbenchError:
            # Whoever needs the calls of a file that is missing or cannot be read is told so.
            continue
        record_call_file(context, batch_id, check)
