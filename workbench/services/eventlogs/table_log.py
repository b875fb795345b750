"""Reads event logs from CSV files with one row per event."""

from contextlib import closing
from pathlib import Path

from workbench.domain.forecast.learning.backtest import Progress
from workbench.domain.forecast.learning.event_trace import Trace
from workbench.services.eventlogs.event_collector import EventCollector
from workbench.services.eventlogs.log_columns import LogColumns
from workbench.services.reading.opened import OpenedText
from workbench.services.reading.table import Broken, CsvTable

_ROWS_PER_PROGRESS = 5_000


def read_table(path: Path, columns: LogColumns, encoding: str | None, progress: Progress) -> tuple[Trace, ...]:
    """Return the traces of a CSV file.

    Raises:
        FileProblem: If it is not CSV, lacks a column, or has a row that is not an event.
        WrongUsage: If the encoding is not supported.
        StorageFailed: If it cannot be read.
    """
    collector = EventCollector(path.name)
    with closing(OpenedText(path, encoding)) as opened, opened.text() as text:
        table = CsvTable(text, path.name, columns.may_include)
        case, activity, time = columns.indexes(table.names, path.name, table.header_line)
        names = (table.names[case], table.names[activity], table.names[time])
        for number, record in enumerate(table):
            if isinstance(record, Broken):
                raise collector.problem(record.message, record.line, record.column)
            cells = record.cells
            collector.add(str(cells[case]), str(cells[activity]), str(cells[time]), line=record.line, columns=names)
            if number % _ROWS_PER_PROGRESS == 0:
                progress(opened.bytes_read, opened.encoding.bytes_count)
    return collector.traces()
