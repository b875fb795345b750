"""Records of one sheet of a workbook, with the header found below a title."""

from collections.abc import Callable, Iterator
from itertools import chain, islice

from workbench.i18n import _
from workbench.services.reading.problems import FileProblem, RowProblem
from workbench.services.reading.sheet_cells import SheetCell
from workbench.services.reading.sheet_rows import Merged, SheetRow, column_letters
from workbench.services.reading.table import (
    HEADER_WITHIN_LINES,
    Broken,
    Cell,
    RawRecord,
    flaw_of,
    header_repeated,
    most_known,
)

_MAX_MERGED_TOLD = 20


class SheetTable:
    """The rows of a sheet: its columns, and its records once.

    `knows` says whether a text is the name of a column; by it the header is found. `above` are the rows over it.

    Raises:
        FileProblem: If the sheet is empty.
    """

    def __init__(self, rows: Iterator[SheetRow | Merged], place: RowProblem, knows: Callable[[str], bool]) -> None:
        self._rows = rows
        self._place = place
        # Merged cells come behind all rows, so they are in the head only where the sheet is short.
        self._head = list(islice(rows, HEADER_WITHIN_LINES))
        head = [row for row in self._head if isinstance(row, SheetRow)]
        if not head:
            raise FileProblem(self._problem(0, _("The sheet is empty; it needs a header and rows.")))
        texts = [(row.line, tuple(str(cell).strip() for cell in row.cells.values())) for row in head]
        known, line = most_known(texts, knows)
        self.header_line = line if known else head[0].line
        header = next(row for row in head if row.line == self.header_line)
        width = max(header.cells) + 1
        self.names = tuple(str(header.cells.get(column, "")).strip() for column in range(width))
        rows_above = (row for row in head if row.line < self.header_line)
        self.above = tuple(RawRecord(row.line, self.names, self._placed(row)[0]) for row in rows_above)

    def __iter__(self) -> Iterator[RawRecord | Broken]:
        """Yield the records; rows without any text are passed over.

        Raises:
            FileProblem: If cells below the header are merged, because all but one of them have no value.
        """
        merged: list[RowProblem] = []
        for row in chain(self._head, self._rows):
            if isinstance(row, SheetRow):
                if row.line > self.header_line:
                    yield from self._record(row)
            elif row.last_line > self.header_line and row.first_column < len(self.names):
                message = _("The cells {span} are merged; split them and fill in each one.")
                merged.append(self._problem(row.last_line, message.format(span=row.span)))
        if merged:
            raise FileProblem(*merged[:_MAX_MERGED_TOLD])

    def _record(self, row: SheetRow) -> Iterator[RawRecord | Broken]:
        """Yield the record of a row, unless it has nothing but blanks."""
        cells, beside = self._placed(row)
        flaw = next(((column, told) for column, cell in row.cells.items() if (told := _flaw_in(cell))), None)
        if flaw is not None:
            column, message = flaw
            yield Broken(row.line, self._name(column), message, self._texts([*cells, *beside.values()]))
        elif beside:
            message = _("Column {letters} has a value and no name; name it or empty it.").format(
                letters=column_letters(max(beside))
            )
            yield Broken(row.line, "", message, self._texts([*cells, *beside.values()]))
        elif any(not isinstance(cell, str) or cell.strip() for cell in cells):
            if cells[0] == self.names[0] and self._texts(cells) == self.names:
                yield Broken(row.line, "", header_repeated(), self.names)
            else:
                yield RawRecord(row.line, self.names, cells)

    def _placed(self, row: SheetRow) -> tuple[list[Cell], dict[int, Cell]]:
        """Return the cells of a row below the names of the columns, and what stands beside them."""
        width = len(self.names)
        cells: list[Cell] = [""] * width
        beside: dict[int, Cell] = {}
        for column, cell in row.cells.items():
            if column < width:
                cells[column] = cell
            elif str(cell).strip():
                beside[column] = cell
        return cells, beside

    @staticmethod
    def _texts(cells: list[Cell]) -> tuple[str, ...]:
        return tuple(str(cell).strip() for cell in cells)

    def _name(self, column: int) -> str:
        return self.names[column] if column < len(self.names) else ""

    def _problem(self, line: int, message: str) -> RowProblem:
        return RowProblem(file=self._place.file, sheet=self._place.sheet, line=line, message=message)


def _flaw_in(cell: SheetCell) -> str:
    """Return what is wrong with a cell whatever its column is, '' if nothing."""
    return flaw_of(cell) if isinstance(cell, str) else ""
