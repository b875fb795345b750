"""Keeps the database of a site open between commands, because opening and closing it takes a third of a command."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from weakref import WeakSet

import pytest
from sqlalchemy.exc import DatabaseError

from db import schema
from db.access import inode_of
from db.dialect import is_server, schema_version
from db.dialects import sqlite
from db.engine import Database

_kept: list[Database] = []
"""The database that the last command used, if it is still open and nobody else uses it."""

_shared: WeakSet[Database] = WeakSet()
"""The databases that the services of sites use."""

_close = Database.close
_open = schema.open_without_upgrade


def release() -> None:
    """Close the kept database."""
    while _kept:
        _close(_kept.pop())


@contextmanager
def nothing_kept() -> Iterator[None]:
    """Close the kept database, and let the block open and close databases as the program does."""
    release()
    yield


@contextmanager
def databases_kept() -> Iterator[None]:
    """Keep the database that is closed in the block open for the next block that opens the same file."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(schema, "open_without_upgrade", _opened)
        patched.setattr(Database, "close", _keep)
        yield


def share(database: Database) -> None:
    """Give a database to the commands and services that open the same file, as long as somebody uses it."""
    _shared.add(database)
    _kept[:] = [kept for kept in _kept if kept is not database]


def _opened(
    path: Path, admit: Callable[[Database], None] | None = None, key: bytes | None = None
) -> tuple[Database, int]:
    found = next((database for database in (*_shared, *_kept) if _is_open(database, path, key)), None)
    if found is None:
        release()
        return _open(path, admit, key)
    if admit is not None:
        admit(found)
    return found, schema.VERSION


def _is_open(database: Database, path: Path, key: bytes | None) -> bool:
    """Say whether a database is the same file with the same key, and in its schema."""
    if (database.path, database.key, database._inode) != (path, key, inode_of(path)):
        return False
    if is_server(path):
        with database.reader.connect() as opened:
            return schema_version(opened, path) == schema.VERSION
    try:
        with closing(database.reader.raw_connection()) as connection:
            driver: Any = connection.driver_connection
            found = driver.execute(str(sqlite._HEADER_NUMBERS)).fetchone()
    except DatabaseError:
        return False
    return bool(found == (sqlite.APPLICATION_ID, schema.VERSION))


def _keep(database: Database) -> None:
    if database in _shared or database in _kept:
        return
    if database.schema == schema.VERSION and not _kept:
        _kept.append(database)
    else:
        _close(database)
