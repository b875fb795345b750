"""Compares two policies value by value, under the keys that the values have in a policy file."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import time
from enum import StrEnum
from typing import Any

from workbench.domain.policy.policy import Policy

Value = str | int | float | bool | None
"""A value of a policy file; a list is one text, with commas between its entries."""

_CODED = ("rules", "reasons")
"""The tables whose entries are named by their codes, which are therefore no values of their own."""

_LANGUAGES = ("en", "zh")


class ChangeKind(StrEnum):
    """What a change of a policy is about."""

    THRESHOLD = "threshold"
    REASON = "reason"
    TEXT = "text"
    DOCUMENT = "document"
    SETTING = "setting"


@dataclass(frozen=True, slots=True)
class PolicyChange:
    """A value that differs between two policies; None if one of them does not have it."""

    key: str
    old: Value
    new: Value
    kind: ChangeKind


def changes_between(old: Policy, new: Policy) -> tuple[PolicyChange, ...]:
    """Return the values that differ, in the order of the file."""
    before, after = dict(values_of(old)), dict(values_of(new))
    return tuple(
        PolicyChange(key, before.get(key), after.get(key), kind_of(key))
        for key in dict.fromkeys((*before, *after))
        if before.get(key) != after.get(key)
    )


def kind_of(key: str) -> ChangeKind:
    """Return what a key of a policy is about."""
    table, _dot, rest = key.partition(".")
    if table == "documents" and rest.startswith("required"):
        return ChangeKind.DOCUMENT
    if table != "supplier" and key.rpartition(".")[2] in _LANGUAGES:
        return ChangeKind.TEXT
    return {"rules": ChangeKind.THRESHOLD, "reasons": ChangeKind.REASON}.get(table, ChangeKind.SETTING)


def values_of(policy: Policy) -> Iterator[tuple[str, Value]]:
    """Yield the values of a policy with their keys, without those that it does not have."""
    for field in fields(policy):
        yield from _values(field.name, getattr(policy, field.name))


def _values(key: str, value: Any) -> Iterator[tuple[str, Value]]:
    if is_dataclass(value):
        is_named_by_code = key.partition(".")[0] in _CODED
        for field in fields(value):
            if not (is_named_by_code and field.name == "code"):
                yield from _values(f"{key}.{field.name}", getattr(value, field.name))
    elif isinstance(value, Mapping):
        for name, part in value.items():
            yield from _values(f"{key}.{name}", part)
    elif isinstance(value, tuple) and any(is_dataclass(part) for part in value):
        # An entry with a code keeps its name when another one is put before it.
        for number, part in enumerate(value, start=1):
            yield from _values(f"{key}[{getattr(part, 'code', number)}]", part)
    elif value not in (None, "", ()):
        yield key, _plain(value)


def _plain(value: Any) -> Value:
    """Return a value as the file has it, a list as one text."""
    if isinstance(value, tuple):
        are_spans = bool(value) and all(isinstance(part, time) for part in value)
        return ("–" if are_spans else ", ").join(str(_plain(part)) for part in value)
    if isinstance(value, time):
        return f"{value:%H:%M}"
    return str(value) if isinstance(value, str) else value
