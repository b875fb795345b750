"""Sources of records: text files, Parquet files, and sheets of workbooks."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from db.enums import ImportKind
from workbench.i18n import _
from workbench.services.files.reading.headers import ColumnNames
from workbench.services.files.reading.jsonl import JsonLines
from workbench.services.files.reading.kinds import KindSpec
from workbench.services.files.reading.opened import PACKED_SUFFIXES, OpenedFile, OpenedText, is_archive
from workbench.services.files.reading.problems import FileProblem, RowProblem
from workbench.services.files.reading.sheet_table import SheetTable
from workbench.services.files.reading.sheets.names import sheet_of
from workbench.services.files.reading.sheets.workbook import SheetPart, Workbook
from workbench.services.files.reading.table import BrokenRecord, CsvTable, Format, Knows, RawRecord, flaw_of

if TYPE_CHECKING:
    import duckdb

_FORMATS: dict[str, Format] = {
    ".csv": "csv",
    ".txt": "csv",
    ".tsv": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "jsonl",
}

TEXT_SUFFIXES = frozenset(_FORMATS)
"""Extensions of text files; their first bytes do not matter."""

WORKBOOK_SUFFIXES = frozenset({".xlsx", ".xlsm"})

PARQUET_SUFFIX = ".parquet"
_ROWS_TOGETHER = 10_000
_INSTANT = "TIMESTAMP WITH TIME ZONE"


class SheetLayout(Protocol):
    """How a sheet is read that has its own column names; other processes get a pickled copy."""

    @property
    def sha256(self) -> str:
        """The SHA-256 of the map's text, for the log."""

    @property
    def column_names(self) -> ColumnNames:
        """The names of the sheet's columns, with their meanings."""

    def adapted(self, usual: KindSpec) -> KindSpec:
        """Return the specification of a kind of file, changed for this layout."""


class RecordTable(Protocol):
    """A header and one iteration over the records below it."""

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns."""

    @property
    def header_line(self) -> int:
        """The line of the header, 0 if each record names its own columns."""

    @property
    def above(self) -> tuple[RawRecord, ...]:
        """The rows above the header, cut to its columns."""

    def __iter__(self) -> Iterator[RawRecord | BrokenRecord]: ...


class TextSource(OpenedText):
    """A text file."""

    sheet = ""
    layout: SheetLayout | None = None

    def __init__(self, path: Path, encoding: str | None = None, *, may_be_packed: bool = False) -> None:
        super().__init__(path, encoding, may_be_packed=may_be_packed)
        self.pass_bytes = self.bytes_count
        self.format: Format = self._detect_format()

    @contextmanager
    def table(self, knows: Knows) -> Iterator[RecordTable]:
        """Open the records from the start; only one pass at a time.

        Raises:
            FileProblem: If the file is empty, or has changed since it was opened.
        """
        with self.text() as text:
            yield JsonLines(text, self.path.name) if self.format == "jsonl" else CsvTable(text, self.path.name, knows)

    def _detect_format(self) -> Format:
        """Return the format by the extension of the file, or else by its first character."""
        by_name = _FORMATS.get(self.path.suffix.lower())
        if by_name is not None:
            return by_name
        with self.text() as text:
            return "jsonl" if text.read(1024).lstrip("\ufeff \t\r\n").startswith("{") else "csv"


class SheetSource:
    """A sheet of a workbook; several sheets may share the workbook."""

    format: Format = "xlsx"
    encoding = ""
    layout: SheetLayout | None = None

    def __init__(self, workbook: Workbook, sheet: SheetPart) -> None:
        self.file: object = workbook
        self.path = workbook.path
        self.sheet = sheet.name
        self.sha256 = workbook.sha256
        self.bytes_count = workbook.bytes_count
        self.pass_bytes = workbook.size(sheet.part)
        self.sheet_names = tuple(part.name for part in workbook.sheets)
        self._workbook = workbook
        self._part = sheet

    @property
    def bytes_read(self) -> int:
        """The number of bytes that the current pass has read."""
        return self._workbook.bytes_read[self._part.part]

    def close(self) -> None:
        """Close the workbook."""
        self._workbook.close()

    @contextmanager
    def table(self, knows: Knows) -> Iterator[RecordTable]:
        """Open the records from the start; only one pass at a time.

        Raises:
            FileProblem: If the sheet is empty or the workbook damaged, or the file has changed since it was opened.
        """
        place = RowProblem(file=self.path.name, sheet=self.sheet, message="")
        try:
            yield SheetTable(self._workbook.rows(self._part), place, knows)
        except FileProblem as problem:
            # A problem without a sheet belongs to this sheet.
            placed = (replace(one, sheet=one.sheet or self.sheet) for one in problem.problems)
            raise FileProblem(*placed) from problem


class ParquetSource(OpenedFile):
    """A Parquet file; its records are numbered like those of a sheet with its header in line 1.

    Raises:
        NotFound: If there is no such file.
        BadData: If it is not a regular file.
        StorageFailed: If it cannot be read.
    """

    sheet = encoding = ""
    # Its cells are read as texts, like those of a CSV file.
    format: Format = "csv"
    layout: SheetLayout | None = None

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.pass_bytes = self.bytes_count
        self.bytes_read = 0
        with self.closed_on_failure():
            self.sha256 = self.digest()

    @contextmanager
    def table(self, knows: Knows) -> Iterator["ParquetTable"]:  # noqa: ARG002 - the columns have names of their own
        """Open the records from the start.

        Raises:
            FileProblem: If the file is not a complete Parquet file, or has changed since it was opened.
        """
        import duckdb

        self.refuse_change()
        self.bytes_read = 0
        try:
            with duckdb.connect(
                config={"autoload_known_extensions": False, "threads": 1, "memory_limit": "200MB"}
            ) as connection:
                yield ParquetTable(connection, self)
        except duckdb.Error as error:
            message = _("The file is not a complete Parquet file; export it again.")
            raise FileProblem(RowProblem(file=self.path.name, message=message)) from error
        self.refuse_change()

    @property
    def sql(self) -> str:
        """The SQL that reads the opened file; it works for any path."""
        return f"read_parquet('/dev/fd/{self.file.fileno()}')"


class ParquetTable:
    """One iteration over the records of a Parquet file."""

    header_line = 1
    above: tuple[RawRecord, ...] = ()

    def __init__(self, connection: "duckdb.DuckDBPyConnection", source: ParquetSource) -> None:
        described = connection.execute(f"DESCRIBE FROM {source.sql}").fetchall()
        self.names = tuple(name.strip() for name, *_others in described)
        self._connection = connection
        self._source = source
        self._texts = ", ".join(_text_of(name, kind) for name, kind, *_others in described)

    def __iter__(self) -> Iterator[RawRecord | BrokenRecord]:
        """Yield the records; rows without text are skipped."""
        [(count,)] = self._connection.execute(f"FROM {self._source.sql} SELECT count(*)").fetchall()
        result = self._connection.execute(f"FROM {self._source.sql} SELECT {self._texts}")
        line = self.header_line
        while rows := result.fetchmany(_ROWS_TOGETHER):
            for cells in rows:
                line += 1
                if flaw := next(filter(None, map(flaw_of, cells)), None):
                    yield BrokenRecord(line, "", flaw, tuple(cells))
                elif any(cells):
                    yield RawRecord(line, self.names, cells)
            self._source.bytes_read = self._source.pass_bytes * (line - 1) // count


def _text_of(name: str, kind: str) -> str:
    """Return the SQL of a column as texts; an instant gets its UTC offset."""
    column = '"' + name.replace('"', '""') + '"'
    if kind == _INSTANT:
        column = f"make_timestamp(epoch_us({column}))::VARCHAR || '+00:00'"
    return f"coalesce(({column})::VARCHAR, '')"


Source = TextSource | SheetSource | ParquetSource
"""A file or sheet that can be read any number of times.

Attributes:
    file: The open file, which the sheets of a workbook share.
    bytes_count: The size of the file.
    sha256: The digest of the file.
    pass_bytes: The number of bytes that one pass reads.
    bytes_read: The number of bytes that the current pass has read.
"""


def source_of(path: Path, kind: ImportKind, encoding: str | None) -> Source:
    """Return the source of the records in a file.

    Raises:
        NotFound: If there is no such file.
        BadData: If it is not a regular file, its encoding is not clear, or it is not a readable workbook or archive.
        StorageFailed: If it cannot be read.
        WrongUsage: If the encoding is not supported.
    """
    suffix = path.suffix.lower()
    has_calls = kind is ImportKind.CALLS
    if has_calls and suffix == PARQUET_SUFFIX:
        return ParquetSource(path)
    is_text = suffix in TEXT_SUFFIXES or (has_calls and suffix in PACKED_SUFFIXES)
    if suffix in WORKBOOK_SUFFIXES or (not is_text and is_archive(path)):
        workbook = Workbook(path)
        return SheetSource(workbook, sheet_of(workbook, kind))
    return TextSource(path, encoding, may_be_packed=has_calls)
