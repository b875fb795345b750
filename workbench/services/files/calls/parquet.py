"""The files of the call store: one Parquet file per batch, under a temporary name while it is written."""

import hashlib
import os
from collections.abc import Collection, Mapping
from pathlib import Path

from db.access import access_of, sync
from workbench.errors import BadConfiguration, StorageFailed
from workbench.i18n import _
from workbench.services.files.calls.engine import translated_failures
from workbench.services.foundation.safe_files import open_regular

CallFileCheck = tuple[int, str]
"""The size of a call file in bytes, and its SHA-256."""

_cached_values: dict[tuple[int, ...], CallFileCheck] = {}
"""The check values of files that this process has read, by device, inode, size and modification time."""


def check_values_of(path: Path) -> CallFileCheck:
    """Return the size and SHA-256 of a call file; a process reads an unchanged file only once.

    Raises:
        NotFound: If there is no such file.
        BadData: If it is no regular file.
        StorageFailed: If it cannot be read.
    """
    with open_regular(path, follow_links=False) as file:
        status = os.fstat(file.fileno())
        key = (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)
        if key not in _cached_values:
            with translated_failures(path.parent):
                _cached_values[key] = status.st_size, hashlib.file_digest(file, "sha256").hexdigest()
        return _cached_values[key]


class CallFiles:
    """The folder of call files and their names; `checks` are the allowed check values of each batch."""

    def __init__(self, folder: Path, checks: Mapping[int, Collection[CallFileCheck]]) -> None:
        self.folder = folder
        self._checks = checks

    def path(self, batch_id: int) -> Path:
        """Return the path of the published call file of a batch."""
        return self.folder / f"calls-{batch_id:08d}.parquet"

    def part(self, batch_id: int) -> Path:
        """Return the path of the call file of a batch while it is written."""
        return self.folder / f"calls-{batch_id:08d}.parquet.part"

    def paths(self, batch_ids: Collection[int]) -> list[Path]:
        """Return the call files of batches, after checking that they are as their imports wrote them.

        Raises:
            StorageFailed: If one is missing.
            BadConfiguration: If one was changed.
        """
        return [self._verified_path(batch_id) for batch_id in sorted(set(batch_ids))]

    def _verified_path(self, batch_id: int) -> Path:
        path, allowed = self.path(batch_id), self._checks.get(batch_id)
        if not path.exists():
            raise StorageFailed(
                _("The call file {file} is missing; put it back from a backup, or undo its batch.").format(file=path)
            )
        if allowed is not None and check_values_of(path) not in allowed:
            raise BadConfiguration(
                _("The call file {file} was changed after its import; put it back from a backup.").format(file=path)
            )
        return path

    def discard(self, batch_id: int) -> None:
        """Remove the call file of a batch, published or unfinished."""
        if self.folder.is_dir():
            self.path(batch_id).unlink(missing_ok=True)
            for part in self.folder.glob(f"calls-{batch_id:08d}.*.part"):
                part.unlink(missing_ok=True)
            sync(self.folder)


def create_restricted_file(path: Path) -> int:
    """Create an empty file that only users of its folder can read, and return a handle for writing."""
    handle = os.open(path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY | os.O_NOFOLLOW, 0o600)
    os.fchmod(handle, access_of(path.parent).file_mode)
    return handle
