"""Creates files that are on the disk when they are complete, and folders that are removed again on failure."""

import contextlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO


def missing_above(path: Path) -> list[Path]:
    """Return the parent folders of a path that do not exist, the innermost first."""
    return [folder for folder in path.absolute().parents if not os.path.lexists(folder)]


def remove_empty(folders: Sequence[Path]) -> None:
    """Remove folders, the innermost first; one that is not empty stays."""
    for folder in folders:
        with contextlib.suppress(OSError):
            folder.rmdir()


@contextlib.contextmanager
def new_parents(path: Path) -> Iterator[None]:
    """Let the block create parent folders of a path; if the block fails, those it created are removed."""
    missing = missing_above(path)
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
    """Yield a new file to write, which is on the disk at the end; an existing file or link is an error."""
    handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_NOFOLLOW, 0o600)
    with os.fdopen(handle, "wb") as file:
        os.fchmod(handle, mode)
        yield file
        file.flush()
        os.fsync(handle)
