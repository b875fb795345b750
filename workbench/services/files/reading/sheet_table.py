"""Reads the records of one sheet below its header, which may follow a title."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, islice

from workbench.i18n import _
from workbench.services.files.reading import table
from workbench.services.files.reading.problems import FileProblem, RowProblem
from workbench.services.files.reading.sheets.workbook import MergedCells, SheetRow

_MAX_MERGED_REPORTED = 20


class SheetTable:
    """The columns of a sheet, and one iteration over its records.

    `place` names the file and sheet; problems are copies of it with a message. `knows` returns whether a text is the
    name of a column, to find the header. `above` are the rows above it.

    Raises:
        FileProblem: If the sheet is empty.
    """

    def __init__(self, rows: Iterator[SheetRow | MergedCells], place: RowProblem, knows: table.Knows) -> None:
        self._rows = rows
        self._place = place
        # Merged cells come after all rows, so they are among the first items only if the sheet is short.
        self._head = list(islice(rows, table.HEADER_WITHIN_LINES))
        head = [row for row in self._head if isinstance(row, SheetRow)]
        if not head:
            raise FileProblem(replace(place, message=_("The sheet is empty; it needs a header and rows.")))
        texts = [(row.line, tuple(str(cell).strip() for cell in row.cells.values())) for row in head]
        known, line = table.row_with_most_names(texts, knows)
        self.header_line = line if known else head[0].line
        header = next(row for row in head if row.line == self.header_line)
        width = max(header.cells) + 1
        self.names = tuple(str(header.cells.get(column, "")).strip() for column in range(width))
        rows_above = (row for row in head if row.line < self.header_line)
        self.above = tuple(table.RawRecord(row.line, self.names, self._split_by_header(row)[0]) for row in rows_above)

    def __iter__(self) -> Iterator[table.RawRecord | table.BrokenRecord]:
        """Yield the records; rows without text are skipped.

        Raises:
            FileProblem: If cells below the header are merged, because only the first has a value.
        """
        merged: list[RowProblem] = []
        for row in chain(self._head, self._rows):
            if isinstance(row, SheetRow):
                if row.line > self.header_line:
                    yield from self._record(row)
            elif row.last_line > self.header_line and row.first_column < len(self.names):
                message = _("The cells {span} are merged; split them and fill in each one.")
                merged.append(replace(self._place, line=row.last_line, message=message.format(span=row.span)))
        if merged:
            raise FileProblem(*merged[:_MAX_MERGED_REPORTED])

    def _record(self, row: SheetRow) -> Iterator[table.RawRecord | table.BrokenRecord]:
        """Yield the record of a row unless all its cells are blank."""
        cells, beside = self._split_by_header(row)
        flaws = {column: table.flaw_of(cell) for column, cell in row.cells.items() if isinstance(cell, str)}
        column, message = next((item for item in flaws.items() if item[1]), (len(self.names), ""))
        if not message and beside:
            from xlsxwriter.utility import xl_col_to_name

            message = _("Column {letters} has a value and no name; name it or empty it.")
            message = message.format(letters=xl_col_to_name(max(beside)))
        elif not message and cells[0] == self.names[0] and _texts(cells) == self.names:
            message = table.header_repeated()
        if message:
            name = self.names[column] if column < len(self.names) else ""
            yield table.BrokenRecord(row.line, name, message, _texts([*cells, *beside.values()]))
        elif any(not isinstance(cell, str) or cell.strip() for cell in cells):
            yield table.RawRecord(row.line, self.names, cells)

    def _split_by_header(self, row: SheetRow) -> tuple[list[table.Cell], dict[int, table.Cell]]:
        """Return the cells of a row in the columns of the header, and the filled cells beside them."""
        width = len(self.names)
        cells: list[table.Cell] = [""] * width
        beside: dict[int, table.Cell] = {}
        for column, cell in row.cells.items():
            if column < width:
                cells[column] = cell
            elif str(cell).strip():
                beside[column] = cell
        return cells, beside


def _texts(cells: list[table.Cell]) -> tuple[str, ...]:
    return tuple(str(cell).strip() for cell in cells)
