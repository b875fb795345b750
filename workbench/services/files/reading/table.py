"""Reads the records of a CSV file strictly."""

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import chain, islice
from typing import TYPE_CHECKING, Literal, NamedTuple, TextIO

from workbench.i18n import _
from workbench.services.files.reading.problems import FileProblem, RowProblem
from workbench.services.files.reading.sheets.cells import SheetValue

if TYPE_CHECKING:
    import _csv

Cell = str | int | float | bool | list[object] | SheetValue | None
"""The value of a cell: a text in CSV, a stored value in a sheet."""

Format = Literal["csv", "jsonl", "xlsx"]

Knows = Callable[[str], bool]
"""A function that returns whether a text is the name of a column."""

FIELD_LENGTH = 32_000
"""The most characters of one field."""

DELIMITERS = (",", ";", "\t")

HEADER_WITHIN_LINES = 10
"""The header is within this number of lines, because a title may be above it."""

_ENOUGH_KNOWN_NAMES = 2


class RawRecord(NamedTuple):
    """A record as it is in the file: its first line, its columns, and a cell for each column."""

    line: int
    names: tuple[str, ...]
    cells: Sequence[Cell]
    text: str = ""

    @property
    def fields(self) -> dict[str, Cell]:
        """The cells by the name of their column."""
        return dict(zip(self.names, self.cells, strict=True))


class BrokenRecord(NamedTuple):
    """A record that cannot be read: the message, and the column if one is at fault."""

    line: int
    column: str
    message: str
    cells: tuple[str, ...] = ()
    text: str = ""


class CsvTable:
    """The columns of a CSV text, and one iteration over its records.

    Args:
        text: The text, which must end lines at line feeds only, and keep carriage returns.
        file: The name of the file for messages.
        knows: Returns whether a text is the name of a column, to find the delimiter and the header below a title.

    Attributes:
        names: The names of the columns.
        above: The rows above the header.
        first_line: The first line below the header.

    Raises:
        FileProblem: If there is no header.
    """

    def __init__(self, text: TextIO, file: str, knows: Knows) -> None:
        self._file = file
        head = list(islice(text, HEADER_WITHIN_LINES))
        if head:
            head[0] = head[0].removeprefix("\ufeff")
        if not any(line.strip() for line in head):
            message = _("The file is empty; it needs a header and rows.")
            raise FileProblem(RowProblem(file=file, message=message))
        self.delimiter, self.header_line = _find_header(head, knows)
        self._record: list[str] = []
        self._must_check = False
        titles = list(_with_lines(csv.reader(head[: self.header_line - 1], delimiter=self.delimiter)))
        lines = chain(head[self.header_line - 1 :], text)
        self._reader = csv.reader(self._collected(lines), delimiter=self.delimiter, strict=True)
        self.names = self._header()
        self.first_line = self.header_line + self._reader.line_num
        self.above = tuple(RawRecord(line, self.names, self._at_width(cells)) for line, cells in titles)

    def _collected(self, lines: Iterator[str]) -> Iterator[str]:
        """Yield the lines; keep those of the current record, and note whether a field in them must be checked."""
        record = self._record
        for line in lines:
            if "\0" in line or "\ufeff" in line or len(line) > FIELD_LENGTH:
                self._must_check = True
            record.append(line)
            yield line

    def _header(self) -> tuple[str, ...]:
        """Read the header."""
        try:
            cells = next(self._reader)
        except csv.Error as error:
            broken = self._invalid_csv(self.header_line, str(error), ())
            raise self._unreadable_from(self.header_line, "", broken.message) from error
        self._must_check = False
        return tuple(cell.strip() for cell in cells)

    def _at_width(self, cells: Sequence[str]) -> list[str]:
        """Return the cells, cut or filled up to the number of columns."""
        width = len(self.names)
        return [*cells[:width], *[""] * (width - len(cells))]

    def __iter__(self) -> Iterator[RawRecord | BrokenRecord]:
        """Yield the records; lines and rows without text are skipped.

        Raises:
            FileProblem: If a quote is wrong, so that later records cannot be read.
        """
        names, width, reader, record = self.names, len(self.names), self._reader, self._record
        title_lines = self.header_line - 1
        end = title_lines + reader.line_num
        while True:
            start = end + 1
            record.clear()
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                end = title_lines + reader.line_num
                yield self._invalid_csv(start, str(error), names)
                self._must_check = False
                continue
            end = title_lines + reader.line_num
            if self._must_check or end > start:
                self._must_check = False
                flawed = self._flawed_field(start, cells)
                if flawed is not None:
                    yield flawed
                    continue
            if len(cells) == width:
                if cells[0] == names[0] and tuple(cell.strip() for cell in cells) == names:
                    yield BrokenRecord(start, "", header_repeated(), tuple(cells))
                elif any(cells):
                    yield RawRecord(start, names, cells)
            elif any(cells):
                yield self._wrong_length(start, cells)

    def _wrong_length(self, line: int, cells: list[str]) -> BrokenRecord:
        """Return the error of a record with too few or too many fields."""
        width = len(self.names)
        column = self.names[len(cells)] if len(cells) < width else ""
        message = _("The record has {count} fields and the header {width}; check commas and quotes.").format(
            count=len(cells), width=width
        )
        return BrokenRecord(line, column, message, tuple(cells))

    def _flawed_field(self, line: int, cells: list[str]) -> BrokenRecord | None:
        """Return the error of the first field that no column allows, None if there is none."""
        for index, cell in enumerate(cells):
            message = flaw_of(cell)
            if not message:
                continue
            if "\0" in cell:
                message = _("The field holds a NUL; if the file is UTF-16, say --encoding utf-16-le.")
            return BrokenRecord(line, self._name(index), message, tuple(cells))
        return None

    def _invalid_csv(self, line: int, cause: str, names: tuple[str, ...]) -> BrokenRecord:
        """Return the error of a record that is not valid CSV.

        Raises:
            FileProblem: If the wrong quote may extend beyond its line.
        """
        text = "".join(self._record)
        index, offset = faulty_field(text, self.delimiter)
        column = self._name(index) if names else ""
        # If the line has an even number of quotes, the record ends with it, and the next line is a new record.
        is_alone = len(self._record) == 1 and text.count('"') % 2 == 0
        if "field larger" in cause and is_alone:
            message = _too_long()
        elif "new-line" in cause:
            message = _("A carriage return stands inside the record; put the field in quotes or remove it.")
        elif "after" in cause:
            message = _("Text follows a closing quote; double the quotes inside the field.")
        else:
            message = _("A quote is opened and not closed; close it, or double it if it belongs to the text.")
        if not is_alone:
            raise self._unreadable_from(line + offset, column, message)
        # The record cannot be split exactly; approximate cells are enough for somebody to fix it.
        return BrokenRecord(line, column, message, tuple(text.rstrip("\r\n").split(self.delimiter)))

    def _unreadable_from(self, line: int, column: str, message: str) -> FileProblem:
        """Return the problem of a file that cannot be read from this line on."""
        return FileProblem(RowProblem(file=self._file, line=line, column=column, message=message))

    def _name(self, index: int) -> str:
        """Return the name of a column by its index, '' beyond the header."""
        return self.names[index] if index < len(self.names) else ""


def header_repeated() -> str:
    """Return the message for a record that repeats the header."""
    return _("The header is repeated here; remove it.")


def flaw_of(text: str) -> str:
    """Return the message about a field that no column allows, '' if it is allowed."""
    if len(text) > FIELD_LENGTH:
        return _too_long()
    if "\0" in text:
        return _("The field holds a NUL; type it again.")
    if "\ufeff" in text:
        return _("A byte order mark stands inside the file; were two files put together?")
    return ""


def _too_long() -> str:
    return _("The field is longer than {limit} characters; shorten it.").format(limit=FIELD_LENGTH)


def faulty_field(text: str, delimiter: str) -> tuple[int, int]:
    """Return the index of the first field that is not valid CSV, and its line, counted from 0 within the record."""
    most = f"{{0,{FIELD_LENGTH}}}"
    # A field in quotes, with doubled quotes inside, or a field without quotes.
    field = re.compile(f'("([^"]|""){most}"|(?!")[^\r{delimiter}]{most}){delimiter}')
    at = index = 0
    while found := field.match(text, at):
        at = found.end()
        index += 1
    return index, text.count("\n", 0, at)


def _find_header(head: list[str], knows: Knows) -> tuple[str, int]:
    """Return the delimiter and the line of the header."""
    rows = {delimiter: _with_lines(csv.reader(head, delimiter=delimiter)) for delimiter in DELIMITERS}
    found = {delimiter: row_with_most_names(rows[delimiter], knows) for delimiter in DELIMITERS}
    delimiter = max(DELIMITERS, key=lambda one: found[one][0])
    names_count, header_line = found[delimiter]
    if names_count:
        return delimiter, header_line
    first = next(number for number, line in enumerate(head, start=1) if line.strip())
    return max(DELIMITERS, key=head[first - 1].count), first


def _with_lines(rows: "_csv.Reader") -> Iterator[tuple[int, Sequence[str]]]:
    """Yield the rows with their first lines until one is not valid CSV, which is reported when it is read."""
    start = 1
    with suppress(csv.Error):
        for cells in rows:
            yield start, cells
            start = rows.line_num + 1


def row_with_most_names(rows: Iterable[tuple[int, Sequence[str]]], knows: Knows) -> tuple[int, int]:
    """Return the most column names that a row has, and the line of that row."""
    most, line_of_most = 0, 1
    for line, cells in rows:
        known = sum(1 for cell in cells if knows(cell))
        if known > most:
            most, line_of_most = known, line
        if most >= _ENOUGH_KNOWN_NAMES:
            break
    return most, line_of_most
