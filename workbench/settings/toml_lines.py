"""Finds the line of a key in a TOML text, for error messages."""

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import takewhile
from typing import Any

KeyPath = tuple[str | int, ...]
"""Keys and, for lists, positions from 0: ("rules", "ID-RIC", "limits", 0, "op")."""


_PLACE = re.compile(r"\(at line (\d+), column (\d+)\)")


def place_of(error: Exception, text: str) -> tuple[int, int]:
    """Return the line and column, from 1, at which a text is not TOML; the end of the text if the error names none."""
    # The message of the library is English, and ends with the place, or with "at end of document".
    if found := _PLACE.search(str(error)):
        return int(found[1]), int(found[2])
    lines = text.removesuffix("\n").split("\n")
    return len(lines), len(lines[-1]) + 1


def known_path(values: Any, path: KeyPath) -> KeyPath:
    """Return the longest prefix of a path that exists in the values."""
    for depth, key in enumerate(path):
        is_in_table = isinstance(values, dict) and key in values
        is_in_list = isinstance(values, list) and key in range(len(values))
        if not is_in_table and not is_in_list:
            return path[:depth]
        values = values[key]
    return path


def line_of(text: str, path: KeyPath) -> int:
    """Return the line, from 1, of the statement that sets the value at a path, or else the nearest table around it.

    A key inside an inline list or table has the line on which the statement begins. The text must be valid TOML.
    """
    best_line, deepest = 1, 0
    table: KeyPath = ()
    positions: dict[KeyPath, int] = {}
    for line, values, is_header in _statements(text):
        if is_header:
            table = _table_of(values, positions)
            # The keys that the header shares with the path.
            depth = len(list(takewhile(lambda keys: keys[0] == keys[1], zip(table, path, strict=False))))
        elif path[: len(table)] == table:
            depth = len(table) + len(known_path(values, path[len(table) :]))
        else:
            continue
        if depth > deepest:
            best_line, deepest = line, depth
    return best_line


@lru_cache(maxsize=1)
def _statements(text: str) -> Sequence[tuple[int, dict[str, Any], bool]]:
    """Return the first line and the values of each statement, and whether it is the header of a table.

    The result is cached for the next error in the same text.
    """
    # Imported here, because the first frame reads no TOML.
    import tomllib

    statements, begin, statement = [], 1, ""
    for line, part in enumerate(text.split("\n"), start=1):
        statement += part + "\n"
        try:
            values = tomllib.loads(statement)
        except tomllib.TOMLDecodeError:
            continue  # a list or text that continues on the next line
        statements.append((begin, values, statement.lstrip().startswith("[")))
        begin, statement = line + 1, ""
    return statements


def _table_of(header: Any, positions: dict[KeyPath, int]) -> KeyPath:
    """Return the path of the table that a header begins; `positions` counts the tables of each list so far, from 0."""
    path: KeyPath = ()
    inner = header
    while inner:
        [(key, inner)] = inner.items()
        path += (key,)
        if isinstance(inner, list):
            positions[path] = positions.get(path, -1) + 1
            [inner] = inner
        if path in positions:
            path += (positions[path],)
    return path
