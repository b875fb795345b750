"""An XLSX file as a zip archive, with limits on its size and its parts."""

import hashlib
import zlib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from workbench.i18n import _
from workbench.services.files.reading.opened import OpenedFile
from workbench.services.files.reading.problems import FileProblem, RowProblem

FILE_BYTES = 50 << 20
"""The largest workbook that is read."""

MAX_ENTRIES = 1_000
UNPACKED_BYTES = 200 << 20
"""The most bytes of all parts together after unpacking."""

MAX_RATIO = 100
"""The most times by which a part grows when it is unpacked; a zip bomb grows more."""

_RATIO_COUNTS_FROM = 1 << 20
"""A part of up to this many bytes may grow by any ratio."""

_CHUNK_BYTES = 1 << 17
_ENTRY_MARK = b"PK\x01\x02"
_OLD_OFFICE_MARK = b"\xd0\xcf\x11\xe0"
_ENCRYPTED = 0x1
# Compressed data may contain the mark of an entry by chance.
_MARKS_BY_CHANCE = 50

_DAMAGES = (BadZipFile, zlib.error, EOFError, ValueError, RuntimeError, NotImplementedError, KeyError)
"""What zipfile raises if an archive is damaged, incomplete or something else."""


class XlsxPackage(OpenedFile):
    """An open XLSX file: its size, its SHA-256, and its parts by name.

    Raises:
        NotFound: If there is no such file.
        BadData: If it is not a regular file.
        FileProblem: If it is not an archive, or is harmful.
        StorageFailed: If it cannot be read.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.bytes_read: dict[str, int] = defaultdict(int)
        """The number of bytes of each part that the last pass has read."""
        with self.closed_on_failure():
            self.sha256 = self._examine()
            self._parts = self._check_entries()

    def size(self, name: str) -> int:
        """Return the size of a part after unpacking."""
        return self._entry(name).file_size

    def chunks(self, name: str) -> Iterator[bytes]:
        """Yield a part in chunks, and never more bytes than the archive declares.

        Raises:
            FileProblem: If the part is not there or not what the archive says, or the file has changed.
        """
        self.refuse_change()
        part = self._entry(name)
        try:
            with self._zip.open(part) as stream:
                # If a part is longer than declared, zipfile stops at the declared size and finds a wrong checksum.
                self.bytes_read[name] = 0
                while chunk := stream.read(_CHUNK_BYTES):
                    self.bytes_read[name] += len(chunk)
                    yield chunk
        except _DAMAGES as error:
            raise self.damaged() from error

    def damaged(self) -> FileProblem:
        """Return the problem that the file is not a complete workbook."""
        return self.refused(_("This is no whole XLSX workbook; save it again as XLSX in a spreadsheet program."))

    def too_much_text(self) -> FileProblem:
        """Return the problem that the texts of the file would fill the memory."""
        return self.refused(_("The workbook holds too much text; split it, or save its sheets as CSV."))

    def refused(self, message: str, line: int = 0) -> FileProblem:
        """Return a problem of the whole file, or of one line of the sheet that is being read."""
        return FileProblem(RowProblem(file=self.path.name, line=line, message=message))

    def _entry(self, name: str) -> ZipInfo:
        """Return a part by its name; names of parts are not case-sensitive."""
        part = self._parts.get(name.casefold())
        if part is None:
            raise self.damaged()
        return part

    def _examine(self) -> str:
        """Return the digest; refuse a file that is too large or not an archive before it is unpacked."""
        start = self.file.peek(len(_OLD_OFFICE_MARK))
        if start.startswith(_OLD_OFFICE_MARK):
            raise self.refused(_("This is an old or a protected workbook; save it as XLSX without a password."))
        if start and not start.startswith(b"PK\x03\x04"):
            raise self.refused(_("This is no XLSX workbook, whatever its name says; save it as XLSX or CSV."))
        if self.bytes_count > FILE_BYTES:
            message = _("The workbook is larger than {limit} MB; split it, or save its sheets as CSV.")
            raise self.refused(message.format(limit=FILE_BYTES >> 20))
        digest, entries = hashlib.sha256(), 0
        while chunk := self.file.read(_CHUNK_BYTES):
            digest.update(chunk)
            # Chunk ends may hide a few marks; the exact number is checked later.
            entries += chunk.count(_ENTRY_MARK)
        # ZipFile reads the whole directory of an archive, so its length is checked first.
        if entries > MAX_ENTRIES + _MARKS_BY_CHANCE:
            raise self._too_many()
        return digest.hexdigest()

    def _check_entries(self) -> dict[str, ZipInfo]:
        """Return the parts by their folded names; refuse a harmful archive."""
        try:
            self._zip = ZipFile(self.file)
        except _DAMAGES as error:
            raise self.damaged() from error
        entries = self._zip.infolist()
        if len(entries) > MAX_ENTRIES:
            raise self._too_many()
        if sum(entry.file_size for entry in entries) > UNPACKED_BYTES:
            raise self._unpacks_too_large()
        parts: dict[str, ZipInfo] = {}
        for entry in entries:
            self._check(entry)
            if parts.setdefault(entry.filename.casefold(), entry) is not entry:
                raise self.damaged()
        return parts

    def _check(self, entry: ZipInfo) -> None:
        if entry.flag_bits & _ENCRYPTED:
            raise self.refused(_("The workbook is encrypted; save it without a password."))
        name = PurePosixPath(entry.filename.replace("\\", "/"))
        if name.is_absolute() or ".." in name.parts:
            raise self.refused(_("The workbook has a part outside of itself; save it again in a spreadsheet program."))
        if entry.compress_type not in {ZIP_STORED, ZIP_DEFLATED}:
            raise self.damaged()
        if entry.file_size > max(_RATIO_COUNTS_FROM, entry.compress_size * MAX_RATIO):
            raise self._unpacks_too_large()

    def _too_many(self) -> FileProblem:
        message = _("The workbook has more than {limit} parts; keep only the sheets to import.")
        return self.refused(message.format(limit=MAX_ENTRIES))

    def _unpacks_too_large(self) -> FileProblem:
        message = _("The workbook unpacks to far more than a sheet holds (limit {limit} MB); save its sheets as CSV.")
        return self.refused(message.format(limit=UNPACKED_BYTES >> 20))
