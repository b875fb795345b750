"""Writes rows to a CSV, JSON Lines or Excel file."""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TextIO

from workbench.domain.evidence.evidence import LONG_TERM
from workbench.domain.text.cells import cells
from workbench.errors import CannotCreate
from workbench.i18n import _
from workbench.services.exporting.guard import guarded
from workbench.services.exporting.request import ExportFormat

Value = str | int | Decimal | bool | date | None
"""The value of a cell; an instant is a text, the local time with its offset."""

Record = Mapping[str, Value]

MAX_SHEET_ROWS = 1_048_575
MAX_CELL_LENGTH = 32_767
_MEASURED_ROWS = 200
_MAX_COLUMN_WIDTH = 60


def write_rows(path: Path, chosen: ExportFormat, columns: Sequence[str], rows: Iterable[Record]) -> int:
    """Write rows to a file in one of the formats, and return their number."""
    match chosen:
        case ExportFormat.XLSX:
            return _write_sheet(path, columns, rows)
        case ExportFormat.CSV:
            # Excel in China reads UTF-8 only with a byte order mark.
            with path.open("w", encoding="utf-8-sig", newline="") as file:
                return _write_csv(file, columns, rows)
        case ExportFormat.JSONL:
            with path.open("w", encoding="utf-8", newline="\n") as file:
                return _write_json_lines(file, columns, rows)


def _write_csv(file: TextIO, columns: Sequence[str], rows: Iterable[Record]) -> int:
    writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(columns)
    count = 0
    for row in rows:
        writer.writerow([guarded(text_of(row[column])) for column in columns])
        count += 1
    return count


def _write_json_lines(file: TextIO, columns: Sequence[str], rows: Iterable[Record]) -> int:
    count = 0
    for row in rows:
        values = {column: _json_value(row[column]) for column in columns}
        file.write(json.dumps(values, ensure_ascii=False, separators=(",", ":")) + "\n")
        count += 1
    return count


def _json_value(value: Value) -> str | float | bool | None:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value if value is None or isinstance(value, bool | int) else text_of(value)


def text_of(value: Value) -> str:
    """Return a value as text: yes or no, an ISO date, or an empty text for None."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return "long-term" if value == LONG_TERM else value.isoformat()
    return str(value)


def _write_sheet(path: Path, columns: Sequence[str], rows: Iterable[Record]) -> int:
    """Write rows to an Excel sheet without formulas or links."""
    widths = [cells(column) for column in columns]
    count = 0
    with _open_workbook(path) as workbook:
        sheet = workbook.add_worksheet()
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, columns, workbook.add_format({"bold": True}))
        for count, row in enumerate(rows, start=1):
            if count > MAX_SHEET_ROWS:
                raise CannotCreate(_("A sheet holds at most 1,048,575 rows; export as csv, or fewer with --since."))
            for index, column in enumerate(columns):
                _write_cell(sheet, count, index, row[column])
                if count <= _MEASURED_ROWS:
                    widths[index] = max(widths[index], cells(text_of(row[column]).partition("\n")[0]))
        for index, width in enumerate(widths):
            sheet.set_column(index, index, min(_MAX_COLUMN_WIDTH, width + 2))
    return count


def _write_cell(sheet: Any, row: int, index: int, value: Value) -> None:
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        sheet.write_number(row, index, value)
        return
    text = text_of(value)
    if len(text) > MAX_CELL_LENGTH:
        raise CannotCreate(_("A text is too long for a cell of a sheet; export as csv or jsonl."))
    if text:
        sheet.write_string(row, index, text)


@contextmanager
def _open_workbook(path: Path) -> Iterator[Any]:
    """Open an Excel workbook that is written row by row; its temporary files are in a private folder."""
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
            # Close the workbook to release its open files; the caller deletes the incomplete file.
            with suppress(XlsxFileError, OSError):
                workbook.close()
            raise
        try:
            workbook.close()
        except XlsxFileError as error:
            raise CannotCreate(_("The sheet cannot be written: {cause}.").format(cause=error)) from error
