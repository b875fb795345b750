"""The files of the call store: one Parquet file per batch, and the parts of one that is being written."""

import hashlib
import os
import re
import shutil
from collections.abc import Collection, Container, Iterator, Mapping
from pathlib import Path

from db.access import access_of, sync
from workbench.errors import BadConfiguration, StorageFailed
from workbench.i18n import _
from workbench.services.calls.engine import SPILL_PREFIX, failures_told, locked
from workbench.services.foundation.safe_files import open_regular

_PUBLISHED = re.compile(r"calls-([0-9]{8,})\.parquet")
_PART = re.compile(r"calls-([0-9]{8,})\.(?:csv|parquet)\.part")


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
            with failures_told(path.parent):
                _known[key] = status.st_size, hashlib.file_digest(file, "sha256").hexdigest()
        return _known[key]


class CallFiles:
    """The folder of call files, and their names; `checks` are the check values of batches, as their rows have them."""

    def __init__(self, folder: Path, checks: Mapping[int, CallFileCheck]) -> None:
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
        path, check = self.path(batch_id), self._checks.get(batch_id)
        if not path.exists():
            raise StorageFailed(
                _("The call file {file} is missing; put it back from a backup, or undo its batch.").format(file=path)
            )
        if check is not None and check_of(path) != check:
            raise BadConfiguration(
                _("The call file {file} was changed after its import; put it back from a backup.").format(file=path)
            )
        return path

    def batches(self) -> set[int]:
        """Return the batches that have a file here, whole or in part."""
        return {batch_id for batch_id, _path in self._named(_PUBLISHED, _PART)}

    def discard(self, batch_id: int) -> list[Path]:
        """Remove every file of a batch, and return what was removed."""
        return self._remove(path for owner, path in self._named(_PUBLISHED, _PART) if owner == batch_id)

    def sweep(self, keep: Container[int], live: Container[int]) -> list[Path]:
        """Remove what dead imports left, and return what was removed.

        That is: parts of batches that are not `live`, files of batches neither in `keep` nor `live`, and
        spill folders whose process is gone. Both are asked for one batch at a time, just before its files go,
        so they may try a lock instead of holding a list.
        """
        parts = (path for batch_id, path in self._named(_PART) if batch_id not in live)
        files = (path for batch_id, path in self._named(_PUBLISHED) if batch_id not in keep and batch_id not in live)
        return [*self._remove(parts), *self._remove(files), *self._sweep_spills()]

    def _named(self, *patterns: re.Pattern[str]) -> Iterator[tuple[int, Path]]:
        """Yield the batch and path of each file with such a name; other files are not ours."""
        if not self.folder.is_dir():
            return
        for path in sorted(self.folder.iterdir()):
            for pattern in patterns:
                if name := pattern.fullmatch(path.name):
                    yield int(name[1]), path

    def _remove(self, paths: Iterator[Path]) -> list[Path]:
        removed = []
        for path in paths:
            path.unlink(missing_ok=True)
            removed.append(path)
        if removed:
            sync(self.folder)
        return removed

    def _sweep_spills(self) -> list[Path]:
        removed = []
        for spill in sorted(self.folder.glob(SPILL_PREFIX + "*")):
            lock = locked(spill)
            if lock is not None:
                shutil.rmtree(spill, ignore_errors=True)
                os.close(lock)
                removed.append(spill)
        return removed


def create_private(path: Path) -> int:
    """Return a handle to write an empty file that nobody can read but who may read its folder."""
    handle = os.open(path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY | os.O_NOFOLLOW, 0o600)
    os.fchmod(handle, access_of(path.parent).file_mode)
    return handle
