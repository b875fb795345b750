"""Writes many rows of a table: on SQLite with the driver's own `executemany`, on PostgreSQL with COPY."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Boolean, Column, Date
from sqlalchemy.dialects.sqlite import dialect
from sqlmodel import Session, SQLModel

_Converter = Callable[[Any], Any] | None


@dataclass(frozen=True, slots=True)
class BulkRows:
    """Rows of a table in the driver's types, which processes can exchange."""

    table: str
    names: tuple[str, ...]
    """The columns, in the order of the values in each row."""

    rows: Sequence[tuple[Any, ...]]

    def column(self, name: str) -> list[Any]:
        """Return the values of a column."""
        index = self.names.index(name)
        return [row[index] for row in self.rows]


def bulk_rows(table: str, rows: Sequence[Mapping[str, Any]]) -> BulkRows:
    """Convert rows of a table, all with the same columns, to the driver's types."""
    names = tuple(rows[0]) if rows else ()
    converters = _converters(table)
    columns = (_converted([row[name] for row in rows], converters.get(name)) for name in names)
    return BulkRows(table, names, list(zip(*columns, strict=True)))


def insert_rows(session: Session, table: str, rows: Sequence[Mapping[str, Any]], **constants: Any) -> None:
    """Insert rows that all have the same columns.

    Args:
        session: The session of the write.
        table: The table.
        rows: The rows, each with its values by column.
        constants: The columns that have the same value in all rows, with this value.
    """
    insert_bulk(session, bulk_rows(table, rows), **constants)


def insert_bulk(session: Session, bulk: BulkRows, *, shifts: Mapping[str, int] | None = None, **constants: Any) -> None:
    """Insert converted rows.

    Args:
        session: The session of the write.
        bulk: The rows.
        shifts: The numbers to add to the values of some columns, by column.
        constants: The columns that have the same value in all rows, with this value.
    """
    if not bulk.rows:
        return
    converters, shifts = _converters(bulk.table), shifts or {}
    constants = {
        name: _converted([value], converters.get(name))[0]
        for name, value in {**_defaults(bulk.table), **constants}.items()
        if name not in bulk.names
    }
    connection = session.connection()
    names = ", ".join(f'"{name}"' for name in (*bulk.names, *constants))
    if connection.dialect.name != "sqlite":
        added, same = tuple(shifts.get(name, 0) for name in bulk.names), tuple(constants.values())
        rows = bulk.rows if not shifts else [tuple(map(_shifted, row, added)) for row in bulk.rows]
        connection.exec_driver_sql(f'COPY "{bulk.table}" ({names}) FROM STDIN', [(*row, *same) for row in rows])
        return
    placeholders = (f"? + {shifts[name]:d}" if name in shifts else "?" for name in bulk.names)
    values = ", ".join((*placeholders, *map(_literal, constants.values())))
    statement = f'INSERT INTO "{bulk.table}" ({names}) VALUES ({values})'  # noqa: S608 - names and values are our own
    connection.exec_driver_sql(statement, bulk.rows)


def _shifted(value: Any, shift: int) -> Any:
    return value + shift if shift else value


def _converted(values: list[Any], convert: _Converter) -> list[Any]:
    """Return values of one column in the driver's types; None stays None."""
    return values if convert is None else [None if value is None else convert(value) for value in values]


@cache
def _converters(table: str) -> dict[str, _Converter]:
    """Return for each column the converter of its values to the driver's types, None if none is needed."""
    return {column.name: _converter_of(column) for column in _columns(table)}


@cache
def _defaults(table: str) -> dict[str, Any]:
    """Return the column defaults that a statement of SQLAlchemy would fill in."""
    return {
        column.name: column.default.arg  # type: ignore[attr-defined]  # a scalar default has one
        for column in _columns(table)
        if column.default is not None and column.default.is_scalar
    }


def _columns(table: str) -> Sequence[Column[Any]]:
    """Return the columns of a table; empty for the search index, which needs no conversion."""
    known = SQLModel.metadata.tables.get(table)
    return () if known is None else known.columns.values()


def _converter_of(column: Column[Any]) -> _Converter:
    """Return the converter of a column's values to the driver's types; booleans need none."""
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
