"""Creates dataclasses from the columns of rows, the fields of other dataclasses, or JSON values."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from datetime import date
from enum import Enum
from functools import cache
from operator import attrgetter, itemgetter
from types import UnionType
from typing import Any, NamedTuple, TypeVar, get_args, get_type_hints

_Value = TypeVar("_Value")


def from_row(kind: Callable[..., _Value], row: Any, /, **given: Any) -> _Value:
    """Return a dataclass of this kind; a field that is not in `given` gets the value of the column with its name.

    The row is an entity, a row of a statement, a dataclass or a mapping. Texts are converted to the type of the field:
    to a member of an enumeration (an empty text to None), or from ISO format to a date or datetime.
    """
    wanted = _fields_of(kind, tuple(given))
    is_mapping = type(row) is dict or isinstance(row, Mapping)
    read_all = wanted.from_mapping if is_mapping else wanted.from_object
    values = dict(zip(wanted.names, read_all(row), strict=True))
    for name, member in wanted.members:
        value = values[name]
        values[name] = member(value) if value else None
    for name, parse in wanted.moments:
        value = values[name]
        if not isinstance(value, date):
            values[name] = parse(value) if value else None
    values |= given
    return kind(**values)


def summed(one: _Value, other: _Value) -> _Value:
    """Return a dataclass whose fields are the sums of those of two: counts added, tuples joined."""
    kind: Any = type(one)
    names = [field.name for field in fields(kind)]
    total: _Value = kind(**{name: getattr(one, name) + getattr(other, name) for name in names})
    return total


class _Fields(NamedTuple):
    """The fields of a dataclass that come from a row."""

    names: Sequence[str]
    from_mapping: Callable[[Any], tuple[Any, ...]]
    """Returns the values of all fields from a mapping."""
    from_object: Callable[[Any], tuple[Any, ...]]
    """Returns the values of all fields from an object."""
    members: Sequence[tuple[str, Callable[[Any], Any]]]
    """The fields of enumerations, each with the conversion of its value."""
    moments: Sequence[tuple[str, Callable[[str], date]]]
    """The fields of dates and datetimes, each with the conversion of its text."""


class _Members(dict[Any, Enum]):
    """The members of an enumeration by value; looking one up is faster than calling the enumeration."""

    def __init__(self, kind: type[Enum]) -> None:
        super().__init__((member.value, member) for member in kind)
        self._kind = kind

    def __missing__(self, value: object) -> Enum:
        return self._kind(value)


@cache
def _fields_of(kind: Any, given: tuple[str, ...]) -> _Fields:
    """Return the fields of a dataclass, without the given ones."""
    names: list[str] = []
    members: list[tuple[str, Callable[[Any], Any]]] = []
    moments: list[tuple[str, Callable[[str], date]]] = []
    for name, hint in get_type_hints(kind).items():
        if name in given:
            continue
        names.append(name)
        # For an optional field, the type of its value.
        value_type = get_args(hint)[0] if isinstance(hint, UnionType) else hint
        if isinstance(value_type, type) and issubclass(value_type, date):
            moments.append((name, value_type.fromisoformat))
        elif isinstance(value_type, type) and issubclass(value_type, Enum):
            members.append((name, _Members(value_type).__getitem__))
    return _Fields(names, _getter_of_all(itemgetter, names), _getter_of_all(attrgetter, names), members, moments)


def _getter_of_all(
    getter: Callable[..., Callable[[Any], Any]], names: Sequence[str]
) -> Callable[[Any], tuple[Any, ...]]:
    """Return a getter that returns the values of all names as a tuple, even if there is only one name."""
    if len(names) > 1:
        return getter(*names)
    read = [getter(name) for name in names]
    return lambda row: tuple(one(row) for one in read)
