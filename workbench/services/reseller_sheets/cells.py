"""The cells of a row with those that merged cells stand for, and as texts that can be compared."""

from collections import deque
from collections.abc import Collection, Mapping, Sequence

from workbench.services.reading.sheets.rows import MergedCells, SheetRow
from workbench.services.reading.table import Cell

Cells = dict[int, Cell]
"""The cells of a row by their columns, counted from 0."""

_NOTE_CELLS = 3


def compact(cell: object) -> str:
    """Return the text of a cell as words are compared: without blanks, and without a colon at the end."""
    return "".join(str(cell).split()).rstrip(":：")


def sum_in(texts: Mapping[int, str], words: Collection[str], key: int, columns: Collection[int]) -> str | None:
    """Return the word by which a row is a sum or an example, None if it may be a record.

    Args:
        texts: The compact texts of the row.
        words: The compact words for sums; each may stand alone or before a colon, as in 总计：510.
        key: The column of the application number, which such a row leaves out or fills with the word.
        columns: The columns that are read; beside them, in front, a word is enough.
    """
    for column, text in texts.items():
        word = text if text in words else text.replace("：", ":").partition(":")[0]
        is_in_front = column == next(iter(texts)) and column not in columns
        if word in words and (texts.get(key, "") in {"", text} or is_in_front):
            return word
    return None


def has_few_cells(cells: int, columns: int) -> bool:
    """Say whether a row fills so few of the columns that it may be a note; a record never is one by its first word."""
    return cells <= max(_NOTE_CELLS, columns // 2)


class Merged:
    """The merged cells below the header: the first value counts for each row that they cover."""

    def __init__(self, merges: Sequence[MergedCells], columns: Collection[int]) -> None:
        self._waiting = deque(sorted(merges, key=lambda merge: merge.first_line))
        # By their first columns, in each of which one stands at a time.
        self._active: dict[int, tuple[MergedCells, Cell]] = {}
        self._columns = columns

    def filled(self, row: SheetRow) -> Cells:
        """Return the cells of a row with those that merged cells above it stand for."""
        cells: Cells = dict(row.cells)
        while self._waiting and self._waiting[0].first_line <= row.line:
            merge = self._waiting.popleft()
            value = cells.get(merge.first_column, "") if merge.first_line == row.line else ""
            self._active[merge.first_column] = merge, value
        for merge, value in self._active.values():
            if merge.last_line >= row.line and value != "" and merge.first_column not in cells:
                cells[merge.first_column] = value
        return dict(sorted(cells.items()))

    def span_across(self, line: int) -> str:
        """Return the merged cells that stand for several columns of the map in a row, '' if there are none."""
        for merge, _value in self._active.values():
            width = range(merge.first_column, merge.last_column + 1)
            if merge.first_line <= line <= merge.last_line and sum(column in width for column in self._columns) > 1:
                return merge.span
        return ""
