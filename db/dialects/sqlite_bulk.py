"""Writes many rows of a table with the driver's own `executemany`."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import Boolean, Column, Date, Dialect, Table
from sqlmodel import Session

_Bind = Callable[[Any], Any] | None


def insert_rows(session: Session, table: Table, rows: Sequence[Mapping[str, Any]], **same: Any) -> None:
    """Insert rows that have the same columns; `same` are the columns with one value in all of them."""
    if not rows:
        return
    connection = session.connection()
    statement, binds = _prepared(table, tuple(rows[0]), tuple(same.items()), connection.dialect)
    columns = [
        [row[name] for row in rows]
        if bind is None
        else [None if row[name] is None else bind(row[name]) for row in rows]
        for name, bind in binds.items()
    ]
    connection.exec_driver_sql(statement, list(zip(*columns, strict=True)))


@lru_cache(maxsize=64)
def _prepared(
    table: Table, names: tuple[str, ...], same: tuple[tuple[str, Any], ...], dialect: Dialect
) -> tuple[str, dict[str, _Bind]]:
    """Return the statement, and what makes a value of each column one of the driver's, None where nothing must."""
    given = {*names, *dict(same)}
    # What a statement of SQLAlchemy would fill in: the columns of a row that have defaults.
    defaults = {
        column.name: column.default.arg  # type: ignore[attr-defined]  # a scalar default has one
        for column in table.columns
        if column.name not in given and column.default is not None and column.default.is_scalar
    }
    constants = {**defaults, **dict(same)}
    binds = {column.name: _bind_of(column, dialect) for column in table.columns}
    quoted = ", ".join(f'"{name}"' for name in (*names, *constants))
    shown = (_literal(bind(value) if (bind := binds[name]) else value) for name, value in constants.items())
    values = ", ".join((*("?" for _name in names), *shown))
    statement = f'INSERT INTO "{table.name}" ({quoted}) VALUES ({values})'  # noqa: S608 - names and values are our own
    return statement, {name: binds[name] for name in names}


def _bind_of(column: Column[Any], dialect: Dialect) -> _Bind:
    """Return what makes a value of a column one of the driver's; it takes flags as they are."""
    if isinstance(column.type, Date):
        return date.isoformat
    return None if isinstance(column.type, Boolean) else column.type.bind_processor(dialect)


def _literal(value: object) -> str:
    """Return a value as SQL."""
    if value is None:
        return "NULL"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return repr(int(value))  # type: ignore[call-overload]  # others are whole numbers and flags
