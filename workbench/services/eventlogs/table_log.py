"""Event logs as CSV: a row for each event."""

from collections.abc import Callable
from pathlib import Path

from workbench.domain.forecast.learning.event_trace import Trace
from workbench.services.eventlogs.gathering import Gathering
from workbench.services.eventlogs.names import LogColumns
from workbench.services.reading.opened import OpenedText
from workbench.services.reading.problems import FileProblem, RowProblem
from workbench.services.reading.table import Broken, CsvTable

_ROWS_BETWEEN_NEWS = 5_000


def read_table(
    path: Path, columns: LogColumns, encoding: str | None, progress: Callable[[int, int], None]
) -> tuple[Trace, ...]:
    """Return the traces of a CSV file.

    Raises:
        FileProblem: If it is not CSV, lacks a column, or has a row that is no event.
        WrongUsage: If the named encoding is not one that can be read.
        StorageFailed: If it cannot be read.
    """
    opened = OpenedText(path, encoding)
    gathering = Gathering(path.name)
    try:
        with opened.text() as text:
            table = CsvTable(text, path.name, columns.knows)
            places = columns.places(table.names, path.name, table.header_line)
            case, activity, time = places
            names = (table.names[case], table.names[activity], table.names[time])
            for number, record in enumerate(table):
                if isinstance(record, Broken):
                    raise _broken(path.name, record)
                cells = record.cells
                gathering.add(str(cells[case]), str(cells[activity]), str(cells[time]), line=record.line, columns=names)
                if number % _ROWS_BETWEEN_NEWS == 0:
                    progress(opened.bytes_read, opened.encoding.bytes_count)
    finally:
        opened.close()
    return gathering.traces()


def _broken(file: str, record: Broken) -> FileProblem:
    return FileProblem(RowProblem(file=file, line=record.line, column=record.column, message=record.message))
