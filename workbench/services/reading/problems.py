"""What is wrong with an imported file, and where."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workbench.domain.values.bad_value import without_numbers
from workbench.errors import BadData
from workbench.i18n import _


@dataclass(frozen=True, slots=True, kw_only=True)
class RowProblem:
    """One thing that is wrong: `line` is where the record starts, 0 when it is the whole file.

    `column` is the column's name as in the file, '' when no single one is at fault; `sheet` '' but in sheets. Long
    numbers are masked in both and in the message, because a file may have values where names should be.
    """

    file: str
    sheet: str = ""
    line: int = 0
    column: str = ""
    message: str

    def __post_init__(self) -> None:
        for name in ("sheet", "column", "message"):
            object.__setattr__(self, name, without_numbers(getattr(self, name)))

    def __str__(self) -> str:
        """Return the problem as one sentence that begins with its place."""
        place = [self.file]
        if self.sheet:
            place.append(_("sheet {name}").format(name=self.sheet))
        if self.line:
            place.append(_("line {line}").format(line=self.line))
        if self.column:
            place.append(_("column {column}").format(column=self.column))
        return ", ".join(place) + ": " + self.message


class FileProblem(BadData):
    """A file that cannot be read as a whole: its encoding, its header, or what tears it apart.

    `problems` holds every cause; the text is the first one and how many follow.
    """

    def __init__(self, *problems: RowProblem) -> None:
        self.problems = problems
        sentence = str(problems[0])
        if len(problems) > 1:
            sentence = _("{first} ({count} more)").format(first=sentence, count=len(problems) - 1)
        super().__init__(sentence)


@dataclass(slots=True)
class Row:
    """One good record: the line where it starts, its columns and cells as in the file, and what it is."""

    line: int
    names: Sequence[str]
    cells: Sequence[str]
    value: Mapping[str, Any]

    @property
    def raw(self) -> Mapping[str, str]:
        """The cells by the names of their columns."""
        return dict(zip(self.names, self.cells, strict=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class BadRecord:
    """One record that cannot be taken in, with everything that is wrong with it.

    `cells` are its cells in the file's order, also where there are too many or too few for `raw`; `text` is
    the record as in the file where it is JSON Lines, else ''.
    """

    line: int
    raw: Mapping[str, str]
    cells: tuple[str, ...]
    text: str = ""
    problems: tuple[RowProblem, ...]
