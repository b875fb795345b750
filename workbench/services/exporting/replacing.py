"""Replaces a file by a new one that is complete, or leaves it unchanged."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from workbench.errors import CannotCreate
from workbench.i18n import _


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Open a draft beside a file, readable by its owner only, that replaces the file if the block succeeds.

    Raises:
        CannotCreate: If the folder or the disk refuses; the file is unchanged.
    """
    try:
        if target.is_dir():
            raise IsADirectoryError(None, _("it is a folder"))
        handle, name = tempfile.mkstemp(prefix=f".{target.name[:100]}.", suffix=".tmp", dir=target.parent.resolve())
        os.close(handle)
        draft = Path(name)
        try:
            yield draft
            _sync(draft)
            draft.replace(target)
        finally:
            with suppress(OSError):
                draft.unlink(missing_ok=True)
        _sync(target.parent)
    except OSError as error:
        raise CannotCreate(
            _("{file} cannot be written: {cause}. Nothing was changed; choose another place.").format(
                file=target, cause=error.strerror or type(error).__name__
            )
        ) from error


def _sync(path: Path) -> None:
    """Wait until the disk has stored a file or folder."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
