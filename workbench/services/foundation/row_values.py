"""Fills dataclasses with the columns of rows, or the fields of other dataclasses."""

from collections.abc import Callable, Mapping
from enum import Enum
from functools import cache, partial
from types import UnionType
from typing import Any, TypeVar, get_args, get_type_hints

_Value = TypeVar("_Value")


def from_row(kind: Callable[..., _Value], row: Any, /, **given: Any) -> _Value:
    """Return a dataclass whose fields have the values of the columns with their names, except for those given.

    The row is an entity, a row of a statement, a dataclass or a mapping. Where the field is an enumeration, a text
    becomes its member, and an empty text None.
    """
    read = row.__getitem__ if isinstance(row, Mapping) else partial(getattr, row)
    values = {}
    for name, enumeration in _fields_of(kind).items():
        if name not in given:
            value = read(name)
            values[name] = value if enumeration is None else enumeration(value) if value else None
    return kind(**values, **given)


@cache
def _fields_of(kind: Any) -> Mapping[str, type[Enum] | None]:
    """Return the names of the fields of a dataclass, with the enumeration of those that are members of one."""
    fields: dict[str, type[Enum] | None] = {}
    for name, hint in get_type_hints(kind).items():
        # The type of an optional value, or the type itself.
        plain = get_args(hint)[0] if isinstance(hint, UnionType) else hint
        fields[name] = plain if isinstance(plain, type) and issubclass(plain, Enum) else None
    return fields
