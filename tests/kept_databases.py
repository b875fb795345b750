"""Keeps the database of a site open between commands, because opening and closing it takes a third of a command."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from db import schema
from db.access import inode_of
from db.engine import Database

_kept: list[Database] = []
"""The database that the last command used, if it is still open."""

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


def _opened(
    path: Path, admit: Callable[[Database], None] | None = None, key: bytes | None = None
) -> tuple[Database, int]:
    if _kept and not _is_kept(path, key):
        release()
    if not _kept:
        return _open(path, admit, key)
    database = _kept.pop()
    if admit is not None:
        admit(database)
    return database, schema.VERSION


def _is_kept(path: Path, key: bytes | None) -> bool:
    """Say whether the kept database is the same file with the same key, and in its schema."""
    [database] = _kept
    is_same = (database.path, database.key, database._inode) == (path, key, inode_of(path))
    return is_same and schema._version(database) == schema.VERSION


def _keep(database: Database) -> None:
    if database.schema == schema.VERSION and not _kept:
        _kept.append(database)
    else:
        _close(database)
