"""Where records come from: a text file, or a sheet of a workbook."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Literal

from workbench.services.reading.jsonl import JsonLines
from workbench.services.reading.opened import OpenedText
from workbench.services.reading.problems import FileProblem, RowProblem
from workbench.services.reading.sheet_table import SheetTable
from workbench.services.reading.table import CsvTable
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


class TextSource(OpenedText):
    """A text file."""

    sheet = ""

    def __init__(self, path: Path, encoding: str | None = None, *, may_be_packed: bool = False) -> None:
        super().__init__(path, encoding, may_be_packed=may_be_packed)
        self.pass_bytes = self.bytes_count
        self.format: Format = self._found_format()

    @contextmanager
    def table(self, knows: Knows) -> Iterator[JsonLines | CsvTable]:
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

    format: Format = "xlsx"
    encoding = ""

    def __init__(self, workbook: Workbook, sheet: SheetPart) -> None:
        self.file: object = workbook
        self.path = workbook.path
        self.sheet = sheet.name
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
    def table(self, knows: Knows) -> Iterator[SheetTable]:
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
