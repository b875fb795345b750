"""Writes rows as CSV, JSON Lines or an Excel sheet, one after the other."""

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol, TextIO

from workbench.domain.evidence.evidence import LONG_TERM
from workbench.domain.text.cells import cells
from workbench.errors import CannotCreate
from workbench.i18n import _
from workbench.services.exporting.guard import guarded
from workbench.services.exporting.request import ExportFormat

Value = str | int | Decimal | bool | date | None
"""What a cell may hold; instants are texts already, local and with their offset."""

Record = Mapping[str, Value]

MAX_SHEET_ROWS = 1_048_575
MAX_CELL_LENGTH = 32_767
_WIDTHS_FROM = 200
_WIDEST = 60


class Sheet(Protocol):
    """A file that takes one row after the other."""

    def write(self, row: Record) -> None:
        """Write one row."""


def text_of(value: Value) -> str:
    """Return a value as a cell of text: yes or no, ISO dates, '' for what is absent."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return "long-term" if value == LONG_TERM else value.isoformat()
    return str(value)


class _CsvSheet:
    def __init__(self, file: TextIO, columns: Sequence[str]) -> None:
        self._columns = columns
        self._writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
        self._writer.writerow(columns)

    def write(self, row: Record) -> None:
        self._writer.writerow([guarded(text_of(row[column])) for column in self._columns])


class _JsonSheet:
    def __init__(self, file: TextIO, columns: Sequence[str]) -> None:
        self._file = file
        self._columns = columns

    def write(self, row: Record) -> None:
        values = {column: _json_value(row[column]) for column in self._columns}
        self._file.write(json.dumps(values, ensure_ascii=False, separators=(",", ":")) + "\n")


def _json_value(value: Value) -> str | float | bool | None:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value if value is None or isinstance(value, bool | int) else text_of(value)


class _ExcelSheet:
    """A sheet whose texts are texts: no formula, no link; what does not fit into it is refused."""

    def __init__(self, workbook: Any, columns: Sequence[str]) -> None:
        self._sheet = workbook.add_worksheet()
        self._columns = columns
        self._widths = [cells(column) for column in columns]
        self._count = 0
        self._sheet.freeze_panes(1, 0)
        bold = workbook.add_format({"bold": True})
        for index, column in enumerate(columns):
            self._sheet.write_string(0, index, column, bold)

    def write(self, row: Record) -> None:
        self._count += 1
        if self._count > MAX_SHEET_ROWS:
            raise CannotCreate(_("A sheet holds at most 1,048,575 rows; export as csv, or fewer with --since."))
        for index, column in enumerate(self._columns):
            self._write_cell(index, row[column])

    def _write_cell(self, index: int, value: Value) -> None:
        text = text_of(value)
        if self._count <= _WIDTHS_FROM:
            self._widths[index] = max(self._widths[index], cells(text.partition("\n")[0]))
        if isinstance(value, int | Decimal) and not isinstance(value, bool):
            self._sheet.write_number(self._count, index, value)
            return
        if len(text) > MAX_CELL_LENGTH:
            raise CannotCreate(_("A text is too long for a cell of a sheet; export as csv or jsonl."))
        if text:
            self._sheet.write_string(self._count, index, text)

    def finish(self) -> None:
        """Make the columns as wide as what the first rows hold, within reason."""
        for index, width in enumerate(self._widths):
            self._sheet.set_column(index, index, min(_WIDEST, width + 2))


@contextmanager
def open_sheet(path: Path, chosen: ExportFormat, columns: Sequence[str]) -> Iterator[Sheet]:
    """Open a file for rows with these columns; it is complete when the block ends."""
    match chosen:
        case ExportFormat.XLSX:
            with _open_workbook(path) as workbook:
                sheet = _ExcelSheet(workbook, columns)
                yield sheet
                sheet.finish()
        case ExportFormat.CSV:
            # Excel in China reads UTF-8 only behind a byte order mark.
            with path.open("w", encoding="utf-8-sig", newline="") as file:
                yield _CsvSheet(file, columns)
        case ExportFormat.JSONL:
            with path.open("w", encoding="utf-8", newline="\n") as file:
                yield _JsonSheet(file, columns)


@contextmanager
def _open_workbook(path: Path) -> Iterator[Any]:
    """Give a workbook that writes row by row; what it keeps meanwhile lies in a private folder."""
    import xlsxwriter
    from xlsxwriter.exceptions import XlsxFileError

    with TemporaryDirectory(dir=path.parent, prefix=f"{path.name}-") as folder:
        workbook = xlsxwriter.Workbook(
            str(path),
            {
                "constant_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "tmpdir": folder,
            },
        )
        try:
            yield workbook
        except BaseException:
            # It keeps files open until it is closed; what it writes now is thrown away with the draft.
            with suppress(XlsxFileError, OSError):
                workbook.close()
            raise
        try:
            workbook.close()
        except XlsxFileError as error:
            raise CannotCreate(_("The sheet cannot be written: {cause}.").format(cause=error)) from error
