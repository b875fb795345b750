"""Reads which orders were carried out or failed, from CSV, XLSX or JSON Lines, or a list with one order per line."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

from workbench.domain.values.bad_value import BadValue
from workbench.domain.values.moments import instant_or_day, not_after
from workbench.i18n import _
from workbench.services.reading.opened import OpenedText, is_archive
from workbench.services.reading.problems import FileProblem, RowProblem
from workbench.services.reading.sources import SheetSource, Source, TextSource
from workbench.services.reading.table import Broken, Cell, RawRecord
from workbench.services.reading.workbook import Workbook

_ORDER, _DONE_AT, _FAILED = "order", "done_at", "failed"
_LONGEST_NUMBER = 18
_MOST_FAILURE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderReport:
    """The line of a file that says of an order that it was carried out, or why it failed.

    `at` is None if the file does not say when; `on` is its day if the file gives no time.
    """

    line: int
    order: int
    at: datetime | None
    on: date | None
    failure: str


def read_reports(path: Path, zone: ZoneInfo, now: datetime) -> tuple[OrderReport, ...]:
    """Return the reports in a file: its columns `order`, `done_at` and `failed`, or one order per line.

    A column `done_at` or `failed` may be missing. A line with a `failed` says that the order failed, and why.

    Raises:
        NotFound: If there is no such file.
        FileProblem: With each line that cannot be read, or if the file has no report.
    """
    source = _source_of(path)
    reports: list[OrderReport] = []
    problems: list[RowProblem] = []
    try:
        with source.table(_knows) as table:
            rows: list[RawRecord | Broken] = list(table)
            if table.header_line and _ORDER not in map(_folded, table.names):
                # A list of numbers has no header: what stands for one is a line of it, as those above it are.
                rows = [*table.above, RawRecord(table.header_line, table.names, table.names), *rows]
                rows = [_as_order(row) if isinstance(row, RawRecord) else row for row in rows]
    finally:
        source.close()
    for row in rows:
        try:
            reports.append(_report(row, zone, now))
        except _Wrong as wrong:
            place = RowProblem(file=path.name, sheet=source.sheet, line=row.line, message=wrong.message)
            problems.append(replace(place, column=wrong.column))
    if problems:
        raise FileProblem(*problems)
    if not reports:
        raise FileProblem(RowProblem(file=path.name, message=_("The file names no order.")))
    return tuple(reports)


class _Wrong(Exception):
    """What is wrong with one line."""

    def __init__(self, column: str, message: str) -> None:
        super().__init__(message)
        self.column = column
        self.message = message


def _source_of(path: Path) -> Source:
    if is_archive(path):
        workbook = Workbook(path)
        return SheetSource(workbook, workbook.sheets[0])
    return TextSource(OpenedText(path))


def _folded(name: str) -> str:
    return name.strip().casefold()


def _knows(name: str) -> bool:
    return _folded(name) in {_ORDER, _DONE_AT, _FAILED}


def _as_order(row: RawRecord) -> RawRecord:
    """Return a line of a list as a record of its first cell."""
    return RawRecord(row.line, (_ORDER,), row.cells[:1])


def _report(row: RawRecord | Broken, zone: ZoneInfo, now: datetime) -> OrderReport:
    if isinstance(row, Broken):
        raise _Wrong(row.column, row.message)
    cells = {_folded(name): _text(cell) for name, cell in row.fields.items()}
    number, failure = cells.get(_ORDER, ""), cells.get(_FAILED, "")
    if not (number.isascii() and number.isdecimal()) or len(number) > _LONGEST_NUMBER:
        raise _Wrong(_ORDER, _("needs the number of an order, as `export measures` writes it"))
    if len(failure) > _MOST_FAILURE:
        raise _Wrong(_FAILED, _("has more than {most} characters; shorten the cause").format(most=_MOST_FAILURE))
    if _DONE_AT in cells and not cells[_DONE_AT] and not failure:
        message = _("needs the time when the order was carried out; if it was not, leave the line out")
        raise _Wrong(_DONE_AT, message)
    at, on = _moment(cells, zone, now)
    return OrderReport(line=row.line, order=int(number), at=at, on=on, failure=failure)


def _moment(cells: Mapping[str, str], zone: ZoneInfo, now: datetime) -> tuple[datetime | None, date | None]:
    """Return when the order was carried out or failed, and its day if the file gives no time."""
    if not (text := cells.get(_DONE_AT, "")):
        return None, None
    try:
        at = not_after(text, lambda raw: instant_or_day(raw, zone), now)
    except BadValue as error:
        raise _Wrong(_DONE_AT, str(error)) from error
    local = at.astimezone(zone)
    has_time = local.time() != time()
    return at, None if has_time else local.date()


def _text(cell: Cell) -> str:
    return "" if cell is None else str(cell).strip()
