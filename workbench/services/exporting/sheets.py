"""Writes rows to a CSV, JSON Lines or Excel file."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

from workbench.domain.evidence.evidence import LONG_TERM
from workbench.domain.text.cells import cells
from workbench.errors import CannotCreate
from workbench.i18n import _
from workbench.services.exporting.guard import BETWEEN_TEXTS, guarded, is_harmless
from workbench.services.exporting.request import ExportFormat
from workbench.services.foundation.safe_files import MAX_CELL_LENGTH, MAX_SHEET_ROWS, new_workbook

Value = str | int | Decimal | bool | date | None
"""The value of a cell; an instant is a text, the local time with its offset."""

Record = Mapping[str, Value]

Column = Sequence[Any]
"""The values of one column, each a `Value`; an empty text means None."""

Page = Sequence[Column]
"""Some rows, column by column, because a column is converted in a fraction of the time that its values would take."""

_PAGE = 1000

_MEASURED_ROWS = 200
_MAX_COLUMN_WIDTH = 60


def in_pages(columns: Sequence[str], records: Iterable[Record]) -> Iterator[Page]:
    """Yield records in pages."""
    remaining = iter(records)
    while page := list(islice(remaining, _PAGE)):
        yield [[record[column] for record in page] for column in columns]


def converted(column: Column, convert: Callable[[Any], Any]) -> Column:
    """Return a column with each value converted that is neither None nor empty; equal values are converted once."""
    values = {value: convert(value) for value in set(column) if value is not None and value != ""}
    return [values.get(value) for value in column] if values else [None] * len(column)


def write_rows(path: Path, chosen: ExportFormat, columns: Sequence[str], pages: Iterable[Page]) -> int:
    """Write pages of rows to a file in one of the formats, and return the number of rows."""
    match chosen:
        case ExportFormat.XLSX:
            return _write_sheet(path, columns, _rows_of(pages))
        case ExportFormat.CSV:
            # Excel in China reads UTF-8 only with a byte order mark.
            with path.open("w", encoding="utf-8-sig", newline="") as file:
                return write_csv(file, columns, pages)
        case ExportFormat.JSONL:
            with path.open("w", encoding="utf-8", newline="\n") as file:
                return _write_json_lines(file, columns, pages)
        case ExportFormat.PARQUET:
            raise ValueError("DuckDB writes Parquet")


def _rows_of(pages: Iterable[Page]) -> Iterator[tuple[Value, ...]]:
    for page in pages:
        yield from zip(*page, strict=True)


def write_csv(file: TextIO, columns: Sequence[str], pages: Iterable[Page]) -> int:
    """Write rows as CSV, every cell quoted, and return their number."""
    file.write(_csv_rows([column] for column in columns))
    count = 0
    for page in pages:
        file.write(_csv_rows(map(_csv_cells, page)))
        count += len(page[0])
    return count


def _csv_rows(columns: Iterable[Column]) -> str:
    """Return the rows of columns of texts; joining quoted texts takes a third of the time of `csv.writer`."""
    return "".join([f'"{row}"\r\n' for row in map('","'.join, zip(*columns, strict=True))])


def _csv_cells(column: Column) -> Column:
    """Return the texts of a column as they are written between quotes; nearly all columns stay as they are."""
    texts, joined = column, ""
    try:
        joined = BETWEEN_TEXTS.join(texts)
    except TypeError:
        texts = [text_of(value) for value in column]
        joined = BETWEEN_TEXTS.join(texts)
    if not is_harmless(joined):
        texts = [guarded(text) for text in texts]
    return [text.replace('"', '""') for text in texts] if '"' in joined else texts


def _write_json_lines(file: TextIO, columns: Sequence[str], pages: Iterable[Page]) -> int:
    encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    count = 0
    for page in pages:
        rows = zip(*(map(_json_value, column) for column in page), strict=True)
        file.writelines(encode(dict(zip(columns, row, strict=True))) + "\n" for row in rows)
        count += len(page[0])
    return count


def _json_value(value: Value) -> Value | float:
    if value is None or value.__class__ is str:
        return value or None
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value if isinstance(value, bool | int) else text_of(value)


def text_of(value: Value) -> str:
    """Return a value as text: yes or no, an ISO date, or an empty text for None."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return "long-term" if value == LONG_TERM else value.isoformat()
    return str(value)


def _write_sheet(path: Path, columns: Sequence[str], rows: Iterable[Sequence[Value]]) -> int:
    """Write rows to an Excel sheet without formulas or links."""
    widths = [cells(column) for column in columns]
    count = 0
    with new_workbook(path) as workbook:
        sheet = workbook.add_worksheet()
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, columns, workbook.add_format({"bold": True}))
        for count, row in enumerate(rows, start=1):
            if count > MAX_SHEET_ROWS:
                raise CannotCreate(_("A sheet holds at most 1,048,575 rows; export as csv, or fewer with --since."))
            for index, value in enumerate(row):
                _write_cell(sheet, count, index, value)
                if count <= _MEASURED_ROWS:
                    widths[index] = max(widths[index], cells(text_of(value).partition("\n")[0]))
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
