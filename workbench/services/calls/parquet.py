"""The files of the call store: one Parquet file per batch, and the parts of one that is being written."""

import hashlib
import os
import shutil
from collections.abc import Collection, Mapping
from pathlib import Path

from db.access import access_of, sync
from workbench.errors import BadConfiguration, StorageFailed
from workbench.i18n import _
from workbench.services.calls.engine import translated_failures
from workbench.services.calls.spill import SPILL_PREFIX, locked
from workbench.services.foundation.safe_files import open_regular

CallFileCheck = tuple[int, str]
"""The size of a call file in bytes, and its SHA-256."""

_known: dict[tuple[int, ...], CallFileCheck] = {}
"""The check values of files that this process has read, by device, inode, size and time of change."""


def check_of(path: Path) -> CallFileCheck:
    """Return the size and SHA-256 of a call file; each is read once in a process while it stays the same.

    Raises:
        NotFound: If there is no such file.
        BadData: If it is no regular file.
        StorageFailed: If it cannot be read.
    """
    with open_regular(path, follow_links=False) as file:
        status = os.fstat(file.fileno())
        key = (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)
        if key not in _known:
            with translated_failures(path.parent):
                _known[key] = status.st_size, hashlib.file_digest(file, "sha256").hexdigest()
        return _known[key]


class CallFiles:
    """The folder of call files, and their names; `checks` are the check values that a batch may have."""

    def __init__(self, folder: Path, checks: Mapping[int, Collection[CallFileCheck]]) -> None:
        self.folder = folder
        self._checks = checks

    def path(self, batch_id: int) -> Path:
        """Return where the calls of a batch lie once they are whole."""
        return self.folder / f"calls-{batch_id:08d}.parquet"

    def part(self, batch_id: int) -> Path:
        """Return where a batch is being written."""
        return self.folder / f"calls-{batch_id:08d}.parquet.part"

    def paths(self, batch_ids: Collection[int]) -> list[Path]:
        """Return the files of batches, which are what their imports wrote.

        Raises:
            StorageFailed: If one is missing.
            BadConfiguration: If one was changed.
        """
        return [self._verified(batch_id) for batch_id in sorted(set(batch_ids))]

    def _verified(self, batch_id: int) -> Path:
        path, allowed = self.path(batch_id), self._checks.get(batch_id)
        if not path.exists():
            raise StorageFailed(
                _("The call file {file} is missing; put it back from a backup, or undo its batch.").format(file=path)
            )
        if allowed is not None and check_of(path) not in allowed:
            raise BadConfiguration(
                _("The call file {file} was changed after its import; put it back from a backup.").format(file=path)
            )
        return path

    def discard(self, batch_id: int) -> None:
        """Remove every file of a batch, whole or in part."""
        if self.folder.is_dir():
            self.path(batch_id).unlink(missing_ok=True)
            for part in self.folder.glob(f"calls-{batch_id:08d}.*.part"):
                part.unlink(missing_ok=True)
            sync(self.folder)

    def sweep_spills(self) -> None:
        """Remove the spill folders of processes that are gone."""
        for spill in self.folder.glob(SPILL_PREFIX + "*"):
            lock = locked(spill)
            if lock is not None:
                shutil.rmtree(spill, ignore_errors=True)
                os.close(lock)


def create_private(path: Path) -> int:
    """Return a handle to write an empty file that nobody can read but who may read its folder."""
    handle = os.open(path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY | os.O_NOFOLLOW, 0o600)
    os.fchmod(handle, access_of(path.parent).file_mode)
    return handle
