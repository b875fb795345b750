"""The problems of imported files and records, with their places."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workbench.domain.text.mask import mask_digits_within
from workbench.domain.values.bad_value import without_numbers
from workbench.errors import BadData
from workbench.i18n import _


@dataclass(frozen=True, slots=True, kw_only=True)
class RowProblem:
    """One problem: `line` is the first line of the record, 0 if the problem is of the whole file.

    `column` is the column's name as in the file, '' when no single one is at fault; `sheet` '' but in sheets. Long
    numbers are masked in all, because a file may have values where names should be, and its own name may have one.
    """

    file: str
    sheet: str = ""
    line: int = 0
    column: str = ""
    message: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "file", mask_digits_within(self.file))
        for name in ("sheet", "column", "message"):
            object.__setattr__(self, name, without_numbers(getattr(self, name)))

    def __str__(self) -> str:
        """Return the problem as a sentence in one line that begins with its place; a header may have line breaks."""
        place = [self.file]
        if self.sheet:
            place.append(_("sheet {name}").format(name=self.sheet))
        if self.line:
            place.append(_("line {line}").format(line=self.line))
        if self.column:
            place.append(_("column {column}").format(column=self.column))
        return " ".join(f"{', '.join(place)}: {self.message}".split())


class FileProblem(BadData):
    """A file cannot be read: its encoding or its header is wrong, or it is damaged.

    `problems` has all causes; the message is the first one and the number of others.
    """

    def __init__(self, *problems: RowProblem) -> None:
        self.problems = problems
        sentence = str(problems[0])
        if len(problems) > 1:
            sentence = _("{first} ({count} more)").format(first=sentence, count=len(problems) - 1)
        super().__init__(sentence)


@dataclass(slots=True)
class ParsedRow:
    """One good record: its first line, its columns and cells as in the file, and its value."""

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
    """One record that cannot be imported, with all of its problems.

    `cells` are its cells in the file's order, also where there are too many or too few for `raw`; `text` is
    the record as in the file where it is JSON Lines, else ''.
    """

    line: int
    raw: Mapping[str, str]
    cells: tuple[str, ...]
    text: str = ""
    problems: tuple[RowProblem, ...]
