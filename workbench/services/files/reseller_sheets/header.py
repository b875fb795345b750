"""Finds the possible headers of a sheet: rows of names below titles, in one or several levels with merged cells."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from workbench.domain.text.safe import safe
from workbench.services.files.reading.headers import MAX_COLUMNS, MAX_HEADER_LENGTH, normalised_name
from workbench.services.files.reading.sheets.workbook import MergedCells, SheetRow

BETWEEN_LEVELS = "/"
_MOST_LEVELS = 3
_LETTERS = re.compile(r"#[A-Za-z]{1,3}")

_WIDE = r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]"
_BLANK_BESIDE_WIDE = re.compile(rf"(?<={_WIDE})\s+|\s+(?={_WIDE})")


@dataclass(frozen=True, slots=True)
class Header:
    """A possible header: its first and last line, and the names of each column, from the top level to the lowest."""

    first_line: int
    last_line: int
    parts: Mapping[int, Sequence[str]]

    @property
    def has_hints(self) -> bool:
        """Whether the lowest level only says how the columns are filled in, such as (万元)."""
        lowest = [parts[-1] for parts in self.parts.values() if len(parts) > 1]
        return bool(lowest) and all(name.startswith(("(", "[", "【")) for name in lowest)

    def names(self) -> dict[int, str]:
        """Return one name for each column; a repeated name gets the letters of its column."""
        joined = {column: BETWEEN_LEVELS.join(parts)[:MAX_HEADER_LENGTH] for column, parts in self.parts.items()}
        counts = Counter(map(normalised_name, joined.values()))
        return {
            column: name if counts[normalised_name(name)] == 1 else f"{name} {column_letters(column)}"
            for column, name in joined.items()
        }


def column_letters(column: int) -> str:
    """Return the letters of a column in a spreadsheet, such as #C, as its name."""
    from xlsxwriter.utility import xl_col_to_name

    return f"#{xl_col_to_name(column)}"


def column_of_letters(name: str) -> int | None:
    """Return the column with letters such as #C, None for any other name."""
    if not _LETTERS.fullmatch(name):
        return None
    from xlsxwriter.utility import xl_cell_to_rowcol

    return int(xl_cell_to_rowcol(f"{name[1:].upper()}1")[1])


def cleaned_name(text: str) -> str:
    """Return a name in one line and half width, without blanks between Chinese characters."""
    plain = safe(" ".join(unicodedata.normalize("NFKC", text).split()))
    return _BLANK_BESIDE_WIDE.sub("", plain).strip("*: ")


def headers_in(head: Sequence[SheetRow], merges: Sequence[MergedCells]) -> Iterator[Header]:
    """Yield the possible headers within the first rows, those with fewer levels first."""
    names = [_Names(row, merges) for row in head]
    for levels in range(1, _MOST_LEVELS + 1):
        for last in range(levels - 1, len(head)):
            first = last - levels + 1
            is_without_gap = head[last].line - head[first].line == levels - 1
            if is_without_gap and (parts := _parts(names[first : last + 1])):
                yield Header(head[first].line, head[last].line, parts)


def is_whole(header: Header, rows: Sequence[SheetRow], merges: Sequence[MergedCells]) -> bool:
    """Say whether the line below a header is no further level of it.

    It is one if most columns are merged with it, or if it names columns right of a group and is neither long nor has
    digits, as a record would.
    """
    lines, names = range(header.first_line, header.last_line + 1), header.parts
    merged = [merge for merge in merges if merge.first_line in lines and merge.last_line not in lines]
    if 2 * sum(merge.last_column - merge.first_column + 1 for merge in merged) > len(names):
        return False
    below = next((row.cells for row in rows if row.line == header.last_line + 1), {})
    groups = [max((other for other in names if other < column), default=-1) for column in below.keys() - names]
    has_digits = any(map(str.isdigit, "".join(map(str, below.values()))))
    return not groups or has_digits or 2 * len(below) > len(names) or not below.keys() >= set(groups)


class _Names:
    """The names in one row."""

    def __init__(self, row: SheetRow, merges: Sequence[MergedCells]) -> None:
        self.own = {column: name for column, cell in row.cells.items() if (name := cleaned_name(str(cell)))}
        self.merges = [merge for merge in merges if merge.first_line == row.line]

    def above(self, column: int, lower: Mapping[int, str]) -> str:
        """Return the name in this row that is above a column of the lower level, '' if there is none.

        Where nothing is merged, a group extends to the right until the next name.
        """
        if column in self.own:
            return self.own[column]
        for merge in self.merges:
            if merge.first_column <= column <= merge.last_column:
                return self.own.get(merge.first_column, "")
        if self.merges or column not in lower:
            return ""
        group = max((other for other in self.own if other < column), default=-1)
        return self.own.get(group, "") if group in lower else ""


def _parts(levels: Sequence[_Names]) -> dict[int, Sequence[str]]:
    """Return the names of each column."""
    columns = sorted({column for level in levels for column in level.own})[:MAX_COLUMNS]
    parts: dict[int, Sequence[str]] = {}
    for column in columns:
        names = [level.above(column, lower.own) for level, lower in pairwise(levels)]
        names.append(levels[-1].own.get(column, ""))
        if kept := tuple(filter(None, dict.fromkeys(names))):
            parts[column] = kept
    return parts
