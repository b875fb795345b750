"""A folder that appears with everything in it, or not at all."""

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from workbench.errors import CannotCreate
from workbench.i18n import _
from workbench.services.foundation.rollback_folders import missing_above, remove_empty


class NewFolder:
    """A folder that is being filled under another name, for its owner only."""

    def __init__(self, draft: Path, target: Path) -> None:
        self.draft = draft
        self.target = target

    def file(self, name: str) -> int:
        """Return a handle to write a new file of the owner's own."""
        handle = os.open(self.draft / name, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_NOFOLLOW, 0o600)
        os.fchmod(handle, 0o600)
        return handle

    def take_place(self) -> None:
        """Put the folder where it belongs.

        Raises:
            CannotCreate: If something came there meanwhile.
        """
        try:
            _sync(self.draft)
            # An empty folder gives way, a full one does not.
            self.draft.rename(self.target)
            _sync(self.target.parent)
        except OSError as error:
            raise _failed(self.target, error) from error


def place_of(folder: Path) -> Path:
    """Return the whole path of a folder that somebody named, `~` included.

    Raises:
        CannotCreate: If it is in the home folder of somebody who has none.
    """
    try:
        return folder.expanduser().absolute()
    except RuntimeError as error:
        raise CannotCreate(
            _("{folder} is in no home folder of this host; nothing was written. Choose another.").format(folder=folder)
        ) from error


@contextmanager
def new_folder(target: Path) -> Iterator[NewFolder]:
    """Give a folder to fill; it goes away again unless it takes its place.

    Raises:
        CannotCreate: If something is there already, or the disk does not let us.
    """
    _check(target)
    draft = target.with_name(f".{target.name[:100]}.{secrets.token_hex(8)}.tmp")
    missing = missing_above(target)
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft.mkdir(mode=0o700)
        draft.chmod(0o700)
        yield NewFolder(draft, target)
    except OSError as error:
        raise _failed(target, error) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
        if not target.exists():
            remove_empty(missing)


def _check(target: Path) -> None:
    """Refuse a place where something of somebody is."""
    try:
        if target.is_symlink() or (target.exists() and not target.is_dir()):
            raise CannotCreate(_("{folder} is no folder; nothing was written. Choose another.").format(folder=target))
        if target.is_dir() and any(target.iterdir()):
            raise CannotCreate(
                _(
                    "{folder} is not empty; nothing was written, for nothing is ever overwritten. Choose another."
                ).format(folder=target)
            )
        if target.is_dir() and target.stat().st_uid != os.geteuid():
            raise CannotCreate(
                _("{folder} belongs to another user; nothing was written. Choose another.").format(folder=target)
            )
    except OSError as error:
        raise _failed(target, error) from error


def _failed(target: Path, error: OSError) -> CannotCreate:
    return CannotCreate(
        _("{folder} cannot be made: {cause}. Nothing was written; choose another place.").format(
            folder=target, cause=error.strerror or type(error).__name__
        )
    )


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
