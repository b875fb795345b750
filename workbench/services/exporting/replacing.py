"""Puts a whole new file in place of an old one, or leaves everything as it was."""

import contextlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from workbench.errors import CannotCreate
from workbench.i18n import _


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Give a file of the owner's own beside the target, which takes its place when the block ends well.

    Raises:
        CannotCreate: If the folder or the disk does not let us; the target is as it was.
    """
    try:
        with _replacing(target) as draft:
            yield draft
    except OSError as error:
        raise CannotCreate(
            _("{file} cannot be written: {cause}. Nothing was changed; choose another place.").format(
                file=target, cause=error.strerror or type(error).__name__
            )
        ) from error


@contextmanager
def _replacing(target: Path) -> Iterator[Path]:
    if target.is_dir():
        raise IsADirectoryError(None, _("it is a folder"))
    draft = target.with_name(f".{target.name[:100]}.{secrets.token_hex(8)}.tmp")
    os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_NOFOLLOW, 0o600))
    try:
        yield draft
        _sync(draft)
        draft.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
        raise
    _sync(target.parent)


def _sync(path: Path) -> None:
    """Have the disk keep what was written to a file or folder."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
