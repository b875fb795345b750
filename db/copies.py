"""Copies a database to a single file for a backup, and makes a database of such a file again.

The copy of a file is a file of SQLite. That of a database on a server is what PostgreSQL's own program writes.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlmodel import Session

from db import dialect
from db.access import FileAccess
from db.dialects import server_address
from db.engine import Database
from db.errors import DatabaseRefused, Refusal
from db.logins import session_login

_DUMP = b"PGDMP"


@contextmanager
def snapshot_copy(database: Database, copy: Path) -> Iterator[Session]:
    """Copy one snapshot of a database to a file while others write, and yield a session that reads this snapshot.

    Raises:
        DatabaseRefused: If the database is damaged, or its server or user do not let it be copied.
        OSError: If the copy cannot be written.
    """
    if dialect.is_server(database.path):
        from db.dialects.postgresql.dumps import dump

        with database.read() as session:
            # The owner alone may read everything.
            if session_login(session.connection()):
                raise DatabaseRefused(Refusal.NOT_PERMITTED, dialect.place_of(database.path), "pg_dump")
            dump(database.path, copy, session.connection())
            yield session
        return
    dialect.copy_in_use(database.path, copy, database.key)
    with closing(Database(copy, key=database.key)) as opened, opened.read() as session:
        yield session


@contextmanager
def restored_database(copy: Path, path: Path, target: Path) -> Iterator[None]:
    """Make a database of a copy at a path; if the block fails, it is gone again.

    Args:
        copy: The copy.
        path: Where the database, or the file that stands for it, is while it is examined.
        target: Where it will be moved. On a server, this says which database is filled.

    Raises:
        DatabaseRefused: If the copy is of a database of the other kind, or the database of the server is not empty or
            cannot be filled.
    """
    with copy.open("rb") as file:
        is_dump = file.read(len(_DUMP)) == _DUMP
    if is_dump != dialect.is_server(target):
        raise DatabaseRefused(Refusal.IN_SERVER if is_dump else Refusal.IN_FILE, dialect.place_of(target))
    if not dialect.is_server(target):
        copy.rename(path)
        yield
        return
    from db.dialects.postgresql.dumps import empty, grant_rights, load

    copy_address(target, path, FileAccess.PRIVATE)
    load(copy, path)
    copy.unlink()
    try:
        grant_rights(path)
        yield
    except BaseException:
        # Whatever ends it, also an interruption, must not leave half a site.
        empty(path)
        raise


def copy_address(source: Path, path: Path, access: FileAccess) -> None:
    """Write a file with the address of the same database of a server that another file, or this one, has.

    Raises:
        DatabaseRefused: If the file cannot be written.
    """
    from db.dialects.postgresql.engine import write_address_file

    server_address.remember_address(path, dialect.address_of(source))
    path.unlink(missing_ok=True)
    write_address_file(path, access)
