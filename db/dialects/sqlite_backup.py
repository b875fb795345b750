"""A whole copy of a database that others may be reading, made beside it before its schema changes."""

import os
from pathlib import Path

from db.access import access_of
from db.dialects.sqlite import driver
from db.errors import DatabaseRefused, Refusal

_PAGES_AT_ONCE = 2_000


def copy_before_upgrade(path: Path, version: int) -> Path:
    """Copy a database beside itself and return the copy, whose name tells the schema; the caller holds the write lock.

    The copy has its own name only when it is whole and on the disk; an earlier one is never overwritten.

    Raises:
        DatabaseRefused: If the disk does not let us; nothing was changed then.
    """
    draft = path.with_name(f"{path.name}.schema-{version}.draft")
    try:
        draft.unlink(missing_ok=True)
        handle = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            os.fchmod(handle, access_of(path).file_mode)
        finally:
            os.close(handle)
        _copy(path, draft)
        copy = _free_name(path, version)
        draft.rename(copy)
        _sync(path.parent)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise DatabaseRefused(Refusal.CANNOT_CREATE, str(draft), error.strerror or "") from error
    return copy


def _copy(path: Path, draft: Path) -> None:
    """Copy page by page, and see that the copy is on the disk."""
    source = driver().connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    try:
        target = driver().connect(str(draft))
        try:
            source.backup(target, pages=_PAGES_AT_ONCE)
            # One file that stands alone: it may be carried away without what lies beside it.
            target.execute("PRAGMA journal_mode=DELETE").fetchone()
        finally:
            target.close()
    except driver().DatabaseError as error:
        raise OSError(None, str(error)) from error
    finally:
        source.close()
    handle = os.open(draft, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _free_name(path: Path, version: int) -> Path:
    """Return a name for the copy that nothing has yet."""
    name = path.with_name(f"{path.name}.schema-{version}.backup")
    number = 1
    while name.exists():
        number += 1
        name = path.with_name(f"{path.name}.schema-{version}-{number}.backup")
    return name


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
