"""Notes which rows of some tables a transaction changes, and what they were before.

Triggers that only act on connections of this program write the notes. So every statement of the program is noted, and a
statement of any other program is not. On SQLite they are temporary triggers of each connection.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Connection

from db.dialects.journal import journal_statements
from db.dialects.spelling import spelled

CHANGES_SCHEMA = "changes_schema"
"""The execution option of a connection that changes the tables themselves; it notes nothing.

A migration step that changes noted values needs an event with the new digests, or `audit verify` finds them changed.
"""

READS_VERSION = "reads_version"
"""The execution option of a connection to a server that reads the schema version as it begins to write."""

NOTED_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "absence": ("reviewer_id", "from_on", "to_on", "reason", "substitute_id"),
    "adjudication": ("case_id", "sampled_id", "reviewer_id", "adjudicated_at", "stands", "note"),
    "appeal": (
        *("case_id", "decision_id", "state_before", "grounds", "received_at", "filed_at", "filed_by_id", "due_at"),
        *("status", "outcome", "to_state", "answer", "decided_by_id", "decided_at", "checker_id", "checked_at"),
        *("check_note", "release_at", "waived", "before", "seen", "version_after"),
    ),
    "campaign": (
        *("reason", "filter", "rules", "policy_version_id", "per_day", "started_at", "started_by_id", "stopped_at"),
    ),
    "decision": (
        *("case_id", "deadline_at", "status", "release_at", "checker_id", "checked_at", "check_note", "undone_at"),
        *("corrects_id", "waived", "round", "verdict", "fail_kind", "measure", "note", "letter", "waits_for"),
        *("until_on", "maker_id", "decided_at", "version_after", "before"),
    ),
    "erasure": ("case_id", "part", "reason", "erased_at", "erased_by_id", "pending"),
    "golden_answer": (
        *("case_id", "decision_id", "verdict", "fail_kind", "reasons", "note", "marked_at", "marked_by_id"),
    ),
    "import_batch": (
        *("kind", "started_at", "started_by_id", "published_at", "published_seq", "applied_at", "row_count"),
        *("created_count", "updated_count", "unchanged_count", "rejected_count"),
    ),
    "export_reason": ("reason", "exported_at", "exported_by_id"),
    "inquiry": (
        *("case_id", "department", "question", "asked_at", "asked_by_id", "due_at", "remind_at", "reminded_at"),
        *("status", "outcome", "note", "document_sha256", "document_bytes", "document_type"),
        *("ended_at", "ended_by_id"),
    ),
    "legal_hold": ("case_id", "reason", "placed_at", "placed_by_id", "ended_at", "ended_by_id", "end_reason"),
    "measure_order": (
        *("case_id", "decision_id", "appeal_id", "measure", "ordered_at", "release_at", "due_at", "done_at"),
        *("reported_by_id", "failed_at", "failure", "cancelled_at", "exported_at"),
    ),
    "notice": (
        *("case_id", "release_at", "told_due_at", "appeal_until_on", "cancelled_at", "sent_at", "sent_by_id"),
        *("decision_id", "kind", "language", "subject", "body", "created_at", "channel", "facts"),
    ),
    "opinion": (
        *("case_id", "sampled_id", "reviewer_id", "opened_at", "given_at", "verdict", "fail_kind", "reasons", "note"),
    ),
    "policy_version": (
        *("body", "sha256", "applied_at", "applied_by_id", "effective_on", "is_for_open_cases", "settled_at"),
    ),
    "quality_sample": ("from_on", "to_on", "size", "seed", "by", "strata", "left_out", "drawn_at", "drawn_by_id"),
    "rectification": ("case_id", "decision_id", "round", "deadline_at", "is_open"),
    "rectification_item": (
        *("rectification_id", "position", "code", "text", "satisfied_at", "waived_at", "waived_by_id"),
        *("waive_reason", "deadline_at", "judged", "judged_by_id", "judged_at"),
    ),
    "reviewer": ("login", "is_active", "max_held", "created_at", "skills", "department"),
    "sampled_decision": ("case_id", "sample_id", "decision_id", "stratum", "is_golden"),
    "suspension": (
        *("from_at", "to_at", "announced_to_at", "province", "agent", "reason", "entered_at", "entered_by_id"),
        *("resumed_at", "settled_at", "former_ends"),
    ),
}
"""The columns that are noted, by table.

Not noted are numbers of people, which could be guessed from a digest, large snapshots, and columns that change without
an act.
"""


class _PartTable(NamedTuple):
    """A table whose rows are noted as parts of a row of another table. They never change after that row was added."""

    name: str
    reference: str
    """The column with the number of the other table's row."""
    columns: tuple[str, ...]
    """The noted columns; the first one orders the parts."""


_PARTS = {
    "decision": _PartTable("decision_reason", "decision_id", ("position", "code")),
    "import_batch": _PartTable("import_file", "batch_id", ("id", "name", "sha256", "encoding", "bytes_count")),
}
"""The tables of parts, by the table of the rows that they belong to."""

_EXISTS_IF: Mapping[str, str] = {"import_batch": "{row}.published_at IS NOT NULL"}
"""The condition for a row to be noted as existing, by table: nobody sees a batch before it is published."""

_DEFAULT_OF_ADDED_COLUMN = {"facts": "{}", "former_ends": "[]", "skills": "", "substitute_id": "", "department": ""}
"""The columns that a migration step added, with the value that it gave to existing rows; empty also means null.

A row with this value has the same digest as before the step.
"""

RECEIPT = "receipt"
_CASE_IS_PUBLISHED = (
    'EXISTS (SELECT 1 FROM "case" AS c JOIN import_batch AS b ON b.id = c.batch_id'
    " WHERE c.id = NEW.case_id AND b.published_at IS NOT NULL)"
)
NOTED_INSERTS = {"notice": f"NEW.kind <> '{RECEIPT}' OR {_CASE_IS_PUBLISHED}"}
"""The condition for an insert to be noted, by table. An import logs the receipts of its new cases together instead."""

_TABLE = "CREATE TEMP TABLE changed_row (name TEXT, id INTEGER, was TEXT, PRIMARY KEY (name, id))"
_HAS_CHANGES = "SELECT 1 FROM temp.changed_row LIMIT 1"
_CLEAR_CHANGES = "DELETE FROM temp.changed_row"
IS_PREPARED = "notes changed rows"
"""The key in `Connection.info` of a connection whose triggers exist."""


class ChangedRow(NamedTuple):
    """A row that a transaction changed, with its noted values as SQL."""

    table: str
    id: int
    was: str | None
    """The values before the changes, None if the row was added."""
    became: str | None
    """The values now, None if the row was deleted."""


def prepare(connection: Connection) -> None:
    """Make all further transactions of a connection note which rows they change, unless it changes the schema."""
    if IS_PREPARED in connection.info or connection.get_execution_options().get(CHANGES_SCHEMA):
        return
    driver: Any = connection.connection.driver_connection
    driver.executescript(_script())
    connection.info[IS_PREPARED] = True


@cache
def _script() -> str:
    """Return the statements that prepare a connection; the driver runs them in half the time of single ones."""
    return ";".join((_TABLE, *_triggers(), *journal_statements(), ""))


def _triggers() -> Iterator[str]:
    """Yield the triggers that note each added, changed or removed row of a table, with its values before."""
    for table, columns in NOTED_COLUMNS.items():
        # Only the first note of a row in a transaction is kept; it has the values before the transaction.
        note = "INSERT OR IGNORE INTO changed_row VALUES"
        was = noted_values(table, "OLD")
        when = f"WHEN {NOTED_INSERTS[table]} " if table in NOTED_INSERTS else ""
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
    if not connection.info.get(IS_PREPARED):
        return
    is_server = connection.dialect.name != "sqlite"
    # Every act asks this, and the driver answers in a tenth of the time.
    if not (driver.may_have_notes if is_server else driver.execute(_HAS_CHANGES).fetchone()):
        return
    changed = [ChangedRow(*row) for row in driver.execute(spelled(connection, _changed_rows()))]
    if is_server:
        driver.may_have_notes = False
    if changed:
        (driver.run if is_server else driver.execute)(spelled(connection, _CLEAR_CHANGES))
    yield from (row for row in changed if row.was != row.became)


@cache
def _changed_rows() -> str:
    """Return the statement that reads the changed rows with their values before and now."""
    now = (
        f"WHEN '{table}' THEN (SELECT {noted_values(table, table)} FROM main.{table} WHERE id = changed_row.id)"  # noqa: S608 - names are our own
        for table in NOTED_COLUMNS
    )
    return f"SELECT name, id, was, CASE name {' '.join(now)} END FROM temp.changed_row ORDER BY rowid"  # noqa: S608


def noted_rows(connection: Connection, table: str) -> Iterator[tuple[int, str]]:
    """Yield the number and the noted values of each row of a table that exists in the sense of `_EXISTS_IF`."""
    yield from _rows(connection, f"SELECT id, {noted_values(table, table)} AS noted FROM {table}")  # noqa: S608 - names are our own


def receipts_of(connection: Connection, batch_id: int) -> Iterator[tuple[int, str]]:
    """Yield the number and the noted values of the receipts of a batch's cases, by their numbers."""
    receipts = (
        f'SELECT notice.id, {noted_values("notice", "notice")} AS noted FROM notice JOIN "case" ON "case".id = case_id'  # noqa: S608 - names are our own
        f" WHERE batch_id = {batch_id:d} AND kind = '{RECEIPT}'"
    )
    yield from _rows(connection, receipts)


def _rows(connection: Connection, statement: str) -> Iterator[tuple[int, str]]:
    existing = f"SELECT id, noted FROM ({statement}) WHERE noted IS NOT NULL ORDER BY id"  # noqa: S608 - names are our own
    yield from ((number, noted) for number, noted in connection.exec_driver_sql(spelled(connection, existing)))


def noted_values(table: str, row: str) -> str:
    """Return the SQL expression for the noted values of a row in one text, NULL if it does not count as existing."""
    values = _quoted_with_length(row, NOTED_COLUMNS[table])
    if part := _PARTS.get(table):
        parts = f"group_concat({_quoted_with_length(part.name, part.columns)}, ',' ORDER BY {part.columns[0]})"
        values += f" || ',' || quote((SELECT {parts} FROM main.{part.name} WHERE {part.reference} = {row}.id))"  # noqa: S608 - names are our own
    if exists_if := _EXISTS_IF.get(table):
        return f"CASE WHEN {exists_if.format(row=row)} THEN {values} END"
    return values


def _quoted_with_length(row: str, columns: tuple[str, ...]) -> str:
    """Return the SQL expression for the quoted values of a row and their length in bytes, separated by commas.

    The length is needed because `quote` cuts a text at its first NUL.
    """
    quoted, measured = [], []
    for column in columns:
        value = f'{row}."{column}"'
        comma_and_value = f"',' || quote({value})"
        default = _DEFAULT_OF_ADDED_COLUMN.get(column)
        if default is None:
            quoted.append(comma_and_value)
            measured.append(value)
        else:
            quoted.append(
                f"CASE WHEN coalesce(CAST({value} AS TEXT), '') = '{default}' THEN '' ELSE {comma_and_value} END"
            )
            measured.append(f"nullif(CAST({value} AS TEXT), '{default}')")
    values = " || ".join(quoted).removeprefix("',' || ")
    return f"{values} || ',' || octet_length(concat({', '.join(measured)}))"
