"""Reads an event log from a file, whose format is detected from its content, not from its name."""

import gzip
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import BinaryIO

from workbench.domain.forecast.learning.backtest import BacktestProgress, BacktestResult, run_backtest
from workbench.domain.forecast.learning.event_trace import EventTrace
from workbench.errors import BadData, StorageFailed
from workbench.i18n import _
from workbench.services.files.eventlogs.event_collector import EventCollector
from workbench.services.files.eventlogs.log_columns import LogColumns
from workbench.services.files.eventlogs.xes import XesReader
from workbench.services.files.reading.opened import OpenedFile, OpenedText
from workbench.services.files.reading.problems import FileProblem, RowProblem
from workbench.services.files.reading.table import BrokenRecord, CsvTable

UNPACKED_BYTES = 2 << 30
"""The largest size of an unpacked log."""

_CHUNK_BYTES = 1 << 17
_ROWS_PER_PROGRESS = 5_000
_GZIP_MARK = b"\x1f\x8b"
_XML_STARTS = (b"<", b"\xff\xfe<\0", b"\xfe\xff\0<")


def backtest_log(
    path: Path,
    columns: LogColumns,
    encoding: str | None,
    progress: tuple[BacktestProgress, BacktestProgress],
    percent: int,
) -> BacktestResult:
    """Train on the first part of a log and test on the rest, without a database.

    Args:
        path: The log.
        columns: Its columns.
        encoding: The encoding of a text file; None detects it.
        progress: The callbacks for reading and for testing.
        percent: How many percent of the cases to train on.

    Raises:
        NotFound: If the file does not exist.
        BadData: If it is not an event log, or too short to be split into training and test cases.
        WrongUsage: If the encoding is not supported.
        StorageFailed: If the file cannot be read.
    """
    reading, testing = progress
    traces = read_log(path, columns, encoding, reading)
    result = run_backtest(traces, testing, percent=percent)
    if result is None:
        message = _(
            "{file}: none of the first {percent}% of its {count} cases had ended when the others began; "
            "use a longer log."
        )
        raise BadData(message.format(file=path.name, count=len(traces), percent=percent))
    return result


def read_log(
    path: Path, columns: LogColumns, encoding: str | None, progress: BacktestProgress
) -> tuple[EventTrace, ...]:
    """Return the traces of an event log.

    Args:
        path: A CSV, XES or XES.gz file.
        columns: The columns, or the keys of XES, that the user named.
        encoding: The encoding of a CSV file; None detects it. An XML file declares its own.
        progress: Called with the number of bytes read and the total.

    Raises:
        NotFound: If the file does not exist.
        BadData: If it is not a regular file.
        FileProblem: If it is not an event log; the error names the file, line, column and cause.
        WrongUsage: If the encoding is not supported.
        StorageFailed: If the file cannot be read.
    """
    with closing(OpenedFile(path)) as opened:
        is_packed = opened.file.read(len(_GZIP_MARK)) == _GZIP_MARK
        opened.file.seek(0)
        unpacked = gzip.GzipFile(fileobj=opened.file, mode="rb") if is_packed else opened.file
        start = next(_chunks(unpacked, opened, progress), b"").removeprefix(b"\xef\xbb\xbf").lstrip()
        if start.startswith(_XML_STARTS):
            opened.file.seek(0)
            unpacked.seek(0)
            return XesReader(path.name, columns).read(_chunks(unpacked, opened, progress))
    if is_packed:
        raise _problem(path, _("The compressed file is not XES; decompress it and use a CSV file."))
    return _read_table(path, columns, encoding, progress)


def _read_table(
    path: Path, columns: LogColumns, encoding: str | None, progress: BacktestProgress
) -> tuple[EventTrace, ...]:
    """Return the traces of a CSV file.

    Raises:
        FileProblem: If it is not CSV, lacks a column, or has a row that is not an event.
        WrongUsage: If the encoding is not supported.
        StorageFailed: If it cannot be read.
    """
    collector = EventCollector(path.name)
    with closing(OpenedText(path, encoding)) as opened, opened.text() as text:
        table = CsvTable(text, path.name, columns.is_column_name)
        case, activity, time = columns.indexes(table.names, path.name, table.header_line)
        names = (table.names[case], table.names[activity], table.names[time])
        for number, record in enumerate(table):
            if isinstance(record, BrokenRecord):
                raise collector.problem(record.message, record.line, record.column)
            cells = record.cells
            collector.add(str(cells[case]), str(cells[activity]), str(cells[time]), line=record.line, columns=names)
            if number % _ROWS_PER_PROGRESS == 0:
                progress(opened.bytes_read, opened.bytes_count)
    return collector.traces()


def _chunks(unpacked: BinaryIO | gzip.GzipFile, opened: OpenedFile, progress: BacktestProgress) -> Iterator[bytes]:
    """Yield the unpacked bytes of a file in chunks.

    Raises:
        FileProblem: If the file is damaged, or unpacks to more than UNPACKED_BYTES.
        StorageFailed: If it cannot be read.
    """
    size = opened.path.stat().st_size
    total = 0
    while True:
        try:
            chunk = unpacked.read(_CHUNK_BYTES)
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise _problem(opened.path, _("The compressed file is damaged; download it again.")) from error
        except OSError as error:
            raise StorageFailed(_("{path} cannot be read; check the disk.").format(path=opened.path)) from error
        if not chunk:
            return
        total += len(chunk)
        if total > UNPACKED_BYTES:
            message = _("The log is larger than {limit} GB when decompressed; use a part of it.")
            raise _problem(opened.path, message.format(limit=UNPACKED_BYTES >> 30))
        progress(opened.file.tell(), size)
        yield chunk


def _problem(path: Path, message: str) -> FileProblem:
    return FileProblem(RowProblem(file=path.name, message=message))
