"""The two engines of a database: a read-only one, and a writer that waits for the write lock."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

from sqlalchemy import Engine
from sqlmodel import Session

from db.dialects import sqlite
from db.errors import DatabaseRefused, Refusal


class Database:
    """One database. Any thread may read and write through it.

    With `schema`, a write is refused if the database has another schema, because another program upgraded it.
    """

    def __init__(self, path: Path, *, schema: int | None = None) -> None:
        self.path = path
        self.schema = schema

    @cached_property
    def reader(self) -> Engine:
        """The engine of all reads. Writing through it raises."""
        return sqlite.make_engine(self.path, query_only=True)

    @cached_property
    def writer(self) -> Engine:
        """The engine of all writes; each transaction begins IMMEDIATE."""
        return sqlite.make_engine(self.path, query_only=False)

    def read(self) -> Session:
        """Open a session that reads one snapshot of the database. It is closed when its block ends."""
        return Session(self.reader)

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Open a session that commits when the block ends, or rolls back if it raises.

        Raises:
            LockTimeout: If another process held the write lock for ten seconds.
            DatabaseRefused: If the schema changed since the database was opened.
        """
        with sqlite.write_lock(self.path), Session(self.writer) as session, session.begin():
            if self.schema is not None:
                found = sqlite.schema_version(session.connection(), self.path)
                if found != self.schema:
                    raise DatabaseRefused(Refusal.UPGRADED_WHILE_OPEN, str(self.path), f"{found} > {self.schema}")
            yield session

    def close(self) -> None:
        """Close all connections."""
        for name in ("reader", "writer"):
            engine = self.__dict__.pop(name, None)
            if engine is not None:
                engine.dispose()


def path_of(where: str) -> Path:
    """Return the file that a path or a sqlite URL names.

    Raises:
        DatabaseRefused: If the URL has another scheme, or the path names the home folder of an unknown user.
    """
    if where.startswith("sqlite:///"):
        return Path(where.removeprefix("sqlite:///"))
    if "://" in where:
        raise DatabaseRefused(Refusal.UNKNOWN_SCHEME, where.split("://", 1)[0])
    try:
        return Path(where).expanduser()
    except RuntimeError as error:
        raise DatabaseRefused(Refusal.NO_HOME, where) from error
