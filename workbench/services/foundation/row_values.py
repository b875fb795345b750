"""Fills dataclasses with the columns of rows, or the fields of other dataclasses."""

from collections.abc import Callable, Mapping
from enum import Enum
from functools import cache, partial
from types import UnionType
from typing import Any, TypeVar, get_args, get_type_hints

_Value = TypeVar("_Value")


def from_row(kind: Callable[..., _Value], row: Any, /, **given: Any) -> _Value:
    """Return a dataclass of this kind; a field that is not in `given` gets the value of the column with its name.

    The row is an entity, a row of a statement, a dataclass or a mapping. In a field of an enumeration, a text becomes
    its member and an empty text becomes None.
    """
    read = row.__getitem__ if isinstance(row, Mapping) else partial(getattr, row)
    values = {}
    for name, enumeration in _enumeration_by_field(kind).items():
        if name not in given:
            value = read(name)
            values[name] = value if enumeration is None else enumeration(value) if value else None
    return kind(**values, **given)


@cache
def _enumeration_by_field(kind: Any) -> Mapping[str, type[Enum] | None]:
    """Return the enumeration of each field of a dataclass, None for a field of another type."""
    fields: dict[str, type[Enum] | None] = {}
    for name, hint in get_type_hints(kind).items():
        # The type of an optional value, or the type itself.
        plain = get_args(hint)[0] if isinstance(hint, UnionType) else hint
        fields[name] = plain if isinstance(plain, type) and issubclass(plain, Enum) else None
    return fields
