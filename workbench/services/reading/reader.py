"""Reads a file or sheet of one kind into typed rows, as often as it is asked to."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self, cast
from zoneinfo import ZoneInfo

from db.enums import ImportKind
from workbench.domain.evidence.rows import RowValue
from workbench.i18n import _
from workbench.services.reading.built import key_of
from workbench.services.reading.headers import column_names, header_problems
from workbench.services.reading.kinds import KindSpec, spec
from workbench.services.reading.plan import Complaint, RowPlan
from workbench.services.reading.problems import BadRecord, FileProblem, Row, RowProblem
from workbench.services.reading.sheet_names import kind_of, sheets_by_kind
from workbench.services.reading.sources import SheetSource, Source, Table, source_of
from workbench.services.reading.table import Broken, RawRecord
from workbench.services.reading.workbook import Workbook

_MAX_PLANS = 500
_KEY_BYTES = 16


class Reader:
    """One imported file or sheet; iterating it reads its records from the start, each as a Row or a BadRecord.

    `format`, `encoding` ('' for sheets), `columns` (the header as in the file; in JSON Lines the keys of the first
    object), `sha256` and `bytes_count` are known before; `pass_bytes` is how many bytes one pass reads, and `file` what
    the readers of one file have in common. `repeated` has the lines whose keys came on another line too, with that
    line, as far as was read: a later pass refuses the first of them too. Use it as a context manager, or close it.
    """

    def __init__(self, source: Source, kind: ImportKind, kind_spec: KindSpec) -> None:
        self.kind = kind
        self.path = source.path
        self.sheet = source.sheet
        self.format = source.format
        self.encoding = source.encoding
        self.sha256 = source.sha256
        self.bytes_count = source.bytes_count
        self.pass_bytes = source.pass_bytes
        self.file = source.file
        self.source = source
        self._spec = kind_spec
        self._known = column_names(kind)
        self._lines_of_keys: dict[bytes, int] = {}
        self.repeated: dict[int, int] = {}
        self._plans: dict[tuple[str, ...], RowPlan | list[Complaint]] = {}
        with self.table() as table:
            self.columns = table.names
            if table.header_line:
                place = RowProblem(file=self.path.name, sheet=self.sheet, line=table.header_line, message="")
                problems = header_problems(table.names, self._known, self._spec.required, place)
                problems = problems or self._records_above(table)
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

    def __iter__(self) -> Iterator[Row | BadRecord]:
        """Read the records from the start; one pass at a time.

        Raises:
            FileProblem: If the file cannot be trusted from some line on, or changed since it was opened.
        """
        self._lines_of_keys.clear()
        with self.table() as table:
            for record in table:
                yield self.judged(record)

    def table(self) -> AbstractContextManager[Table]:
        """Give the records from the start as they are in the file; one pass at a time.

        Raises:
            FileProblem: If the file cannot be trusted from some line on, or changed since it was opened.
        """
        return self.source.table(self._knows)

    def judged(self, record: RawRecord | Broken) -> Row | BadRecord:
        """Return the row of a record, or what is wrong with it."""
        return self._broken(record) if isinstance(record, Broken) else self._typed(record)

    def texts(self, record: RawRecord) -> Sequence[str] | None:
        """Return the cells of a record as texts, None if its columns or cells are not all as they must be."""
        if self.format == "csv":
            return cast("Sequence[str]", record.cells)
        plan = self._plan(record.names)
        texts, complaints = ((), plan) if isinstance(plan, list) else plan.texts(record.cells)
        return None if complaints else texts

    def _knows(self, name: str) -> bool:
        """Say whether a text is the name of a column that is read."""
        return bool(self._known.meaning(name))

    def _records_above(self, table: Table) -> list[RowProblem]:
        """Return the rows over the header that are no titles: a sheet may have been sorted together with its header."""
        plan = RowPlan(table.names, self._spec, self._known)
        message = _(
            "This row stands above the header and looks like a record; put the header first, or remove the row."
        )
        return [self._problem(row.line, "", message) for row in table.above if plan.is_like_a_record(row.cells)]

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
        complaints: list[Complaint] = []
        if self.format == "csv":
            cells = cast("Sequence[str]", record.cells)
        else:
            cells, complaints = plan.texts(record.cells)
        value = plan.read(cells)
        if isinstance(value, list):
            told = {column for column, _message in complaints}
            complaints += [complaint for complaint in value if complaint[0] not in told]
        if complaints or isinstance(value, list):
            return self._bad(record, cells, complaints)
        other = self._other_line_of(value, record.line)
        if other is not None:
            message = _("The same row is on line {line} too; remove one of them.").format(line=f"{other:,}")
            return self._bad(record, cells, [("", message)])
        return Row(record.line, record.names, cells, value)

    def _other_line_of(self, value: RowValue, line: int) -> int | None:
        """Return another line with the row's key, None if none is known; calls may overlap, so they have no key."""
        if self.kind is ImportKind.CALLS:
            return None
        key = hashlib.blake2b("\0".join(key_of(self.kind, value)).encode(), digest_size=_KEY_BYTES).digest()
        first = self._lines_of_keys.setdefault(key, line)
        if first != line:
            self.repeated.setdefault(first, line)
            self.repeated[line] = first
        return self.repeated.get(line)

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
        return Reader(source, kind, spec(kind, zone, agent, now))
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
            readers.append(Reader(SheetSource(workbook, sheet), kind, spec(kind, zone, agent, now)))
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
