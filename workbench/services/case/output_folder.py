"""Creates a folder that appears with all its files, or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from db.access import sync
from workbench.errors import CannotCreate
from workbench.i18n import _
from workbench.services.foundation.safe_files import OwnFiles, draft_folder, new_parents


def absolute_path(folder: Path) -> Path:
    """Return the absolute path of a folder, with `~` expanded.

    Raises:
        CannotCreate: If `~` names a home folder that does not exist.
    """
    try:
        return folder.expanduser().absolute()
    except RuntimeError as error:
        message = _("{folder} names a home folder that does not exist; nothing was written. Choose another folder.")
        raise CannotCreate(message.format(folder=folder)) from error


def suggested_path(name: str, otherwise: Path) -> Path:
    """Return the path of a new file or folder below the user's downloads folder, or else below another folder."""
    import platformdirs

    downloads = Path(platformdirs.user_downloads_dir())
    first = (downloads if downloads.is_dir() else otherwise) / name
    numbered = (first.with_name(f"{first.stem}-{number}{first.suffix}") for number in range(2, 1000))
    return next((path for path in (first, *numbered) if not path.exists()), first)


@contextmanager
def new_folder(target: Path, own_files: OwnFiles) -> Iterator[Path]:
    """Yield a private folder under a temporary name to fill, which moves to its path if the block succeeds.

    Raises:
        CannotCreate: If the path exists and is not an empty folder of this user, or cannot be written.
    """
    own_files.refuse(target)
    _check(target)
    try:
        with new_parents(target):
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with draft_folder(target) as folder:
                draft = folder / "draft"
                draft.mkdir(mode=0o700)
                draft.chmod(0o700)
                yield draft
                sync(draft)
                # This replaces an empty folder, and fails if the folder has files.
                draft.rename(target)
            sync(target.parent)
    except OSError as error:
        raise _failed(target, error) from error


def _check(target: Path) -> None:
    """Check that the path does not exist, or is an empty folder of this user."""
    try:
        if target.is_symlink() or (target.exists() and not target.is_dir()):
            message = _("{folder} is not a folder; nothing was written. Choose another folder.")
        elif target.is_dir() and any(target.iterdir()):
            message = _("{folder} is not empty; nothing was written. Choose another folder.")
        elif target.is_dir() and target.stat().st_uid != os.geteuid():
            message = _("{folder} belongs to another user; nothing was written. Choose another folder.")
        else:
            return
    except OSError as error:
        raise _failed(target, error) from error
    raise CannotCreate(message.format(folder=target))


def _failed(target: Path, error: OSError) -> CannotCreate:
    message = _("{folder} cannot be created ({cause}); nothing was written. Choose another folder.")
    return CannotCreate(message.format(folder=target, cause=error.strerror or type(error).__name__))
