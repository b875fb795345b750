"""Logs the digests of the rows that are there when a database of an earlier version is upgraded."""

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime

from sqlalchemy import LargeBinary, cast, select
from sqlmodel import Session

from db import schema
from db.columns import as_stored
from db.dialects.sqlite_changes import EARLIER_COUNTS, NOTED_COLUMNS, earlier_noted_rows, noted_rows
from db.models import DecisionReasonRow, NoticeRow, PolicyVersionRow
from db.queries.published import BATCH, DECISION, table_of
from workbench.domain.case.actor import Actor
from workbench.services.foundation.audit_log import (
    EARLIER,
    append,
    decision_digest,
    log_also,
    log_receipts,
    notice_digest,
    row_digest,
    runs_of,
)
from workbench.services.foundation.calendar_days import SUSPENSION, log_calendar
from workbench.services.foundation.os_identity import os_login, os_uid
from workbench.services.site.log_checks.logged_state import (
    DIFFERS,
    FIRST_ROW,
    NOTICE,
    LoggedState,
    logged_state,
    rows_named,
)

_NOTICE, _POLICY, _REASON = table_of(NoticeRow), table_of(PolicyVersionRow), table_of(DecisionReasonRow)
_ALWAYS_LOGGED = frozenset({"decision", "import_batch", "policy_version", "suspension"})
"""The tables of which every row had an event before rows had digests; only the first policy version had none."""


def log_earlier_rows(session: Session, at: datetime) -> None:
    """Append one event with the digests of all rows, unless the log has them.

    What an earlier version can show to be changed or added outside the program gets a mark instead of its digest, so
    that it stays found.
    """
    logged = logged_state(session)
    if FIRST_ROW in logged.rows:
        return
    log_also(session, EARLIER, {table: _by_runs(_digests(session, logged, table)) for table in NOTED_COLUMNS})
    for batch_id in session.execute(select(BATCH.c.id).where(BATCH.c.published_at.is_not(None))).scalars().all():
        log_receipts(session, batch_id)
    if not logged.calendar:
        log_calendar(session)
    actor = Actor(id=0, login=os_login(), roles=frozenset(), identity=f"os:{os_uid()}")
    append(session, actor, "upgrade", at, body={"schema": schema.VERSION})


def _digests(session: Session, logged: LoggedState, table: str) -> dict[int, str]:
    """Return the digests of the rows of a table; receipts of which no event says anything have one digest together."""
    connection = session.connection()
    earlier = dict(earlier_noted_rows(connection, table)) if table in EARLIER_COUNTS else {}
    texts = dict(_texts(session, table))
    digests: dict[int, str] = {}
    for number, values in noted_rows(connection, table):
        key = (table, number)
        known, text = logged.rows.get(key), logged.texts.get(key)
        if number < 1 or (known is None and table == NOTICE and number in logged.batches):
            continue
        if known is None:
            is_explained = number <= logged.first_added.get(table, number)
        else:
            is_explained = known == row_digest(earlier[number])
        if text is None:
            is_explained &= key == FIRST_ROW or table not in _ALWAYS_LOGGED
        is_explained &= texts.get(number, "") in {"", text} if text else texts.get(number) != DIFFERS
        digests[number] = row_digest(values) if is_explained else DIFFERS
    return digests


def _texts(session: Session, table: str) -> Iterator[tuple[int, str]]:
    """Yield the number and the digest of each row as events of earlier versions have it."""
    if table == "decision":
        reasons = defaultdict[int, list[str]](list)
        for row in session.execute(select(_REASON).order_by(_REASON.c.decision_id, _REASON.c.position)):
            reasons[row.decision_id].append(row.code)
        for row in session.execute(select(*as_stored(DECISION))):
            yield row.id, decision_digest(row, reasons[row.id])
    elif table == NOTICE:
        yield from ((row.id, notice_digest(row)) for row in session.execute(select(*as_stored(_NOTICE))))
    elif table == "policy_version":
        for number, stored, body in session.execute(
            select(_POLICY.c.id, _POLICY.c.sha256, cast(_POLICY.c.body, LargeBinary))
        ):
            yield number, stored if hashlib.sha256(body).hexdigest() == stored else DIFFERS
    elif table == "suspension":
        for row in session.execute(select(*as_stored(SUSPENSION))):
            yield row.id, repr([row.from_at, row.to_at, row.province, row.agent])


def _by_runs(digests: Mapping[int, str]) -> dict[str, str]:
    """Return the digests in one text for each run of consecutive numbers."""
    runs = (name.strip() for name in runs_of(("", number) for number in digests))
    return {run: "".join(digests[number] for _table, number in rows_named("", run)) for run in runs}
