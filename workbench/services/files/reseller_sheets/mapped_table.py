"""Reads the records of a reseller's sheet with its map."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice

from db.enums import ImportKind
from workbench.domain.values.bad_value import BadValue
from workbench.domain.values.numbers import parse_phones
from workbench.i18n import _
from workbench.services.files.reading.headers import columns_file, meanings_by_spelling, nearest_names, normalised_name
from workbench.services.files.reading.problems import FileProblem, RowProblem
from workbench.services.files.reading.sheets.workbook import MergedCells, SheetRow
from workbench.services.files.reading.table import BrokenRecord, Cell, RawRecord, flaw_of
from workbench.services.files.reseller_sheets.cells import (
    Cells,
    MergedCellFiller,
    compact,
    has_few_cells,
    total_word_in,
)
from workbench.services.files.reseller_sheets.conversions import parse_converted
from workbench.services.files.reseller_sheets.grid import HEAD_ROWS
from workbench.services.files.reseller_sheets.header import Header, column_letters, column_of_letters, headers_in
from workbench.services.files.reseller_sheets.sheet_map import SheetMap, column_types_of

_KEY, _NUMBERS = "application_no", "msisdns"
_FEW_COLUMNS = 3
"""In a sheet with no more columns than this, a record may have a single value."""


@dataclass(slots=True)
class _Record:
    """A record of one or more rows."""

    line: int
    """The first line."""
    cells: Cells
    """The cells by column."""
    problem: BrokenRecord | None = None


class MappedTable:
    """The columns of a sheet that its map imports, and one iteration over the records below the header.

    Attributes:
        places: The columns of the sheet, counted from 0, that `names` name.
        skipped: The lines that the iteration has skipped so far: totals, notes, repeated headers and rows of defaults.

    Raises:
        FileProblem: If no row has a column of the map, or if columns are missing or unknown.
    """

    above: tuple[RawRecord, ...] = ()

    def __init__(
        self, rows: Iterator[SheetRow], merges: Sequence[MergedCells], place: RowProblem, layout: SheetMap
    ) -> None:
        self.skipped: list[int] = []
        self._layout = layout
        head = list(islice(rows, HEAD_ROWS))
        if not head:
            raise FileProblem(replace(place, message=_("The sheet is empty; it needs a header and rows.")))
        header = self._header_in(head, merges, place)
        names = header.names()
        self.header_line = header.last_line
        self._refuse_other_columns(names, replace(place, line=header.last_line))
        ignored = set(map(normalised_name, layout.content.ignored)) | _IGNORED_ANYWAY
        # The map refers to columns without a name by their letters.
        by_letters = {column: column_letters(column) for column in _columns_by_letters(layout) if column not in names}
        named = dict(sorted((names | by_letters).items()))
        self._columns = {column: name for column, name in named.items() if normalised_name(name) in layout.rules}
        self._ignored = {column for column, name in named.items() if normalised_name(name) in ignored}
        numbers = [column for column, name in self._columns.items() if self._meaning(name) == _NUMBERS]
        # Several columns of numbers are combined in the first of them.
        self._more_numbers = numbers[1:]
        self.places = [column for column in self._columns if column not in self._more_numbers]
        self.names = tuple(self._columns[column] for column in self.places)
        self._header_texts = {column: compact(parts[-1]) for column, parts in header.parts.items()}
        self._totals = frozenset(map(compact, layout.content.rows.totals))
        self._notes = tuple(map(compact, layout.content.rows.notes))
        self._rows = chain((row for row in head if row.line > header.last_line), rows)
        below = [merge for merge in merges if merge.last_line > header.last_line]
        self._merged = MergedCellFiller(below, self._columns)
        self._column_of = {self._meaning(self._columns[column]): column for column in self.places}
        column_types = column_types_of(layout.content.kind)
        self._choices = {column for means, column in self._column_of.items() if column_types[means].codes is not None}
        fill_down = set(map(normalised_name, layout.content.rows.fill_down))
        self._filled_down = [column for column, name in self._columns.items() if normalised_name(name) in fill_down]
        self._row_above: Cells = {}

    def _header_in(self, head: Sequence[SheetRow], merges: Sequence[MergedCells], place: RowProblem) -> Header:
        """Return the possible header that has the most columns of the map."""

        def count(header: Header) -> int:
            return sum(normalised_name(name) in self._layout.rules for name in header.names().values())

        best = max(headers_in(head, merges), key=count, default=None)
        if best is None or not count(best):
            message = _("None of the first {count} rows has a column of the map {name}; is it the right map?")
            raise FileProblem(replace(place, message=message.format(count=HEAD_ROWS, name=self._layout.name)))
        return best

    def _refuse_other_columns(self, names: Mapping[int, str], place: RowProblem) -> None:
        """Refuse a sheet that lacks columns of the map, or has columns that the map does not know."""
        rules, name_of_map = self._layout.rules, self._layout.name
        present = {normalised_name(name): name for name in names.values()}
        known = set(rules) | set(map(normalised_name, self._layout.content.ignored)) | _IGNORED_ANYWAY
        unknown = {spelling: name for spelling, name in present.items() if spelling not in known}
        has_numbers = any(spelling in rules and rules[spelling].means == _NUMBERS for spelling in present)
        problems = []
        for name in self._layout.content.columns:
            # A file of rejected rows has only one of several columns of numbers.
            if (
                normalised_name(name) in present
                or name.startswith("#")
                or (has_numbers and self._meaning(name) == _NUMBERS)
            ):
                continue
            near = nearest_names(name, unknown)
            message = _("The map {map} has a column “{name}”, and this sheet has not; correct the map or the sheet.")
            if near:
                message = _("The map {map} has a column “{name}”, and this sheet has not; is it “{near}” now?")
            text = message.format(map=name_of_map, name=name, near=near[0] if near else "")
            problems.append(replace(place, column=name, message=text))
        for name in unknown.values():
            message = _("The column “{name}” is not in the map {map}; add it to columns or to ignored.")
            problems.append(replace(place, column=name, message=message.format(name=name, map=name_of_map)))
        if problems:
            raise FileProblem(*problems)

    def _meaning(self, name: str) -> str:
        return self._layout.rules[normalised_name(name)].means

    def __iter__(self) -> Iterator[RawRecord | BrokenRecord]:
        """Yield the records; totals, notes, repeated headers and rows without text are skipped."""
        is_continued = self._layout.content.rows.continued
        open_record: _Record | None = None
        for row in self._rows:
            cells = self._merged.fill_row(row)
            if self._is_skipped(row.line, cells):
                continue
            record = self._record(row.line, cells)
            if record is None:
                continue
            if open_record is not None and self._belongs(record, open_record):
                if is_continued:
                    self._join(record, open_record)
                    continue
                self._hint_at_continued(record, open_record)
            if open_record is not None:
                yield self._as_record(open_record)
            open_record = record
        if open_record is not None:
            yield self._as_record(open_record)

    def _as_record(self, record: _Record) -> RawRecord | BrokenRecord:
        if record.problem is not None:
            texts = tuple(str(record.cells.get(column, "")) for column in self.places)
            return record.problem._replace(cells=texts)
        return RawRecord(record.line, self.names, [record.cells.get(column, "") for column in self.places])

    def _is_skipped(self, line: int, cells: Mapping[int, Cell]) -> bool:
        """Say whether a row is a total, a note or a repeated header; if it is, add its line to `skipped`."""
        texts = {column: compact(cell) for column, cell in cells.items()}
        key_column = self._column_of.get(_KEY, -1)
        key = texts.get(key_column, "")
        first_column = next(iter(texts))
        first = texts[first_column]
        is_total = total_word_in(texts, self._totals, key_column, self._columns) is not None
        is_note = first.startswith(self._notes) and key in {"", first} and has_few_cells(len(texts), len(self._columns))
        is_header = self._header_texts.get(first_column) == first and self._is_header(texts)
        if is_total or is_note or is_header:
            self.skipped.append(line)
            return True
        return False

    def _is_header(self, texts: Mapping[int, str]) -> bool:
        return len(texts) > 1 and all(self._header_texts.get(column) == text for column, text in texts.items())

    def _record(self, line: int, cells: Mapping[int, Cell]) -> _Record | None:
        """Return the record of a row, None if it has no values in the columns of the map."""
        rules = self._layout.content.rows
        record = _Record(line, {})
        for column, cell in cells.items():
            text = str(cell).strip()
            if column not in self._columns:
                if column not in self._ignored and text:
                    message = _("Column {letters} has a value and no name; add “{name}” to the map, or empty it.")
                    name = column_letters(column)
                    record.problem = BrokenRecord(line, "", message.format(letters=name[1:], name=name))
            elif text and text not in rules.empty:
                record.cells[column] = cell
                if isinstance(cell, str) and (flaw := flaw_of(cell)):
                    record.problem = BrokenRecord(line, self._columns[column], flaw)
        if not record.cells:
            return None
        if self._choices.issuperset(record.cells):
            # Templates fill in defaults on each row; a row with nothing else is not a record.
            self.skipped.append(line)
            return None
        if len(record.cells) == 1 and len(self.places) > _FEW_COLUMNS and not rules.continued:
            message = _("This row has one value only; if it is no record, add how it begins to notes in the map.")
            record.problem = BrokenRecord(line, self._columns[next(iter(record.cells))], message)
        self._complete(record)
        if span := self._merged.span_across(line):
            message = _("The cells {span} are merged; split them and fill in each one.")
            record.problem = BrokenRecord(line, "", message.format(span=span))
        return record

    def _complete(self, record: _Record) -> None:
        """Combine the numbers of several columns, and fill in missing values from the row above."""
        for column in self._more_numbers:
            if column in record.cells:
                self._add_number(record, record.line, column, record.cells.pop(column))
        for column in self._filled_down:
            if column not in record.cells and column in self._row_above:
                record.cells[column] = self._row_above[column]
        self._row_above = record.cells

    def _belongs(self, record: _Record, earlier: _Record) -> bool:
        """Say whether a row belongs to the record above: it repeats or leaves out the application number."""
        column = self._column_of.get(_KEY)
        if column is None or self._layout.content.kind is not ImportKind.APPLICATIONS:
            return False
        key = str(record.cells.get(column, "")).strip()
        return key in {"", str(earlier.cells.get(column, "")).strip()}

    def _hint_at_continued(self, record: _Record, earlier: _Record) -> None:
        """Add the problem of a row that brings only numbers to the application above, without a rule for such rows."""
        numbers = self._column_of.get(_NUMBERS)
        if numbers in record.cells and all(
            column == numbers or cell == earlier.cells.get(column) for column, cell in record.cells.items()
        ):
            message = _(
                "This row repeats or leaves out the application number of line {line}. If it brings further numbers of "
                "that application, write continued = true under [rows] of the map."
            )
            name = self._columns[self._column_of[_KEY]]
            record.problem = BrokenRecord(record.line, name, message.format(line=earlier.line))

    def _join(self, record: _Record, earlier: _Record) -> None:
        """Add the numbers of a row to the record above; a different value in another column is a problem."""
        earlier.problem = earlier.problem or record.problem
        for column, cell in record.cells.items():
            name, before = self._columns[column], earlier.cells.get(column, "")
            if self._meaning(name) == _NUMBERS:
                self._add_number(earlier, record.line, column, cell)
            elif str(before).strip() != str(cell).strip():
                message = _("This row belongs to the record of line {line}, which has another value here.")
                problem = BrokenRecord(record.line, name, message.format(line=earlier.line))
                earlier.problem = earlier.problem or problem

    def _add_number(self, record: _Record, line: int, column: int, cell: Cell) -> None:
        """Add the numbers of a cell to a record."""
        record.problem = record.problem or self._bad_number(line, column, cell)
        first = self._column_of[_NUMBERS]
        numbers = record.cells.get(first, "")
        record.cells[first] = f"{numbers};{cell}" if numbers else cell

    def _bad_number(self, line: int, column: int, cell: Cell) -> BrokenRecord | None:
        """Return the problem of a number, with the line of its row; None if it is valid."""
        name = self._columns[column]
        column_type = column_types_of(self._layout.content.kind)[_NUMBERS]
        try:
            parse_converted(str(cell), column_type, self._layout.rules[normalised_name(name)], parse_phones)
        except BadValue as error:
            return BrokenRecord(line, name, error.outlined)
        return None


def _columns_by_letters(layout: SheetMap) -> list[int]:
    names = (*layout.content.columns, *layout.content.ignored)
    return [column for name in names if (column := column_of_letters(name)) is not None]


_IGNORED_ANYWAY = frozenset(meanings_by_spelling(columns_file()["ignored"]))
