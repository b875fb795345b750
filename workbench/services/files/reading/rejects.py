"""Writes the records that were not imported to a file of the same format, each with its cause."""

import csv
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Any

from workbench.errors import CannotCreate, WrongUsage
from workbench.i18n import _, current_language
from workbench.services.files.reading.headers import IGNORED, columns_file
from workbench.services.files.reading.problems import BadRecord
from workbench.services.files.reading.reader import Reader
from workbench.services.files.reading.sheets.names import sheet_name_for
from workbench.services.files.reading.sources import WORKBOOK_SUFFIXES
from workbench.services.files.reading.table import Format
from workbench.services.foundation.safe_files import MAX_CELL_LENGTH, MAX_SHEET_ROWS, OwnFiles, new_workbook, replacing

CAUSE = "cause"

_EARLIER_CAUSE = re.compile(r',?\s*(?<!\\)"cause"\s*:\s*"(?:[^"\\]|\\.)*"')
_CAUSE_WIDTH, _WIDTH = 60, 20

_Sheet = tuple[str, tuple[str, ...]]
"""A sheet: its name, and its columns."""

_Put = Callable[[_Sheet, tuple[str, ...], str], object]
"""A function that adds a record to the file: its sheet, its cells with the cause as the first, and its JSON line."""


class RejectWriter(ExitStack):
    """Writes a file of bad records; the file appears when it is complete.

    The cause is the first column, so that a record with too few or too many fields stays as it was. The file can be
    imported after its rows are fixed, because an import ignores that column. With `keeps_sheets`, each sheet
    that has bad records gets its own sheet.
    """

    def __init__(self, path: Path, own_files: OwnFiles, *, keeps_sheets: bool = False) -> None:
        super().__init__()
        self._path = path
        self._own_files = own_files
        self._keeps_sheets = keeps_sheets
        self._layout: tuple[Format, tuple[str, ...]] | None = None

    def switch_to(self, reader: Reader, *, is_trial: bool = False) -> None:
        """Start with the records of the next file or sheet; a trial only refuses, and creates no file.

        Raises:
            WrongUsage: If the rejects would replace it, or do not have its format or columns.
            CannotCreate: If the file cannot be created.
        """
        if self._path.exists() and self._path.samefile(reader.path):
            raise WrongUsage(_("{path} is the imported file; name another for the rejects.").format(path=self._path))
        output_format: Format = "xlsx" if self._keeps_sheets else reader.format
        if (self._path.suffix.lower() in WORKBOOK_SUFFIXES) != (output_format == "xlsx"):
            message = _("Rejects have the format of the imported file; name them like {name}.")
            suffix = ".xlsx" if self._keeps_sheets else reader.path.suffix
            raise WrongUsage(message.format(name=self._path.with_suffix(suffix).name))
        meaning = reader.row_reader.column_names.meaning
        self._ignored = {index for index, name in enumerate(reader.columns) if name and meaning(name) == IGNORED}
        columns = self._without_cause(reader.columns)
        may_differ = self._keeps_sheets or reader.format == "jsonl"
        layout = (reader.format, () if may_differ else columns)
        if self._keeps_sheets or self._layout is None:
            self._sheet = (sheet_name_for(reader.kind, reader.sheet), (_cause_heading(), *columns))
        elif layout != self._layout:
            message = _("{file} has other columns than the file before; import it with a --rejects of its own.")
            raise WrongUsage(message.format(file=reader.name))
        if self._layout is None and not is_trial:
            draft = self.enter_context(replacing(self._path, self._own_files))
            self._put = self.enter_context(TABLE_FORMATS[output_format](draft))
            if output_format == "csv":
                self._put(self._sheet, self._sheet[1], "")
        self._layout = layout

    def write(self, record: BadRecord) -> None:
        """Add one record of the current file.

        Raises:
            CannotCreate: If a sheet is full.
        """
        cause = "; ".join(
            f"{problem.column}: {problem.message}" if problem.column else problem.message for problem in record.problems
        )
        cells = self._without_cause(record.cells)
        if self._keeps_sheets and record.text:
            # Each line of JSON has its own order of columns.
            cells = tuple(record.raw.get(name, "") for name in self._sheet[1][1:])
        self._put(self._sheet, (cause, *cells), record.text)

    def _without_cause(self, cells: tuple[str, ...]) -> tuple[str, ...]:
        """Return cells without the cause of an earlier import."""
        return tuple(cell for index, cell in enumerate(cells) if index not in self._ignored)


def _cause_heading() -> str:
    """Return the name of the first column of a table in the current language; JSON Lines keep the English key."""
    return str(columns_file()["ignored"][CAUSE]["zh"]) if current_language() == "zh" else CAUSE


@contextmanager
def _csv_rows(path: Path) -> Iterator[_Put]:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        yield lambda _sheet, cells, _text: writer.writerow(cells)


@contextmanager
def _json_lines(path: Path) -> Iterator[_Put]:
    # UTF-8 cannot encode surrogates; `backslashreplace` writes them as JSON escapes.
    with path.open("w", encoding="utf-8", errors="backslashreplace") as file:
        yield lambda _sheet, cells, text: file.write(_as_json(text, cells[0]) + "\n")


def _as_json(text: str, cause: str) -> str:
    """Return an object with the cause as its first key; a line that is not an object becomes the value of `text`."""
    try:
        is_object = isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        is_object = False
    if not is_object:
        return json.dumps({CAUSE: cause, "text": text}, ensure_ascii=False)
    # The text is not parsed and written again, so that repeated keys and the form of numbers stay.
    others = _EARLIER_CAUSE.sub("", text)[1:].lstrip(", ")
    first = json.dumps({CAUSE: cause}, ensure_ascii=False)[:-1]
    return first + others if others == "}" else f"{first}, {others}"


@contextmanager
def _sheets(path: Path) -> Iterator[_Put]:
    """Write a workbook in which all cells are texts, so that a spreadsheet does not change them."""
    with new_workbook(path) as workbook:
        text, bold = (workbook.add_format({"num_format": "@", "bold": is_bold}) for is_bold in (False, True))
        sheets: dict[_Sheet, Any] = {}
        counts: Counter[_Sheet] = Counter()

        def put(sheet: _Sheet, cells: tuple[str, ...], _text: str) -> None:
            if sheet not in sheets:
                name, columns = sheet
                # An underscore makes the name unique, and the import still recognises the kind.
                while name in workbook.sheetnames:
                    name += "_"
                sheets[sheet] = workbook.add_worksheet(name)
                sheets[sheet].freeze_panes(1, 1)
                # The columns are formatted as text too, for cells that somebody fills in later.
                sheets[sheet].set_column(0, 0, _CAUSE_WIDTH if columns[0] == _cause_heading() else _WIDTH, text)
                sheets[sheet].set_column(1, len(columns) - 1, _WIDTH, text)
                sheets[sheet].write_row(0, 0, columns, bold)
            counts[sheet] += 1
            if counts[sheet] > MAX_SHEET_ROWS:
                raise CannotCreate(_("A sheet holds at most 1,048,575 rows; import the sheets one by one as CSV."))
            sheets[sheet].write_row(counts[sheet], 0, [cell[:MAX_CELL_LENGTH] for cell in cells], text)

        yield put


TABLE_FORMATS: dict[Format, Callable[[Path], AbstractContextManager[_Put]]] = {
    "csv": _csv_rows,
    "jsonl": _json_lines,
    "xlsx": _sheets,
}
"""The writers of tables of texts, by format."""
