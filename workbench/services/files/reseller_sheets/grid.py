"""Reads the filled cells of a text or sheet row by row, without knowing its columns."""

import csv
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import TextIO

from workbench.i18n import _
from workbench.services.files.reading.problems import FileProblem, RowProblem
from workbench.services.files.reading.sheets.workbook import MergedCells, SheetRow
from workbench.services.files.reading.table import DELIMITERS, FIELD_LENGTH

HEAD_ROWS = 40
"""The header is within this number of rows, below titles and explanations."""


def text_rows(text: TextIO, file: str) -> Iterator[SheetRow]:
    """Yield the rows of a CSV text that have a filled cell.

    Raises:
        FileProblem: If a row is not valid CSV.
    """
    head = list(islice(text, HEAD_ROWS))
    if head:
        head[0] = head[0].removeprefix("\ufeff")
    delimiter = max(DELIMITERS, key=lambda one: _count_separators(head, one))
    reader = csv.reader(chain(head, text), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            if filled := {place: cell for place, cell in enumerate(cells) if cell.strip()}:
                yield SheetRow(line, filled)
            line = reader.line_num + 1
    except csv.Error as error:
        raise FileProblem(RowProblem(file=file, line=line, message=_explained(str(error)))) from error


def _explained(cause: str) -> str:
    """Return the message about a row that is not valid CSV."""
    if "field larger" in cause:
        return _("The field is longer than {limit} characters; shorten it.").format(limit=FIELD_LENGTH)
    return _("A quote is opened and not closed; close it, or double it if it belongs to the text.")


def _count_separators(head: Sequence[str], delimiter: str) -> int:
    """Return how often a delimiter separates cells."""
    try:
        return sum(len(cells) - 1 for cells in csv.reader(head, delimiter=delimiter))
    except csv.Error:
        return 0


def rows_and_merges(
    items: Iterator[SheetRow | MergedCells], most_rows: int
) -> tuple[list[SheetRow], list[MergedCells]]:
    """Return the first rows of a sheet, and its merged cells, which follow all rows."""
    rows: list[SheetRow] = []
    merges: list[MergedCells] = []
    for item in items:
        if isinstance(item, MergedCells):
            merges.append(item)
        elif len(rows) < most_rows:
            rows.append(item)
    return rows, merges
