"""Where a key stands in a TOML text, for errors that name the line."""

import tomllib
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Any

Path = tuple[str | int, ...]
"""Keys and, for lists, positions from 0: ("rules", "ID-RIC", "limits", 0, "op")."""


def known_path(values: Any, path: Path) -> Path:
    """Return the longest beginning of a path that leads to a value."""
    for depth, key in enumerate(path):
        is_known = key in values if isinstance(values, dict) else isinstance(values, list) and key in range(len(values))
        if not is_known:
            return path[:depth]
        values = values[key]
    return path


def line_of(text: str, path: Path) -> int:
    """Return the line, from 1, of the statement that sets the deepest known key of a path.

    A list or table that is written within one statement has the line on which the statement begins. The text must be
    valid TOML.
    """
    lines = text.split("\n")
    ends = list(_statement_ends(lines))

    def depth(end: int) -> int:
        return len(known_path(tomllib.loads("\n".join(lines[:end])), path))

    # Each prefix that ends with a statement is valid TOML, and a longer one knows no less of the path.
    found = bisect_left(ends, depth(len(lines)), key=depth)
    return ends[found - 1] + 1 if found else 1


def _statement_ends(lines: Sequence[str]) -> Iterator[int]:
    """Yield how many lines there are up to the end of each statement, comment or blank line."""
    begin = 0
    for end in range(1, len(lines) + 1):
        try:
            tomllib.loads("\n".join(lines[begin:end]))
        except tomllib.TOMLDecodeError:
            continue  # a list or text that goes on in the next line
        begin = end
        yield end
