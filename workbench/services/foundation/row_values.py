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
    read = row.__getitem__ if type(row) is dict or isinstance(row, Mapping) else partial(getattr, row)
    plain, conversions = _fields_of(kind, tuple(given))
    values = {name: read(name) for name in plain}
    for name, convert in conversions:
        value = read(name)
        values[name] = convert(value) if value else None
    return kind(**values, **given)


@cache
def _fields_of(kind: Any, given: tuple[str, ...]) -> tuple[list[str], list[tuple[str, Callable[[Any], Any]]]]:
    """Return the fields that take values as they are, and those of which values are converted, but for the given."""
    plain: list[str] = []
    conversions: list[tuple[str, Callable[[Any], Any]]] = []
    for name, hint in get_type_hints(kind).items():
        # The type of an optional value, or the type itself.
        of_value = get_args(hint)[0] if isinstance(hint, UnionType) else hint
        if name in given:
            continue
        if isinstance(of_value, type) and issubclass(of_value, date):
            conversions.append((name, partial(_moment, of_value)))
        elif isinstance(of_value, type) and issubclass(of_value, Enum):
            conversions.append((name, of_value))
        else:
            plain.append(name)
    return plain, conversions


def _moment(kind: type[date], value: date | str) -> date:
    return kind.fromisoformat(value) if isinstance(value, str) else value
