"""Everything that differs between databases. Services import it from here, and never name a dialect.

The path of a database says what it is: a SQLite file, or a file that stands for a database of a PostgreSQL server.
Modules of PostgreSQL are imported only for the latter.
"""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DatabaseError, DBAPIError, OperationalError

from db.access import FileAccess
from db.dialects import changes, search, server_address, sqlite, sqlite_backup, sqlite_compact
from db.dialects.bulk import BulkRows, bulk_rows, insert_bulk, insert_rows
from db.dialects.changes import CHANGES_SCHEMA, NOTED_COLUMNS, RECEIPT, noted_rows, receipts_of, take_changes
from db.dialects.journal import added_rows, clear_journals, end_journal, restore_rows, start_journal
from db.dialects.lists import is_in_list, list_parameter
from db.dialects.locks import try_lock, upgrade_lock, write_lock
from db.dialects.moving import MOVED_TO, MOVING_FROM, Misfit, misfits, read_rows, seal_of, write_rows
from db.dialects.server_address import is_server, without_password
from db.dialects.sqlite import encryption_faults, is_plain, is_vulnerable, library_version
from db.dialects.sqlite_backup import copy_in_use, copy_with_key
from db.dialects.sqlite_watch import CommitWatch
from db.errors import DatabaseRefused, Refusal
from db.logins import append_events, excess_members, has_login, is_forbidden, session_login, try_misuses
from db.round_trips import next_number, read_together, row_count

__all__ = ["BulkRows", "bulk_rows", "insert_bulk", "insert_rows", "is_in_list", "is_server", "list_parameter"]
__all__ += ["try_lock", "upgrade_lock", "without_password", "write_lock"]
__all__ += ["NOTED_COLUMNS", "RECEIPT", "noted_rows", "receipts_of", "take_changes"]
__all__ += ["copy_in_use", "copy_with_key", "encryption_faults", "is_plain", "is_vulnerable", "library_version"]
__all__ += ["append_events", "excess_members", "has_login", "is_forbidden", "session_login", "try_misuses"]
__all__ += ["MOVED_TO", "MOVING_FROM", "Misfit", "misfits", "read_rows", "seal_of", "write_rows"]
__all__ += ["next_number", "read_together", "row_count"]
__all__ += ["added_rows", "clear_journals", "end_journal", "restore_rows", "start_journal"]

_BUSY, _FULL = {"55P03", "57014"}, {"53100"}  # PostgreSQL's codes: a lock or a statement took too long; no space
_LOST = {None, "57P01", "57P02", "57P03"}  # None: the connection broke; else the server stops or starts


def path_of(where: str, folder: Callable[[], Path]) -> Path:
    """Return the path of the database that a path or URL names; `folder` has the files that stand for servers.

    Raises:
        DatabaseRefused: If the URL has another scheme, or the path names the home folder of an unknown user.
    """
    if where.startswith("sqlite:///"):
        return Path(where.removeprefix("sqlite:///"))
    if where.startswith(server_address.SCHEMES):
        return server_address.file_of(where, folder())
    if "://" in where:
        raise DatabaseRefused(Refusal.UNKNOWN_SCHEME, where.split("://", 1)[0])
    try:
        return Path(where).expanduser()
    except RuntimeError as error:
        raise DatabaseRefused(Refusal.NO_HOME, where) from error


def address_of(path: Path) -> str:
    """Return the URL of a database that is on a server, with its password, "" for a file."""
    return server_address.url_of(path) if is_server(path) else ""


def place_of(path: Path) -> str:
    """Return the URL of a database on a server, without its password, or the absolute path of a file."""
    return without_password(address_of(path)) or str(path.absolute())


def make_engine(path: Path, key: bytes | None, *, query_only: bool = False, is_bulk: bool = False) -> Engine:
    """Return an engine for an existing database.

    With `query_only` it cannot write. Otherwise a transaction waits for all others at its start, and notes which rows
    it changes. With `is_bulk` it writes many rows fast, which are durable after a later commit of another engine.

    Raises:
        DatabaseRefused: If the library of the database is not installed.
    """
    if is_server(path):
        postgresql = _postgresql(path)
        engine: Engine = postgresql.make_engine(path, query_only=query_only)
        if is_bulk:
            postgresql.disable_fsync(engine)
        return engine
    engine = sqlite.make_engine(path, key, query_only=query_only, prepare=None if query_only else changes.prepare)
    if is_bulk:
        sqlite.prepare_bulk_writes(engine)
    return engine


def _postgresql(path: Path) -> Any:
    """Return the module with PostgreSQL's versions of the functions below."""
    try:
        from db.dialects.postgresql import engine
    except ModuleNotFoundError as error:
        raise DatabaseRefused(Refusal.NO_DRIVER, str(path), error.name or "") from error
    return engine


def disable_fsync(engine: Engine) -> None:
    """Make every new connection to a file write without waiting for the disk; a server still waits."""
    if engine.dialect.name == "sqlite":
        sqlite.disable_fsync(engine)


def make_watch(path: Path, key: bytes | None) -> CommitWatch:
    """Return a watch for the commits of other programs."""
    if not is_server(path):
        return CommitWatch(path, key)
    from db.dialects.postgresql.watch import ServerWatch

    return ServerWatch(path, key)


def compact(path: Path, engine: Engine) -> bool:
    """Rewrite a database so that no deleted data is left in it, and return whether that succeeded."""
    if is_server(path):
        return bool(_postgresql(path).compact(path))
    with closing(engine.raw_connection()) as connection:
        return sqlite_compact.compact(connection.driver_connection)


def create_file(path: Path, access: FileAccess) -> None:
    """Create an empty database file, or the file that stands for an empty database of a server.

    Raises:
        DatabaseRefused: If the file exists or cannot be created, or the database of the server cannot be used.
    """
    if is_server(path):
        _postgresql(path).refuse_unfit(path)
    place_file(path, access)


def place_file(path: Path, access: FileAccess) -> None:
    """Create an empty database file, or the file that stands for any database of a server.

    Raises:
        DatabaseRefused: If the file exists or cannot be created.
    """
    (_postgresql(path).write_address_file if is_server(path) else sqlite.create_file)(path, access)


def refuse_filled(connection: Connection, path: Path) -> None:
    """Refuse the database of a server in which another host has created its tables since `create_file`.

    Raises:
        DatabaseRefused: If it is not empty.
    """
    if is_server(path) and not _postgresql(path).is_empty(connection):
        raise DatabaseRefused(Refusal.NOT_EMPTY, without_password(address_of(path)))


def create_rest(connection: Connection) -> None:
    """Create what a schema has beside the tables of the models: triggers, functions and the search index."""
    if connection.dialect.name != "sqlite":
        from db.dialects.postgresql.engine import create_rest as create

        create(connection)
        return
    guards = (guard for table in NOTED_COLUMNS for guard in sqlite.number_guards(table))
    for statement in (*sqlite.EVENT_GUARDS, *guards, search.CREATE):
        connection.exec_driver_sql(statement)


def copy_before_upgrade(path: Path, version: int, key: bytes | None) -> None:
    """Copy a database file before its schema is upgraded. A server has backups of its own."""
    if not is_server(path):
        sqlite_backup.copy_before_upgrade(path, version, key)


def renew_triggers(connection: Connection) -> None:
    """Make the triggers of a server fit an upgraded schema; those of a file are created with each connection."""
    if connection.dialect.name != "sqlite":
        from db.dialects.postgresql.engine import create_rest as create

        create(connection, only_triggers=True)


@contextmanager
def changing_schema(engine: Engine) -> Iterator[Connection]:
    """Yield a connection that notes no changes and, on SQLite, does not enforce foreign keys.

    Otherwise, altering a parent table in Alembic's batch mode would delete the rows that refer to it.
    """
    off, on = ("PRAGMA foreign_keys=OFF", "PRAGMA foreign_keys=ON")
    if engine.dialect.name != "sqlite":
        off, on = ("SET workbench.notes = 'off'", "SET workbench.notes = 'on'")
    with engine.connect().execution_options(**{CHANGES_SCHEMA: True}) as connection:
        connection.connection.cursor().execute(off)
        yield connection
        connection.connection.cursor().execute(on)


def check_file(path: Path, *, is_encrypted: bool) -> None:
    """Refuse a path that is not a database of ours, before it is opened or changed.

    Raises:
        DatabaseRefused: With the refusal that says what is wrong with the path.
    """
    if is_server(path):
        sqlite.check_access(path)
        server_address.url_of(path)
    else:
        sqlite.check_file(path, is_encrypted=is_encrypted)


def files_of(path: Path) -> list[Path]:
    """Return the paths of a database and of the files that the program creates next to it."""
    return [path] if is_server(path) else sqlite.files_of(path)


def remove_file(path: Path) -> None:
    """Delete a database file and the files next to it. A database of a server stays."""
    for file in files_of(path):
        file.unlink(missing_ok=True)


def schema_version(connection: Connection, path: Path) -> int:
    """Return the schema version of a database.

    Raises:
        DatabaseRefused: If it is a database of another program.
    """
    version: int = (_postgresql(path) if is_server(path) else sqlite).schema_version(connection, path)
    return version


def oldest_program(connection: Connection, version: int) -> int:
    """Return the schema version of the oldest program that may use a database of a schema version.

    A migration step that only adds what earlier programs neither read nor write names it, as `min_program`.
    """
    found = connection.exec_driver_sql("SELECT value FROM setting WHERE name = 'min_program'").scalar()
    return version if found is None else int(found)


def stamp(connection: Connection, version: int) -> None:
    """Write the schema version, negative if the database is sealed because its site moved or is moving."""
    if connection.dialect.name == "sqlite":
        sqlite.stamp(connection, version)
    else:
        connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{version:04d}'")  # noqa: S608 - a number


def refusal_of(error: DatabaseError, path: Path, *, has_key: bool) -> DatabaseRefused | None:
    """Return why a database cannot be opened, given the error of its first statement; None for another error."""
    if is_server(path):
        return _postgresql(path).refusal_of(error, path) if isinstance(error, OperationalError) else None
    is_wrong_key = has_key and sqlite.is_wrong_key(error)
    if not is_wrong_key and not is_damage(str(error.orig)):
        return None
    refusal = Refusal.NOT_DECRYPTED if is_wrong_key else Refusal.DAMAGED
    return DatabaseRefused(refusal, str(path), str(error.orig))


def server_version(connection: Connection) -> str:
    """Return the version of a database's server, "" for a file."""
    if connection.dialect.name == "sqlite":
        return ""
    return ".".join(map(str, connection.dialect.server_version_info or ()))


def clock_ahead(path: Path) -> timedelta:
    """Return how far the clock of a database's server is ahead of this machine's; 0 for a file."""
    ahead: timedelta = _postgresql(path).clock_ahead(path) if is_server(path) else timedelta()
    return ahead


def is_busy(error: BaseException | None) -> bool:
    """Say whether an error of the driver means that another connection held a lock for too long."""
    return getattr(error, "sqlstate", None) in _BUSY or "database is locked" in str(error)


def is_lost(error: DBAPIError) -> bool:
    """Say whether an error means that the server ended the connection, or that it broke."""
    is_ended = isinstance(error, OperationalError) and getattr(error.orig, "sqlstate", "") in _LOST
    return error.connection_invalidated or is_ended


def is_damage(message: str) -> bool:
    """Say whether a message of the driver means that the file is damaged."""
    return sqlite.is_damage(message)


def is_full(error: BaseException | None) -> bool:
    """Say whether an error of the driver means that the disk is full."""
    return getattr(error, "sqlstate", None) in _FULL or sqlite.is_full(str(error))


def quick_check(connection: Connection) -> str:
    """Return the first fault in the structure of a file, or "ok"."""
    return sqlite.quick_check(connection) if connection.dialect.name == "sqlite" else "ok"


def table_with_broken_reference(connection: Connection) -> str | None:
    """Return a table with a row that refers to a missing row, None if there is none, as always on PostgreSQL."""
    return sqlite.table_with_broken_reference(connection) if connection.dialect.name == "sqlite" else None
