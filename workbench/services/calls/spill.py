"""The folders in which DuckDB keeps what does not fit into memory, each locked as long as its process lives."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from db.access import access_of, make_folder

SPILL_PREFIX = "spill-"


def make_call_folder(folder: Path) -> None:
    """Make the folder of the call records if it is not there, for whom the folder above it is."""
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    make_folder(folder, access_of(folder.parent))


@contextmanager
def spill_folder(folder: Path) -> Iterator[Path]:
    """Make a locked folder for what does not fit into memory, and remove it afterwards, and what was made for it."""
    is_new = not folder.exists()
    make_call_folder(folder)
    while True:
        spill = Path(tempfile.mkdtemp(prefix=SPILL_PREFIX, dir=folder))
        # Whoever sweeps after a killed import may be another of the group.
        spill.chmod(access_of(folder).folder_mode)
        lock = locked(spill)
        if lock is not None:
            break
    try:
        yield spill
    finally:
        shutil.rmtree(spill, ignore_errors=True)
        os.close(lock)
        if is_new:
            with suppress(OSError):
                folder.rmdir()


def locked(spill: Path) -> int | None:
    """Return a handle that holds the lock of a spill folder, or None if another has it or it is gone."""
    try:
        handle = os.open(spill, os.O_RDONLY | os.O_DIRECTORY)
    except (FileNotFoundError, PermissionError):
        # One that cannot be opened yet is just being made by another member of the group.
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return None
    # Between opening and locking a sweep may have taken the folder away.
    if not spill.exists():
        os.close(handle)
        return None
    return handle
