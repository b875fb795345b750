"""Assigns numbers to cases and batches. No number is used twice, because people and the log refer to it."""

from sqlalchemy import func, select
from sqlmodel import Session

from db.models import SettingRow
from db.queries.published import BATCH, CASE

_COUNTED = {"last_case": CASE.c.id, "last_batch": BATCH.c.id}


def take_case_numbers(session: Session, count: int) -> int:
    """Reserve numbers for new cases, in the caller's write transaction, and return the first."""
    return _take_numbers(session, "last_case", count)


def take_batch_number(session: Session) -> int:
    """Reserve the number of a new batch, in the caller's write transaction."""
    return _take_numbers(session, "last_batch", 1)


def _take_numbers(session: Session, name: str, count: int) -> int:
    """Reserve so many numbers, and return the first."""
    setting = session.get(SettingRow, name)
    # The table has no trace of rows that were deleted; the setting remembers their numbers.
    known = int(session.execute(select(func.coalesce(func.max(_COUNTED[name]), 0))).scalar_one())
    last = max(known, int(setting.value) if setting else 0)
    if setting is None:
        setting = SettingRow(name=name, value="")
    setting.value = str(last + count)
    session.add(setting)
    return last + 1
