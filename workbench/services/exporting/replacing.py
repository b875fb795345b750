"""Replaces a file with a complete new one, or leaves it unchanged."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from workbench.errors import CannotCreate
from workbench.i18n import _
from workbench.services.foundation.safe_files import sync


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Yield the path of a draft, readable by its owner only, that replaces the file if the block succeeds.

    Raises:
        CannotCreate: If the draft cannot be written or cannot replace the file; the file is unchanged.
    """
    try:
        if target.is_dir():
            raise IsADirectoryError(None, _("it is a folder"))
        handle, name = tempfile.mkstemp(prefix=f".{target.name[:100]}.", suffix=".tmp", dir=target.parent.resolve())
        os.close(handle)
        draft = Path(name)
        try:
            yield draft
            sync(draft)
            draft.replace(target)
        finally:
            with suppress(OSError):
                draft.unlink(missing_ok=True)
        sync(target.parent)
    except OSError as error:
        raise CannotCreate(
            _("{file} cannot be written: {cause}. Nothing was changed; choose another place.").format(
                file=target, cause=error.strerror or type(error).__name__
            )
        ) from error
