"""Compares two policies value by value, under the keys that the values have in a policy file."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import time
from enum import StrEnum
from typing import Any

from workbench.domain.policy.policy import Policy

PolicyValue = str | int | float | bool | None
"""A value of a policy file."""

_COMMA = ", "


class ListText(str):
    """A list of a policy file as one text, with commas between its entries."""

    __slots__ = ()

    def beyond(self, other: str) -> list[str]:
        """Return the entries that another list does not have."""
        return [entry for entry in self.split(_COMMA) if entry not in other.split(_COMMA)]


class Fen(int):
    """An amount of a policy file in fen."""

    __slots__ = ()


_TABLES_WITH_CODES = ("rules", "reasons")
"""The tables whose keys are the codes of their entries, so that `code` is not compared as a value."""

_LANGUAGES = ("en", "zh")


class PolicyChangeKind(StrEnum):
    """The kind of a change between two policies."""

    THRESHOLD = "threshold"
    REASON = "reason"
    TEXT = "text"
    DOCUMENT = "document"
    SETTING = "setting"


@dataclass(frozen=True, slots=True)
class PolicyChange:
    """A value that differs between two policies; None if one of them does not have it."""

    key: str
    old: PolicyValue
    new: PolicyValue
    kind: PolicyChangeKind


def changes_between(old: Policy, new: Policy) -> tuple[PolicyChange, ...]:
    """Return the values that differ, in the order of the file."""
    # Most tables are equal, and walking through all values takes as long as a short command.
    differing = [field.name for field in fields(Policy) if getattr(old, field.name) != getattr(new, field.name)]
    before, after = dict(values_of(old, differing)), dict(values_of(new, differing))
    return tuple(
        PolicyChange(key, before.get(key), after.get(key), change_kind_of(key))
        for key in dict.fromkeys((*before, *after))
        if before.get(key) != after.get(key)
    )


_SAFEGUARDS = ("check", "separation", "retention")
"""The tables about what needs a second person, and how long data is kept."""


def safeguards_changed(old: Policy, new: Policy) -> tuple[PolicyChange, ...]:
    """Return the changed values that one admin must not change alone if there is a second admin."""
    return tuple(change for change in changes_between(old, new) if change.key.partition(".")[0] in _SAFEGUARDS)


def change_kind_of(key: str) -> PolicyChangeKind:
    """Return the kind of change that a different value of a key is."""
    table, _dot, rest = key.partition(".")
    if table == "documents" and rest.startswith("required"):
        return PolicyChangeKind.DOCUMENT
    if table != "supplier" and key.rpartition(".")[2] in _LANGUAGES:
        return PolicyChangeKind.TEXT
    return {"rules": PolicyChangeKind.THRESHOLD, "reasons": PolicyChangeKind.REASON}.get(
        table, PolicyChangeKind.SETTING
    )


def values_of(policy: Policy, tables: Iterable[str]) -> Iterator[tuple[str, PolicyValue]]:
    """Yield the values in some tables of a policy with their keys; empty values are left out."""
    for table in tables:
        yield from _values(table, getattr(policy, table))


def _values(key: str, value: Any) -> Iterator[tuple[str, PolicyValue]]:
    """Yield each single value below a key of the policy, with its whole key."""
    if is_dataclass(value):
        is_named_by_code = key.partition(".")[0] in _TABLES_WITH_CODES
        for field in fields(value):
            part = getattr(value, field.name)
            if field.name == "value" and isinstance(part, int) and getattr(value, "unit", "") == "fen":
                part = Fen(part)
            if not (is_named_by_code and field.name == "code"):
                yield from _values(f"{key}.{field.name}", part)
    elif isinstance(value, Mapping):
        for name, part in value.items():
            yield from _values(f"{key}.{name}", part)
    elif isinstance(value, tuple) and any(is_dataclass(part) for part in value):
        # A code, unlike a position, stays the same when another entry is inserted before it.
        for number, part in enumerate(value, start=1):
            yield from _values(f"{key}[{getattr(part, 'code', number)}]", part)
    elif value not in (None, "", ()):
        yield key, _as_in_file(value)


def _as_in_file(value: Any) -> PolicyValue:
    """Return a value as it is written in the file; a list becomes one text."""
    if isinstance(value, tuple):
        are_spans = bool(value) and all(isinstance(part, time) for part in value)
        parts = [str(_as_in_file(part)) for part in value]
        return "–".join(parts) if are_spans else ListText(_COMMA.join(parts))
    if isinstance(value, time):
        return f"{value:%H:%M}"
    return str(value) if isinstance(value, str) else value
