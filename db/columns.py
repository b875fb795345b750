"""Column types, and the declaration of personal columns."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Column, Dialect, Index, Label, String, Table, Text, TypeDecorator, text, type_coerce
from sqlalchemy.types import NullType
from sqlmodel import Field, SQLModel

ERASED = "erased"
"""The key in `Column.info` of the value that retention writes when it empties the column."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_us(at: datetime) -> int:
    """Return an aware instant as microseconds since 1970 in UTC.

    Raises:
        ValueError: If the instant has no zone.
    """
    if at.tzinfo is None:
        raise ValueError("an instant needs a zone")
    return (at - EPOCH) // _MICROSECOND


def from_us(us: int) -> datetime:
    """Return the UTC instant of a number of microseconds since 1970."""
    return EPOCH + timedelta(microseconds=us)


class Instant(TypeDecorator[datetime]):
    """An instant, stored as INTEGER microseconds in UTC, so that comparing and adding need no parsing."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002 - the signature is SQLAlchemy's
        return None if value is None else to_us(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - the signature is SQLAlchemy's
        return None if value is None else from_us(value)


def instant_column(*, nullable: bool = False, index: bool = False) -> Any:
    """Declare a column for an instant."""
    return Field(default=None, sa_column=Column(Instant(), nullable=nullable, index=index))


def as_stored(table: Table) -> list[Label[Any]]:
    """Return the columns of a table for a statement that reads the values as stored, without conversion.

    Different stored values can convert to the same value.
    """
    return [type_coerce(column, NullType()).label(column.name) for column in table.c]


def partial_index(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """Declare an index of the rows that satisfy a condition."""
    return Index(name, *columns, unique=unique, sqlite_where=text(where))


def short_text(length: int, *, index: bool = False) -> Any:
    """Declare a short text column."""
    return Field(default="", sa_column=Column(String(length), nullable=False, index=index))


def long_text(default: str = "") -> Any:
    """Declare a column for a text of any length."""
    return Field(default=default, sa_column=Column(Text, nullable=False))


def erased_column(kind: Any, *, empty: Any = None) -> Any:
    """Declare a column that is not masked but that retention empties, such as a public name or the hash of a number.

    Args:
        kind: The SQL type of the column.
        empty: The value that retention writes; if it is None, the column is nullable.
    """
    return Field(default=empty, sa_column=Column(kind, nullable=empty is None, info={ERASED: empty}))


def erased_short_text(length: int) -> Any:
    """Declare a short text that retention empties."""
    return erased_column(String(length), empty="")


def free_text(default: str = "", *, empty: str | None = None) -> Any:
    """Declare a text that a person wrote, or JSON with such texts; retention writes `empty`, or else the default."""
    info = {ERASED: default if empty is None else empty}
    return Field(default=default, sa_column=Column(Text, nullable=False, info=info))


def personal_text(kind: str, *, length: int = 200) -> Any:
    """Declare a column for the name or number of a person.

    `kind` is name, msisdn, msisdns (several numbers in one text), id_no or text.
    """
    return Field(default="", sa_column=Column(String(length), nullable=False, info={"personal": kind}))


def personal_columns(model: type[SQLModel]) -> dict[str, str]:
    """Return the personal columns of a table, each with the kind that decides its mask."""
    table = model.__table__  # type: ignore[attr-defined]  # SQLModel adds it when the class is a table
    return {column.name: column.info["personal"] for column in table.columns if "personal" in column.info}


def erased_values(model: type[SQLModel]) -> dict[str, Any]:
    """Return the columns of a table that retention empties, including all personal ones, with their empty values."""
    table = model.__table__  # type: ignore[attr-defined]  # SQLModel adds it when the class is a table
    return {
        column.name: column.info.get(ERASED, "")
        for column in table.columns
        if ERASED in column.info or "personal" in column.info
    }
