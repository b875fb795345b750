"""A whole copy of a database that others may be reading, made beside it before its schema changes."""

import os
import stat
from itertools import count
from pathlib import Path

from db.access import access_of
from db.dialects.sqlite import driver
from db.errors import DatabaseRefused, Refusal

_PAGES_AT_ONCE = 2_000
_HEADER_BYTES = 100
_BYTES_AT_ONCE = 1 << 20


def copy_before_upgrade(path: Path, version: int) -> Path:
    """Copy a database beside itself and return the copy, whose name tells the schema; the caller holds the write lock.

    The copy has its own name only when it is whole and on the disk; an earlier one is never overwritten. One that
    holds the same, of a start that then failed, stands for the new one: each holds what is known of persons.

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
        for number in count(1):
            copy = _numbered(path, version, number)
            if not copy.exists():
                draft.rename(copy)
                break
            if _holds_the_same(copy, draft):
                draft.unlink()
                break
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


def _numbered(path: Path, version: int, number: int) -> Path:
    which = f"{version}" if number == 1 else f"{version}-{number}"
    return path.with_name(f"{path.name}.schema-{which}.backup")


def _holds_the_same(one: Path, other: Path) -> bool:
    """Say whether two copies are the same, but for how often their originals were written to.

    One that was locked away from us is another.
    """
    try:
        return _are_equal(one, other)
    except PermissionError:
        return False


def _are_equal(one: Path, other: Path) -> bool:
    if not stat.S_ISREG(one.lstat().st_mode) or one.stat().st_size != other.stat().st_size:
        return False
    with one.open("rb") as first, other.open("rb") as second:
        if _without_counts(first.read(_HEADER_BYTES)) != _without_counts(second.read(_HEADER_BYTES)):
            return False
        while part := first.read(_BYTES_AT_ONCE):
            if part != second.read(_BYTES_AT_ONCE):
                return False
    return True


def _without_counts(header: bytes) -> bytes:
    """Return a header without its change counter and the version that this is valid for (SQLite, file format 1.3)."""
    return header[:24] + header[28:92] + header[96:]


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
