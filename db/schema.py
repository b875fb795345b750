"""Creates databases from the models, opens them, and upgrades older ones by numbered migration steps."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DatabaseError
from sqlmodel import Session, SQLModel

import db.models  # noqa: F401 - registers the tables
from db.access import FileAccess
from db.dialects import sqlite, sqlite_lock, sqlite_search
from db.dialects.sqlite_backup import copy_before_upgrade
from db.dialects.sqlite_changes import CHANGES_SCHEMA, NOTED_COLUMNS
from db.engine import Database
from db.errors import DatabaseRefused, Refusal

VERSION = 23
"""The schema version of this program: the number of the last migration step."""

FIRST_VERSION = 16
"""The version of the first schema: a database with an older one is refused."""

MIGRATIONS = Path(__file__).parent / "migrations"
_STEPS_DONE = (
    "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)",
    "INSERT INTO alembic_version VALUES ('{version:04d}')",
)


def create(path: Path, access: FileAccess = FileAccess.PRIVATE, key: bytes | None = None) -> Database:
    """Create a database with the tables of the models; with a key it is encrypted.

    Raises:
        DatabaseRefused: If the file exists, or cannot be created.
    """
    sqlite.create_file(path, access)
    database = Database(path, schema=VERSION, key=key)
    try:
        with _connection_for_schema(database) as connection, connection.begin():
            _create_schema(connection)
    except BaseException:
        database.close()
        sqlite.remove_file(path)
        raise
    return database


def _create_schema(connection: Connection) -> None:
    """Create the tables and indexes of the models, and what the models do not declare: triggers and search index."""
    SQLModel.metadata.create_all(connection, checkfirst=False)
    guards = (guard for table in NOTED_COLUMNS for guard in sqlite.number_guards(table))
    steps_done = (statement.format(version=VERSION) for statement in _STEPS_DONE)
    for statement in (*sqlite.EVENT_GUARDS, *guards, sqlite_search.CREATE, *steps_done):
        connection.exec_driver_sql(statement)
    sqlite.stamp(connection, VERSION)


@contextmanager
def _connection_for_schema(database: Database) -> Iterator[Connection]:
    """Yield a connection that does not enforce foreign keys.

    Otherwise, altering a parent table in Alembic's batch mode would delete the rows that refer to it.
    """
    with database.writer.connect().execution_options(**{CHANGES_SCHEMA: True}) as connection:
        connection.connection.cursor().execute("PRAGMA foreign_keys=OFF")
        yield connection
        connection.connection.cursor().execute("PRAGMA foreign_keys=ON")


def open_database(
    path: Path,
    admit: Callable[[Database], None] | None = None,
    key: bytes | None = None,
    record: Callable[[Session], None] | None = None,
) -> Database:
    """Open an existing database, upgrading an older one first.

    `admit` checks the database before the upgrade, and raises to refuse it. A refused file is not changed. An upgrade
    calls `record` in the transaction of its last step.

    Raises:
        DatabaseRefused: If the file is not ours, is of a schema that the program does not open, or cannot be upgraded.
        LockTimeout: If an upgrade is needed, and another process held the write lock for ten seconds.
    """
    database, version = open_without_upgrade(path, admit, key)
    if version < VERSION:
        database.close()
        _upgrade_file(path, key, record)
    return database


def open_without_upgrade(
    path: Path, admit: Callable[[Database], None] | None = None, key: bytes | None = None
) -> tuple[Database, int]:
    """Open an existing database, and return it with its version. A database with an older version refuses writes.

    Raises:
        DatabaseRefused: If the file is not ours, is of a schema that the program does not open, or `admit` refuses it.
    """
    sqlite.check_file(path, is_encrypted=key is not None)
    database = Database(path, schema=VERSION, key=key)
    try:
        version = _version(database)
        if admit is not None:
            admit(database)
    except BaseException:
        database.close()
        raise
    return database, version


def _version(database: Database) -> int:
    """Return the schema version of a file, or refuse a version that this program does not know."""
    try:
        with database.reader.connect() as connection:
            version = sqlite.schema_version(connection, database.path)
    except DatabaseError as error:
        is_wrong_key = database.key is not None and sqlite.is_wrong_key(error)
        if not is_wrong_key and not sqlite.is_damage(str(error.orig)):
            raise
        refusal = Refusal.NOT_DECRYPTED if is_wrong_key else Refusal.DAMAGED
        raise DatabaseRefused(refusal, str(database.path), str(error.orig)) from error
    if version < FIRST_VERSION:
        raise DatabaseRefused(Refusal.CREATED_BY_OLDER, str(database.path), str(version))
    if version > VERSION:
        raise DatabaseRefused(Refusal.CREATED_BY_NEWER, str(database.path), f"{version} > {VERSION}")
    return version


def _upgrade_file(path: Path, key: bytes | None, record: Callable[[Session], None] | None) -> None:
    """Copy an older database and run the pending steps. Under the write lock, only one of two starts does so."""
    with sqlite_lock.write_lock(path), closing(Database(path, key=key)) as database:
        version = _version(database)
        if version < VERSION:
            copy_before_upgrade(path, version, key)
            upgrade(database, record=record)


def upgrade(database: Database, record: Callable[[Session], None] | None = None) -> None:
    """Run all pending steps, each in its own transaction with foreign keys off; `record` is called in the last one.

    Raises:
        DatabaseRefused: If a step leaves the database damaged; that step is then rolled back.
    """
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with _connection_for_schema(database) as connection:
        config.attributes["connection"] = connection
        config.attributes["finish_step"] = partial(_finish_step, database.path, connection, record)
        command.upgrade(config, "head")


def _finish_step(
    path: Path, connection: Connection, record: Callable[[Session], None] | None, *, step: Any, **_context: Any
) -> None:
    """Check the result of a step and write its version into the file, within the step's transaction."""
    table, fault = sqlite.table_with_broken_reference(connection), sqlite.quick_check(connection)
    if table is not None:
        raise DatabaseRefused(Refusal.DAMAGED, str(path), f"foreign_key_check: {table}")
    if fault != "ok":
        raise DatabaseRefused(Refusal.DAMAGED, str(path), f"quick_check: {fault}")
    if record is not None and int(step.up_revision_id) == VERSION:
        with Session(connection) as session:
            record(session)
    sqlite.stamp(connection, int(step.up_revision_id))
