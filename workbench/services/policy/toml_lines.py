"""Where a key stands in a TOML text, for errors that name the line."""

import tomllib
from collections.abc import Iterator
from itertools import takewhile
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
    found, deepest = 1, 0
    table: Path = ()
    rows: dict[Path, int] = {}
    for line, values, is_header in _statements(text):
        if is_header:
            table = _table_of(values, rows)
            depth = len(list(takewhile(lambda keys: keys[0] == keys[1], zip(table, path, strict=False))))
        elif path[: len(table)] == table:
            depth = len(table) + len(known_path(values, path[len(table) :]))
        else:
            continue
        if depth > deepest:
            found, deepest = line, depth
    return found


def _statements(text: str) -> Iterator[tuple[int, dict[str, Any], bool]]:
    """Yield the first line and the values of each statement, and whether it is the header of a table."""
    begin, statement = 1, ""
    for line, part in enumerate(text.split("\n"), start=1):
        statement += part + "\n"
        try:
            values = tomllib.loads(statement)
        except tomllib.TOMLDecodeError:
            continue  # a list or text that goes on in the next line
        yield begin, values, statement.lstrip().startswith("[")
        begin, statement = line + 1, ""


def _table_of(header: Any, rows: dict[Path, int]) -> Path:
    """Return the path of the table that a header begins; `rows` counts, from 0, the tables of each list of tables."""
    path: Path = ()
    while header:
        [(key, header)] = header.items()
        path += (key,)
        if isinstance(header, list):
            rows[path] = rows.get(path, -1) + 1
            [header] = header
        if path in rows:
            path += (rows[path],)
    return path
