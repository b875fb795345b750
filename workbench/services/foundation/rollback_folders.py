"""Folders that are made on the way to a place, and go away again when nothing comes of it."""

import contextlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path


def missing_above(place: Path) -> list[Path]:
    """Return the folders that would have to be made for a place, the innermost first."""
    return [folder for folder in place.absolute().parents if not os.path.lexists(folder)]


def take_away(folders: Sequence[Path]) -> None:
    """Take folders away, the innermost first; one that somebody put something into stays."""
    for folder in folders:
        with contextlib.suppress(OSError):
            folder.rmdir()


@contextlib.contextmanager
def made_for(place: Path) -> Iterator[None]:
    """Let folders be made for a place; if what is done there fails, those that were not there before go away."""
    missing = missing_above(place)
    try:
        yield
    except BaseException:
        take_away(missing)
        raise
