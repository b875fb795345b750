"""The problems of imported files and records, with their places."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workbench.domain.text.mask import mask_digits_within
from workbench.domain.values.bad_value import with_outlined_numbers
from workbench.errors import BadData
from workbench.i18n import _


@dataclass(frozen=True, slots=True, kw_only=True)
class RowProblem:
    """A problem of a record or file.

    Long numbers are masked in all texts, because column names, and even the name of the file, may contain personal
    numbers.

    Attributes:
        file: The name of the file.
        sheet: The name of the sheet, '' outside workbooks.
        line: The first line of the record, 0 for the whole file.
        column: The name of the column as in the file, '' if no single column is at fault.
        letters: The letters of the column in a sheet.
        message: What is wrong.
    """

    file: str
    sheet: str = ""
    line: int = 0
    column: str = ""
    letters: str = ""
    message: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "file", mask_digits_within(self.file))
        for name in ("sheet", "column", "message"):
            object.__setattr__(self, name, with_outlined_numbers(getattr(self, name)))

    def __str__(self) -> str:
        """Return the problem as a sentence in one line that begins with its place; a header may have line breaks."""
        places = [self.file]
        if self.sheet:
            places.append(_("sheet {name}").format(name=self.sheet))
        if self.line:
            places.append(_("line {line}").format(line=self.line))
        if self.column:
            letters = f" ({self.letters})" if self.letters else ""
            places.append(_("column {column}").format(column=self.column + letters))
        return " ".join(f"{', '.join(places)}: {self.message}".split())


class FileProblem(BadData):
    """A file that cannot be read: its encoding or header is wrong, or it is damaged.

    `problems` are all causes. The message has a line for each.
    """

    def __init__(self, *problems: RowProblem) -> None:
        self.problems = problems
        super().__init__("\n".join(map(str, problems)))


@dataclass(slots=True)
class ParsedRow:
    """A valid record: its first line, its columns and cells as in the file, and its parsed value."""

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
    """A record that cannot be imported, with all its problems.

    Attributes:
        line: Its first line.
        raw: Its cells by the names of their columns.
        cells: All its cells in the order of the file, even if they are more or fewer than the columns.
        text: The line of a JSON Lines file, '' for other formats.
        problems: Its problems.
    """

    line: int
    raw: Mapping[str, str]
    cells: tuple[str, ...]
    text: str = ""
    problems: tuple[RowProblem, ...]
