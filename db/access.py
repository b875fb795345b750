"""File access of a database: private to its owner, or shared with one group of the host."""

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import Enum
from pathlib import Path
from typing import BinaryIO

FOLDER_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
"""The flags that open a folder, but not a link to one."""


class FileAccess(Enum):
    """The modes of a database's files and folders, independent of the umask."""

    PRIVATE = (0o600, 0o700)
    SHARED = (0o660, 0o2770)

    @property
    def file_mode(self) -> int:
        """The mode of a file."""
        return self.value[0]

    @property
    def folder_mode(self) -> int:
        """The mode of a folder; files made in a shared folder belong to its group."""
        return self.value[1]


def access_of(path: Path) -> FileAccess:
    """Return the access of a file or folder. New files beside the file, or in the folder, get the same access.

    A folder is shared only if its setgid bit gives new files to its group.
    """
    mode = path.stat().st_mode
    if stat.S_ISDIR(mode) and not mode & stat.S_ISGID:
        return FileAccess.PRIVATE
    return FileAccess.SHARED if mode & stat.S_IWGRP else FileAccess.PRIVATE


def inode_of(path: Path) -> tuple[int, int] | None:
    """Return the device and inode of a file or folder, None if it cannot be found."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def make_folder(folder: Path, access: FileAccess) -> bool:
    """Make a folder if it does not exist, and return whether it was made. An existing folder is not changed."""
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        return False
    folder.chmod(access.folder_mode)
    return True


def lock_handle(path: Path, access: FileAccess) -> int:
    """Open a lock file, creating it if needed.

    The file never exists with a wrong mode, so that all users of the database can open it.
    """
    while True:
        try:
            return os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
        except FileNotFoundError:
            _create_linked(path, access)


def _create_linked(path: Path, access: FileAccess) -> None:
    """Create an empty file under a temporary name, set its mode, then link it to its final name."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with suppress(FileExistsError), new_file(draft, access.file_mode):
            path.hardlink_to(draft)
    finally:
        draft.unlink(missing_ok=True)


@contextmanager
def new_file(path: Path, mode: int = 0o600, *, is_synced: bool = True) -> Iterator[BinaryIO]:
    """Open a new file for writing; an existing file or link is an error.

    When the block ends, the file is on the disk if `is_synced`. If the block fails, the file is removed.
    """
    handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            os.fchmod(handle, mode)
            yield file
            file.flush()
            if is_synced:
                os.fsync(handle)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def sync(path: Path) -> None:
    """Wait until a file, or the entries of a folder, are on the disk."""
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
