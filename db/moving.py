"""Creates the database that a site moves to, and says whether a database is sealed by a move.

A sealed database has a negative schema version, so no program opens it.
"""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import Connection
from sqlmodel import Session

from db import dialect
from db.access import FileAccess, sync
from db.engine import Database
from db.errors import DatabaseRefused, Refusal
from db.schema import VERSION, create_schema, known_version


def seal_of(path: Path) -> DatabaseRefused | None:
    """Return why a sealed database is refused: its site moved away, or is still moving to it.

    None means that there is no database at the path, or that it is not sealed.

    Raises:
        DatabaseRefused: If it is on a server that cannot be reached.
    """
    if not dialect.is_server(path) and not path.exists():
        return None
    with closing(Database(path)) as database:
        try:
            known_version(database)
        except DatabaseRefused as error:
            if error.refusal in {Refusal.MOVED, Refusal.MOVING}:
                return error
            if error.refusal is Refusal.UNREACHABLE:
                raise
    return None


def refuse_occupied(path: Path) -> None:
    """Refuse to move a site to where something else is.

    Raises:
        DatabaseRefused: If the file exists, or the database of the server is not empty or cannot be used.
    """
    if dialect.is_server(path):
        from db.dialects.postgresql.engine import refuse_unfit

        refuse_unfit(path)
    elif os.path.lexists(path):
        raise DatabaseRefused(Refusal.EXISTS, str(path))


def disable_idle_timeout(session: Session, path: Path) -> None:
    """Keep a server from ending a transaction that sends no statement for a while; a file has no such limit."""
    if dialect.is_server(path):
        session.connection().exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")


@contextmanager
def driver_errors(*paths: Path) -> Iterator[None]:
    """Raise DatabaseRefused for the errors of a server in the block; exactly one of the paths is a server's."""
    from db.dialects.postgresql.engine import driver_errors as errors

    with errors(next(filter(dialect.is_server, paths))):
        yield


@contextmanager
def filling(path: Path, access: FileAccess, origin: str, folder: Path | None) -> Iterator[Session]:
    """Yield a session in which a database gets its schema and all its rows; then it is sealed. All or nothing.

    A file is made in `folder`, and gets its path once it is complete. A database of a server needs no folder (None).
    An unfinished copy of the database at the path `origin`, which a killed attempt left, is replaced.

    Raises:
        DatabaseRefused: If something else is there, or the database cannot be created.
    """
    if folder is None:
        with _transaction(path, origin) as session:
            yield session
        if not path.exists():
            dialect.place_file(path, access)
        return
    draft = folder / path.name
    dialect.place_file(draft, access)
    with _transaction(draft, origin) as session:
        yield session
    sync(draft)
    if (seal := seal_of(path)) is not None and seal.detail == origin:
        dialect.remove_file(path)
    refuse_occupied(path)
    draft.rename(path)
    sync(path.parent)


@contextmanager
def _transaction(path: Path, origin: str) -> Iterator[Session]:
    with (
        closing(Database(path)) as database,
        dialect.changing_schema(database.writer) as connection,
        connection.begin(),
    ):
        if dialect.is_server(path):
            _remove_unfinished(connection, path, origin)
        create_schema(connection)
        with Session(connection) as session:
            yield session
            session.flush()
        dialect.stamp(connection, -VERSION)


def _remove_unfinished(connection: Connection, path: Path, origin: str) -> None:
    """Remove an unfinished copy from a server, under the lock of all writers."""
    from db.dialects.postgresql.engine import is_empty, remove_all

    if is_empty(connection):
        return
    where = dialect.place_of(path)
    if dialect.schema_version(connection, path) >= 0 or dialect.seal_of(connection, where).detail != origin:
        raise DatabaseRefused(Refusal.NOT_EMPTY, where)
    remove_all(connection)
