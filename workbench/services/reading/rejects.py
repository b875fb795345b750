"""Writes the records that could not be taken in to a file of the same format, with their cause."""

import csv
import json
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

from workbench.errors import CannotCreate, WrongUsage
from workbench.i18n import _
from workbench.services.reading.headers import IGNORED, column_names
from workbench.services.reading.problems import BadRecord
from workbench.services.reading.reader import Reader
from workbench.services.reading.rejected_sheets import RejectedSheets
from workbench.services.reading.sheet_names import own_name
from workbench.services.reading.source_of_file import WORKBOOK_SUFFIXES

CAUSE = "cause"

_NAME_SHOWN = 30
"""So many characters of a file's name are in that of its beginning; a name may have 255 bytes in all."""


class _Target(Protocol):
    """A file of one format that takes bad records."""

    def follow(self, names: tuple[str, ...], sheet: str) -> bool:
        """Go on with records of these columns, and say whether that can be done."""

    def write(self, cause: str, cells: tuple[str, ...], text: str) -> None: ...

    def finish(self) -> None: ...

    def give_up(self) -> None: ...


class RejectWriter:
    """A file of bad records that appears as a whole when the work is done, and not at all if there are none.

    The cause is the first column, so that a record with too few or too many fields stays as it was. The file
    can be mended and imported as it is, because the column `cause` is known and not read. Of workbooks it has the
    sheets that have bad records.

    Raises:
        WrongUsage: If it would replace the imported file, or its name says another format.
        CannotCreate: If it cannot be made there.
    """

    def __init__(self, path: Path, reader: Reader, *, keeps_sheets: bool = False) -> None:
        self.path = path
        self.count = 0
        self._reader = reader
        self._refuse_input(reader)
        self._refuse_name(reader)
        try:
            self._temporary, self._target = _begun(path, reader, keeps_sheets=keeps_sheets)
        except OSError as error:
            raise self._cannot_create(error) from error
        self._ignored: frozenset[int] = frozenset()
        self.follow(reader)

    def follow(self, reader: Reader) -> None:
        """Go on with another file or sheet of the same import.

        Raises:
            WrongUsage: If its format or columns differ, so that one file cannot hold both.
        """
        self._refuse_input(reader)
        self._ignored = _ignored(reader)
        names = _without(self._ignored, reader.columns)
        sheet = own_name(reader.kind, reader.sheet)
        if reader.format != self._reader.format or not self._target.follow(names, sheet):
            raise WrongUsage(
                _("{file} has other columns than the file before; import it with a --rejects of its own.").format(
                    file=reader.path.name
                )
            )
        self._reader = reader

    def write(self, record: BadRecord) -> None:
        """Add one record of the present file."""
        cause = "; ".join(
            f"{problem.column}: {problem.message}" if problem.column else problem.message for problem in record.problems
        )
        self._target.write(cause, _without(self._ignored, record.cells), record.text)
        self.count += 1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Put the file in its place, or take everything away if the work failed or nothing was bad."""
        try:
            if kind is None and self.count:
                self._target.finish()
                self._temporary.replace(self.path)
        except OSError as failure:
            raise self._cannot_create(failure) from failure
        finally:
            self._target.give_up()
            self._temporary.unlink(missing_ok=True)

    def _refuse_input(self, reader: Reader) -> None:
        """Refuse to replace what is being read."""
        if self.path.exists() and self.path.samefile(reader.path):
            raise WrongUsage(_("{path} is the imported file; name another for the rejects.").format(path=self.path))

    def _refuse_name(self, reader: Reader) -> None:
        """Refuse a name by which the file could not be read again."""
        is_workbook = self.path.suffix.lower() in WORKBOOK_SUFFIXES
        if is_workbook != (reader.format == "xlsx"):
            raise WrongUsage(
                _("Rejects have the format of the imported file; name them like {name}.").format(
                    name=self.path.with_suffix(reader.path.suffix).name
                )
            )

    def _cannot_create(self, error: OSError) -> CannotCreate:
        """Return why the file cannot be made."""
        return CannotCreate(
            _("{path} cannot be written ({cause}); name another file for the rejects.").format(
                path=self.path, cause=error.strerror
            )
        )


def _begun(path: Path, reader: Reader, *, keeps_sheets: bool) -> tuple[Path, _Target]:
    """Begin a file beside the one that it becomes; nothing stays of one that cannot be begun."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:_NAME_SHOWN]}.")
    temporary = Path(name)
    try:
        return temporary, _target_of(reader, handle, temporary, keeps_sheets=keeps_sheets)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _target_of(reader: Reader, handle: int, path: Path, *, keeps_sheets: bool) -> _Target:
    """Return a file of the reader's format."""
    if reader.format == "xlsx":
        os.close(handle)
        return RejectedSheets(path, CAUSE, keeps_sheets=keeps_sheets)
    return _RejectedLines(handle) if reader.format == "jsonl" else _RejectedRows(handle)


class _RejectedText:
    """A text file of bad records."""

    def __init__(self, handle: int, encoding: str) -> None:
        self._file = os.fdopen(handle, "w", encoding=encoding, newline="")

    def finish(self) -> None:
        """Bring everything to the disk."""
        self._file.flush()
        os.fsync(self._file.fileno())

    def give_up(self) -> None:
        """Close the file."""
        # A full disk refuses the last rows once more, and was told already or they are not wanted.
        with suppress(OSError):
            self._file.close()


class _RejectedRows(_RejectedText):
    """A CSV file of bad records."""

    def __init__(self, handle: int) -> None:
        super().__init__(handle, "utf-8-sig")
        self._csv = csv.writer(self._file)
        self._names: tuple[str, ...] | None = None
        self._has_header = False

    def follow(self, names: tuple[str, ...], sheet: str) -> bool:  # noqa: ARG002 - a CSV file has no sheets
        """Go on with records of these columns, if they are those of the records before."""
        if self._names is None:
            self._names = names
        return names == self._names

    def write(self, cause: str, cells: tuple[str, ...], text: str) -> None:  # noqa: ARG002 - its cells say it all
        """Add a record."""
        if not self._has_header:
            self._csv.writerow((CAUSE, *(self._names or ())))
            self._has_header = True
        self._csv.writerow((cause, *cells))


class _RejectedLines(_RejectedText):
    """A JSON Lines file of bad records."""

    def __init__(self, handle: int) -> None:
        super().__init__(handle, "utf-8")

    def follow(self, names: tuple[str, ...], sheet: str) -> bool:  # noqa: ARG002 - each line has its own columns
        """Go on with records of any columns."""
        return True

    def write(self, cause: str, cells: tuple[str, ...], text: str) -> None:  # noqa: ARG002 - its text says it all
        """Add a record."""
        self._file.write(_as_json(text, cause) + "\n")


def _ignored(reader: Reader) -> frozenset[int]:
    """Return the places of columns that hold an earlier cause."""
    known = column_names(reader.kind)
    return frozenset(index for index, name in enumerate(reader.columns) if name and known.meaning(name) == IGNORED)


def _without(places: frozenset[int], cells: tuple[str, ...]) -> tuple[str, ...]:
    """Return cells without those at some places."""
    return tuple(cell for index, cell in enumerate(cells) if index not in places)


def _as_json(text: str, cause: str) -> str:
    """Return an object with its cause; a line that is no object is kept as a text, to be mended by hand."""
    try:
        pairs: Any = json.loads(text, object_pairs_hook=_Pairs)
    except (ValueError, RecursionError):
        pairs = _Pairs([("text", text)])
    if not isinstance(pairs, _Pairs):
        pairs = _Pairs([("text", text)])
    shown = ", ".join(f"{_dumped(name)}: {_dumped(value)}" for name, value in pairs if name != CAUSE)
    return f"{{{_dumped(CAUSE)}: {_dumped(cause)}" + (f", {shown}}}" if shown else "}")


class _Pairs(list[tuple[str, Any]]):
    """The pairs of an object, with keys that come twice."""


def _dumped(value: object) -> str:
    """Return a value as JSON that UTF-8 can hold."""
    if isinstance(value, _Pairs):
        return "{" + ", ".join(f"{_dumped(name)}: {_dumped(inner)}" for name, inner in value) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_dumped, value)) + "]"
    shown = json.dumps(value, ensure_ascii=False)
    try:
        shown.encode()
    except UnicodeEncodeError:
        return json.dumps(value)
    return shown
