"""Reads reports on orders that were carried out or failed: from CSV, XLSX, JSON Lines, or a list of order numbers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

from workbench.domain.values.bad_value import BadValue
from workbench.domain.values.moments import parse_instant_or_day, parse_past_moment
from workbench.i18n import _
from workbench.services.files.reading.opened import is_archive
from workbench.services.files.reading.problems import FileProblem, RowProblem
from workbench.services.files.reading.sheets.workbook import Workbook
from workbench.services.files.reading.sources import SheetSource, TextSource
from workbench.services.files.reading.table import BrokenRecord, Cell, RawRecord

_ORDER, _MSISDN, _MEASURE = "order", "msisdn", "measure"
_DONE_AT, _FAILED_AT, _FAILURE = "done_at", "failed_at", "failure"
WORK_LIST_COLUMNS = (
    *(_ORDER, _MSISDN, _MEASURE, "due_at", "overdue", "ordered_at", _DONE_AT, _FAILED_AT, _FAILURE),
    *("case", "decision", "agent", "application_no"),
)
"""The columns of the exported work list and of a report; `done_at` is empty in the export."""

_MOST_ID_DIGITS = 18
"""A number with more digits can be too large for a database."""

_MOST_FAILURE_CHARACTERS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedTime:
    """When an order was carried out or failed."""

    at: datetime | None = None
    """The instant; None if the file does not say when."""
    on: date | None = None
    """The day, if the file gives a day without a time; `at` is then the start of that day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderReport:
    """The line of a file about an order."""

    line: int
    order: int
    done_at: ReportedTime | None = None
    """When the order was carried out; None if the line does not say that it was."""
    failed_at: ReportedTime | None = None
    """When the order failed."""
    failure: str = ""
    """Why the order failed; empty if the line does not say that it failed."""
    msisdn: str = ""
    """The phone number in the line. If it is not that of the order, cells were moved to another line."""
    measure: str = ""
    """The measure in the line, which is compared with that of the order too."""

    @property
    def has_answer(self) -> bool:
        """Whether the line says that the order was carried out or failed."""
        return self.done_at is not None or bool(self.failure)


def read_reports(path: Path, zone: ZoneInfo, now: datetime) -> tuple[OrderReport, ...]:
    """Return the reports in a file, which is an exported work list with answers, or a list of order numbers.

    The columns are those of the work list; only `order` is required. `done_at` says that an order was carried out, and
    `failure` that it failed, and why. A list of numbers says that these orders were carried out.

    Raises:
        NotFound: If there is no such file.
        FileProblem: With each line that cannot be read, or if the file has no report.
    """
    source = _source_of(path)
    reports: list[OrderReport] = []
    problems: list[RowProblem] = []
    try:
        with source.table(_is_column) as table:
            rows: list[RawRecord | BrokenRecord] = list(table)
            is_list = bool(table.header_line) and _ORDER not in map(_folded, table.names)
            if is_list:
                # A list of numbers has no header, so the row that was read as the header, and those above it, are lines
                # of the list.
                rows = [*table.above, RawRecord(table.header_line, table.names, table.names), *rows]
    finally:
        source.close()
    for row in rows:
        try:
            reports.append(_report_of_listed(row) if is_list else _report(row, zone, now))
        except _LineProblem as fault:
            file, sheet, line = path.name, source.sheet, row.line
            problems.append(RowProblem(file=file, sheet=sheet, line=line, column=fault.column, message=fault.message))
            if fault.column and not _is_column(fault.column):
                # An unknown column would be reported again for every line.
                break
    if problems:
        raise FileProblem(*problems)
    if not reports:
        raise FileProblem(RowProblem(file=path.name, message=_("The file names no order.")))
    if not any(report.has_answer for report in reports):
        message = _("No order has an answer; fill in done_at, or failure with the cause.")
        raise FileProblem(RowProblem(file=path.name, message=message))
    return tuple(reports)


class _LineProblem(Exception):
    """The problem of one line."""

    def __init__(self, column: str, message: str) -> None:
        super().__init__(message)
        self.column = column
        self.message = message


def _source_of(path: Path) -> TextSource | SheetSource:
    if is_archive(path):
        workbook = Workbook(path)
        return SheetSource(workbook, workbook.sheets[0])
    return TextSource(path)


def _folded(name: str) -> str:
    return name.strip().casefold()


def _is_column(name: str) -> bool:
    return _folded(name) in WORK_LIST_COLUMNS


def _report_of_listed(row: RawRecord | BrokenRecord) -> OrderReport:
    """Return the report of a line of a list, which says that an order was carried out."""
    if isinstance(row, BrokenRecord):
        raise _LineProblem(row.column, row.message)
    return OrderReport(line=row.line, order=_order_of(_text(row.cells[0]) if row.cells else ""), done_at=ReportedTime())


def _order_of(number: str) -> int:
    if not (number.isascii() and number.isdecimal()) or len(number) > _MOST_ID_DIGITS:
        raise _LineProblem(_ORDER, _("needs the number of an order, as `export measures` writes it"))
    return int(number)


def _report(row: RawRecord | BrokenRecord, zone: ZoneInfo, now: datetime) -> OrderReport:
    if isinstance(row, BrokenRecord):
        raise _LineProblem(row.column, row.message)
    cells = {_folded(name): _text(cell) for name, cell in row.fields.items()}
    if unknown := [name for name in row.fields if not _is_column(name)]:
        known = ", ".join(WORK_LIST_COLUMNS)
        raise _LineProblem(unknown[0], _("is no column of the work list; these are: {known}").format(known=known))
    failure = cells.get(_FAILURE, "")
    if len(failure) > _MOST_FAILURE_CHARACTERS:
        message = _("has more than {most} characters; shorten the cause")
        raise _LineProblem(_FAILURE, message.format(most=_MOST_FAILURE_CHARACTERS))
    report = OrderReport(
        line=row.line,
        order=_order_of(cells.get(_ORDER, "")),
        done_at=_moment(cells, _DONE_AT, zone, now),
        failed_at=_moment(cells, _FAILED_AT, zone, now),
        failure=failure,
        msisdn=cells.get(_MSISDN, ""),
        measure=cells.get(_MEASURE, ""),
    )
    if report.failed_at is not None and not report.has_answer:
        raise _LineProblem(_FAILURE, _("needs the cause of the failure; if the order did not fail, clear failed_at"))
    return report


def _moment(cells: Mapping[str, str], column: str, zone: ZoneInfo, now: datetime) -> ReportedTime | None:
    """Return the time in a column, None if it is empty."""
    if not (text := cells.get(column, "")):
        return None
    try:
        at = parse_past_moment(text, lambda raw: parse_instant_or_day(raw, zone), now)
    except BadValue as error:
        raise _LineProblem(column, str(error)) from error
    local = at.astimezone(zone)
    has_time = local.time() != time()
    return ReportedTime(at=at, on=None if has_time else local.date())


def _text(cell: Cell) -> str:
    return "" if cell is None else str(cell).strip()
