"""Creates a folder that appears with all its files, or not at all."""

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import BinaryIO

from db.access import new_file, sync
from workbench.errors import CannotCreate
from workbench.i18n import _
from workbench.services.foundation.safe_files import missing_parents, remove_empty


class NewFolder:
    """A private folder that is filled under a temporary name."""

    def __init__(self, draft: Path, target: Path) -> None:
        self.draft = draft
        self.target = target

    def file(self, name: str) -> AbstractContextManager[BinaryIO]:
        """Create a private file in the folder to write."""
        return new_file(self.draft / name)

    def publish(self) -> None:
        """Move the folder to its path.

        Raises:
            CannotCreate: If something else was created there meanwhile.
        """
        try:
            sync(self.draft)
            # This replaces an empty folder, and fails if the folder has files.
            self.draft.rename(self.target)
            sync(self.target.parent)
        except OSError as error:
            raise _failed(self.target, error) from error


def absolute_path(folder: Path) -> Path:
    """Return the absolute path of a folder, with `~` expanded.

    Raises:
        CannotCreate: If `~` names a home folder that does not exist.
    """
    try:
        return folder.expanduser().absolute()
    except RuntimeError as error:
        raise CannotCreate(
            _("{folder} names a home folder that does not exist; nothing was written. Choose another folder.").format(
                folder=folder
            )
        ) from error


@contextmanager
def new_folder(target: Path) -> Iterator[NewFolder]:
    """Yield a folder to fill, which is removed at the end unless it was published.

    Raises:
        CannotCreate: If the path exists and is not an empty folder of this user, or cannot be written.
    """
    _check(target)
    draft = target.with_name(f".{target.name[:100]}.{secrets.token_hex(8)}.tmp")
    missing = missing_parents(target)
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
    """Check that the path does not exist, or is an empty folder of this user."""
    try:
        if target.is_symlink() or (target.exists() and not target.is_dir()):
            raise CannotCreate(
                _("{folder} is not a folder; nothing was written. Choose another folder.").format(folder=target)
            )
        if target.is_dir() and any(target.iterdir()):
            raise CannotCreate(
                _("{folder} is not empty; nothing was written. Choose another folder.").format(folder=target)
            )
        if target.is_dir() and target.stat().st_uid != os.geteuid():
            raise CannotCreate(
                _("{folder} belongs to another user; nothing was written. Choose another folder.").format(folder=target)
            )
    except OSError as error:
        raise _failed(target, error) from error


def _failed(target: Path, error: OSError) -> CannotCreate:
    return CannotCreate(
        _("{folder} cannot be created ({cause}); nothing was written. Choose another folder.").format(
            folder=target, cause=error.strerror or type(error).__name__
        )
    )
