"""Copies a database that may be in use: for a backup, and next to the original before its schema is upgraded."""

import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager
from hashlib import file_digest, sha256
from itertools import count
from pathlib import Path

from db.access import access_of, new_file, sync
from db.dialects.sqlite import connect, driver, is_damage
from db.errors import DatabaseRefused, Refusal

_HEADER_BYTES = 100


def copy_before_upgrade(path: Path, version: int, key: bytes | None = None) -> Path:
    """Back up a database and return the copy, named after its schema. The caller must hold the write lock.

    The copy gets its name once it is complete and synced. An earlier backup is never overwritten; an identical one,
    left by an upgrade that failed, is reused, since each backup contains personal data.

    Raises:
        DatabaseRefused: If the database is damaged, or the copy cannot be written; the database is unchanged.
    """
    temporary = path.with_name(f"{path.name}.schema-{version}.draft")
    try:
        temporary.unlink(missing_ok=True)
        with new_file(temporary, access_of(path).file_mode):
            copy_in_use(path, temporary, key)
        for number in count(1):
            copy = _numbered(path, version, number)
            if not copy.exists():
                temporary.rename(copy)
                break
            if _is_same_backup(copy, temporary):
                temporary.unlink()
                break
        sync(path.parent)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise DatabaseRefused(Refusal.CANNOT_CREATE, str(temporary), error.strerror or "") from error
    return copy


def copy_in_use(path: Path, copy: Path, key: bytes | None = None) -> None:
    """Copy one snapshot of a database into a single file, while others write, and sync the copy to the disk.

    The copy of an encrypted database is encrypted with the same key.

    Raises:
        DatabaseRefused: If the database is damaged.
        OSError: If the copy cannot be written.
    """
    with (
        _translated_errors(path),
        closing(connect(path, "ro", key)) as source,
        closing(connect(copy, "rwc", key)) as target,
    ):
        # In one step: between steps, each write of another process would start the copy again.
        source.backup(target)
        # A single file, which can be moved without WAL files.
        target.execute("PRAGMA journal_mode=DELETE").fetchone()
    sync(copy)


def copy_with_key(path: Path, key: bytes | None, copy: Path, new_key: bytes) -> None:
    """Copy a database to a new file, encrypted with another key, and sync the copy.

    Nobody may write to the database meanwhile.

    Raises:
        DatabaseRefused: If the database is damaged.
        OSError: If the copy cannot be written.
    """
    with _translated_errors(path), closing(connect(path, "rw", key)) as source:
        # A database cannot be attached within a transaction, so the driver must not begin one.
        source.isolation_level = None
        source.execute(f"ATTACH DATABASE ? AS fresh KEY \"x'{new_key.hex()}'\"", (str(copy),))
        source.execute("SELECT sqlcipher_export('fresh')").fetchall()
        for pragma in ("application_id", "user_version"):
            [value] = source.execute(f"PRAGMA main.{pragma}").fetchone()
            source.execute(f"PRAGMA fresh.{pragma} = {value}")
        source.execute("DETACH DATABASE fresh")
    sync(copy)


@contextmanager
def _translated_errors(path: Path) -> Iterator[None]:
    """Raise DatabaseRefused for the driver's errors about a damaged database, and OSError for all others."""
    try:
        yield
    except driver().DatabaseError as error:
        if is_damage(str(error)):
            raise DatabaseRefused(Refusal.DAMAGED, str(path), str(error)) from error
        raise OSError(None, str(error)) from error


def _numbered(path: Path, version: int, number: int) -> Path:
    which = f"{version}" if number == 1 else f"{version}-{number}"
    return path.with_name(f"{path.name}.schema-{which}.backup")


def _is_same_backup(one: Path, other: Path) -> bool:
    """Say whether two backups are equal, ignoring their change counters.

    A backup that we may not read counts as different.
    """
    try:
        return stat.S_ISREG(one.lstat().st_mode) and _digest(one) == _digest(other)
    except PermissionError:
        return False


def _digest(backup: Path) -> bytes:
    """Return a digest of a backup without its change counter and version-valid-for number (SQLite file format, 1.3)."""
    with backup.open("rb") as file:
        header = file.read(_HEADER_BYTES)
        digest = sha256(header[:24] + header[28:92] + header[96:])
        file_digest(file, lambda: digest)
    return digest.digest()
