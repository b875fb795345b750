"""Reads the import that opened a case."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import Session

from db.models import ImportFileRow, ReviewerRow
from db.queries.published import APPLICATION, BATCH, CASE, table_of

_FILE, _REVIEWER = table_of(ImportFileRow), table_of(ReviewerRow)
_ARRIVAL = (
    select(
        *(BATCH.c.id.label("batch"), BATCH.c.published_at.label("at"), _REVIEWER.c.login),
        *(APPLICATION.c.file_no, APPLICATION.c.line, CASE.c.arrived_without, _FILE.c.name.label("file")),
    )
    .select_from(CASE)
    .join(BATCH, BATCH.c.id == CASE.c.batch_id)
    .join(_REVIEWER, _REVIEWER.c.id == BATCH.c.started_by_id)
    # The newest version of the application may be that of a later import.
    .outerjoin(
        APPLICATION,
        (APPLICATION.c.agent == CASE.c.agent)
        & (APPLICATION.c.application_no == CASE.c.application_no)
        & (APPLICATION.c.batch_id == CASE.c.batch_id),
    )
    .outerjoin(_FILE, _FILE.c.batch_id == BATCH.c.id)
    .where(CASE.c.id == bindparam("case"), BATCH.c.published_at.is_not(None))
    .order_by(_FILE.c.id)
)
"""The import of a case, in one row for each file of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """The import that opened a case.

    Attributes:
        login: Who imported it.
        files: The file; all files of the batch if an earlier version of the program imported it.
        line: The line or row of the file, None if an earlier version imported it.
        missing: The kinds of the documents that were missing.
    """

    batch: int
    at: datetime
    login: str
    files: tuple[str, ...]
    line: int | None
    missing: tuple[str, ...]


def arrival_of(session: Session, case_id: int) -> Arrival | None:
    """Return the import that opened a case, None if it is not published."""
    rows: Sequence[Any] = session.connection().execute(_ARRIVAL, {"case": case_id}).all()
    if not rows:
        return None
    row, files = rows[0], tuple(row.file for row in rows if row.file is not None)
    return Arrival(
        batch=row.batch,
        at=row.at,
        login=row.login,
        files=files if row.file_no is None else files[row.file_no - 1 : row.file_no],
        line=row.line,
        missing=tuple(row.arrived_without.split()),
    )
