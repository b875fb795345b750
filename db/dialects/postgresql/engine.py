"""Connections to a PostgreSQL server: one lock for all writers, one snapshot for each reader."""

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Connection, Engine, QueuePool, create_engine, event
from sqlalchemy.dialects import registry
from sqlalchemy.exc import OperationalError
from sqlmodel import SQLModel

from db.access import FileAccess, make_folder
from db.dialects import server_address
from db.dialects.changes import CHANGES_SCHEMA, IS_PREPARED, READS_VERSION
from db.dialects.postgresql import roles, schema
from db.dialects.postgresql.connection import OF_TRANSACTION, ServerConnection, refused
from db.dialects.server_address import without_password
from db.errors import DatabaseRefused, LockTimeout, Refusal

OLDEST_SERVER = 16
"""The oldest major version of the server: earlier ones need a name for each subquery."""

_WRITE_LOCK = roles.WRITE_LOCK
_CLOCK = "CAST(extract(epoch FROM clock_timestamp()) AS double precision)"
_ahead_s: dict[Path, float] = {}
"""How many seconds each server's clock is ahead of this machine's."""

_SETTINGS = (
    "SET synchronous_commit = on; SET client_min_messages = warning; SET TimeZone = 'UTC'; SET DateStyle = ISO;"
    " SET statement_timeout = '60s'; SET standard_conforming_strings = on"
)
_LOCK_WAIT_S = 10.0
_IDLE_S = 3
"""How long a transaction may hold the write lock without a statement, as that of a stopped process would."""
_BEGIN_READ = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY"
_BEGIN_WRITE = (
    "BEGIN; SET LOCAL lock_timeout = {wait}; SET LOCAL idle_in_transaction_session_timeout = {idle};"
    f" SELECT pg_advisory_xact_lock({_WRITE_LOCK}); SELECT {_CLOCK}, {OF_TRANSACTION}, {{version}}"
)
_TRY_LOCK = "SELECT pg_try_advisory_lock(%s, hashtext(%s))"
_UPGRADE_LOCK = "SELECT pg_advisory_lock(%s, hashtext('upgrade'))"
_IS_OWNER = "SELECT pg_has_role(datdba, 'USAGE') FROM pg_database WHERE datname = current_database()"
_VERSION = "SELECT version_num FROM alembic_version WHERE to_regclass('search_term') IS NOT NULL"
_FITNESS = """SELECT NOT EXISTS (SELECT 1 FROM pg_class WHERE relnamespace = current_schema()::regnamespace),
    current_setting('server_version_num')::int / 10000, current_setting('server_encoding'),
    (SELECT CASE WHEN rolcreaterole OR rolsuper THEN '' ELSE rolname END FROM pg_roles WHERE rolname = current_user),
    string_agg(name, ', ' ORDER BY name), bool_and(pg_has_role(datdba, 'USAGE')
        AND (g.oid IS NULL OR pg_has_role(g.oid, 'USAGE WITH ADMIN OPTION')))
    FROM pg_database CROSS JOIN unnest(ARRAY['_desks', '_admins']) AS kind
    CROSS JOIN concat(left(datname, 50), kind) AS name LEFT JOIN pg_roles g ON g.rolname = name
    WHERE datname = current_database()"""

registry.register("postgresql.workbench", "db.dialects.postgresql.compiling", "Dialect")


def make_engine(path: Path, *, query_only: bool) -> Engine:
    """Return an engine for the database that a file stands for. A writer takes the lock of all writers at its start."""
    engine = create_engine(
        "postgresql+workbench://",
        creator=lambda: ServerConnection.of(path),
        poolclass=QueuePool,
        max_overflow=-1,
        pool_use_lifo=True,
        use_native_hstore=False,
    )

    @event.listens_for(engine, "connect")
    def connected(connection: Any, record: Any) -> None:
        connection.adapters.register_loader("numeric", _NumberLoader)
        prepare = _SETTINGS if query_only else f"{_SETTINGS}; {schema.SESSION}"
        _note_clock(path, connection.execute(f"{prepare}; SELECT {_CLOCK}"))
        if not query_only:
            record.info[IS_PREPARED] = True

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        while not _has_begun(connection, path, query_only=query_only):
            pass

    return engine


def _has_begun(connection: Connection, path: Path, *, query_only: bool) -> bool:
    """Begin a transaction; if the server closed the connection since its last use, replace it and return False.

    Raises:
        LockTimeout: If another process held the lock of all writers for too long.
        DatabaseRefused: If the server closes a new connection too, or cannot be reached.
    """
    driver: Any = connection.connection.driver_connection
    was_used, driver.has_begun = driver.has_begun, True
    options = connection.get_execution_options()
    wait_s, idle_s = options.get("wait_s", _LOCK_WAIT_S), 0 if options.get(CHANGES_SCHEMA) else _IDLE_S
    version = f"({_VERSION})" if options.get(READS_VERSION) and not options.get(CHANGES_SCHEMA) else "NULL"
    try:
        if query_only:
            driver.execute(_BEGIN_READ)
        else:
            begin = _BEGIN_WRITE.format(wait=int(wait_s * 1000), idle=int(idle_s * 1000), version=version)
            *transaction, driver.version = _note_clock(path, driver.execute(begin))
            driver.transaction = tuple(transaction)
    except psycopg.errors.LockNotAvailable as error:
        driver.rollback()
        raise LockTimeout(str(path)) from error
    except psycopg.errors.UndefinedTable as error:
        driver.rollback()
        raise DatabaseRefused(Refusal.NOT_OURS, without_password(server_address.url_of(path))) from error
    except (psycopg.Error, OperationalError) as error:
        is_lost = driver.closed
        connection.invalidate(error)
        if not is_lost or not was_used:
            kind = Refusal.LOST if is_lost else Refusal.UNREACHABLE
            raise refused(kind, path, getattr(error, "orig", error)) from error
        return False
    return True


def _note_clock(path: Path, cursor: Any) -> Any:
    """Note how far the clock of a server is ahead, and return the other values of the last of several statements."""
    while cursor.nextset():
        pass
    seconds, *more = cursor.fetchone()
    _ahead_s[path] = seconds - time.time()
    return tuple(more)


def clock_ahead(path: Path) -> timedelta:
    """Return how far the clock of a server was ahead when the last write began."""
    return timedelta(seconds=_ahead_s.get(path, 0.0))


class _NumberLoader(psycopg.adapt.Loader):  # type: ignore[misc]  # the driver need not be installed
    """Reads the sum of whole numbers as a whole number, and an average as a float, as SQLite does."""

    def load(self, data: Any) -> int | float:
        number = bytes(data)
        return float(number) if b"." in number else int(number)


@contextmanager
def _locking(path: Path) -> Iterator[Any]:
    """Yield a connection that locks names; they are free when the block ends, or its process."""
    with closing(ServerConnection.of(path)) as connection:
        try:
            yield connection
        finally:
            # The server notices a closed connection a moment later.
            with suppress(psycopg.Error, OperationalError):
                connection.execute("SELECT pg_advisory_unlock_all()")


@contextmanager
def try_lock(path: Path, name: str) -> Iterator[bool]:
    """Lock a name for all hosts during the block, and yield whether it was locked."""
    with _locking(path) as connection:
        with driver_errors(path):
            [is_locked] = connection.execute(_TRY_LOCK, (_WRITE_LOCK, name)).fetchone()
        yield is_locked


@contextmanager
def upgrade_lock(path: Path) -> Iterator[None]:
    """Wait until no other process upgrades the schema.

    Raises:
        DatabaseRefused: If this user does not work as the owner of the database.
        LockTimeout: If another process does so for ten seconds.
    """
    with _locking(path) as connection:
        if not connection.execute(_IS_OWNER).fetchone()[0]:
            raise DatabaseRefused(Refusal.UPGRADED_BY_OWNER, without_password(server_address.url_of(path)))
        try:
            connection.execute(f"SET lock_timeout = '{_LOCK_WAIT_S}s'")
            connection.execute(_UPGRADE_LOCK, (_WRITE_LOCK,))
        except psycopg.errors.LockNotAvailable as error:
            raise LockTimeout(str(path)) from error
        yield


def compact(path: Path) -> bool:
    """Rewrite all tables without deleted rows; return whether no other connection prevented it for ten seconds."""
    with driver_errors(path), closing(ServerConnection.of(path)) as connection:
        connection.execute(f"SET lock_timeout = '{_LOCK_WAIT_S}s'")
        # The server only warns who may not do this.
        if not connection.execute(_IS_OWNER).fetchone()[0]:
            where = without_password(server_address.url_of(path))
            raise DatabaseRefused(Refusal.NOT_PERMITTED, where, "VACUUM FULL")
        try:
            connection.execute("VACUUM FULL")
        except psycopg.errors.LockNotAvailable:
            return False
    return True


def disable_fsync(engine: Engine) -> None:
    """Make every new connection of an engine commit without waiting for the disk; a later commit waits for all."""

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.execute("SET synchronous_commit = off")


def refuse_unfit(path: Path) -> None:
    """Refuse a database that is not empty, is of an older server or not in Unicode, or a login that creates no roles.

    It is also refused to a login that does not own it, or groups of its name.

    Raises:
        DatabaseRefused: If it is refused or cannot be reached.
    """
    where = without_password(server_address.url_of(path))
    with closing(ServerConnection.of(path)) as connection:
        has_nothing, version, encoding, creates_no_roles, groups, is_owner = connection.execute(_FITNESS).fetchone()
    if not has_nothing:
        raise DatabaseRefused(Refusal.NOT_EMPTY, where)
    if version < OLDEST_SERVER or encoding != "UTF8":
        raise DatabaseRefused(Refusal.UNFIT_SERVER, where, f"{version}, {encoding}")
    if creates_no_roles:
        raise DatabaseRefused(Refusal.CREATES_NO_ROLES, where, creates_no_roles)
    if not is_owner:
        raise DatabaseRefused(Refusal.MADE_BY_OWNER, where, groups)


def write_address_file(path: Path, access: FileAccess) -> None:
    """Write the file that stands for a database of a server.

    Raises:
        DatabaseRefused: If the file exists or cannot be written.
    """
    try:
        path.parent.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        make_folder(path.parent, access)
        server_address.write_file(path, server_address.url_of(path), access)
    except FileExistsError as error:
        raise DatabaseRefused(Refusal.EXISTS, str(path)) from error
    except OSError as error:
        raise DatabaseRefused(Refusal.CANNOT_CREATE, str(path), error.strerror or "") from error


def create_rest(connection: Connection, *, only_triggers: bool = False) -> None:
    """Create what a schema has beside the tables of the models, or only renew the triggers after an upgrade."""
    numbered = (table.name for table in SQLModel.metadata.tables.values() if "id" in table.c)
    renewed = (*schema.triggers(numbered), *roles.renewed()) if only_triggers else schema.statements(numbered)
    for statement in renewed:
        connection.exec_driver_sql(statement.replace("%", "%%"))


def is_empty(connection: Connection) -> bool:
    """Say whether a database has no tables."""
    return bool(connection.exec_driver_sql(_FITNESS).one()[0])


def remove_all(connection: Connection) -> None:
    """Remove the tables and functions of a database, for another attempt to fill it."""
    connection.exec_driver_sql(schema.REMOVE_ALL.replace("%", "%%"))


def schema_version(connection: Connection, path: Path) -> int:
    """Return the schema version of a database.

    Raises:
        DatabaseRefused: If the database is not ours, or the login may not read it.
    """
    driver: Any = connection.connection.driver_connection
    try:
        return int(driver.version or driver.execute(_VERSION).fetchone()[0])
    except (psycopg.errors.UndefinedTable, TypeError, ValueError) as error:
        raise DatabaseRefused(Refusal.NOT_OURS, without_password(server_address.url_of(path))) from error
    except psycopg.errors.InsufficientPrivilege as error:
        raise refused(Refusal.NOT_PERMITTED, path, error) from error


def refusal_of(error: OperationalError, path: Path) -> DatabaseRefused:
    """Return the refusal of a database that could not be reached."""
    return refused(Refusal.UNREACHABLE, path, error.orig)


@contextmanager
def driver_errors(path: Path) -> Iterator[None]:
    """Raise DatabaseRefused for the errors of statements that do not go through SQLAlchemy."""
    try:
        yield
    except (psycopg.Error, OperationalError) as error:
        cause = getattr(error, "orig", error)
        kind = Refusal.NOT_PERMITTED if isinstance(cause, psycopg.errors.InsufficientPrivilege) else Refusal.STOPPED
        # A connection raises this when it is lost.
        kind = Refusal.LOST if isinstance(error, OperationalError) else kind
        raise refused(kind, path, cause) from error
