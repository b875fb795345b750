"""Reads a CSV or JSON Lines file of one kind into typed rows, as often as it is asked to."""

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Literal, Protocol, Self, TextIO, cast
from zoneinfo import ZoneInfo

from db.enums import ImportKind
from workbench.domain.rows import RowValue
from workbench.i18n import _
from workbench.services.reading.built import key_of
from workbench.services.reading.headers import column_names, header_problems
from workbench.services.reading.jsonl import JsonLines
from workbench.services.reading.kinds import KindSpec, spec
from workbench.services.reading.opened import OpenedText
from workbench.services.reading.plan import Complaint, RowPlan
from workbench.services.reading.problems import BadRecord, FileProblem, Row, RowProblem
from workbench.services.reading.table import Broken, CsvTable, RawRecord

Format = Literal["csv", "jsonl"]

_FORMATS: dict[str, Format] = {
    ".csv": "csv",
    ".txt": "csv",
    ".tsv": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "jsonl",
}
_MAX_PLANS = 500
_KEY_BYTES = 16


class _Source(Protocol):
    """Where records come from, once; a sheet of a workbook would be another."""

    def __iter__(self) -> Iterator[RawRecord | Broken]: ...


class Reader:
    """One imported file; iterating it reads its records from the start, each as a Row or a BadRecord.

    `format`, `encoding`, `columns` (the header as in the file; in JSON Lines the keys of the first object),
    `sha256` and `bytes_count` are known before. Use it as a context manager, or close it.
    """

    def __init__(self, file: OpenedText, kind: ImportKind, kind_spec: KindSpec) -> None:
        self.kind = kind
        self.path = file.path
        self.sheet = ""
        self.encoding = file.encoding.name
        self.sha256 = file.encoding.sha256
        self.bytes_count = file.encoding.bytes_count
        self._file = file
        self._spec = kind_spec
        self._known = column_names(kind)
        self._lines_of_keys: dict[bytes, int] = {}
        self._plans: dict[tuple[str, ...], RowPlan | list[Complaint]] = {}
        self.format: Format = self._found_format()
        with file.text() as text:
            self.columns = self._open_source(text)[1]

    @property
    def bytes_read(self) -> int:
        """How far the present pass has come, for showing progress."""
        return self._file.bytes_read

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __iter__(self) -> Iterator[Row | BadRecord]:
        """Read the records from the start; one pass at a time.

        Raises:
            FileProblem: If the file cannot be trusted from some line on, or changed since it was opened.
        """
        self._lines_of_keys.clear()
        with self._file.text() as text:
            source, _columns = self._open_source(text)
            for record in source:
                if isinstance(record, Broken):
                    yield self._broken(record)
                else:
                    yield self._typed(record)

    def _found_format(self) -> Format:
        """Return the format by the file's extension, else by its first character."""
        by_name = _FORMATS.get(self.path.suffix.lower())
        if by_name is not None:
            return by_name
        with self._file.text() as text:
            return "jsonl" if text.read(1024).lstrip("\ufeff \t\r\n").startswith("{") else "csv"

    def _open_source(self, text: TextIO) -> tuple[_Source, tuple[str, ...]]:
        """Return the records of a text, and its columns once they are known to be right."""
        if self.format == "jsonl":
            lines = JsonLines(text, self.path.name)
            return lines, lines.names
        table = CsvTable(text, self.path.name, lambda name: bool(self._known.meaning(name)))
        place = RowProblem(file=self.path.name, sheet=self.sheet, line=table.header_line, message="")
        problems = header_problems(table.names, self._known, self._spec.required, place)
        if problems:
            raise FileProblem(*problems)
        return table, table.names

    def _plan(self, names: tuple[str, ...]) -> RowPlan | list[Complaint]:
        """Return how records with these columns are read, or what is wrong with the columns."""
        plan = self._plans.get(names)
        if plan is None:
            place = RowProblem(file=self.path.name, message="")
            # What is missing in an object is told with its values.
            problems = header_problems(names, self._known, (), place) if self.format == "jsonl" else []
            if problems:
                plan = [(problem.column, problem.message) for problem in problems]
            else:
                plan = RowPlan(names, self._spec, self._known)
            if len(self._plans) >= _MAX_PLANS:
                self._plans.clear()
            self._plans[names] = plan
        return plan

    def _typed(self, record: RawRecord) -> Row | BadRecord:
        """Return the row of a record, or what is wrong with it."""
        plan = self._plan(record.names)
        if isinstance(plan, list):
            return self._bad(record, [str(cell) for cell in record.cells], plan)
        if self.format == "jsonl":
            cells, complaints = plan.texts(record.cells)
            if complaints:
                return self._bad(record, cells, complaints)
        else:
            cells = cast("Sequence[str]", record.cells)
        value = plan.read(cells)
        if isinstance(value, list):
            return self._bad(record, cells, value)
        first = self._first_line_of(value, record.line)
        if first != record.line:
            message = _("This row is in the file already, on line {line}; remove one.").format(line=first)
            return self._bad(record, cells, [("", message)])
        return Row(line=record.line, raw=dict(zip(record.names, cells, strict=True)), value=value)

    def _first_line_of(self, value: RowValue, line: int) -> int:
        """Return the first line with the row's key; calls may overlap, so they have none."""
        if self.kind is ImportKind.CALLS:
            return line
        key = hashlib.blake2b("\0".join(key_of(self.kind, value)).encode(), digest_size=_KEY_BYTES).digest()
        return self._lines_of_keys.setdefault(key, line)

    def _bad(self, record: RawRecord, cells: Sequence[str], complaints: Sequence[Complaint]) -> BadRecord:
        """Return a record with its problems."""
        return BadRecord(
            line=record.line,
            raw=dict(zip(record.names, cells, strict=True)),
            cells=tuple(cells),
            text=record.text,
            problems=tuple(self._problem(record.line, column, message) for column, message in complaints),
        )

    def _broken(self, broken: Broken) -> BadRecord:
        """Return a record that could not be taken apart, with its problem."""
        return BadRecord(
            line=broken.line,
            raw=dict(zip(self.columns, broken.cells, strict=False)),
            cells=broken.cells,
            text=broken.text,
            problems=(self._problem(broken.line, broken.column, broken.message),),
        )

    def _problem(self, line: int, column: str, message: str) -> RowProblem:
        """Return a problem of this file."""
        return RowProblem(file=self.path.name, sheet=self.sheet, line=line, column=column, message=message)


def open_reader(
    path: Path, kind: ImportKind, *, zone: ZoneInfo, encoding: str | None = None, agent: str = ""
) -> Reader:
    """Open a file and check its encoding and header.

    Args:
        path: A CSV or JSON Lines file; its extension says which, else its first character.
        kind: What it holds.
        zone: Where instants without a zone of their own are.
        encoding: The encoding, if it is not to be found out.
        agent: The agent of rows that name none.

    Raises:
        NotFound: If there is no such file.
        FileProblem: If its encoding or header is wrong; a BadData too if it is no regular file.
        WrongUsage: If the encoding is not one that can be read.
        StorageFailed: If it cannot be read.
    """
    file = OpenedText(path, encoding)
    try:
        return Reader(file, kind, spec(kind, zone, agent))
    except BaseException:
        file.close()
        raise
