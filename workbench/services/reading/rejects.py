"""Writes the records that could not be taken in to a file of the same format, with their cause."""

import csv
import json
import os
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from workbench.errors import CannotCreate, WrongUsage
from workbench.i18n import _
from workbench.services.reading.headers import IGNORED, column_names
from workbench.services.reading.problems import BadRecord
from workbench.services.reading.reader import Reader

CAUSE = "cause"


class RejectWriter:
    """A file of bad records that appears as a whole when the work is done, and not at all if there are none.

    The cause is the first column, so that a record with too few or too many fields stays as it was. The file
    can be mended and imported as it is, because the column `cause` is known and not read.

    Raises:
        WrongUsage: If it would replace the imported file.
        CannotCreate: If it cannot be made there.
    """

    def __init__(self, path: Path, reader: Reader) -> None:
        self.path = path
        self.count = 0
        self._reader = reader
        self._refuse_input(reader)
        self._names = _without(_ignored(reader), reader.columns)
        try:
            handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:100]}.")
        except OSError as error:
            raise self._cannot_create(error) from error
        self._temporary = Path(name)
        encoding = "utf-8-sig" if reader.format == "csv" else "utf-8"
        self._file = os.fdopen(handle, "w", encoding=encoding, newline="")
        self._csv = csv.writer(self._file)

    def follow(self, reader: Reader) -> None:
        """Go on with another file of the same import.

        Raises:
            WrongUsage: If its format or columns differ, so that one file cannot hold both.
        """
        self._refuse_input(reader)
        names = _without(_ignored(reader), reader.columns)
        if reader.format != self._reader.format or (reader.format == "csv" and names != self._names):
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
        if self._reader.format == "jsonl":
            self._file.write(_as_json(record.text, cause) + "\n")
        else:
            if not self.count:
                self._csv.writerow((CAUSE, *self._names))
            self._csv.writerow((cause, *_without(_ignored(self._reader), record.cells)))
        self.count += 1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Put the file in its place, or take everything away if the work failed or nothing was bad."""
        try:
            if kind is None and self.count:
                self._file.flush()
                os.fsync(self._file.fileno())
                self._temporary.replace(self.path)
        except OSError as failure:
            raise self._cannot_create(failure) from failure
        finally:
            self._file.close()
            self._temporary.unlink(missing_ok=True)

    def _refuse_input(self, reader: Reader) -> None:
        """Refuse to replace what is being read."""
        if self.path.exists() and self.path.samefile(reader.path):
            raise WrongUsage(_("{path} is the imported file; name another for the rejects.").format(path=self.path))

    def _cannot_create(self, error: OSError) -> CannotCreate:
        """Return why the file cannot be made."""
        return CannotCreate(
            _("{path} cannot be written ({cause}); name another file for the rejects.").format(
                path=self.path, cause=error.strerror
            )
        )


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
