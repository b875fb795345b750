"""Reads and writes whole tables, so that a site can move between a file and a server.

A database whose site moved, or is still moving there, is sealed: its schema version is negative, which every version of
the program refuses, and a setting says where the site is.
"""

import json
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import Boolean, Column, Connection, Date, Integer, Table
from sqlalchemy.sql.elements import ClauseElement
from sqlmodel import Session

from db.dialects.bulk import BulkRows, insert_bulk
from db.errors import DatabaseRefused, Refusal

MOVED_TO = "moved_to"
"""The name of the setting with the path to which a site moved."""

MOVING_FROM = "moving_from"
"""The name of the setting of an unfinished copy: JSON with the path that it is `from`, and what the event will say."""

_SEALS = "SELECT name, value FROM setting WHERE name IN ('moved_to', 'moving_from')"
_ROWS_TOGETHER = 5_000
_MOST_MISFITS = 20
_MOST_INDEXED_BYTES = 2_600
"""A B-tree of PostgreSQL has entries of at most 2,704 bytes."""


class Misfit(NamedTuple):
    """A value that the other kind of database cannot store as it is."""

    table: str
    row: str
    """The primary key of its row."""
    columns: str
    problem: str
    """What is wrong: `kind`, `nul`, `length` or `range`."""


def seal_of(connection: Connection, where: str) -> DatabaseRefused:
    """Return the refusal of a sealed database, whose place is `where`; its detail is the path of the other one."""
    settings: dict[str, str] = {row.name: row.value for row in connection.exec_driver_sql(_SEALS)}
    if MOVED_TO in settings:
        return DatabaseRefused(Refusal.MOVED, where, settings[MOVED_TO])
    return DatabaseRefused(Refusal.MOVING, where, json.loads(settings.get(MOVING_FROM, '{"from": "?"}'))["from"])


def read_rows(connection: Connection, table: Table) -> Iterator[Sequence[tuple[Any, ...]]]:
    """Yield the rows of a table in parts, by primary key, with values as SQLite stores them."""
    is_file = connection.dialect.name == "sqlite"
    columns = ", ".join(_name(column) if is_file else _as_in_file(column) for column in table.c)
    rows = f'SELECT {columns} FROM "{table.name}" ORDER BY {", ".join(map(_name, table.primary_key))}'  # noqa: S608 - names are our own
    if is_file:
        for part in connection.exec_driver_sql(rows).partitions(_ROWS_TOGETHER):
            yield [tuple(row) for row in part]
        return
    driver: Any = connection.connection.driver_connection
    # Of this transaction: the statements of a large site take minutes.
    driver.execute("SET LOCAL statement_timeout = 0")
    with driver.cursor() as cursor, cursor.copy(f"COPY ({rows}) TO STDOUT") as copy:
        is_number = (isinstance(column.type, Boolean) or _is_number(column) for column in table.c)
        copy.set_types(["int8" if each else "text" for each in is_number])
        read = copy.rows()
        yield from iter(lambda: list(islice(read, _ROWS_TOGETHER)), [])


def write_rows(session: Session, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows that `read_rows` yielded."""
    insert_bulk(session, BulkRows(table.name, tuple(table.c.keys()), rows))


def misfits(connection: Connection, table: Table) -> Iterator[Misfit]:
    """Yield values of a table that the other kind of database cannot store, at most twenty."""
    problems = list(_problems(table) if connection.dialect.name == "sqlite" else _days_of_server(table))
    if not problems:
        return
    key = " || '/' || ".join(f"CAST({_name(column)} AS TEXT)" for column in table.primary_key)
    which = " ".join(f"WHEN {condition} THEN {number}" for number, (*_words, condition) in enumerate(problems))
    found = f'SELECT {key} AS place, CASE {which} END AS problem FROM "{table.name}"'  # noqa: S608 - names are our own
    limited = f"SELECT * FROM ({found}) AS found WHERE problem IS NOT NULL ORDER BY place LIMIT {_MOST_MISFITS}"  # noqa: S608
    for place, number in connection.exec_driver_sql(limited):
        columns, problem, _condition = problems[number]
        yield Misfit(table.name, place, columns, problem)


def _problems(table: Table) -> Iterator[tuple[str, str, str]]:
    """Yield the columns, the problem and its condition for what a file can have and a server cannot.

    SQLite stores any value in any column.
    """
    texts = set()
    for column in table.c:
        name = _name(column)
        if isinstance(column.type, Boolean):
            yield column.name, "kind", f"{name} NOT IN (0, 1)"
        elif isinstance(column.type, Date):
            yield column.name, "kind", f"{name} IS NOT date({name})"
            yield column.name, "range", f"{name} < '0001-01-01'"
        elif _is_number(column):
            yield column.name, "kind", f"typeof({name}) NOT IN ('integer', 'null')"
        else:
            texts.add(column.name)
            yield column.name, "kind", f"typeof({name}) NOT IN ('text', 'null')"
            yield column.name, "nul", f"instr({name}, char(0)) > 0"
    for index in table.indexes:
        names = [name for name in map(_first_name, index.expressions) if name in texts]
        if names:
            size = " + ".join(f'octet_length("{name}")' for name in names)
            yield ", ".join(names), "length", f"{size} > {_MOST_INDEXED_BYTES}"


def _days_of_server(table: Table) -> Iterator[tuple[str, str, str]]:
    """Yield the same for what a server can have and this program cannot: days of other years than 1 to 9999."""
    for column in table.c:
        if isinstance(column.type, Date):
            yield column.name, "range", f"{_name(column)} NOT BETWEEN '0001-01-01' AND '9999-12-31'"


def _name(column: Column[Any]) -> str:
    return f'"{column.name}"'


def _first_name(expression: str | ClauseElement) -> str:
    """Return the column of a part of an index, such as that of `application_no COLLATE NOCASE`."""
    return str(expression).split()[0].rpartition(".")[2].strip('"')


def _is_number(column: Column[Any]) -> bool:
    return isinstance(getattr(column.type, "impl", column.type), Integer)


def _as_in_file(column: Column[Any]) -> str:
    """Return the SQL of a server for a column as a file has it: booleans are numbers, and days are texts."""
    if isinstance(column.type, Boolean | Date):
        return f"CAST({_name(column)} AS {'integer' if isinstance(column.type, Boolean) else 'text'})"
    return _name(column)
