"""Folders that are created on the way to a path and removed again on failure, and synced to the disk."""

import contextlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path


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
