"""Reads the filled cells of a sheet row by row."""

import re
from collections.abc import Iterator, Mapping
from functools import cache, reduce
from typing import TYPE_CHECKING, NamedTuple
from xml.etree.ElementTree import Element

from workbench.services.reading.sheets.cells import CellError, FlagCell, SheetCell, moment_of, number_of, unescaped
from workbench.services.reading.sheets.number_formats import PLAIN
from workbench.services.reading.sheets.shared_strings import text_of
from workbench.services.reading.sheets.xml_parts import BadXml, elements, local_name

if TYPE_CHECKING:
    from workbench.services.reading.sheets.workbook import Workbook

MAX_ROWS = 1_048_576
MAX_COLUMNS_WIDE = 16_384

_AFTER_MERGED_CELLS = frozenset({"conditionalFormatting", "dataValidations", "hyperlinks", "pageMargins", "extLst"})
_DIGITS = "0123456789"
_LETTERS = re.compile(r"[A-Za-z]{1,3}")
_PLACE = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")


class SheetRow(NamedTuple):
    """The filled cells of one row by their columns, counted from 0; `line` is the row's number in the sheet."""

    line: int
    cells: Mapping[int, SheetCell]


class MergedCells(NamedTuple):
    """A range of merged cells; only the first cell has a value. Columns are counted from 0."""

    span: str
    first_line: int
    first_column: int
    last_line: int
    last_column: int


def sheet_rows(chunks: Iterator[bytes], shared: "Workbook") -> Iterator[SheetRow | MergedCells]:
    """Yield the rows that have a filled cell, then the merged cells; a formula counts as its stored result.

    Raises:
        FileProblem: If a row or cell is repeated or out of order, so that one would hide another.
        BadXml: If the sheet is damaged or would fill the memory; a ValueError if a number is not valid.
    """
    line = 0
    for parent, element in elements(chunks, 2, until=_AFTER_MERGED_CELLS):
        if parent == "sheetData":
            before, line = line, int(element.get("r", line + 1))
            if not 0 < line <= MAX_ROWS:
                raise BadXml
            if line <= before:
                raise shared.out_of_order(line)
            cells = _cells(element, line, shared)
            if cells:
                yield SheetRow(line, cells)
        elif parent == "mergeCells":
            yield _merged(element.get("ref", ""))


def _cells(row: Element, line: int, shared: "Workbook") -> dict[int, SheetCell]:
    """Return the filled cells of a row."""
    prefix = row.tag.removesuffix(local_name(row.tag))
    value_tag = f"{prefix}v"
    cells: dict[int, SheetCell] = {}
    column = -1
    for element in row:
        place = element.get("r")
        before, column = column, column + 1 if place is None else _column(place.rstrip(_DIGITS))
        if column <= before:
            raise shared.out_of_order(line)
        if column >= MAX_COLUMNS_WIDE:
            raise BadXml
        kind = element.get("t", "n")
        if kind == "inlineStr":
            cell: SheetCell = "".join(text_of(item) for item in element if local_name(item.tag) == "is")
        else:
            value = element.find(value_tag)
            if value is None or not value.text:
                continue
            cell = _cell(kind, value.text, element.get("s"), shared)
        if cell != "":
            cells[column] = cell
    return cells


def _cell(kind: str, text: str, style: str | None, shared: "Workbook") -> SheetCell:
    """Return the value of a filled cell by its stored type."""
    match kind:
        case "s":
            return shared.strings[int(text)]
        case "n":
            return number_of(text.strip(), shared.number_formats.get(style, PLAIN), is_1904=shared.is_1904)
        case "str":
            return unescaped(text)
        case "b":
            return FlagCell(text.strip() in {"1", "true"})
        case "d":
            return moment_of(text.strip())
        case _:
            return CellError(text.strip())


@cache
def _column(letters: str) -> int:
    """Return the column of letters such as AB, counted from 0."""
    if not _LETTERS.fullmatch(letters):
        raise BadXml
    return reduce(lambda column, letter: column * 26 + ord(letter) - ord("A") + 1, letters.upper(), 0) - 1


def _merged(span: str) -> MergedCells:
    first, _colon, last = span.partition(":")
    begins, ends = _PLACE.fullmatch(first), _PLACE.fullmatch(last or first)
    if begins is None or ends is None:
        raise BadXml
    return MergedCells(span, int(begins[2]), _column(begins[1]), int(ends[2]), _column(ends[1]))
