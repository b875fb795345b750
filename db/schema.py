"""Creates databases from the models, opens them, and upgrades older ones by numbered migration steps."""

from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DatabaseError
from sqlmodel import Session, SQLModel

import db.models  # noqa: F401 - registers the tables
from db import dialect
from db.access import FileAccess
from db.engine import Database
from db.errors import DatabaseRefused, Refusal

VERSION = 25
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
    dialect.create_file(path, access)
    database = Database(path, schema=VERSION, key=key)
    try:
        with dialect.changing_schema(database.writer) as connection, connection.begin():
            dialect.refuse_filled(connection, path)
            create_schema(connection)
    except BaseException:
        database.close()
        dialect.remove_file(path)
        raise
    return database


def create_schema(connection: Connection) -> None:
    """Create the tables and indexes of the models, and what the models do not declare: triggers and search index."""
    SQLModel.metadata.create_all(connection, checkfirst=False)
    for statement in _STEPS_DONE:
        connection.exec_driver_sql(statement.format(version=VERSION))
    dialect.create_rest(connection)
    dialect.stamp(connection, VERSION)


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
    dialect.check_file(path, is_encrypted=key is not None)
    database = Database(path, schema=VERSION, key=key)
    try:
        version = known_version(database)
        if admit is not None:
            admit(database)
    except BaseException:
        database.close()
        raise
    return database, version


def known_version(database: Database) -> int:
    """Return the schema version of a database.

    Raises:
        DatabaseRefused: If this program does not know it, or the site of the database is elsewhere.
    """
    try:
        with database.reader.connect() as connection:
            version = dialect.schema_version(connection, database.path)
            if version < 0:
                raise dialect.seal_of(connection, dialect.place_of(database.path))
            is_newer = version > VERSION and dialect.oldest_program(connection, version) > VERSION
    except DatabaseError as error:
        if refusal := dialect.refusal_of(error, database.path, has_key=database.key is not None):
            raise refusal from error
        raise
    if version < FIRST_VERSION:
        raise DatabaseRefused(Refusal.CREATED_BY_OLDER, dialect.place_of(database.path), str(version))
    if is_newer:
        raise DatabaseRefused(Refusal.CREATED_BY_NEWER, dialect.place_of(database.path), f"{version} > {VERSION}")
    return version


def _upgrade_file(path: Path, key: bytes | None, record: Callable[[Session], None] | None) -> None:
    """Copy an older database and run the pending steps. Under the write lock, only one of two starts does so."""
    with dialect.upgrade_lock(path), closing(Database(path, key=key)) as database:
        version = known_version(database)
        if version < VERSION:
            dialect.copy_before_upgrade(path, version, key)
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
    with dialect.changing_schema(database.writer) as connection:
        config.attributes["connection"] = connection
        config.attributes["finish_step"] = partial(_finish_step, database.path, connection, record)
        command.upgrade(config, "head")


def _finish_step(
    path: Path, connection: Connection, record: Callable[[Session], None] | None, *, step: Any, **_context: Any
) -> None:
    """Check the result of a step and write its version into the file, within the step's transaction."""
    table, fault = dialect.table_with_broken_reference(connection), dialect.quick_check(connection)
    if table is not None:
        raise DatabaseRefused(Refusal.DAMAGED, str(path), f"foreign_key_check: {table}")
    if fault != "ok":
        raise DatabaseRefused(Refusal.DAMAGED, str(path), f"quick_check: {fault}")
    is_last = int(step.up_revision_id) == VERSION
    if is_last:
        dialect.renew_triggers(connection)
    if record is not None and is_last:
        with Session(connection) as session:
            record(session)
    connection.exec_driver_sql("DELETE FROM setting WHERE name = 'min_program'")
    if oldest := getattr(step.up_revision.module, "min_program", None):
        connection.exec_driver_sql(f"INSERT INTO setting VALUES ('min_program', '{oldest:d}')")  # noqa: S608 - a number
    dialect.stamp(connection, int(step.up_revision_id))
