"""Opens files that come from elsewhere safely, and creates files that are complete and on the disk."""

import contextlib
import fcntl
import io
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from db.access import FOLDER_FLAGS, inode_of, sync
from workbench.errors import BadData, CannotCreate, NotFound, StorageFailed
from workbench.i18n import _

MAX_SHEET_ROWS = 1_048_575
"""The maximum number of rows of a sheet below its header."""

MAX_CELL_LENGTH = 32_767

_DRAFT_MARK = ".workbench-"
"""The mark in the names of draft folders: `.` and the name of the target before it, random characters after it."""

_IS_DRAFT = re.compile(rf"{re.escape(_DRAFT_MARK)}[a-z0-9_]{{8}}\Z")


class _RegularFile(io.FileIO):
    """A regular file that is read up to its size at the time of opening, even if it grows."""

    def __init__(self, handle: int) -> None:
        super().__init__(handle, "rb")
        self._size = os.fstat(handle).st_size

    def readinto(self, buffer: "bytearray | memoryview") -> int | None:  # type: ignore[override]  # any writable buffer
        return super().readinto(memoryview(buffer)[: max(0, self._size - self.tell())])

    # These methods of the base class call `readinto`; those of `FileIO` do not.
    read = io.RawIOBase.read  # type: ignore[assignment]  # a buffer asks for a number of bytes
    readall = io.RawIOBase.readall


def open_regular(path: Path, *, follow_links: bool = True, folder: int | None = None) -> io.BufferedReader:
    """Open a file that somebody else may change, in an open folder if given; it is read only up to its present size.

    Raises:
        NotFound: If there is no such file.
        BadData: If it is a folder, pipe or device.
        StorageFailed: If it cannot be opened.
    """
    flags = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | (0 if follow_links else os.O_NOFOLLOW)
    try:
        # Opening a pipe would wait for its writer; with O_NONBLOCK it opens at once and can be refused.
        handle = os.open(path, flags, dir_fd=folder)
    except (FileNotFoundError, NotADirectoryError, ValueError):
        raise NotFound(_("There is no file {path}; check the name.").format(path=path)) from None
    except OSError as error:
        message = _("{path} cannot be opened ({cause}); check its rights.")
        raise StorageFailed(message.format(path=path, cause=error.strerror)) from error
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise BadData(_("{path} is no regular file but a folder, pipe or device; name a file.").format(path=path))
    return reader_of(handle)


def reader_of(handle: int) -> io.BufferedReader:
    """Return a reader of an open regular file that reads it only up to its present size."""
    return io.BufferedReader(_RegularFile(handle))


def read_whole(path: Path, max_bytes: int) -> bytes:
    """Return the content of a file that somebody else may change.

    Raises:
        NotFound: If there is no such file.
        BadData: If it is a folder, pipe or device, or has more than `max_bytes` bytes.
        StorageFailed: If it cannot be read.
    """
    with open_regular(path) as file:
        try:
            content = file.read(max_bytes + 1)
        except OSError as error:
            raise StorageFailed(_("{path} cannot be read; check the disk.").format(path=path)) from error
    if len(content) > max_bytes:
        message = _("{path} is larger than {limit} MB; check whether it is the right file.")
        raise BadData(message.format(path=path, limit=max_bytes >> 20))
    return content


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnFiles:
    """The files of a database and its store, which no output may replace."""

    files: tuple[Path, ...]
    store: Path

    def refuse(self, target: Path) -> None:
        """Refuse an output path that names one of these files, or a pipe or device.

        Files and folders are compared by device and inode, so links do not matter; a file that does not exist yet, such
        as a journal, is compared by its folder and name.

        Raises:
            CannotCreate: If the path names one; nothing was written.
        """
        # Writing would replace a link itself, but a person who names a link means its target.
        if any(self._has(path) for path in (target.absolute(), Path(os.path.realpath(target)))):
            message = _("{file} belongs to the database itself. Nothing was written; choose another place.")
        elif target.exists() and not (target.is_file() or target.is_dir()):
            message = _("{file} is a pipe or device. Nothing was written; choose another place.")
        else:
            return
        raise CannotCreate(message.format(file=target))

    def _has(self, path: Path) -> bool:
        """Say whether a path is one of the files or in the store, by its inode or by its folder and name."""
        inode, store = inode_of(path), inode_of(self.store)
        if inode is not None and inode in map(inode_of, self.files):
            return True
        folder = inode_of(path.parent)
        if folder is not None and (folder, path.name) in [(inode_of(own.parent), own.name) for own in self.files]:
            return True
        if store is not None and store in map(inode_of, (path, *path.parents)):
            return True
        has_other_names = path.is_file() and path.stat().st_nlink > 1
        return has_other_names and inode in map(inode_of, self.store.rglob("*"))


def lock_folder(folder: Path) -> int | None:
    """Lock a folder and return the handle; None if another process holds the lock or the folder is gone.

    Raises:
        OSError: If the file system has no locks.
    """
    try:
        handle = os.open(folder, FOLDER_FLAGS)
    except (FileNotFoundError, PermissionError):
        # A folder that cannot be opened is being created by another member of the group.
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(handle)
        if isinstance(error, BlockingIOError):
            return None
        raise
    # Another process may have deleted the folder between opening and locking.
    if not folder.exists():
        os.close(handle)
        return None
    return handle


def unlocked(folders: Iterable[Path]) -> Iterator[Path]:
    """Yield each folder that no living process has locked, and keep it locked until the next one."""
    for folder in folders:
        with contextlib.suppress(OSError):
            if (lock := lock_folder(folder)) is not None:
                try:
                    yield folder
                finally:
                    os.close(lock)


def delete_unlocked(folders: Iterable[Path]) -> None:
    """Delete the folders that no process has locked."""
    for folder in unlocked(folders):
        shutil.rmtree(folder, ignore_errors=True)


def draft_folders(parent: Path) -> list[Path]:
    """Return the draft folders of this user in a folder; each is locked while the process that made it lives."""
    found = (folder for folder in sorted(parent.glob(f".*{_DRAFT_MARK}*")) if _IS_DRAFT.search(folder.name))
    return [folder for folder in found if _is_own_private_folder(folder)]


def _is_own_private_folder(path: Path) -> bool:
    """Say whether a path is a folder that only this user can open; False if it no longer exists."""
    try:
        status = path.lstat()
    except FileNotFoundError:
        return False
    return status.st_uid == os.geteuid() and stat.S_ISDIR(status.st_mode) and not status.st_mode & 0o077


@contextlib.contextmanager
def draft_folder(target: Path) -> Iterator[Path]:
    """Yield a new private folder beside a file or folder, and delete it with its content when the block ends.

    The draft folders that killed processes of this user left there are deleted first.

    Raises:
        OSError: If it cannot be created.
    """
    parent = target.parent.resolve()
    delete_unlocked(draft_folders(parent))
    while True:
        # A file name has at most 255 bytes, and a character has up to four.
        folder = Path(tempfile.mkdtemp(prefix=f".{target.name[:30]}{_DRAFT_MARK}", dir=parent))
        try:
            lock = lock_folder(folder)
        except OSError:
            # On a file system without locks, `delete_unlocked` skips the folder.
            lock = None
            break
        if lock is not None:
            break
        # Another process holds the lock to check whether a killed process left the folder, and may delete it.
        with contextlib.suppress(OSError):
            folder.rmdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if lock is not None:
            os.close(lock)


@contextlib.contextmanager
def replacing(target: Path, own_files: OwnFiles) -> Iterator[Path]:
    """Yield the path of a draft in a private folder; the draft replaces the file if the block succeeds.

    Raises:
        CannotCreate: If the file is one of our own, or the draft cannot be written or cannot replace it; the file is
            unchanged.
    """
    own_files.refuse(target)
    try:
        if target.is_dir():
            raise IsADirectoryError(None, _("it is a folder"))
        with draft_folder(target) as folder:
            draft = folder / "draft"
            draft.touch(mode=0o600)
            yield draft
            sync(draft)
            draft.replace(target)
        sync(target.parent)
    except OSError as error:
        raise cannot_write(target, error) from error


def cannot_write(path: Path, error: OSError) -> CannotCreate:
    """Return the error for a file that cannot be written."""
    message = _("{file} cannot be written: {cause}. Nothing was changed; choose another place.")
    return CannotCreate(message.format(file=path, cause=error.strerror or type(error).__name__))


@contextlib.contextmanager
def new_workbook(path: Path) -> Iterator[Any]:
    """Yield an Excel workbook that is written row by row; its temporary files are in the folder of the draft.

    Raises:
        CannotCreate: If it cannot be written.
    """
    import xlsxwriter
    from xlsxwriter.exceptions import XlsxFileError

    workbook = xlsxwriter.Workbook(
        str(path),
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "tmpdir": str(path.parent),
        },
    )
    try:
        yield workbook
    except BaseException:
        # Close the workbook to release its open files; the caller deletes the incomplete file.
        with contextlib.suppress(XlsxFileError, OSError):
            workbook.close()
        raise
    try:
        workbook.close()
    except XlsxFileError as error:
        raise CannotCreate(_("The sheet cannot be written: {cause}.").format(cause=error)) from error


def missing_parents(path: Path) -> list[Path]:
    """Return the parent folders of a path that do not exist, the innermost first."""
    return [folder for folder in path.absolute().parents if not os.path.lexists(folder)]


@contextlib.contextmanager
def new_parents(path: Path) -> Iterator[None]:
    """Remove the parent folders of a path that the block created, if the block fails."""
    missing = missing_parents(path)
    try:
        yield
    except BaseException:
        for folder in missing:
            with contextlib.suppress(OSError):
                folder.rmdir()
        raise
