"""The files of the call store: one Parquet file per batch, and the parts of one that is being written."""

import os
import re
import shutil
from collections.abc import Collection, Container, Iterator
from pathlib import Path

from db.access import access_of
from workbench.errors import StorageFailed
from workbench.i18n import _
from workbench.services.calls.engine import SPILL_PREFIX, locked

_PUBLISHED = re.compile(r"calls-([0-9]{8,})\.parquet")
_PART = re.compile(r"calls-([0-9]{8,})\.(?:csv|parquet)\.part")


class CallFiles:
    """The folder of call files, and their names."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, batch_id: int) -> Path:
        """Return where the calls of a batch lie once they are whole."""
        return self.folder / f"calls-{batch_id:08d}.parquet"

    def part(self, batch_id: int, suffix: str) -> Path:
        """Return where a batch is being written; `suffix` is csv or parquet."""
        return self.folder / f"calls-{batch_id:08d}.{suffix}.part"

    def paths(self, batch_ids: Collection[int]) -> list[Path]:
        """Return the files of batches.

        Raises:
            StorageFailed: If one is missing.
        """
        paths = [self.path(batch_id) for batch_id in sorted(set(batch_ids))]
        for path in paths:
            if not path.exists():
                raise StorageFailed(
                    _("The call file {file} is missing; put it back from a backup, or undo its batch.").format(
                        file=path
                    )
                )
        return paths

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


def sync(path: Path) -> None:
    """Make a file, or the names in a folder, outlive a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
