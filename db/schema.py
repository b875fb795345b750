"""The schema's version: new databases, gates, and steps from one version to the next."""

from pathlib import Path

from sqlalchemy import Connection

from db.dialects import sqlite
from db.engine import Database
from db.errors import DatabaseRefused, Refusal

VERSION = 1
"""The schema that this program knows: the number of migration steps."""

MIGRATIONS = Path(__file__).parent / "migrations"


def create(path: Path) -> Database:
    """Make a new database by the same steps that bring an old one up to date.

    Raises:
        DatabaseRefused: If there is a file already, or none can be made.
    """
    sqlite.create_file(path)
    database = Database(path)
    upgrade(database)
    return database


def open_database(path: Path) -> Database:
    """Open an existing database, untouched if it is not ours, newer or older than the program.

    Raises:
        DatabaseRefused: With the cause.
    """
    sqlite.check_file(path)
    database = Database(path)
    with database.reader.connect() as connection:
        version = sqlite.schema_version(connection, path)
    if version != VERSION:
        database.close()
        refusal = Refusal.NEWER if version > VERSION else Refusal.OLDER
        raise DatabaseRefused(refusal, str(path), f"{version} {VERSION}")
    return database


def upgrade(database: Database) -> None:
    """Run every pending step, each in a transaction of its own with foreign keys off."""
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
        command.upgrade(config, "head")
        _seal(connection)
        raw.cursor().execute("PRAGMA foreign_keys=ON")


def _seal(connection: Connection) -> None:
    """Check what the steps left and write the version into the file."""
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if broken is not None:
        raise DatabaseRefused(Refusal.NOT_OURS, "foreign_key_check", str(tuple(broken)))
    sqlite.stamp(connection, VERSION)
    connection.commit()
