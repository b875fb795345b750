"""Notices the commits of other programs in an SQLite database."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any

from sqlalchemy import Connection

from db.dialects import sqlite

_WRITE_WAIT_S = 0.5


class CommitWatch:
    """Tells, over its own connection, whether another program has committed; any thread may use it.

    A database that cannot be read now, because it is locked or gone, counts as unchanged.
    """

    def __init__(self, path: Path, key: bytes | None) -> None:
        self._path, self._key = path, key
        self._lock = Lock()
        self._connection: Any = None
        self._version: int | None = None
        self._is_changed = False

    def has_foreign_commit(self) -> bool:
        """Return whether another program has committed since the last call; the first call returns False."""
        if not self._lock.acquire(timeout=_WRITE_WAIT_S):
            # This program is writing. The next call says what happened meanwhile.
            return False
        try:
            self._note_foreign_commit()
            is_changed, self._is_changed = self._is_changed, False
            return is_changed
        finally:
            self._lock.release()

    @contextmanager
    def own_commit(self) -> Iterator[None]:
        """Do not report the commit of the block; the caller has the write lock, so nobody else commits."""
        with self._lock:
            self._note_foreign_commit()
            try:
                yield
            finally:
                self._version = self._data_version()

    def note_writer(self, connection: Connection) -> None:
        """Do not report the commits of a connection of this program, where the lock does not tell them apart."""

    def dispose(self) -> None:
        """Close the connection."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()

    def _note_foreign_commit(self) -> None:
        before, self._version = self._version, self._data_version()
        self._is_changed |= before is not None and before != self._version

    def _data_version(self) -> int | None:
        """Return a number that changes with each commit of another connection; the last one if it cannot be read."""
        try:
            if self._connection is None:
                self._connection = sqlite.connect(self._path, "rw", self._key)
                self._connection.isolation_level = None
                self._connection.execute("PRAGMA busy_timeout=0")
            return int(self._connection.execute("PRAGMA data_version").fetchone()[0])
        except sqlite.driver().Error:
            return self._version
