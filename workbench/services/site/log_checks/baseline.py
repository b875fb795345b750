"""Logs the digests of the rows that are there when a database of an earlier version is upgraded."""

import hashlib
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import LargeBinary, cast, select
from sqlmodel import Session

from db import schema
from db.columns import as_stored
from db.dialect import EARLIER_COUNTS, NOTED_COLUMNS, earlier_noted_rows, noted_rows
from db.models import DecisionReasonRow, NoticeRow, PolicyVersionRow
from db.queries.published import DECISION, table_of
from workbench.domain.case.actor import Actor
from workbench.services.foundation.audit_log import (
    append,
    decision_digest,
    log_together,
    notice_digest,
    row_digest,
)
from workbench.services.foundation.calendar_days import SUSPENSION, log_calendar
from workbench.services.foundation.os_identity import os_login, os_uid
from workbench.services.site.log_checks.logged_state import (
    DIFFERS,
    FIRST_ROW,
    LETTER,
    LoggedState,
    logged_state,
)
from workbench.services.site.log_checks.unexplained_rows import receipts_of_imports

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
    log_together(session, {table: _digests(session, logged, table) for table in NOTED_COLUMNS})
    if not logged.calendar:
        log_calendar(session)
    actor = Actor(id=0, login=os_login(), roles=frozenset(), identity=f"os:{os_uid()}")
    append(session, actor, "upgrade", at, body={"schema": schema.VERSION})


def _digests(session: Session, logged: LoggedState, table: str) -> dict[int, str]:
    """Return the digests of the rows of a table, without the receipts of an import that is not published yet."""
    connection = session.connection()
    earlier = dict(earlier_noted_rows(connection, table)) if table in EARLIER_COUNTS else {}
    texts = dict(_texts(session, table))
    receipts = receipts_of_imports(session) if table == LETTER else {}
    digests: dict[int, str] = {}
    for number, values in noted_rows(connection, table):
        key = (table, number)
        known, text = logged.rows.get(key), logged.texts.get(key)
        if number < 1 or (known is None and receipts.get(number) is False):
            continue
        if known is None:
            is_explained = number in receipts or number <= logged.first_added.get(table, number)
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
    elif table == LETTER:
        yield from ((row.id, notice_digest(row)) for row in session.execute(select(*as_stored(_NOTICE))))
    elif table == "policy_version":
        for number, stored, body in session.execute(
            select(_POLICY.c.id, _POLICY.c.sha256, cast(_POLICY.c.body, LargeBinary))
        ):
            yield number, stored if hashlib.sha256(body).hexdigest() == stored else DIFFERS
    elif table == "suspension":
        for row in session.execute(select(*as_stored(SUSPENSION))):
            yield row.id, repr([row.from_at, row.to_at, row.province, row.agent])
