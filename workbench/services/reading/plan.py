"""How the cells of a record become a typed row: made once for a header, followed for each record."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from workbench.domain.values.bad_value import BadValue
from workbench.i18n import _
from workbench.services.reading.headers import ColumnNames
from workbench.services.reading.kinds import Column, KindSpec, Parse, RowValue
from workbench.services.reading.sheets.cells import SheetValue
from workbench.services.reading.table import Cell

_TITLE = "title"
"""A word as titles have it."""

_LONG_NUMBER = re.compile(r"(?=(?:[^0-9]*[0-9]){5})[0-9A-Za-z*+;]+")

_MOST_CELLS_KEPT = 1_000

Complaint = tuple[str, str]
"""A column's name as in the file, and what is wrong with its value."""


@dataclass(frozen=True, slots=True)
class _Step:
    """One column of a file that is read."""

    index: int
    name: str
    column: Column


class _Parsed(dict[str, Any]):
    """The values of a column's cells, None of an empty one: most columns have few that differ."""

    def __init__(self, parse: Parse) -> None:
        super().__init__()
        self._parse = parse

    def __missing__(self, cell: str) -> Any:
        text = cell.strip()
        value = self._parse(text) if text else None
        if len(self) >= _MOST_CELLS_KEPT:
            self.clear()
        self[cell] = value
        return value


class RowPlan:
    """Reads records with the same columns of one kind of file."""

    def __init__(self, names: Sequence[str], kind: KindSpec, known: ColumnNames) -> None:
        self._kind = kind
        self._known = known
        self._steps: list[_Step] = []
        self._nameless: list[int] = []
        for index, name in enumerate(names):
            meaning = known.meaning(name)
            if meaning:
                self._steps.append(_Step(index, name, kind.columns[meaning]))
            elif not name:
                self._nameless.append(index)
        self._quick = [(step.index, step.column.field, _Parsed(step.column.parse)) for step in self._steps]
        self._step_at = {step.index: step for step in self._steps}
        self._name_of = {step.column.name: step.name for step in self._steps}

    def read(self, cells: Sequence[str]) -> RowValue | list[Complaint]:
        """Return the row of these cells, or everything that is wrong with them."""
        found: dict[str, Any] = {}
        try:
            for index, field, parsed in self._quick:
                value = parsed[cells[index]]
                if value is not None:
                    found[field] = value
        except BadValue:
            return self._complaints(cells)
        for choices in self._kind.required:
            if choices.isdisjoint(found):
                return self._complaints(cells)
        for index in self._nameless:
            if cells[index].strip():
                return self._complaints(cells)
        row = {**self._kind.blank, **found}
        for field, other in self._kind.same_as.items():
            if row[field] is None:
                row[field] = row[other]
        return row

    def _complaints(self, cells: Sequence[str]) -> list[Complaint]:
        """Return everything that is wrong with these cells."""
        complaints: list[Complaint] = []
        filled: set[str] = set()
        for step in self._steps:
            cell = cells[step.index].strip()
            if not cell:
                continue
            filled.add(step.column.name)
            try:
                step.column.parse(cell)
            except BadValue as problem:
                complaints.append((step.name, problem.outlined))
        for choices in self._kind.required:
            if choices.isdisjoint(filled):
                names = [self._name_of.get(name, self._known.shown(name)) for name in sorted(choices)]
                complaints.append((_(" or ").join(names), _("The value is missing; fill it in.")))
        for index in self._nameless:
            if cells[index].strip():
                message = _("Column {number} has a value and no name; name it or empty it.")
                complaints.append(("", message.format(number=index + 1)))
        return complaints

    def is_like_a_record(self, cells: Sequence[Cell]) -> bool:
        """Say whether a row over the header may be a record.

        It fills as many columns as must be filled, and most of those that are not for words have what belongs there.
        """
        texts, _complaints = self.texts(cells)
        filled = [step for step in self._steps if texts[step.index].strip()]
        if len(filled) < len(self._kind.required):
            return False
        judged = [_is_apt(step.column, texts[step.index].strip()) for step in filled if _is_choosy(step.column)]
        return 2 * sum(judged) > len(judged)

    def texts(self, cells: Sequence[Cell]) -> tuple[Sequence[str], list[Complaint]]:
        """Return cells of JSON or of a sheet as texts, and what is wrong with those that may not be so."""
        texts: list[str] = []
        complaints: list[Complaint] = []
        for index, cell in enumerate(cells):
            step = self._step_at.get(index)
            if isinstance(cell, str):
                texts.append(cell)
            elif cell is None or step is None:
                texts.append(_as_text(cell))
            else:
                try:
                    texts.append(_text_in(cell, step.column))
                except BadValue as problem:
                    texts.append(_as_text(cell))
                    complaints.append((step.name, problem.outlined))
        return texts, complaints


def _takes(column: Column, text: str) -> bool:
    """Say whether a column takes a text."""
    try:
        column.parse(text)
    except BadValue:
        return False
    return True


def _is_choosy(column: Column) -> bool:
    """Say whether a column is for something else than words."""
    return float in column.types or not _takes(column, _TITLE)


def _is_apt(column: Column, text: str) -> bool:
    """Say whether a text belongs into a column that is not for words; a masked or wrong number does, a date does not.

    What is wrong with numbers of people and telephones is found later, so their columns take any text.
    """
    if _takes(column, _TITLE):
        return _LONG_NUMBER.fullmatch(text) is not None
    return _takes(column, text)


def _text_in(cell: Cell, column: Column) -> str:
    """Return the text of a cell that is none in a column.

    Raises:
        BadValue: If the column does not hold such cells.
    """
    if isinstance(cell, SheetValue):
        return cell.text_in(column.holds)
    elements = cell if isinstance(cell, list) and list in column.types else [cell]
    if any(type(element) not in column.types | {str} for element in elements):
        raise BadValue(_("The value has the wrong type; write it as text, in quotes."))
    return _as_text(cell)


def _as_text(cell: Cell) -> str:
    """Return what a cell that is no text would be in a CSV file."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, list):
        return ";".join(str(element) for element in cell)
    return str(cell)
