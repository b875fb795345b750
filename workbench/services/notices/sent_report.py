"""Reads the ids of notices from a file: an exported CSV or JSON Lines file, or one id per line."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path

from workbench.errors import BadData
from workbench.i18n import _
from workbench.services.foundation.safe_files import read_whole

_COLUMN = "notice"
_MOST_BYTES = 512 << 20


def notice_ids(path: Path) -> tuple[int, ...]:
    """Return the ids of notices in a file.

    Raises:
        NotFound: If there is no such file.
        BadData: If it is no regular file, a line holds no id of a notice, or there is none.
        StorageFailed: If the file cannot be read.
    """
    try:
        text = read_whole(path, _MOST_BYTES).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadData(_("{file} is not UTF-8; save it as UTF-8.").format(file=path.name)) from error
    ids = tuple(_id(path, line, value) for line, value in _values(path, text))
    if not ids:
        raise BadData(_("{file} holds no number of a notice.").format(file=path.name))
    return ids


def _values(path: Path, text: str) -> Iterator[tuple[int, object]]:
    """Yield each line number with the value that should be the id of a notice."""
    if text.lstrip().startswith("{"):
        for line, record in enumerate(text.splitlines(), start=1):
            if record.strip():
                yield line, _value_in(path, line, record)
        return
    reader = csv.reader(text.splitlines(keepends=True))
    column: int | None = None
    try:
        for row in reader:
            if column is None:
                column = row.index(_COLUMN) if _COLUMN in row else 0
                if _COLUMN in row:
                    continue
            if row:
                yield reader.line_num, row[column] if column < len(row) else ""
    except csv.Error as error:
        raise BadData(_("{file}, line {line}: this is no CSV.").format(file=path.name, line=reader.line_num)) from error


def _value_in(path: Path, line: int, record: str) -> object:
    try:
        value = json.loads(record)
    except (ValueError, RecursionError) as error:
        raise BadData(_("{file}, line {line}: this is no JSON.").format(file=path.name, line=line)) from error
    return value.get(_COLUMN) if isinstance(value, dict) else None


def _id(path: Path, line: int, value: object) -> int:
    text = str(value).strip()
    if isinstance(value, bool) or not (text.isascii() and text.isdecimal()) or len(text) > 18:  # noqa: PLR2004 - the largest id of a database
        raise BadData(_("{file}, line {line}: there is no number of a notice.").format(file=path.name, line=line))
    return int(text)
