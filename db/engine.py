"""The engines of a database: a read-only one, and writers that wait for the write lock."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event
from sqlmodel import Session

from db import dialect
from db.access import inode_of
from db.dialects.changes import READS_VERSION
from db.dialects.server_address import remember_address
from db.dialects.sqlite_watch import CommitWatch
from db.errors import DatabaseRefused, Refusal, TextRefused

_WITH_CONNECTIONS = ("reader", "writer", "bulk_writer", "_watch")


def _refuse_nul(_connection: object, _cursor: object, sql: str, values: Any, _context: object, is_many: bool) -> None:  # noqa: FBT001 - the signature is SQLAlchemy's
    if "\0" in sql:
        raise TextRefused
    for row in values if is_many and isinstance(values, list) else (values,):
        for value in row.values() if isinstance(row, dict) else row:
            if isinstance(value, str) and "\0" in value:
                raise TextRefused


class Database:
    """One database. Any thread may read and write through it.

    With `schema`, a write is refused if a newer program upgraded the database to a schema that a program of this schema
    may not use.
    Reads and writes are refused once the path names another file, or none. An encrypted database has a `key`.
    """

    def __init__(self, path: Path, *, schema: int | None = None, key: bytes | None = None) -> None:
        self.path = path
        self.schema = schema
        self.key = key
        self._inode = inode_of(path)

    def __getstate__(self) -> dict[str, object]:
        """Return the state without what has connections, which cannot be used in another process."""
        state = {name: value for name, value in self.__dict__.items() if name not in _WITH_CONNECTIONS}
        return {**state, "_address": dialect.address_of(self.path)}

    def __setstate__(self, state: dict[str, object]) -> None:
        self.__dict__.update(state)
        if address := self.__dict__.pop("_address"):
            remember_address(self.path, address)

    @cached_property
    def reader(self) -> Engine:
        """The engine of all reads. Writing through it raises."""
        return dialect.make_engine(self.path, self.key, query_only=True)

    @cached_property
    def writer(self) -> Engine:
        """The engine of all writes; each transaction waits for all others, and notes which rows it changes."""
        return self._writing_engine()

    @cached_property
    def bulk_writer(self) -> Engine:
        """The engine for rows that stay invisible until a later commit of `writer`, which makes them durable."""
        return self._writing_engine(is_bulk=True)

    def _writing_engine(self, *, is_bulk: bool = False) -> Engine:
        engine = dialect.make_engine(self.path, self.key, is_bulk=is_bulk)
        event.listen(engine, "before_cursor_execute", _refuse_nul)
        if self.schema is not None:
            # Set in place, because an engine that `execution_options` returns runs the listeners of two engines.
            engine.update_execution_options(**{READS_VERSION: True})
        return engine

    @cached_property
    def _watch(self) -> CommitWatch:
        return dialect.make_watch(self.path, self.key)

    @property
    def files(self) -> tuple[Path, ...]:
        """The paths of the database and the files beside it, for the path as given and for the target of a link."""
        return (*dialect.files_of(self.path), *dialect.files_of(self.path.resolve()))

    def read(self) -> Session:
        """Open a session that reads one snapshot of the database. It is closed when its block ends.

        Raises:
            DatabaseRefused: If the file was replaced or removed since the database was opened.
        """
        self._check_in_place()
        return Session(self.reader)

    @contextmanager
    def write(self, *, is_bulk: bool = False, wait_s: float | None = None) -> Iterator[Session]:
        """Open a session that commits when the block ends, or rolls back if it raises.

        It waits `wait_s` seconds for the write lock, ten by default.

        Use `is_bulk` only for rows that stay invisible until a later commit of another session, or that the next start
        of the program would write again.

        Raises:
            LockTimeout: If another process held the write lock for all this time.
            TextRefused: If a text has a NUL.
            DatabaseRefused: If the schema changed, or the file was replaced or removed, since the database was opened.
        """
        self._check_in_place()
        engine = self.bulk_writer if is_bulk else self.writer
        if wait_s is not None:
            # On a server, the transaction itself waits for the lock when it begins.
            engine = engine.execution_options(wait_s=wait_s)
        with self._turn_to_write(wait_s), Session(engine) as session, session.begin():
            if self.schema is not None:
                version = dialect.schema_version(session.connection(), self.path)
                if version < 0:  # sealed
                    raise dialect.seal_of(session.connection(), dialect.place_of(self.path))
                if version != self.schema and dialect.oldest_program(session.connection(), version) > self.schema:
                    raise DatabaseRefused(
                        Refusal.UPGRADED_WHILE_OPEN, dialect.place_of(self.path), f"{version} > {self.schema}"
                    )
            if "_watch" in self.__dict__:
                self._watch.note_writer(session.connection())
            yield session
            self._check_in_place()

    def compact(self) -> bool:
        """Rewrite the database so that no deleted data is left in it; return whether that succeeded.

        Other writers wait, about a second for 100 MB. Readers of an older state can keep deleted data in the WAL file.

        Raises:
            LockTimeout: If another process held the write lock for ten seconds.
            DatabaseRefused: If the file was replaced or removed since the database was opened.
        """
        self._check_in_place()
        with self._turn_to_write():
            return dialect.compact(self.path, self.writer)

    def is_changed_elsewhere(self) -> bool:
        """Return whether another program has committed since the last call, which this call therefore answers once.

        It is False if that cannot be read now.
        """
        return self._watch.has_foreign_commit()

    @contextmanager
    def _turn_to_write(self, wait_s: float | None = None) -> Iterator[None]:
        """Wait for the write lock; `is_changed_elsewhere` does not report the commit of the block."""
        is_watched = "_watch" in self.__dict__
        with dialect.write_lock(self.path, wait_s), self._watch.own_commit() if is_watched else nullcontext():
            yield

    def _check_in_place(self) -> None:
        """Refuse to continue if the path no longer names the file that was opened; writes would be lost."""
        if inode_of(self.path) != self._inode:
            raise DatabaseRefused(Refusal.REPLACED, str(self.path))

    def close(self) -> None:
        """Close all connections."""
        for name in _WITH_CONNECTIONS:
            opened = self.__dict__.pop(name, None)
            if opened is not None:
                opened.dispose()
