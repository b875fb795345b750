"""Notices the commits of other programs in a database on a server, which tells them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from db.dialects.postgresql.connection import ServerConnection
from db.dialects.sqlite_watch import CommitWatch
from db.errors import DatabaseRefused


class ServerWatch(CommitWatch):
    """Tells whether another program has appended to the log of a database on a server.

    It listens on its own connection, so that asking costs the server nothing.
    """

    def __init__(self, path: Path, key: bytes | None) -> None:
        super().__init__(path, key)
        self._own: set[int] = set()
        """The processes of the server that write for this program."""

    def has_foreign_commit(self) -> bool:
        with self._lock:
            try:
                # A change that was told while nobody listened is not told again.
                was_deaf = self._listen()
                return any(told.pid not in self._own for told in self._connection.notifies(timeout=0)) or was_deaf
            except (psycopg.Error, OperationalError, DatabaseRefused):
                return False

    @contextmanager
    def own_commit(self) -> Iterator[None]:
        """Leave the commit of the block to `note_writer`."""
        yield

    def note_writer(self, connection: Connection) -> None:
        self._own.add(connection.connection.driver_connection.info.backend_pid)  # type: ignore[union-attr]  # it is open

    def _listen(self) -> bool:
        """Listen if no connection does; return whether one did before."""
        was_listening = self._connection is not None
        if was_listening and not self._connection.closed:
            return False
        # After a restart, other processes of the server may have these numbers.
        self._own.clear()
        self._connection = ServerConnection.of(self._path)
        self._connection.execute("LISTEN workbench")
        return was_listening
