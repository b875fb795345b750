"""How the cells of a record become a typed row: made once for a header, followed for each record."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from workbench.domain.rows import RowValue
from workbench.domain.values import BadValue
from workbench.i18n import _
from workbench.services.reading.headers import ColumnNames
from workbench.services.reading.kinds import Column, KindSpec, Parse
from workbench.services.reading.table import Cell

Complaint = tuple[str, str]
"""A column's name as in the file, and what is wrong with its value."""


@dataclass(frozen=True, slots=True)
class _Step:
    """One column of a file that is read."""

    index: int
    name: str
    column: Column


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
        self._quick: list[tuple[int, str, Parse]] = [
            (step.index, step.column.field, step.column.parse) for step in self._steps
        ]
        self._name_of = {step.column.name: step.name for step in self._steps}

    def read(self, cells: Sequence[str]) -> RowValue | list[Complaint]:
        """Return the row of these cells, or everything that is wrong with them."""
        found: dict[str, Any] = {}
        try:
            for index, field, parse in self._quick:
                cell = cells[index].strip()
                if cell:
                    found[field] = parse(cell)
        except BadValue:
            return self._complaints(cells)
        for choices in self._kind.required:
            if choices.isdisjoint(found):
                return self._complaints(cells)
        for index in self._nameless:
            if cells[index].strip():
                return self._complaints(cells)
        return self._kind.build(found)

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
                complaints.append((step.name, str(problem)))
        for choices in self._kind.required:
            if choices.isdisjoint(filled):
                names = [self._name_of.get(name, self._known.shown(name)) for name in sorted(choices)]
                complaints.append((_(" or ").join(names), _("The value is missing; fill it in.")))
        for index in self._nameless:
            if cells[index].strip():
                message = _("Column {number} has a value and no name; name it or empty it.")
                complaints.append(("", message.format(number=index + 1)))
        return complaints

    def texts(self, cells: Sequence[Cell]) -> tuple[Sequence[str], list[Complaint]]:
        """Return cells that may be numbers, yes or no, or lists as texts, and those that may not be so."""
        texts = [_as_text(cell) for cell in cells]
        complaints: list[Complaint] = []
        for step in self._steps:
            cell = cells[step.index]
            if cell is None or isinstance(cell, str):
                continue
            elements = cell if isinstance(cell, list) and list in step.column.types else [cell]
            if any(type(element) not in step.column.types | {str} for element in elements):
                complaints.append((step.name, _("The value has the wrong type; write it as text, in quotes.")))
        return texts, complaints


def _as_text(cell: Cell) -> str:
    """Return what a cell that is no text would be in a CSV file."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, list):
        return ";".join(str(element) for element in cell)
    return str(cell)
