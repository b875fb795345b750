"""Finishes or removes interrupted imports when the program starts."""

from itertools import chain

from sqlalchemy import exists, or_, select
from sqlmodel import Session

from db.queries.published import BATCH
from workbench.services.files.spill import spill_folders
from workbench.services.foundation.context import Context
from workbench.services.foundation.file_store import Store

_LEFTOVER = select(exists().where(or_(BATCH.c.published_at.is_(None), BATCH.c.applied_at.is_(None))))


def has_leftovers(session: Session, store: Store) -> bool:
    """Return whether an interrupted import left something.

    It left a batch that is not published, or not applied to all of its cases. If the import was interrupted before its
    first transaction ended, only a lock file or a spill folder is left.
    """
    leftover_files = chain(store.batches.glob("[0-9]*.lock"), spill_folders(store))
    return any(leftover_files) or bool(session.connection().execute(_LEFTOVER).scalar())


def resume(context: Context) -> None:
    """Remove unpublished batches and apply published ones completely, unless an import is running."""
    # Imported here, because every start of the program imports this module, but few starts find leftovers.
    from workbench.services.intake.batches.applying import apply_pending
    from workbench.services.intake.batches.publishing import try_import_lock
    from workbench.services.intake.batches.sweeping import sweep

    with try_import_lock(context.store) as is_mine:
        if is_mine:
            sweep(context)
            apply_pending(context)
