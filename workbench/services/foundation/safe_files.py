"""Creates files and waits until they are on the disk, and removes created folders again on failure."""

import contextlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO


def missing_parents(path: Path) -> list[Path]:
    """Return the parent folders of a path that do not exist, the innermost first."""
    return [folder for folder in path.absolute().parents if not os.path.lexists(folder)]


def remove_empty(folders: Sequence[Path]) -> None:
    """Remove folders, the innermost first; a folder that is not empty stays."""
    for folder in folders:
        with contextlib.suppress(OSError):
            folder.rmdir()


@contextlib.contextmanager
def new_parents(path: Path) -> Iterator[None]:
    """Remove the parent folders of a path that the block created, if the block fails."""
    missing = missing_parents(path)
    try:
        yield
    except BaseException:
        remove_empty(missing)
        raise


def sync(path: Path) -> None:
    """Wait until a file, or the entries of a folder, are on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextlib.contextmanager
def new_file(path: Path, mode: int = 0o600) -> Iterator[BinaryIO]:
    """Open a new file for writing, and wait until it is on the disk; an existing file or link is an error."""
    handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_NOFOLLOW, 0o600)
    with os.fdopen(handle, "wb") as file:
        os.fchmod(handle, mode)
        yield file
        file.flush()
        os.fsync(handle)
