"""Where records come from: a text file, or a sheet of a workbook."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Literal, Protocol

from workbench.services.reading.jsonl import JsonLines
from workbench.services.reading.opened import OpenedText
from workbench.services.reading.problems import FileProblem, RowProblem
from workbench.services.reading.sheet_table import SheetTable
from workbench.services.reading.table import Broken, CsvTable, RawRecord
from workbench.services.reading.workbook import SheetPart, Workbook

Format = Literal["csv", "jsonl", "xlsx"]

Knows = Callable[[str], bool]
"""Says whether a text is the name of a column."""

_FORMATS: dict[str, Format] = {
    ".csv": "csv",
    ".txt": "csv",
    ".tsv": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "jsonl",
}

TEXT_SUFFIXES = frozenset(_FORMATS)
"""Extensions of files that are text, whatever they begin with."""


class Table(Protocol):
    """Records of one kind, once: their columns, and the line of the header, 0 where each record names its own.

    `above` are the rows over the header, with their cells below the names of the columns.
    """

    @property
    def names(self) -> tuple[str, ...]: ...

    @property
    def header_line(self) -> int: ...

    @property
    def above(self) -> tuple[RawRecord, ...]: ...

    def __iter__(self) -> Iterator[RawRecord | Broken]: ...


class Source(Protocol):
    """A file or sheet that can be read as often as it is asked for.

    `file` is what the sheets of a workbook have in common, `bytes_count` and `sha256` are its own; `pass_bytes` is how
    many bytes one pass reads, `bytes_read` how far the present one has come.
    """

    path: Path
    sheet: str
    format: Format
    encoding: str
    sha256: str
    bytes_count: int
    pass_bytes: int

    @property
    def file(self) -> object: ...

    @property
    def bytes_read(self) -> int: ...

    def table(self, knows: Knows) -> AbstractContextManager[Table]: ...

    def close(self) -> None: ...


class TextSource(OpenedText):
    """A text file."""

    sheet = ""

    def __init__(self, path: Path, encoding: str | None = None, *, may_be_packed: bool = False) -> None:
        super().__init__(path, encoding, may_be_packed=may_be_packed)
        self.pass_bytes = self.bytes_count
        self.format: Format = self._found_format()

    @contextmanager
    def table(self, knows: Knows) -> Iterator[Table]:
        """Give the records from the start; one pass at a time.

        Raises:
            FileProblem: If there is nothing in the file, or it has changed since it was opened.
        """
        with self.text() as text:
            yield JsonLines(text, self.path.name) if self.format == "jsonl" else CsvTable(text, self.path.name, knows)

    def _found_format(self) -> Format:
        """Return the format by the file's extension, else by its first character."""
        by_name = _FORMATS.get(self.path.suffix.lower())
        if by_name is not None:
            return by_name
        with self.text() as text:
            return "jsonl" if text.read(1024).lstrip("\ufeff \t\r\n").startswith("{") else "csv"


class SheetSource:
    """A sheet of a workbook, which several sheets may have in common."""

    def __init__(self, workbook: Workbook, sheet: SheetPart) -> None:
        self.file: object = workbook
        self.path = workbook.path
        self.sheet = sheet.name
        self.format: Format = "xlsx"
        self.encoding = ""
        self.sha256 = workbook.package.sha256
        self.bytes_count = workbook.package.bytes_count
        self.pass_bytes = workbook.package.size(sheet.part)
        self.sheet_names = tuple(part.name for part in workbook.sheets)
        self._workbook = workbook
        self._part = sheet

    @property
    def bytes_read(self) -> int:
        """How far the present pass has come."""
        return self._workbook.package.bytes_read[self._part.part]

    def close(self) -> None:
        """Close the workbook."""
        self._workbook.close()

    @contextmanager
    def table(self, knows: Knows) -> Iterator[Table]:
        """Give the records from the start; one pass at a time.

        Raises:
            FileProblem: If the sheet is empty or the workbook damaged, or the file has changed since it was opened.
        """
        place = RowProblem(file=self.path.name, sheet=self.sheet, message="")
        try:
            yield SheetTable(self._workbook.rows(self._part), place, knows)
        except FileProblem as problem:
            # A problem of the whole file is one of this sheet, where it names none.
            placed = (replace(one, sheet=one.sheet or self.sheet) for one in problem.problems)
            raise FileProblem(*placed) from problem
