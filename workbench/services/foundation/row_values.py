"""Fills dataclasses with the columns of rows."""

from collections.abc import Callable, Mapping
from enum import Enum
from functools import cache, partial
from typing import Any, TypeVar, get_args, get_type_hints

_Value = TypeVar("_Value")


def from_row(kind: Callable[..., _Value], row: Any, /, **given: Any) -> _Value:
    """Return a dataclass whose fields have the values of the columns with their names, except for those given.

    The row is an entity, a row of a statement or a mapping. The text of an enumeration becomes its member, and an
    empty one None.
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
    return {
        name: next((one for one in (hint, *get_args(hint)) if isinstance(one, type) and issubclass(one, Enum)), None)
        for name, hint in get_type_hints(kind).items()
    }
