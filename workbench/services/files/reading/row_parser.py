"""Parses the cells of records into typed rows; one parser is prepared for each header."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from workbench.domain.values.bad_value import BadValue
from workbench.i18n import _
from workbench.services.files.reading.headers import ColumnNames
from workbench.services.files.reading.kinds import Column, KindSpec, Parse, RowValue
from workbench.services.files.reading.sheets.cells import SheetValue
from workbench.services.files.reading.table import Cell

_TITLE = "title"
"""A sample of a title, to find out which columns accept any words."""

_NUMBER = "138-0013-8000"
"""A text that only columns of phone, ID and other identifying numbers accept, not those of amounts and dates."""

_LONG_NUMBER = re.compile(r"(?=(?:[^0-9]*[0-9]){5})[0-9A-Za-z*+;]+")

_MOST_CACHED_CELLS = 1_000

ValueProblem = tuple[str, str]
"""The name of a column as in the file, and the message about its value."""


@dataclass(frozen=True, slots=True)
class _FileColumn:
    """A column of the file that is imported."""

    index: int
    name: str
    column: Column


class _ValueCache(dict[str, Any]):
    """Caches the parsed values of a column, None for an empty cell, because most columns have few different values."""

    def __init__(self, parse: Parse) -> None:
        super().__init__()
        self._parse = parse

    def __missing__(self, cell: str) -> Any:
        text = cell.strip()
        value = self._parse(text) if text else None
        if len(self) >= _MOST_CACHED_CELLS:
            self.clear()
        self[cell] = value
        return value


class RowParser:
    """Parses records that have the same columns, of one kind of file."""

    def __init__(self, names: Sequence[str], spec: KindSpec, known: ColumnNames) -> None:
        self._spec = spec
        self._known = known
        self._columns: list[_FileColumn] = []
        self._nameless: list[int] = []
        for index, name in enumerate(names):
            meaning = known.meaning(name)
            if meaning:
                self._columns.append(_FileColumn(index, name, spec.columns[meaning]))
            elif not name:
                self._nameless.append(index)
        self._fields = [
            (read_column.index, read_column.column.field, _ValueCache(read_column.column.parse).__getitem__)
            for read_column in self._columns
        ]
        self._column_at = {read_column.index: read_column for read_column in self._columns}
        self._name_of = {read_column.column.name: read_column.name for read_column in self._columns}

    def read(self, cells: Sequence[str]) -> RowValue | list[ValueProblem]:
        """Parse the cells into a row, or return all problems of their values."""
        found: dict[str, Any] = {}
        try:
            for index, field, parsed in self._fields:
                value = parsed(cells[index])
                if value is not None:
                    found[field] = value
        except BadValue:
            return self._problems(cells)
        filled = found.keys()
        for choices in self._spec.required:
            # In this order, only the few choices are looked up.
            if filled.isdisjoint(choices):
                return self._problems(cells)
        for index in self._nameless:
            if cells[index].strip():
                return self._problems(cells)
        row = {**self._spec.blank, **found}
        for field, other in self._spec.same_as.items():
            if row[field] is None:
                row[field] = row[other]
        return row

    def _problems(self, cells: Sequence[str]) -> list[ValueProblem]:
        """Return all problems of the values in these cells."""
        problems: list[ValueProblem] = []
        filled: set[str] = set()
        for read_column in self._columns:
            cell = cells[read_column.index].strip()
            if not cell:
                continue
            filled.add(read_column.column.name)
            try:
                read_column.column.parse(cell)
            except BadValue as problem:
                problems.append((read_column.name, problem.outlined))
        for choices in self._spec.required:
            if choices.isdisjoint(filled):
                names = [self._name_of.get(name, self._known.shown(name)) for name in sorted(choices)]
                problems.append((_(" or ").join(names), _("The value is missing; fill it in.")))
        for index in self._nameless:
            if cells[index].strip():
                message = _("Column {number} has a value and no name; name it or empty it.")
                problems.append(("", message.format(number=index + 1)))
        return problems

    def is_like_a_record(self, cells: Sequence[Cell]) -> bool:
        """Say whether a row above the header may be a record.

        It may be one if it fills as many columns as are required, and if most cells in columns for numbers, dates and
        codes fit their column.
        """
        texts, _problems = self.texts(cells)
        filled = [read_column for read_column in self._columns if texts[read_column.index].strip()]
        if len(filled) < len(self._spec.required):
            return False
        fitting = [
            _fits(read_column.column, texts[read_column.index].strip())
            for read_column in filled
            if _is_strict(read_column.column)
        ]
        return 2 * sum(fitting) > len(fitting)

    def texts(self, cells: Sequence[Cell]) -> tuple[Sequence[str], list[ValueProblem]]:
        """Return cells of JSON or of a sheet as texts, with the problems of cells that their columns do not accept."""
        texts: list[str] = []
        problems: list[ValueProblem] = []
        for index, cell in enumerate(cells):
            read_column = self._column_at.get(index)
            if isinstance(cell, str):
                texts.append(cell)
            elif cell is None or read_column is None:
                texts.append(_as_text(cell))
            else:
                try:
                    texts.append(_text_in(cell, read_column.column))
                except BadValue as problem:
                    texts.append(_as_text(cell))
                    problems.append((read_column.name, problem.outlined))
        return texts, problems


def accepts(column: Column, text: str) -> bool:
    """Say whether a column accepts a text."""
    try:
        column.parse(text)
    except BadValue:
        return False
    return True


def _is_strict(column: Column) -> bool:
    """Say whether a column is for numbers, dates or codes, not for any words."""
    return float in column.types or not accepts(column, _TITLE)


def _fits(column: Column, text: str) -> bool:
    """Say whether a text fits a column for numbers, dates or codes. A masked or wrong number fits a column of numbers.

    Wrong ID and phone numbers are found later by the rules, so the parsers of these columns accept any number.
    """
    if accepts(column, _NUMBER):
        return _LONG_NUMBER.fullmatch(text) is not None
    return accepts(column, text)


def _text_in(cell: Cell, column: Column) -> str:
    """Convert a cell that is not a text for its column.

    Raises:
        BadValue: If the column does not accept cells of this type.
    """
    if isinstance(cell, SheetValue):
        return cell.text_in(column.content)
    elements = cell if isinstance(cell, list) and list in column.types else [cell]
    if any(type(element) not in column.types | {str} for element in elements):
        raise BadValue(_("The value has the wrong type; write it as text, in quotes."))
    return _as_text(cell)


def _as_text(cell: Cell) -> str:
    """Return a cell that is not a text as it would be written in a CSV file."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, list):
        return ";".join(str(element) for element in cell)
    return str(cell)
