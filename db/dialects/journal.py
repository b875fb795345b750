"""Keeps the values of rows before an act, so that the act can be undone.

Triggers do this for every statement of an act. They do nothing until `start_journal`.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection

from db.dialects.spelling import spelled

RESTORED_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "appeal": (
        *("status", "outcome", "to_state", "answer", "decided_by_id", "decided_at", "checker_id", "checked_at"),
        *("check_note", "release_at", "waived", "seen"),
    ),
    "case": (
        *("state", "round", "assignee_id", "returned_to_id", "waits_for", "next_action_on", "is_listed", "trigger"),
        *("reopen_for", "corrects_id", "held_by_id", "held_until", "aside_until"),
    ),
    "decision": ("status", "release_at", "checker_id", "checked_at", "check_note", "corrects_id", "waived"),
    "draft": ("decision_id",),
    "inquiry": ("status", "ended_at", "ended_by_id"),
    "measure_order": ("cancelled_at",),
    "notice": ("cancelled_at",),
    "rectification": ("deadline_at", "is_open"),
    "rectification_item": ("satisfied_at", "waived_at", "waived_by_id", "waive_reason", "deadline_at"),
}
"""The columns that an undo restores, by table.

Not restored are columns that only grow, such as the version of a case, and those computed from the evidence or the log.
"""

NOW = object()
"""The time of the undo."""

WITHDRAWN_ROWS: Mapping[str, Mapping[str, Any]] = {
    "appeal": {"status": "undone"},
    "decision": {"status": "undone", "undone_at": NOW},
    "measure_order": {"cancelled_at": NOW},
    "notice": {"cancelled_at": NOW},
    "rectification": {"is_open": False},
}
"""The values that an undo gives to rows that the act added, by table; no row is deleted."""

_TABLE = "CREATE TEMP TABLE kept_row (name TEXT, id INTEGER, was TEXT, PRIMARY KEY (name, id))"
_START = "INSERT INTO temp.kept_row VALUES ('', 0, NULL)"
IS_STARTED = "EXISTS (SELECT 1 FROM temp.kept_row WHERE name = '')"
_STORE = (
    "INSERT INTO main.act (seq, case_id, until_at, rows)"
    " SELECT ?, ?, ?, json_group_array(json_array(name, id, json(was)) ORDER BY rowid)"
    " FROM temp.kept_row WHERE name <> ''"
)
_LIMIT_WAITING = "UPDATE main.act SET until_at = ? WHERE case_id = ? AND until_at IS NULL"
_CLEAR_OVER = "DELETE FROM main.act WHERE until_at <= ?"
_CLEAR_VOID = (
    "DELETE FROM main.act WHERE until_at IS NULL AND NOT EXISTS"
    " (SELECT 1 FROM main.\"case\" AS c WHERE c.id = act.case_id AND c.state = 'awaiting_check')"
)
_CLEAR_KEPT = "DELETE FROM temp.kept_row"


def journal_statements() -> Iterator[str]:
    """Yield the statements that prepare a connection to keep rows."""
    yield _TABLE
    for table, columns in RESTORED_COLUMNS.items():
        updated = f'AFTER UPDATE OF {", ".join(columns)} ON main."{table}"'
        yield f"CREATE TEMP TRIGGER {table}_kept {updated} {_keep_row(table, f'OLD.id, {values_before(columns)}')}"
        if table in WITHDRAWN_ROWS:
            inserted = f'AFTER INSERT ON main."{table}"'
            yield f"CREATE TEMP TRIGGER {table}_begun {inserted} {_keep_row(table, 'NEW.id, NULL')}"


def values_before(columns: tuple[str, ...]) -> str:
    """Return the SQL expression for the values of a row before an update, as JSON."""
    values = ", ".join(f"'{name}', OLD.{name}" for name in columns)
    return f"json_object({values})"


def _keep_row(table: str, id_and_values: str) -> str:
    """Return the body of a trigger. It keeps a row only at its first change in an act, with the values before it."""
    note = f"INSERT OR IGNORE INTO kept_row VALUES ('{table}', {id_and_values})"  # noqa: S608 - names are our own
    return f"WHEN {IS_STARTED} BEGIN {note}; END"


def start_journal(connection: Connection) -> None:
    """Keep the rows that the transaction changes from now on."""
    _execute(connection, _START)


def end_journal(connection: Connection, act: tuple[int, int, int | None] | None = None) -> None:
    """Stop keeping rows, and store the kept rows as the journal of an act.

    The journal is JSON, a list of [table, number, values before]. The values are null if the act added the row. If an
    earlier act of the case waited for its check, this act ends the wait, and both can be undone until the same time.

    Args:
        connection: The connection that kept the rows.
        act: The number of its event, its case, and the time in microseconds until which it can be undone (None while
            it waits for its check). Without an act, nothing is stored.
    """
    if act is not None:
        _seq, case_id, until_us = act
        _execute(connection, _LIMIT_WAITING, (until_us, case_id))
        _execute(connection, _STORE, act)
    _execute(connection, _CLEAR_KEPT)


def clear_journals(connection: Connection, now_us: int, *, has_void: bool = False) -> None:
    """Delete the journals of acts that can no longer be undone, because their time is over.

    With `has_void`, delete also those of acts that became void: their case no longer waits for their check.
    """
    _execute(connection, _CLEAR_OVER, (now_us,))
    if has_void:
        _execute(connection, _CLEAR_VOID)


def added_rows(rows: str, table: str) -> tuple[int, ...]:
    """Return the numbers of the rows of a table that an act added, given the JSON of its rows."""
    return tuple(number for name, number, was in json.loads(rows or "[]") if name == table and was is None)


def restore_rows(connection: Connection, rows: str, now_us: int, *, keeps: str = "") -> None:
    """Restore the rows of an act, given as JSON, and cancel the rows that it added, as of `now_us`.

    The column `keeps` is not restored.
    """
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name != "sqlite":
        driver.may_have_notes = True
    for table, number, was in json.loads(rows):
        values = {
            name: value for name, value in (WITHDRAWN_ROWS[table] if was is None else was).items() if name != keeps
        }
        columns = ", ".join(f"{name} = ?" for name in values)
        bound = (*(now_us if value is NOW else value for value in values.values()), number)
        _execute(connection, f'UPDATE main."{table}" SET {columns} WHERE id = ?', bound)  # noqa: S608 - names are our own


def _execute(connection: Connection, sql: str, values: tuple[Any, ...] = ()) -> None:
    # The driver answers in a tenth of the time. That of PostgreSQL need not wait for these statements.
    driver: Any = connection.connection.driver_connection
    getattr(driver, "run", driver.execute)(spelled(connection, sql), values)
