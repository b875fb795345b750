"""A table of the settings of a user, such as the keys: what is right in it, and sentences about what is wrong."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from workbench.toml_lines import KeyPath

Value = TypeVar("Value")


@dataclass(slots=True)
class SettingsTable(Generic[Value]):
    """The values in force by name, the paths at which the table sets them, and what is wrong at which path."""

    values: dict[str, Value] = field(default_factory=dict)
    paths: dict[str, KeyPath] = field(default_factory=dict)
    problems: list[tuple[KeyPath, str]] = field(default_factory=list)

    def keep(self, name: str, value: Value, path: KeyPath) -> None:
        """Add a value."""
        self.values[name], self.paths[name] = value, path

    def refuse(self, path: KeyPath, why: str) -> None:
        """Add a sentence about what is wrong."""
        self.problems.append((path, why))


def leaves(table: Mapping[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield the values in a table and in the tables in it, each with its path."""
    for name, value in table.items():
        if isinstance(value, dict):
            yield from leaves(value, (*path, name))
        else:
            yield (*path, name), value
