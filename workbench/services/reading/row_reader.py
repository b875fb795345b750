"""Reads records, as they are in a file, into typed rows; every process can do so."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cached_property, partial
from typing import cast
from zoneinfo import ZoneInfo

from db.enums import ImportKind
from workbench.i18n import _
from workbench.services.reading.headers import ColumnNames, column_names, header_problems
from workbench.services.reading.kinds import KindSpec, Layout, spec
from workbench.services.reading.plan import Complaint, RowPlan
from workbench.services.reading.problems import BadRecord, ParsedRow, RowProblem
from workbench.services.reading.sources import RecordTable
from workbench.services.reading.table import BrokenRecord, Format, RawRecord

_MAX_PLANS = 500


@dataclass(kw_only=True)
class RowReader:
    """Reads the records of one file or sheet.

    `columns` is the header as in the file, in JSON Lines the keys of the first object. Instants without a zone of their
    own are in `zone`, and rows that name no agent are of `agent`. Past events must not be later than `now`, if given.
    `layout` is that of a sheet with names of its own.
    """

    kind: ImportKind
    file: str
    sheet: str
    format: Format
    columns: tuple[str, ...]
    zone: ZoneInfo
    agent: str
    now: datetime | None
    layout: Layout | None = None

    def __reduce__(self) -> tuple[Callable[[], "RowReader"], tuple[()]]:
        """Let another process make its own parsers."""
        return partial(RowReader, **{field.name: getattr(self, field.name) for field in fields(self)}), ()

    @cached_property
    def known(self) -> ColumnNames:
        """What the columns may be called."""
        return self.layout.known if self.layout else column_names(self.kind)

    @cached_property
    def _spec(self) -> KindSpec:
        usual = spec(self.kind, self.zone, self.agent, self.now)
        return self.layout.adapted(usual) if self.layout else usual

    @cached_property
    def _plans(self) -> dict[tuple[str, ...], RowPlan | list[Complaint]]:
        return {}

    def check_head(self, table: RecordTable) -> list[RowProblem]:
        """Return what is wrong with the header, and with the rows above it.

        Rows over the header that are no titles are told: a sheet may have been sorted together with its header.
        """
        place = self.problem(table.header_line, "", "")
        problems = header_problems(table.names, self.known, self._spec.required, place)
        if problems:
            return problems
        plan = RowPlan(table.names, self._spec, self.known)
        message = _(
            "This row stands above the header and looks like a record; put the header first, or remove the row."
        )
        return [self.problem(row.line, "", message) for row in table.above if plan.is_like_a_record(row.cells)]

    def read(self, record: RawRecord | BrokenRecord) -> ParsedRow | BadRecord:
        """Return the row of a record, or what is wrong with it."""
        return self._broken(record) if isinstance(record, BrokenRecord) else self._typed(record)

    def texts(self, record: RawRecord) -> Sequence[str] | None:
        """Return the cells of a record as texts, None if its columns or cells are not all as they must be."""
        if self.format == "csv":
            return cast("Sequence[str]", record.cells)
        plan = self._plan(record.names)
        texts, complaints = ((), plan) if isinstance(plan, list) else plan.texts(record.cells)
        return None if complaints else texts

    def refused(self, record: RawRecord, message: str, column: str = "") -> BadRecord:
        """Return a record that is refused although its values are right; `column` is the column's own name."""
        names = (name for name in record.names if column and self.known.meaning(name) == column)
        return self._bad(record, self.texts(record) or (), [(next(names, ""), message)])

    def problem(self, line: int, column: str, message: str) -> RowProblem:
        """Return a problem of this file."""
        return RowProblem(file=self.file, sheet=self.sheet, line=line, column=column, message=message)

    def _plan(self, names: tuple[str, ...]) -> RowPlan | list[Complaint]:
        """Return how records with these columns are read, or what is wrong with the columns."""
        plan = self._plans.get(names)
        if plan is None:
            # What is missing in an object is told with its values.
            problems = header_problems(names, self.known, (), self.problem(0, "", "")) if self.format == "jsonl" else []
            if problems:
                plan = [(problem.column, problem.message) for problem in problems]
            else:
                plan = RowPlan(names, self._spec, self.known)
            if len(self._plans) >= _MAX_PLANS:
                self._plans.clear()
            self._plans[names] = plan
        return plan

    def _typed(self, record: RawRecord) -> ParsedRow | BadRecord:
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
        return ParsedRow(record.line, record.names, cells, value)

    def _bad(self, record: RawRecord, cells: Sequence[str], complaints: Sequence[Complaint]) -> BadRecord:
        """Return a record with its problems."""
        return BadRecord(
            line=record.line,
            raw=dict(zip(record.names, cells, strict=False)),
            cells=tuple(cells),
            text=record.text,
            problems=tuple(self.problem(record.line, column, message) for column, message in complaints),
        )

    def _broken(self, broken: BrokenRecord) -> BadRecord:
        """Return a record that could not be taken apart, with its problem."""
        return BadRecord(
            line=broken.line,
            raw=dict(zip(self.columns, broken.cells, strict=False)),
            cells=broken.cells,
            text=broken.text,
            problems=(self.problem(broken.line, broken.column, broken.message),),
        )
