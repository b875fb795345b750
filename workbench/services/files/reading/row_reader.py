"""Parses the raw records of a file into typed rows; any process can do it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from functools import cached_property, partial
from typing import cast
from zoneinfo import ZoneInfo

from db.enums import DocumentKind, ImportKind
from workbench.i18n import _
from workbench.services.files.reading.headers import ColumnNames, column_names, header_problems
from workbench.services.files.reading.kinds import KindSpec, SheetLayout, kind_spec
from workbench.services.files.reading.plan import RowParser, ValueProblem
from workbench.services.files.reading.problems import BadRecord, ParsedRow, RowProblem
from workbench.services.files.reading.sources import RecordTable
from workbench.services.files.reading.table import BrokenRecord, Format, RawRecord

_MAX_PARSERS = 500


@dataclass(kw_only=True)
class RowReader:
    """Parses the records of one file or sheet.

    `columns` is the header as in the file; in JSON Lines, the keys of the first object. `zone` is the time zone of
    instants without one, and `agent` the agent of rows that name none. If `now` is given, past events must not be
    later. `layout` is the map of a reseller's sheet, None for the usual columns. `document_names` is as in `kind_spec`.
    """

    kind: ImportKind
    file: str
    sheet: str
    format: Format
    columns: tuple[str, ...]
    zone: ZoneInfo
    agent: str
    now: datetime | None
    layout: SheetLayout | None = None
    document_names: Mapping[str, DocumentKind] = field(default_factory=dict)

    def __reduce__(self) -> tuple[Callable[[], "RowReader"], tuple[()]]:
        """Pickle without the parsers; the other process creates its own."""
        return partial(RowReader, **{one.name: getattr(self, one.name) for one in fields(self)}), ()

    @cached_property
    def known(self) -> ColumnNames:
        """The accepted names of the columns."""
        return self.layout.known if self.layout else column_names(self.kind)

    @cached_property
    def _spec(self) -> KindSpec:
        usual = kind_spec(self.kind, self.zone, self.agent, self.now, self.document_names)
        return self.layout.adapted(usual) if self.layout else usual

    @cached_property
    def _parsers(self) -> dict[tuple[str, ...], RowParser | list[ValueProblem]]:
        return {}

    def check_head(self, table: RecordTable) -> list[RowProblem]:
        """Return the problems of the header and of the rows above it.

        A row above the header that is not a title is a problem, because a sheet may have been sorted together with its
        header.
        """
        place = self.problem(table.header_line, "", "")
        problems = header_problems(table.names, self.known, self._spec.required, place)
        if problems:
            return problems
        parser = RowParser(table.names, self._spec, self.known)
        message = _(
            "This row stands above the header and looks like a record; put the header first, or remove the row."
        )
        return [self.problem(row.line, "", message) for row in table.above if parser.is_like_a_record(row.cells)]

    def read(self, record: RawRecord | BrokenRecord) -> ParsedRow | BadRecord:
        """Parse a record into a row, or return it with its problems."""
        return self._broken(record) if isinstance(record, BrokenRecord) else self._parse(record)

    def texts(self, record: RawRecord) -> Sequence[str] | None:
        """Return the cells of a record as texts, None if a column or a cell is not valid."""
        if self.format == "csv":
            return cast("Sequence[str]", record.cells)
        parser = self._parser(record.names)
        texts, value_problems = ((), parser) if isinstance(parser, list) else parser.texts(record.cells)
        return None if value_problems else texts

    def refused(self, record: RawRecord, message: str, column: str = "") -> BadRecord:
        """Return a record that is refused although its values are valid; `column` is the English name of a column."""
        names = (name for name in record.names if column and self.known.meaning(name) == column)
        return self._bad_record(record, self.texts(record) or (), [(next(names, ""), message)])

    def problem(self, line: int, column: str, message: str) -> RowProblem:
        """Return a problem of this file."""
        return RowProblem(file=self.file, sheet=self.sheet, line=line, column=column, message=message)

    def _parser(self, names: tuple[str, ...]) -> RowParser | list[ValueProblem]:
        """Return the parser for records with these columns, or the problems of the columns."""
        parser = self._parsers.get(names)
        if parser is None:
            # A missing key of an object is reported with the problems of its values.
            problems = header_problems(names, self.known, (), self.problem(0, "", "")) if self.format == "jsonl" else []
            if problems:
                parser = [(problem.column, problem.message) for problem in problems]
            else:
                parser = RowParser(names, self._spec, self.known)
            if len(self._parsers) >= _MAX_PARSERS:
                self._parsers.clear()
            self._parsers[names] = parser
        return parser

    def _parse(self, record: RawRecord) -> ParsedRow | BadRecord:
        """Parse a record into a row, or return it with its problems."""
        parser = self._parser(record.names)
        if isinstance(parser, list):
            return self._bad_record(record, [str(cell) for cell in record.cells], parser)
        value_problems: list[ValueProblem] = []
        if self.format == "csv":
            cells = cast("Sequence[str]", record.cells)
        else:
            cells, value_problems = parser.texts(record.cells)
        value = parser.read(cells)
        if isinstance(value, list):
            reported = {column for column, _message in value_problems}
            value_problems += [problem for problem in value if problem[0] not in reported]
        if value_problems or isinstance(value, list):
            return self._bad_record(record, cells, value_problems)
        return ParsedRow(record.line, record.names, cells, value)

    def _bad_record(self, record: RawRecord, cells: Sequence[str], value_problems: Sequence[ValueProblem]) -> BadRecord:
        """Return a record with its problems."""
        return BadRecord(
            line=record.line,
            raw=dict(zip(record.names, cells, strict=False)),
            cells=tuple(cells),
            text=record.text,
            problems=tuple(self.problem(record.line, column, message) for column, message in value_problems),
        )

    def _broken(self, broken: BrokenRecord) -> BadRecord:
        """Return a record that cannot be split into cells, with its problem."""
        return BadRecord(
            line=broken.line,
            raw=dict(zip(self.columns, broken.cells, strict=False)),
            cells=broken.cells,
            text=broken.text,
            problems=(self.problem(broken.line, broken.column, broken.message),),
        )
