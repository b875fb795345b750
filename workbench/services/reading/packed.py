"""Text files that come packed: `.gz`, and `.zip` archives of one file."""

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO, cast
from zipfile import BadZipFile, ZipFile

from workbench.i18n import _
from workbench.services.reading.problems import FileProblem, RowProblem

PACKED_SUFFIXES = frozenset({".gz", ".zip"})

_ENCRYPTED = 0x1
_DAMAGES = (BadZipFile, gzip.BadGzipFile, zlib.error, EOFError, NotImplementedError)
"""What Python raises at packed data that is not whole, or packed in a way that it does not know."""


def unpacked(file: BinaryIO, path: Path) -> IO[bytes]:
    """Return the bytes in a file that may be packed, by its name.

    Raises:
        FileProblem: If it is an archive of no or several files, or encrypted.
    """
    suffix = path.suffix.lower()
    if suffix == ".gz":
        return cast("IO[bytes]", gzip.GzipFile(fileobj=file, mode="rb"))
    if suffix != ".zip":
        return file
    archive = ZipFile(file)
    members = [member for member in archive.infolist() if not member.is_dir()]
    if len(members) != 1 or members[0].flag_bits & _ENCRYPTED:
        message = _("The archive must contain exactly one file, without a password; pack that file alone.")
        raise FileProblem(RowProblem(file=path.name, message=message))
    return archive.open(members[0])


@contextmanager
def damage_reported(path: Path) -> Iterator[None]:
    """Turn what unpacking raises into a problem of the file.

    Raises:
        FileProblem: If packed data are damaged.
    """
    try:
        yield
    except _DAMAGES as error:
        message = _("The archive is damaged or was cut off; pack the file again.")
        raise FileProblem(RowProblem(file=path.name, message=message)) from error
