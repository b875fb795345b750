"""Writes many rows of a table with the driver's own `executemany`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Boolean, Column, Date
from sqlalchemy.dialects.sqlite import dialect
from sqlmodel import Session, SQLModel

_Bind = Callable[[Any], Any] | None


@dataclass(frozen=True, slots=True)
class BulkRows:
    """Rows of a table as the driver takes them: tuples of the columns `names`. Processes exchange them."""

    table: str
    names: tuple[str, ...]
    rows: Sequence[tuple[Any, ...]]

    def column(self, name: str) -> list[Any]:
        """Return the values of a column."""
        place = self.names.index(name)
        return [row[place] for row in self.rows]


def bulk_rows(table: str, rows: Sequence[Mapping[str, Any]]) -> BulkRows:
    """Return rows of a table, all with the same columns, as the driver takes them."""
    names = tuple(rows[0]) if rows else ()
    binds = _binds(table)
    columns = [
        [row[name] for row in rows]
        if (bind := binds.get(name)) is None
        else [None if row[name] is None else bind(row[name]) for row in rows]
        for name in names
    ]
    return BulkRows(table, names, list(zip(*columns, strict=True)))


def insert_rows(session: Session, table: str, rows: Sequence[Mapping[str, Any]], **same: Any) -> None:
    """Insert rows that have the same columns; `same` are the columns with one value in all of them."""
    insert_bulk(session, bulk_rows(table, rows), **same)


def insert_bulk(session: Session, bulk: BulkRows, *, shifts: Mapping[str, int] | None = None, **same: Any) -> None:
    """Insert rows; `same` are the columns with one value in all of them, `shifts` numbers that are added to columns."""
    if not bulk.rows:
        return
    binds, shifts = _binds(bulk.table), shifts or {}
    constants = {
        name: _literal(value if value is None or (bind := binds.get(name)) is None else bind(value))
        for name, value in {**_defaults(bulk.table), **same}.items()
        if name not in bulk.names
    }
    names = ", ".join(f'"{name}"' for name in (*bulk.names, *constants))
    places = (f"? + {shifts[name]:d}" if name in shifts else "?" for name in bulk.names)
    values = ", ".join((*places, *constants.values()))
    statement = f'INSERT INTO "{bulk.table}" ({names}) VALUES ({values})'  # noqa: S608 - names and values are our own
    session.connection().exec_driver_sql(statement, bulk.rows)


@cache
def _binds(table: str) -> dict[str, _Bind]:
    """Return what makes a value of each column one of the driver's, None where nothing must."""
    return {column.name: _bind_of(column) for column in _columns(table)}


@cache
def _defaults(table: str) -> dict[str, Any]:
    """Return what a statement of SQLAlchemy would fill in: the columns of a row that have defaults."""
    return {
        column.name: column.default.arg  # type: ignore[attr-defined]  # a scalar default has one
        for column in _columns(table)
        if column.default is not None and column.default.is_scalar
    }


def _columns(table: str) -> Sequence[Column[Any]]:
    """Return the columns of a table; those of an index for searching take values as they are."""
    known = SQLModel.metadata.tables.get(table)
    return () if known is None else known.columns.values()


def _bind_of(column: Column[Any]) -> _Bind:
    """Return what makes a value of a column one of the driver's; it takes flags as they are."""
    if isinstance(column.type, Date):
        return date.isoformat
    return None if isinstance(column.type, Boolean) else column.type.bind_processor(dialect())


def _literal(value: object) -> str:
    """Return a value as SQL."""
    if value is None:
        return "NULL"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    if isinstance(value, int):
        return repr(int(value))
    raise TypeError(value)
