"""A table of the user's settings, such as the keys: its valid values, and sentences about its problems."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from workbench.settings.toml_lines import KeyPath

Value = TypeVar("Value")


@dataclass(slots=True)
class SettingsTable(Generic[Value]):
    """The valid values by name, the paths at which the table sets them, and the problems with their paths."""

    values: dict[str, Value] = field(default_factory=dict)
    paths: dict[str, KeyPath] = field(default_factory=dict)
    problems: list[tuple[KeyPath, str]] = field(default_factory=list)

    def keep(self, name: str, value: Value, path: KeyPath) -> None:
        """Add a value."""
        self.values[name], self.paths[name] = value, path

    def refuse(self, path: KeyPath, why: str) -> None:
        """Add a sentence about what is wrong."""
        self.problems.append((path, why))


def leaf_values(table: Mapping[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield the values in a table and in its nested tables, each with its path."""
    for name, value in table.items():
        if isinstance(value, dict):
            yield from leaf_values(value, (*path, name))
        else:
            yield (*path, name), value
