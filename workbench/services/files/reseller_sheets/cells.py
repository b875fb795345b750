"""Fills in merged cells, and recognises rows that are totals or notes."""

from collections import deque
from collections.abc import Collection, Mapping, Sequence

from workbench.services.files.reading.sheets.workbook import MergedCells, SheetRow
from workbench.services.files.reading.table import Cell

Cells = dict[int, Cell]
"""The cells of a row by their columns, counted from 0."""

_NOTE_CELLS = 3


def compact(cell: object) -> str:
    """Return the text of a cell for comparison with words: without blanks, and without a colon at the end."""
    return "".join(str(cell).split()).rstrip(":：")


def total_word_in(texts: Mapping[int, str], words: Collection[str], key: int, columns: Collection[int]) -> str | None:
    """Return the word that marks a row as a total or an example, None if the row may be a record.

    Args:
        texts: The compact texts of the row.
        words: The compact words for totals; each may be alone in a cell or before a colon, as in 总计：510.
        key: The column of the application number, which a total leaves empty or fills with the word.
        columns: The columns that are imported. If the row begins in another column, the word there is enough.
    """
    for column, text in texts.items():
        word = text if text in words else text.replace("：", ":").partition(":")[0]
        is_in_front = column == next(iter(texts)) and column not in columns
        if word in words and (texts.get(key, "") in {"", text} or is_in_front):
            return word
    return None


def has_few_cells(cells: int, columns: int) -> bool:
    """Say whether a row has so few cells that it may be a note; a fuller row is a record despite its first word."""
    return cells <= max(_NOTE_CELLS, columns // 2)


class MergedCellFiller:
    """Fills in the merged cells below the header: their value counts for each row that they cover."""

    def __init__(self, merges: Sequence[MergedCells], columns: Collection[int]) -> None:
        self._waiting = deque(sorted(merges, key=lambda merge: merge.first_line))
        # The current merge of each first column, with its value.
        self._active: dict[int, tuple[MergedCells, Cell]] = {}
        self._columns = columns

    def fill_row(self, row: SheetRow) -> Cells:
        """Return the cells of a row, with the values of merged cells that cover it."""
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
        """Return the merged cells of a row that cover several columns of the map, '' if there are none."""
        for merge, _value in self._active.values():
            width = range(merge.first_column, merge.last_column + 1)
            if merge.first_line <= line <= merge.last_line and sum(column in width for column in self._columns) > 1:
                return merge.span
        return ""
