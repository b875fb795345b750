"""The schema's version: new databases, gates, and steps from one version to the next."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from db.access import Access
from db.dialects import sqlite
from db.dialects.sqlite_backup import copy_before_upgrade
from db.engine import Database
from db.errors import DatabaseRefused, Refusal

VERSION = 6
"""The schema that this program knows: the number of the last migration step."""

MIGRATIONS = Path(__file__).parent / "migrations"


def create(path: Path, access: Access = Access.PRIVATE) -> Database:
    """Make a new database by the same steps that bring an old one up to date.

    Raises:
        DatabaseRefused: If there is a file already, or none can be made.
    """
    sqlite.create_file(path, access)
    database = Database(path, schema=VERSION)
    try:
        upgrade(database)
    except BaseException:
        database.close()
        sqlite.remove_file(path)
        raise
    return database


def open_database(path: Path, admit: Callable[[Database], None] | None = None) -> Database:
    """Open an existing database, an older one after it was brought up to date.

    One that is not ours, newer than the program, or that `admit` raises about is left untouched.

    Raises:
        DatabaseRefused: With the cause.
        LockTimeout: If it is older, and others kept the write lock for ten seconds.
    """
    database, version = look_at(path, admit)
    if version < VERSION:
        database.close()
        _bring_up_to_date(path)
    return database


def look_at(path: Path, admit: Callable[[Database], None] | None = None) -> tuple[Database, int]:
    """Open an existing database as it is, and return it with its schema; an older one takes no writes.

    Raises:
        DatabaseRefused: If it is not ours or newer than the program, or what `admit` raises about it.
    """
    sqlite.check_file(path)
    database = Database(path, schema=VERSION)
    try:
        version = _version(database)
        if admit is not None:
            admit(database)
    except BaseException:
        database.close()
        raise
    return database, version


def _version(database: Database) -> int:
    """Return the schema of a file, if this program knows it."""
    with database.reader.connect() as connection:
        version = sqlite.schema_version(connection, database.path)
    if version > VERSION:
        raise DatabaseRefused(Refusal.NEWER, str(database.path), f"{version} > {VERSION}")
    return version


def _bring_up_to_date(path: Path) -> None:
    """Copy an older database and run the pending steps, under the write lock: of two starts one does it."""
    with sqlite.write_lock(path), Database(path).opened() as database:
        version = _version(database)
        if version < VERSION:
            copy_before_upgrade(path, version)
            upgrade(database)


def upgrade(database: Database, to: str = "head") -> None:
    """Run every pending step, each in a transaction of its own with foreign keys off.

    Raises:
        DatabaseRefused: If a step leaves something broken; the database is then as it was before that step.
    """
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with database.writer.connect() as connection:
        # With foreign keys on, a batch alter of a parent table deletes all its children.
        raw = connection.connection.dbapi_connection
        if raw is None:
            raise DatabaseRefused(Refusal.UNREADABLE, str(database.path))
        raw.cursor().execute("PRAGMA foreign_keys=OFF")
        config.attributes["connection"] = connection
        config.attributes["seal"] = partial(_seal, database.path, connection)
        command.upgrade(config, to)
        raw.cursor().execute("PRAGMA foreign_keys=ON")


def _seal(path: Path, connection: Connection, *, step: Any, **_context: Any) -> None:
    """Check what a step left and write its version into the file, within the step's own transaction."""
    table, fault = sqlite.table_with_broken_reference(connection), sqlite.quick_check(connection)
    if table is not None:
        raise DatabaseRefused(Refusal.DAMAGED, str(path), f"foreign_key_check: {table}")
    if fault != "ok":
        raise DatabaseRefused(Refusal.DAMAGED, str(path), f"quick_check: {fault}")
    sqlite.stamp(connection, int(step.up_revision_id))
