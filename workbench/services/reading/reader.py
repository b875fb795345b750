"""Reads a file or sheet of one kind into typed rows, as often as it is asked to."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self
from zoneinfo import ZoneInfo

from db.enums import ImportKind
from workbench.domain.text.mask import mask_digits_within
from workbench.i18n import _
from workbench.services.reading.headers import column_names
from workbench.services.reading.problems import BadRecord, FileProblem, ParsedRow, RowProblem
from workbench.services.reading.row_reader import RowReader
from workbench.services.reading.sheets.names import kind_of, sheets_by_kind
from workbench.services.reading.sheets.workbook import Workbook
from workbench.services.reading.sources import RecordTable, SheetSource, Source, source_of


class Reader:
    """One imported file or sheet; iterating it reads its records from the start, each as a Row or a BadRecord.

    `name` is that of the file for people, `format`, `encoding` ('' for sheets), `columns` (the header as in the file;
    in JSON Lines the keys of the first object), `sha256` and `bytes_count` are known before; `pass_bytes` is how many
    bytes one pass reads, `file` what the readers of one file have in common, and `rows` what makes rows of records. Use
    it as a context manager, or close it.
    """

    def __init__(self, source: Source, kind: ImportKind, zone: ZoneInfo, agent: str, now: datetime | None) -> None:
        self.kind = kind
        self.path = source.path
        self.name = mask_digits_within(source.path.name)
        self.sheet = source.sheet
        self.format = source.format
        self.encoding = source.encoding
        self.sha256 = source.sha256
        self.bytes_count = source.bytes_count
        self.pass_bytes = source.pass_bytes
        self.file = source.file
        self.source = source
        with source.table((source.layout.known if source.layout else column_names(kind)).knows) as table:
            self.columns = table.names
            self.rows = RowReader(
                kind=kind,
                file=self.name,
                sheet=self.sheet,
                format=self.format,
                columns=self.columns,
                zone=zone,
                agent=agent,
                now=now,
                layout=source.layout,
            )
            problems = self.rows.check_head(table) if table.header_line else []
            if problems:
                raise FileProblem(*problems)

    @property
    def bytes_read(self) -> int:
        """How far the present pass has come, for showing progress."""
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
        """Read the records from the start; one pass at a time.

        Raises:
            FileProblem: If the file cannot be trusted from some line on, or changed since it was opened.
        """
        with self.table() as table:
            for record in table:
                yield self.rows.read(record)

    def table(self) -> AbstractContextManager[RecordTable]:
        """Give the records from the start as they are in the file; one pass at a time.

        Raises:
            FileProblem: If the file cannot be trusted from some line on, or changed since it was opened.
        """
        return self.source.table(self.rows.known.knows)


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
        path: A CSV, XLSX or JSON Lines file; its extension says which, else how it begins. Of a workbook the sheet
            that is named like the kind is read, else the first that is not hidden.
        kind: What it holds.
        zone: Where instants without a zone of their own are.
        encoding: The encoding of a text file, if it is not to be found out.
        agent: The agent of rows that name none.
        now: When the file is imported; past events must not be later. None allows any time.

    Raises:
        NotFound: If there is no such file.
        FileProblem: If its encoding or header is wrong; a BadData too if it is no regular file.
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
    """Open a workbook and return the readers of its sheets by the kinds that they are named like.

    Raises:
        NotFound: If there is no such file.
        FileProblem: If it is no workbook, a sheet is named like no kind, or headers are wrong; it tells all of them.
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


_TELLING_COLUMNS = {
    ImportKind.DOCUMENTS: "kind",
    ImportKind.APPLICATIONS: "applicant_kind",
    ImportKind.CARDS: "msisdn",
}
"""The column that only one of the kinds that an applicant submits requires."""


def kind_of_file(path: Path) -> ImportKind:
    """Return which kind of what an applicant submits a file holds, by the names of its sheets or its columns.

    Raises:
        NotFound: If there is no such file.
        FileProblem: If it holds none of them, or cannot be read.
    """
    source = source_of(path, ImportKind.APPLICATIONS, None)
    try:
        if isinstance(source, SheetSource) and any(map(kind_of, source.sheet_names)):
            return ImportKind.WORKBOOK
        with source.table(lambda name: any(column_names(kind).meaning(name) for kind in _TELLING_COLUMNS)) as table:
            names = table.names
    finally:
        source.close()
    for kind, column in _TELLING_COLUMNS.items():
        if column in {column_names(kind).meaning(name) for name in names}:
            return kind
    message = _("Its columns are neither those of applications nor of cards nor of documents.")
    raise FileProblem(RowProblem(file=path.name, message=message))
