"""Reads an event log from a file, whose format is detected from its content, not from its name."""

import gzip
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import BinaryIO

from workbench.domain.forecast.learning.backtest import Progress
from workbench.domain.forecast.learning.event_trace import Trace
from workbench.errors import StorageFailed
from workbench.i18n import _
from workbench.services.eventlogs.log_columns import LogColumns
from workbench.services.eventlogs.table_log import read_table
from workbench.services.eventlogs.xes import XesReader
from workbench.services.reading.opened import OpenedFile
from workbench.services.reading.problems import FileProblem, RowProblem

UNPACKED_BYTES = 2 << 30
"""The largest size of an unpacked log."""

_CHUNK_BYTES = 1 << 17
_GZIP_MARK = b"\x1f\x8b"
_XML_STARTS = (b"<", b"\xff\xfe<\0", b"\xfe\xff\0<")


def read_log(path: Path, columns: LogColumns, encoding: str | None, progress: Progress) -> tuple[Trace, ...]:
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
    return read_table(path, columns, encoding, progress)


def _chunks(unpacked: BinaryIO | gzip.GzipFile, opened: OpenedFile, progress: Progress) -> Iterator[bytes]:
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
            message = _("The log is larger than {limit} GB when decompressed; use a part of it.").format(
                limit=UNPACKED_BYTES >> 30
            )
            raise _problem(opened.path, message)
        progress(opened.file.tell(), size)
        yield chunk


def _problem(path: Path, message: str) -> FileProblem:
    return FileProblem(RowProblem(file=path.name, message=message))
