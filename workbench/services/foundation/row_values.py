"""Fills dataclasses with the columns of rows, the fields of other dataclasses, or values of JSON."""

from collections.abc import Callable, Mapping
from datetime import date
from enum import Enum
from functools import cache, partial
from types import UnionType
from typing import Any, TypeVar, get_args, get_type_hints

_Value = TypeVar("_Value")


def from_row(kind: Callable[..., _Value], row: Any, /, **given: Any) -> _Value:
    """Return a dataclass of this kind; a field that is not in `given` gets the value of the column with its name.

    The row is an entity, a row of a statement, a dataclass or a mapping. In a field of an enumeration, a text becomes
    its member and an empty text becomes None; in a field of a day or an instant, an ISO text becomes one.
    """
    read = row.__getitem__ if isinstance(row, Mapping) else partial(getattr, row)
    values = {}
    for name, convert in _conversion_by_field(kind).items():
        if name not in given:
            value = read(name)
            values[name] = value if convert is None else convert(value) if value else None
    return kind(**values, **given)


@cache
def _conversion_by_field(kind: Any) -> Mapping[str, Callable[[Any], Any] | None]:
    """Return what converts the values of each field of a dataclass, None for a field that takes them as they are."""
    fields: dict[str, Callable[[Any], Any] | None] = {}
    for name, hint in get_type_hints(kind).items():
        # The type of an optional value, or the type itself.
        plain = get_args(hint)[0] if isinstance(hint, UnionType) else hint
        if isinstance(plain, type) and issubclass(plain, date):
            fields[name] = partial(_moment, plain)
        else:
            fields[name] = plain if isinstance(plain, type) and issubclass(plain, Enum) else None
    return fields


def _moment(kind: type[date], value: date | str) -> date:
    return kind.fromisoformat(value) if isinstance(value, str) else value
