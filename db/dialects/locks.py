"""The locks of a database: files beside a SQLite file, or locks of a server that hold for all hosts."""

from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from db.dialects import sqlite_lock
from db.dialects.server_address import is_server


def write_lock(path: Path, wait_s: float | None = None) -> AbstractContextManager[None]:
    """Wait for the write lock of a database, for ten seconds by default. On a server, a transaction does that itself.

    Raises:
        LockTimeout: If another process held the lock for all this time.
    """
    return nullcontext() if is_server(path) else sqlite_lock.write_lock(path, wait_s)


def upgrade_lock(path: Path) -> AbstractContextManager[None]:
    """Wait for the lock under which one process upgrades the schema, for ten seconds.

    Raises:
        LockTimeout: If another process held the lock for all this time.
    """
    if is_server(path):
        from db.dialects.postgresql import engine

        return engine.upgrade_lock(path)
    return sqlite_lock.write_lock(path)


def try_lock(path: Path, lock: Path) -> AbstractContextManager[bool]:
    """Lock what a file stands for during the block, and yield whether it was locked; False means that another has it.

    For a database on a server, whose processes may be on many hosts, the server locks the name of the file.
    """
    if is_server(path):
        from db.dialects.postgresql import engine

        return engine.try_lock(path, lock.name)
    return sqlite_lock.try_lock(lock)
