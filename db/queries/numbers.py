"""Numbers of cases and batches: people say them and the log holds them, so none is ever given twice."""

from sqlalchemy import func, select
from sqlmodel import Session

from db.models import SettingRow
from db.queries.published import BATCH, CASE

_COUNTED = {"last_case": CASE.c.id, "last_batch": BATCH.c.id}


def take_case_numbers(session: Session, count: int) -> int:
    """Take numbers for new cases, in the caller's write transaction, and return the first."""
    return _take(session, "last_case", count)


def take_batch_number(session: Session) -> int:
    """Take the number of a new batch, in the caller's write transaction."""
    return _take(session, "last_batch", 1)


def _take(session: Session, name: str, count: int) -> int:
    setting = session.get(SettingRow, name)
    # Rows that were taken away again leave no trace in their table; the setting remembers them.
    known = int(session.execute(select(func.coalesce(func.max(_COUNTED[name]), 0))).scalar_one())
    last = max(known, int(setting.value) if setting else 0)
    if setting is None:
        setting = SettingRow(name=name, value="")
    setting.value = str(last + count)
    session.add(setting)
    return last + 1
