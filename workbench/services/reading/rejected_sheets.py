"""A workbook of bad records, ready to be mended: every cell is a text, so that nothing is lost once more."""

from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from db.access import sync
from workbench.errors import CannotCreate
from workbench.i18n import _

_MAX_ROWS = 1_048_575
_CAUSE_WIDTH, _WIDTH = 60, 20
_AS_TEXT = "@"
_LONGEST = 32_767

_Key = tuple[str, tuple[str, ...]]
"""A sheet: what it is to be called, and its columns."""

_ALONE: _Key = ("", ())


class RejectedSheets:
    """The sheets that have bad records; those of one kind share a sheet, those of a workbook have their own.

    Sheets must be called by names of our own list: what an input calls its sheets may be no name that can be written.
    """

    def __init__(self, path: Path, cause: str, *, keeps_sheets: bool) -> None:
        import xlsxwriter

        self._path = path
        self._cause = cause
        self._keeps_sheets = keeps_sheets
        self._columns: dict[_Key, tuple[str, ...]] = {}
        self._sheets: dict[_Key, Any] = {}
        self._counts: dict[_Key, int] = {}
        self._names: set[str] = set()
        self._present: tuple[_Key, str] = (_ALONE, "")
        # What the rows take meanwhile lies beside the file that they become, not in a folder of everybody's.
        self._folder = TemporaryDirectory(dir=path.parent, prefix=f"{path.name}-")
        self._workbook = xlsxwriter.Workbook(
            str(path),
            {
                "constant_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "tmpdir": self._folder.name,
            },
        )
        self._text = self._workbook.add_format({"num_format": _AS_TEXT})
        self._bold = self._workbook.add_format({"bold": True, "num_format": _AS_TEXT})
        self._is_closed = False

    def follow(self, names: tuple[str, ...], sheet: str) -> bool:
        """Go on with records of these columns, if they can be on the sheet of those before or on their own."""
        key = (sheet, names) if self._keeps_sheets else _ALONE
        self._present = (key, sheet)
        return self._columns.setdefault(key, names) == names

    def write(self, cause: str, cells: tuple[str, ...], text: str) -> None:  # noqa: ARG002 - its cells say it all
        """Add a record.

        Raises:
            CannotCreate: If the sheet is full.
        """
        key, name = self._present
        if key not in self._sheets:
            self._begin(key, name)
        self._counts[key] += 1
        if self._counts[key] > _MAX_ROWS:
            raise CannotCreate(_("A sheet holds at most 1,048,575 rows; import the sheets one by one as CSV."))
        self._write_row(key, self._counts[key], (cause[:_LONGEST], *cells), self._text)

    def finish(self) -> None:
        """Write the workbook and bring it to the disk.

        Raises:
            CannotCreate: If it cannot be written.
        """
        from xlsxwriter.exceptions import XlsxFileError

        self._is_closed = True
        try:
            self._workbook.close()
        except XlsxFileError as error:
            raise CannotCreate(_("The sheet cannot be written: {cause}.").format(cause=error)) from error
        sync(self._path)

    def give_up(self) -> None:
        """Close what is open, and remove what lies beside the file."""
        from xlsxwriter.exceptions import XlsxFileError

        if not self._is_closed:
            # It keeps files open until it is closed; what it writes now is thrown away.
            with suppress(XlsxFileError, OSError):
                self._workbook.close()
        self._folder.cleanup()

    def _begin(self, key: _Key, name: str) -> None:
        """Add a sheet with its header."""
        # A line at the end makes no difference to what a sheet's name means, but to a spreadsheet it is another name.
        while name in self._names:
            name += "_"
        self._names.add(name)
        self._sheets[key] = self._workbook.add_worksheet(name)
        self._counts[key] = 0
        columns = self._columns[key]
        self._sheets[key].freeze_panes(1, 1)
        # Cells that are filled in while mending are texts too.
        self._sheets[key].set_column(0, 0, _CAUSE_WIDTH, self._text)
        self._sheets[key].set_column(1, len(columns), _WIDTH, self._text)
        self._write_row(key, 0, (self._cause, *columns), self._bold)

    def _write_row(self, key: _Key, row: int, cells: tuple[str, ...], shape: Any) -> None:
        for column, cell in enumerate(cells):
            if cell:
                self._sheets[key].write_string(row, column, cell, shape)
