"""Reads a file or sheet of one kind into typed rows, any number of times."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self
from zoneinfo import ZoneInfo

from db.enums import ImportKind
from workbench.domain.text.mask import mask_digits_within
from workbench.i18n import _
from workbench.services.files.reading.headers import column_names
from workbench.services.files.reading.problems import BadRecord, FileProblem, ParsedRow, RowProblem
from workbench.services.files.reading.row_reader import RowReader
from workbench.services.files.reading.sheets.names import kind_of_sheet, sheets_by_kind
from workbench.services.files.reading.sheets.workbook import Workbook
from workbench.services.files.reading.sources import RecordTable, SheetSource, Source, source_of


class Reader:
    """An imported file or sheet; iterating it yields its records from the start, as ParsedRow or BadRecord.

    Use the reader as a context manager, or close it.

    Attributes:
        folder: The folder in which the records name files.
        name: The name of the file to show.
        encoding: The encoding of a text file, '' for sheets.
        pass_bytes: The number of bytes that one pass reads.
        file: The open file, which the readers of one workbook share.
        columns: The header as in the file; in JSON Lines, the keys of the first object.
        row_reader: Parses the records.
        unlisted: The problems of those files in a folder that no record lists.
    """

    def __init__(self, source: Source, kind: ImportKind, zone: ZoneInfo, agent: str, now: datetime | None) -> None:
        self.kind = kind
        self.unlisted: Sequence[RowProblem] = ()
        self.path = source.path
        self.folder = source.path if source.path.is_dir() else source.path.parent
        self.name = mask_digits_within(source.path.name)
        self.sheet = source.sheet
        self.format = source.format
        self.encoding = source.encoding
        self.sha256 = source.sha256
        self.bytes_count = source.bytes_count
        self.pass_bytes = source.pass_bytes
        self.file = source.file
        self.source = source
        accepted_names = source.layout.column_names if source.layout else column_names(kind)
        with source.table(accepted_names.knows) as table:
            self.columns = table.names
            self.row_reader = RowReader(
                kind=kind,
                file=self.name,
                sheet=self.sheet,
                format=self.format,
                columns=self.columns,
                places=getattr(table, "places", range(len(self.columns))),
                zone=zone,
                agent=agent,
                now=now,
                layout=source.layout,
            )
            problems = self.row_reader.check_head(table) if table.header_line else []
            if problems:
                raise FileProblem(*problems)

    @property
    def bytes_read(self) -> int:
        """The number of bytes that the current pass has read, for a progress display."""
        return self.source.bytes_read

    def close(self) -> None:
        """Close the file."""
        self.source.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __iter__(self) -> Iterator[ParsedRow | BadRecord]:
        """Yield the records from the start; only one pass at a time.

        Raises:
            FileProblem: If the rest of the file cannot be read reliably, or the file changed since it was opened.
        """
        with self.table() as table:
            for record in table:
                yield self.row_reader.read(record)

    def table(self) -> AbstractContextManager[RecordTable]:
        """Open the raw records from the start; only one pass at a time.

        Raises:
            FileProblem: If the rest of the file cannot be read reliably, or the file changed since it was opened.
        """
        return self.source.table(self.row_reader.column_names.knows)


def open_reader(
    path: Path,
    kind: ImportKind,
    *,
    zone: ZoneInfo,
    encoding: str | None = None,
    agent: str = "",
    now: datetime | None = None,
) -> Reader:
    """Open a file and check its encoding and header.

    Args:
        path: A CSV, XLSX or JSON Lines file, recognised by its extension or else by its first bytes. Of a workbook, the
            sheet with the name of the kind is read, or else the first visible one.
        kind: The kind of its records.
        zone: The time zone of instants without one.
        encoding: The encoding of a text file; None detects it.
        agent: The agent of rows that name none.
        now: The time of the import; past events must not be later. None allows any time.

    Raises:
        NotFound: If there is no such file.
        FileProblem: If its encoding or header is wrong.
        BadData: If it is not a regular file.
        WrongUsage: If the encoding is not one that can be read.
        StorageFailed: If it cannot be read.
    """
    source = source_of(path, kind, encoding)
    try:
        return Reader(source, kind, zone, agent, now)
    except BaseException:
        source.close()
        raise


def open_readers(path: Path, *, zone: ZoneInfo, agent: str = "", now: datetime | None = None) -> list[Reader]:
    """Open a workbook and return the readers of its sheets; the name of each sheet gives its kind.

    Raises:
        NotFound: If there is no such file.
        FileProblem: If it is not a workbook, a sheet has no name of a kind, or headers are wrong; with all problems.
        StorageFailed: If it cannot be read.
    """
    workbook = Workbook(path)
    try:
        return _readers_of(workbook, zone, agent, now)
    except BaseException:
        workbook.close()
        raise


def _readers_of(workbook: Workbook, zone: ZoneInfo, agent: str, now: datetime | None) -> list[Reader]:
    """Return the readers of the sheets of a workbook."""
    readers: list[Reader] = []
    problems: list[RowProblem] = []
    for kind, sheet in sheets_by_kind(workbook):
        try:
            readers.append(Reader(SheetSource(workbook, sheet), kind, zone, agent, now))
        except FileProblem as problem:
            problems += problem.problems
    if problems:
        raise FileProblem(*problems)
    return readers


_DISTINCTIVE_COLUMNS = {
    ImportKind.DOCUMENTS: "kind",
    ImportKind.APPLICATIONS: "applicant_kind",
    ImportKind.CARDS: "msisdn",
}
"""For each kind of file that an applicant submits, a column that the other two kinds do not require."""


def kind_of_file(path: Path) -> ImportKind:
    """Return the kind of a file that an applicant submitted, by the names of its sheets or columns.

    Raises:
        NotFound: If there is no such file.
        FileProblem: If it has no such kind, or cannot be read.
    """
    source = source_of(path, ImportKind.APPLICATIONS, None)
    try:
        if isinstance(source, SheetSource) and any(map(kind_of_sheet, source.sheet_names)):
            return ImportKind.WORKBOOK
        with source.table(lambda name: any(column_names(kind).meaning(name) for kind in _DISTINCTIVE_COLUMNS)) as table:
            names = table.names
    finally:
        source.close()
    for kind, column in _DISTINCTIVE_COLUMNS.items():
        if column in {column_names(kind).meaning(name) for name in names}:
            return kind
    message = _("Its columns are neither those of applications nor of cards nor of documents.")
    raise FileProblem(RowProblem(file=path.name, message=message))
