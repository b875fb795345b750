"""Opens files of other people: each is checked once, and then unpacked and read any number of times."""

import gzip
import hashlib
import io
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO, TextIO, cast
from zipfile import BadZipFile, ZipFile

from workbench.errors import StorageFailed
from workbench.i18n import _
from workbench.services.files.reading.encoding import detect
from workbench.services.files.reading.problems import FileProblem, RowProblem
from workbench.services.foundation.safe_files import open_regular, reader_of

PACKED_SUFFIXES = frozenset({".gz", ".zip"})

_ENCRYPTED = 0x1
_DAMAGES = (BadZipFile, gzip.BadGzipFile, zlib.error, EOFError, NotImplementedError)
"""What Python raises if packed data is damaged, incomplete, or of an unknown method."""


class OpenedFile:
    """An open regular file that must not change while it is read.

    Raises:
        NotFound: If there is no such file.
        BadData: If it is a folder, pipe or device.
        StorageFailed: If it cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.file = open_regular(path)
        self._stamp = self._state()
        self.bytes_count = self._stamp[0]

    def close(self) -> None:
        """Close the file."""
        self.file.close()

    @contextmanager
    def closed_on_failure(self) -> Iterator[None]:
        """Close the file if the block fails; the block is the first reading of the file."""
        try:
            yield
        except BaseException as error:
            self.close()
            if isinstance(error, OSError):
                raise StorageFailed(_("{path} cannot be read; check the disk.").format(path=self.path)) from error
            raise

    def digest(self) -> str:
        """Return the SHA-256 of the file."""
        self.file.seek(0)
        return hashlib.file_digest(self.file, "sha256").hexdigest()

    def refuse_change(self) -> None:
        """Refuse a file that has changed since it was checked.

        Raises:
            FileProblem: If it has changed since it was opened.
        """
        if self._state() != self._stamp:
            raise self.problem_of_change()

    def problem_of_change(self) -> FileProblem:
        """Return the problem that the file has changed."""
        message = _("The file changed while it was read; import it again when it is complete.")
        return FileProblem(RowProblem(file=self.path.name, message=message))

    def _state(self) -> tuple[int, int]:
        """Return size and modification time, which change with the file."""
        state = os.fstat(self.file.fileno())
        return state.st_size, state.st_mtime_ns


class OpenedText(OpenedFile):
    """An open text file with its encoding and digest.

    Raises:
        BadData: If its encoding is not clear.
        StorageFailed: If it cannot be read.
        WrongUsage: If the named encoding is not supported.
    """

    def __init__(self, path: Path, encoding: str | None = None, *, may_be_packed: bool = False) -> None:
        super().__init__(path)
        self._is_packed = may_be_packed and path.suffix.lower() in PACKED_SUFFIXES
        with self.closed_on_failure(), _reporting_damage(path):
            self.encoding, self._codec = detect(self._unpack(self.file), path.name, encoding)
            self.sha256 = self.digest()

    @contextmanager
    def text(self) -> Iterator[TextIO]:
        """Open the text from its start, with unchanged line ends; only one pass at a time.

        Raises:
            FileProblem: If the file has changed since it was opened.
        """
        self.refuse_change()
        self.file.seek(0)
        # Each pass has its own handle, so that it may end before or after the file is closed.
        with reader_of(os.dup(self.file.fileno())) as handle, _reporting_damage(self.path):
            unpacked = self._unpack(handle)
            with io.TextIOWrapper(unpacked, encoding=self._codec, errors="strict", newline="\n") as text:
                try:
                    yield text
                except UnicodeDecodeError:
                    raise self.problem_of_change() from None
        self.refuse_change()

    def _unpack(self, file: BinaryIO) -> IO[bytes]:
        """Return the unpacked bytes of the file; its name says how it is packed.

        Raises:
            FileProblem: If it is an archive of no or several files, or encrypted.
        """
        if not self._is_packed:
            return file
        if self.path.suffix.lower() == ".gz":
            return cast("IO[bytes]", gzip.GzipFile(fileobj=file, mode="rb"))
        archive = ZipFile(file)
        members = [member for member in archive.infolist() if not member.is_dir()]
        if len(members) != 1 or members[0].flag_bits & _ENCRYPTED:
            message = _("The archive must contain exactly one file, without a password; pack that file alone.")
            raise FileProblem(RowProblem(file=self.path.name, message=message))
        return archive.open(members[0])

    @property
    def bytes_read(self) -> int:
        """The number of bytes that the current pass has read."""
        return min(os.lseek(self.file.fileno(), 0, os.SEEK_CUR), self.bytes_count)


def is_archive(path: Path) -> bool:
    """Return whether a regular file begins like a zip archive.

    Raises:
        NotFound: If there is no such file.
        BadData: If it is a folder, pipe or device.
        StorageFailed: If it cannot be read.
    """
    with open_regular(path) as file:
        return file.read(4) == b"PK\x03\x04"


@contextmanager
def _reporting_damage(path: Path) -> Iterator[None]:
    """Convert the errors of unpacking to a problem of the file.

    Raises:
        FileProblem: If packed data are damaged.
    """
    try:
        yield
    except _DAMAGES as error:
        message = _("The archive is damaged or was cut off; pack the file again.")
        raise FileProblem(RowProblem(file=path.name, message=message)) from error
