"""What any start of the program finishes or takes away of interrupted imports."""

from sqlalchemy import exists, or_, select

from db.queries.published import BATCH
from workbench.services.foundation.context import Context
from workbench.services.importing.batches import turn


def has_leftovers(context: Context) -> bool:
    """Say whether a batch is unpublished or not yet taken in by every case that it concerns, or left only its lock.

    An import that dies before its first transaction ends leaves a lock file that no row knows of.
    """
    if any(context.store.batches.glob("[0-9]*.lock")):
        return True
    with context.read() as session:
        leftover = exists().where(or_(BATCH.c.published_at.is_(None), BATCH.c.applied_at.is_(None)))
        return bool(session.execute(select(leftover)).scalar())


def resume(context: Context) -> None:
    """Take away what dead imports left and finish what was published; while an import runs it does nothing."""
    from workbench.services.importing.applying import apply_pending
    from workbench.services.importing.sweeping import sweep

    with turn(context.store) as is_mine:
        if is_mine:
            sweep(context)
            apply_pending(context)
