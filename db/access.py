"""Who may read the files of a database: who made it alone, or one group of the host."""

import os
import secrets
import stat
from enum import Enum
from pathlib import Path


class Access(Enum):
    """The modes of files and folders; they hold whatever the umask is."""

    PRIVATE = (0o600, 0o700)
    SHARED = (0o660, 0o2770)

    @property
    def file_mode(self) -> int:
        """The mode of a file."""
        return self.value[0]

    @property
    def folder_mode(self) -> int:
        """The mode of a folder; what is made in a shared one belongs to its group."""
        return self.value[1]


def access_of(path: Path) -> Access:
    """Return the access of an existing file or folder, which what is made beside or in it has too."""
    mode = path.stat().st_mode
    is_inherited = not stat.S_ISDIR(mode) or mode & stat.S_ISGID
    return Access.SHARED if mode & stat.S_IWGRP and is_inherited else Access.PRIVATE


def make_folder(folder: Path, access: Access) -> bool:
    """Make a folder if it is not there, and say whether it was made; one that is there stays as it is."""
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        return False
    folder.chmod(access.folder_mode)
    return True


def lock_handle(path: Path, access: Access) -> int:
    """Return a handle on a lock file, which is made with its mode or not at all, so that everybody can open it."""
    while True:
        try:
            return os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
        except FileNotFoundError:
            _place(path, access)


def _place(path: Path, access: Access) -> None:
    """Make an empty file under another name and give it its own when its mode is right."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        os.fchmod(handle, access.file_mode)
        path.hardlink_to(draft)
    except FileExistsError:
        return
    finally:
        os.close(handle)
        draft.unlink()
