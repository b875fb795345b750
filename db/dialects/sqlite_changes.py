"""Notes which rows of some tables a transaction changes, and what they were before.

Triggers do that which only the connections of this program have. So no statement of the program is forgotten, and a
statement of anybody else is not noted.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Connection

CHANGES_SCHEMA = "changes_schema"
"""The execution option of a connection that changes the tables themselves; it notes nothing.

A migration step that changes noted values needs an event with the new digests, or `audit verify` finds them changed.
"""

NOTED_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "appeal": (
        *("case_id", "decision_id", "state_before", "grounds", "received_at", "filed_at", "filed_by_id", "due_at"),
        *("status", "outcome", "to_state", "answer", "decided_by_id", "decided_at", "checker_id", "checked_at"),
        *("check_note", "release_at", "waived", "before", "seen"),
    ),
    "decision": (
        *("case_id", "deadline_at", "status", "release_at", "checker_id", "checked_at", "check_note", "undone_at"),
        *("corrects_id", "waived"),
    ),
    "legal_hold": ("case_id", "reason", "placed_at", "placed_by_id", "ended_at", "ended_by_id", "end_reason"),
    "measure_order": (
        *("case_id", "decision_id", "appeal_id", "measure", "ordered_at", "release_at", "due_at", "done_at"),
        *("reported_by_id", "failed_at", "failure", "cancelled_at"),
    ),
    "notice": ("case_id", "release_at", "told_due_at", "appeal_until_on", "cancelled_at", "sent_at", "sent_by_id"),
    "rectification": ("case_id", "decision_id", "round", "deadline_at", "is_open"),
    "rectification_item": (
        *("rectification_id", "position", "code", "text", "satisfied_at", "waived_at", "waived_by_id"),
        *("waive_reason", "deadline_at", "judged", "judged_by_id", "judged_at"),
    ),
    "reviewer": ("login", "is_active"),
}
"""The columns that are noted, by table.

Left out are numbers of people, which could be guessed from a digest, large snapshots, and what changes without an act.
"""

RECEIPT = "receipt"
_UNNOTED_INSERTS = {"notice": f"NEW.kind <> '{RECEIPT}'"}
"""The condition of an insert to be noted; an import writes a receipt for each of its cases."""

_TABLE = "CREATE TEMP TABLE changed_row (name TEXT, id INTEGER, was TEXT, PRIMARY KEY (name, id))"
_HAS_ANY = "SELECT 1 FROM temp.changed_row LIMIT 1"
_FORGET = "DELETE FROM temp.changed_row"
_IS_PREPARED = "notes changed rows"


class ChangedRow(NamedTuple):
    """The values of a row before the changes and now, as SQL; None before its insertion or after its deletion."""

    table: str
    id: int
    was: str | None
    became: str | None


def prepare(connection: Connection) -> None:
    """Make all further transactions of a connection note which rows they change, unless it changes the schema."""
    if _IS_PREPARED in connection.info or connection.get_execution_options().get(CHANGES_SCHEMA):
        return
    for statement in (_TABLE, *_triggers()):
        connection.exec_driver_sql(statement)
    connection.info[_IS_PREPARED] = True


def _triggers() -> Iterator[str]:
    for table, columns in NOTED_COLUMNS.items():
        # The first note of a row in a transaction has its values before.
        note = "INSERT OR IGNORE INTO changed_row VALUES"
        was = _values("OLD.", columns)
        when = f"WHEN {_UNNOTED_INSERTS[table]} " if table in _UNNOTED_INSERTS else ""
        create = f"CREATE TEMP TRIGGER {table}"
        yield f"{create}_added AFTER INSERT ON main.{table} {when}BEGIN {note} ('{table}', NEW.id, NULL); END"
        yield (
            f"{create}_changed AFTER UPDATE OF {', '.join(columns)} ON main.{table}"
            f" BEGIN {note} ('{table}', OLD.id, {was}); END"
        )
        yield f"{create}_removed AFTER DELETE ON main.{table} BEGIN {note} ('{table}', OLD.id, {was}); END"


def take_changes(connection: Connection) -> Iterator[ChangedRow]:
    """Yield the rows that the transaction changed since the last call."""
    driver: Any = connection.connection.driver_connection
    # Every act asks this, and the driver answers in a tenth of the time.
    if driver.execute(_HAS_ANY).fetchone() is None:
        return
    changed = [ChangedRow(*row) for row in connection.exec_driver_sql(_changed_rows())]
    driver.execute(_FORGET)
    yield from (row for row in changed if row.was != row.became)


@cache
def _changed_rows() -> str:
    """Return the statement that reads the changed rows with their values before and now."""
    now = (
        f"WHEN '{table}' THEN (SELECT {_values('', columns)} FROM main.{table} WHERE id = changed_row.id)"  # noqa: S608 - names are our own
        for table, columns in NOTED_COLUMNS.items()
    )
    return f"SELECT name, id, was, CASE name {' '.join(now)} END FROM temp.changed_row ORDER BY rowid"  # noqa: S608


def noted_rows(connection: Connection, table: str) -> Iterator[tuple[int, str]]:
    """Yield the number and the noted values of each row of a table."""
    statement = f"SELECT id, {_values('', NOTED_COLUMNS[table])} FROM {table} ORDER BY id"  # noqa: S608 - names are our own
    yield from ((row[0], row[1]) for row in connection.exec_driver_sql(statement))


def _values(prefix: str, columns: tuple[str, ...]) -> str:
    """Return the SQL expression for the values of a row in one text."""
    return " || ',' || ".join(f'quote({prefix}"{name}")' for name in columns)
