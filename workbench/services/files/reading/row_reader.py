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
from workbench.services.files.reading.kinds import KindSpec, kind_spec
from workbench.services.files.reading.problems import BadRecord, ParsedRow, RowProblem
from workbench.services.files.reading.row_parser import RowParser, ValueProblem
from workbench.services.files.reading.sources import RecordTable, SheetLayout
from workbench.services.files.reading.table import BrokenRecord, Format, RawRecord

_MAX_PARSERS = 500


@dataclass(kw_only=True)
class RowReader:
    """Parses the records of one file or sheet.

    Attributes:
        columns: The header as in the file; in JSON Lines, the keys of the first object.
        places: The columns of the sheet, counted from 0, that `columns` name, because a map leaves others out.
        zone: The time zone of instants without a zone.
        agent: The agent of rows without an agent.
        now: The latest time that a past event may have; None to accept any time.
        layout: The map of a reseller's sheet; None for the usual columns.
        document_names: The folded names that the policy gives to kinds of documents.
    """

    kind: ImportKind
    file: str
    sheet: str
    format: Format
    columns: tuple[str, ...]
    places: Sequence[int]
    zone: ZoneInfo
    agent: str
    now: datetime | None
    layout: SheetLayout | None = None
    document_names: Mapping[str, DocumentKind] = field(default_factory=dict)

    def __reduce__(self) -> tuple[Callable[[], "RowReader"], tuple[()]]:
        """Pickle without the parsers; the other process creates its own."""
        return partial(RowReader, **{one.name: getattr(self, one.name) for one in fields(self)}), ()

    @cached_property
    def column_names(self) -> ColumnNames:
        """The accepted names of the columns."""
        return self.layout.column_names if self.layout else column_names(self.kind)

    @cached_property
    def _spec(self) -> KindSpec:
        usual = kind_spec(self.kind, self.zone, self.agent, self.now, self.document_names)
        return self.layout.adapted(usual) if self.layout else usual

    @cached_property
    def _parsers(self) -> dict[tuple[str, ...], RowParser]:
        return {}

    def check_head(self, table: RecordTable) -> list[RowProblem]:
        """Return the problems of the header and of the rows above it.

        A row above the header that is not a title is a problem, because a sheet may have been sorted together with its
        header.
        """
        place = self.problem(table.header_line, "", "")
        problems = header_problems(table.names, self.column_names, self._spec.required, place)
        if problems:
            return [self.problem(problem.line, problem.column, problem.message) for problem in problems]
        parser = RowParser(table.names, self._spec, self.column_names)
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
        if self._column_problems(record.names):
            return None
        texts, value_problems = self._parser(record.names).texts(record.cells)
        return None if value_problems else texts

    def refused(self, record: RawRecord, message: str, column: str = "") -> BadRecord:
        """Return a record that is refused although its values are valid; `column` is the English name of a column."""
        names = (name for name in record.names if column and self.column_names.meaning(name) == column)
        return self._bad_record(record, self.texts(record) or (), [(next(names, ""), message)])

    def problem(self, line: int, column: str, message: str) -> RowProblem:
        """Return a problem of this file."""
        letters = ""
        if self.format == "xlsx" and column in self.columns:
            from xlsxwriter.utility import xl_col_to_name

            letters = xl_col_to_name(self.places[self.columns.index(column)])
        return RowProblem(file=self.file, sheet=self.sheet, line=line, column=column, letters=letters, message=message)

    def _column_problems(self, names: tuple[str, ...]) -> list[ValueProblem]:
        """Return the problems of the keys of an object; a missing key is reported with the problems of its values."""
        # Other formats have one header, which `check_head` checks.
        if self.format != "jsonl" or names in self._parsers:
            return []
        problems = header_problems(names, self.column_names, (), self.problem(0, "", ""))
        return [(problem.column, problem.message) for problem in problems]

    def _parser(self, names: tuple[str, ...]) -> RowParser:
        """Return the parser for records with these columns, which must have no problems."""
        if names not in self._parsers:
            if len(self._parsers) >= _MAX_PARSERS:
                self._parsers.clear()
            self._parsers[names] = RowParser(names, self._spec, self.column_names)
        return self._parsers[names]

    def _parse(self, record: RawRecord) -> ParsedRow | BadRecord:
        """Parse a record into a row, or return it with its problems."""
        if column_problems := self._column_problems(record.names):
            return self._bad_record(record, [str(cell) for cell in record.cells], column_problems)
        parser = self._parser(record.names)
        value_problems: list[ValueProblem] = []
        if self.format == "csv":
            cells = cast("Sequence[str]", record.cells)
        else:
            cells, value_problems = parser.texts(record.cells)
        value = parser.read(cells)
        if isinstance(value, list):
            reported = {column for column, _message in value_problems}
            value_problems += [(column, message) for column, message in value if column not in reported]
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
