"""Writes rows to a CSV, JSON Lines or Excel file."""

import codecs
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

from workbench.domain.evidence.evidence import LONG_TERM
from workbench.domain.text.cells import cells
from workbench.errors import CannotCreate
from workbench.i18n import _
from workbench.services.foundation.safe_files import MAX_CELL_LENGTH, MAX_SHEET_ROWS, new_workbook
from workbench.services.records.exporting.request import ExportFormat

# Spreadsheets also recognise a formula after blanks and invisible characters.
_SKIPPED = (
    r"\s\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e"
    r"\u2060-\u2064\u2066-\u206f\u3164\ufeff\uffa0"
)
_STARTS = re.compile(rf"[\t\r＝＋－＠]|[{_SKIPPED}]*[=+\-@\t\r＝＋－＠]")
_GUARDED = re.compile(rf"'+(?:{_STARTS.pattern})")


_BETWEEN_CELLS = "\0"
_SUSPECT = re.compile(rf"{_BETWEEN_CELLS}['\t\r＝＋－＠=+\-@{_SKIPPED}]")


def is_harmless(texts: str) -> bool:
    """Say whether `guarded` leaves all of some texts unchanged, which NUL separates; their first characters decide."""
    return not _SUSPECT.search(_BETWEEN_CELLS + texts)


def guarded(text: str) -> str:
    """Return a text with a quote in front if a spreadsheet could read it as a formula.

    A text that already looks guarded gets another quote, so that removing one quote always restores the text.
    """
    return f"'{text}" if _STARTS.match(text) or _GUARDED.match(text) else text


Value = str | int | Decimal | bool | date | None
"""The value of a cell; an instant is a text, the local time with its offset."""

Record = Mapping[str, Value]

ColumnValues = Sequence[Any]
"""The values of one column, each a `Value`; an empty text means None."""

Page = Sequence[ColumnValues]
"""Some rows, column by column, because converting a whole column is many times faster than converting each value."""

_ROWS_PER_PAGE = 1000

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode

_MEASURED_ROWS = 200
_MAX_COLUMN_WIDTH = 60

_MOMENT_SUFFIXES = ("_at", "_on", "_to", "until", "since")
"""The ends of the names of columns with dates and times."""

_MOMENT = re.compile(r"(?!1[0-8]|1900)\d{4}-\d\d-\d\d(?:T[\d:.]+[+-]\d\d:\d\d)?")
"""A date or an instant as a text; spreadsheets have none before 1900, and count the days of 1900 wrongly."""


def in_pages(columns: Sequence[str], records: Iterable[Record]) -> Iterator[Page]:
    """Yield records in pages."""
    remaining = iter(records)
    while page := list(islice(remaining, _ROWS_PER_PAGE)):
        yield [[record[column] for record in page] for column in columns]


def convert_column(column: ColumnValues, convert: Callable[[Any], Any]) -> ColumnValues:
    """Convert the values of a column except None and empty texts; equal values are converted only once."""
    values = {value: convert(value) for value in set(column) if value is not None and value != ""}
    return [values.get(value) for value in column] if values else [None] * len(column)


def write_rows(path: Path, chosen: ExportFormat, columns: Sequence[str], pages: Iterable[Page]) -> int:
    """Write pages of rows to a file in one of the formats, and return the number of rows."""
    if chosen is ExportFormat.XLSX:
        return _write_sheet(path, columns, (row for page in pages for row in zip(*page, strict=True)))
    return write_texts(path, chosen, columns, (encode_page(chosen, columns, page) for page in pages))


def write_texts(path: Path, chosen: ExportFormat, columns: Sequence[str], texts: Iterable[tuple[int, bytes]]) -> int:
    """Write a file in a text format from encoded pages, and return the number of rows."""
    count = 0
    with path.open("wb") as file:
        if chosen is ExportFormat.CSV:
            # Excel in China reads UTF-8 only with a byte order mark.
            file.write(codecs.BOM_UTF8 + _csv_rows([column] for column in columns).encode())
        for rows, text in texts:
            file.write(text)
            count += rows
    return count


def encode_page(chosen: ExportFormat, columns: Sequence[str], page: Page) -> tuple[int, bytes]:
    """Return the number of rows of a page, and their text in a text format."""
    match chosen:
        case ExportFormat.CSV:
            text = _csv_rows(map(_csv_cells, page))
        case ExportFormat.JSONL:
            text = _json_lines(columns, page)
        case _:
            raise ValueError(f"{chosen} is no text")
    return len(page[0]), text.encode()


def _csv_rows(columns: Iterable[ColumnValues]) -> str:
    """Return the CSV rows of columns of texts; joining quoted texts takes a third of the time of `csv.writer`."""
    return "".join([f'"{row}"\r\n' for row in map('","'.join, zip(*columns, strict=True))])


def _csv_cells(column: ColumnValues) -> ColumnValues:
    """Return the texts of a column with guards and doubled quotes; nearly all columns stay unchanged."""
    texts, joined = column, ""
    try:
        joined = _BETWEEN_CELLS.join(texts)
    except TypeError:
        texts = [text_of(value) for value in column]
        joined = _BETWEEN_CELLS.join(texts)
    if not is_harmless(joined):
        texts = [guarded(text) for text in texts]
    return [text.replace('"', '""') for text in texts] if '"' in joined else texts


def _json_lines(columns: Sequence[str], page: Page) -> str:
    rows = zip(*(map(_json_value, column) for column in page), strict=True)
    return "".join([_encode(dict(zip(columns, row, strict=True))) + "\n" for row in rows])


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
        has_times = [column.endswith(_MOMENT_SUFFIXES) for column in columns]
        formats = [workbook.add_format({"num_format": code}) for code in ("yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss")]
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, columns, workbook.add_format({"bold": True}))
        for count, row in enumerate(rows, start=1):
            if count > MAX_SHEET_ROWS:
                raise CannotCreate(_("A sheet holds at most 1,048,575 rows; export as csv, or fewer with --since."))
            for index, value in enumerate(row):
                _write_cell(sheet, count, index, value, formats if has_times[index] or isinstance(value, date) else ())
                if count <= _MEASURED_ROWS:
                    widths[index] = max(widths[index], cells(text_of(value).partition("\n")[0]))
        for index, width in enumerate(widths):
            sheet.set_column(index, index, min(_MAX_COLUMN_WIDTH, width + 2))
    return count


def _write_cell(sheet: Any, row: int, index: int, value: Value, formats: Sequence[Any]) -> None:
    """Write a cell; `formats` are those of a date and of a local time, empty for a column of other values."""
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        sheet.write_number(row, index, value)
        return
    text = text_of(value)
    if formats and _MOMENT.fullmatch(text):
        # A text such as 2026-02-30 is no date, and stays a text.
        with suppress(ValueError):
            # A spreadsheet has no time zones, so the cell shows the local time.
            sheet.write_datetime(row, index, datetime.fromisoformat(text).replace(tzinfo=None), formats["T" in text])
            return
    if len(text) > MAX_CELL_LENGTH:
        raise CannotCreate(_("A text is too long for a cell of a sheet; export as csv or jsonl."))
    if text:
        sheet.write_string(row, index, text)
