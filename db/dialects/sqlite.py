"""SQLite through sqlcipher3, whose bundled library does not have the WAL-reset bug."""

import importlib
import os
import stat
from collections.abc import Callable
from contextlib import closing
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from sqlalchemy import Connection, Engine, QueuePool, create_engine, event, text
from sqlalchemy.exc import DatabaseError

from db.access import FileAccess, make_folder, new_file
from db.dialects import search
from db.errors import DatabaseRefused, Refusal

APPLICATION_ID = 0x54535257
"""The application id in the header of each of our files: `TSRW`."""

ORDERED_CASES = '"case" AS c INDEXED BY ix_case_order'
"""The FROM clause for the cases `c`, which forces SQLite to read them along the index of the list order."""

ALL_CASES = '"case" AS c NOT INDEXED'
"""The FROM clause for the cases `c`, which forces SQLite to read the whole table from its start to its end."""

CASES_TO_REOPEN = '"case" AS c INDEXED BY ix_case_reopen'
"""The FROM clause for the few cases `c` with findings that are newer than their verdict."""

DAY_AS_US = "(julianday({day}) - 2440587.5) * 86400000000"
"""A column with a day as microseconds, to be compared with an instant."""

_HEADER = b"SQLite format 3\x00"
_HEADER_NUMBERS = text("SELECT application_id, user_version FROM pragma_application_id, pragma_user_version")
_COMPANION_SUFFIXES = ("-wal", "-shm", "-journal", ".lock")
_PRAGMAS = (
    "synchronous=FULL",
    "foreign_keys=ON",
    "busy_timeout=5000",
    "trusted_schema=OFF",
    "cell_size_check=ON",
    "temp_store=MEMORY",
    "secure_delete=ON",
)


@cache
def driver() -> ModuleType:
    """Return the DBAPI module, which is imported on first use."""
    return importlib.import_module("sqlcipher3.dbapi2")


def is_vulnerable(version: tuple[int, ...]) -> bool:
    """Say whether a SQLite version has the WAL-reset bug (3.7.0 to 3.51.2, except two backports)."""
    if (3, 44, 6) <= version < (3, 45, 0) or (3, 50, 7) <= version < (3, 51, 0):
        return False
    return (3, 7, 0) <= version < (3, 51, 3)


def library_version() -> tuple[int, ...]:
    """Return the version of the driver's SQLite library."""
    return tuple(int(part) for part in driver().sqlite_version.split("."))


def journal_mode() -> str:
    """Return the journal mode that is safe with this library."""
    return "DELETE" if is_vulnerable(library_version()) else "WAL"


def connect(path: Path, mode: str, key: bytes | None) -> Any:
    """Open a file with its key, if it has one; `mode` is that of an SQLite URI."""
    uri = f"{path.absolute().as_uri()}?mode={mode}"
    connection = driver().connect(uri, uri=True, check_same_thread=False)
    # SQLCipher writes its warnings to stderr, which is the reviewer's screen.
    connection.execute("PRAGMA cipher_log_level=NONE")
    if key is not None:
        connection.execute(f"PRAGMA key=\"x'{key.hex()}'\"")
    return connection


def _prepare(connection: Any, *, query_only: bool) -> None:
    """Set up a new connection before its first transaction, since `foreign_keys` has no effect within one."""
    connection.isolation_level = None
    search.register(connection)
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except UnicodeDecodeError as error:
        # The driver cannot decode the message of SQLite, which quotes a damaged schema.
        raise driver().DatabaseError("database disk image is malformed") from error
    if not query_only:
        connection.execute(f"PRAGMA journal_mode={journal_mode()}").fetchone()
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    if query_only:
        connection.execute("PRAGMA query_only=ON")
        # Each write of another connection makes the pages in the cache useless, and every reader has one.
        connection.execute("PRAGMA cache_size=-1000")


def make_engine(
    path: Path, key: bytes | None, *, query_only: bool, prepare: Callable[[Connection], None] | None = None
) -> Engine:
    """Return an engine for an existing file. With `query_only` it cannot write; else transactions begin IMMEDIATE.

    `prepare` is called with the connection before each transaction.
    """
    # The creator opens the file, and with mode=rw never creates a missing one. For a URL without a path, SQLAlchemy
    # assumes an in-memory database and chooses a pool that closes connections in use, so we set the pool ourselves.
    engine = create_engine(
        "sqlite://",
        module=driver(),
        creator=lambda: connect(path, "rw", key),
        poolclass=QueuePool,
        max_overflow=-1,
        pool_use_lifo=True,
    )

    @event.listens_for(engine, "connect")
    def connected(connection: Any, _record: Any) -> None:
        _prepare(connection, query_only=query_only)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if prepare is not None:
            prepare(connection)
        connection.exec_driver_sql("BEGIN" if query_only else "BEGIN IMMEDIATE")

    return engine


def disable_fsync(engine: Engine) -> None:
    """Make every new connection of an engine write without fsync.

    A power failure may leave a broken file, so use it only for a file that gets its name once it is complete and
    synced.
    """

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA synchronous=OFF")


def prepare_bulk_writes(engine: Engine) -> None:
    """Make every new connection of an engine write many rows fast: no fsync at each commit, no foreign key checks.

    The writer guarantees that referenced rows exist. After a power failure the last commits may be missing; if one is
    missing, so are all later ones. A later commit of another connection with `synchronous=FULL` makes all of them
    durable.
    """

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        for pragma in ("synchronous=NORMAL", "foreign_keys=OFF", "cache_size=-65536", "wal_autocheckpoint=16000"):
            connection.execute(f"PRAGMA {pragma}")


def create_file(path: Path, access: FileAccess) -> None:
    """Create an empty database file that only its owner, or the group of its folder, can read.

    Raises:
        DatabaseRefused: If the file exists, or the folder is not writable.
    """
    try:
        path.parent.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        make_folder(path.parent, access)
        # SQLite gives its WAL and journal files the mode of the database.
        with new_file(path, access.file_mode):
            pass
    except FileExistsError as error:
        raise DatabaseRefused(Refusal.EXISTS, str(path)) from error
    except OSError as error:
        raise DatabaseRefused(Refusal.CANNOT_CREATE, str(path), error.strerror or "") from error


def files_of(path: Path) -> list[Path]:
    """Return the paths of a database and of the files that SQLite and the write lock create next to it."""
    return [*(path.with_name(path.name + end) for end in _COMPANION_SUFFIXES), path]


def remove_file(path: Path) -> None:
    """Delete a database and the files that SQLite and the write lock created next to it."""
    for file in files_of(path):
        file.unlink(missing_ok=True)


def check_file(path: Path, *, is_encrypted: bool) -> None:
    """Refuse a path that is not a database of ours, before it is opened or changed.

    Raises:
        DatabaseRefused: With the refusal that says what is wrong with the path.
    """
    check_access(path)
    if is_encrypted and is_plain(path):
        raise DatabaseRefused(Refusal.NOT_ENCRYPTED, str(path))
    if not is_encrypted and not is_plain(path):
        raise DatabaseRefused(Refusal.NOT_OURS, str(path))


def check_access(path: Path) -> None:
    """Refuse a path that is not a file that this user, and not everybody, can read and write.

    Whether the group of the file may read it is a setting in the database itself, so it is not checked here.

    Raises:
        DatabaseRefused: With the refusal that says what is wrong with the path.
    """
    try:
        status = path.stat()
    except FileNotFoundError as error:
        raise DatabaseRefused(Refusal.MISSING, str(path)) from error
    except OSError as error:
        raise DatabaseRefused(Refusal.UNREADABLE, str(path), error.strerror or "") from error
    if not stat.S_ISREG(status.st_mode):
        raise DatabaseRefused(Refusal.NOT_A_FILE, str(path))
    if os.statvfs(path).f_flag & os.ST_RDONLY:
        raise DatabaseRefused(Refusal.READ_ONLY, str(path))
    if not os.access(path, os.R_OK | os.W_OK):
        raise DatabaseRefused(Refusal.UNREADABLE, str(path), f"uid {status.st_uid}, {stat.filemode(status.st_mode)}")
    if status.st_mode & stat.S_IRWXO:
        raise DatabaseRefused(Refusal.TOO_PERMISSIVE, str(path), stat.filemode(status.st_mode))


def is_plain(path: Path) -> bool:
    """Say whether a file begins like an unencrypted SQLite file."""
    with path.open("rb") as file:
        return file.read(len(_HEADER)) == _HEADER


def schema_version(connection: Connection, path: Path) -> int:
    """Return the schema version of a file.

    Raises:
        DatabaseRefused: If the file is a database of another program.
    """
    application_id, version = connection.execute(_HEADER_NUMBERS).one()
    if application_id != APPLICATION_ID:
        raise DatabaseRefused(Refusal.NOT_OURS, str(path))
    return int(version)


def stamp(connection: Connection, version: int) -> None:
    """Write our application id and the schema version into the file."""
    connection.exec_driver_sql(f"PRAGMA application_id={APPLICATION_ID}")
    connection.exec_driver_sql(f"PRAGMA user_version={version}")


def encryption_faults(path: Path, key: bytes) -> int:
    """Count the pages of an encrypted file that something other than SQLite has changed, including unused pages."""
    with closing(connect(path, "rw", key)) as connection:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        return len(connection.execute("PRAGMA cipher_integrity_check").fetchall())


def is_wrong_key(error: DatabaseError) -> bool:
    """Say whether an error of a new connection means that the first page cannot be decrypted."""
    return "file is not a database" in str(error.orig)


def is_damage(message: str) -> bool:
    """Say whether a message of the driver means that the file is damaged."""
    return any(words in message for words in ("malformed", "file is not a database", "Could not decode to UTF-8"))


def is_full(message: str) -> bool:
    """Say whether a message of the driver means that the disk is full."""
    return "database or disk is full" in message


def quick_check(connection: Connection) -> str:
    """Return the first fault in the structure of the file, or "ok"."""
    return str(connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one())


def table_with_broken_reference(connection: Connection) -> str | None:
    """Return a table with a row that refers to a missing row, None if there is none."""
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    return None if broken is None else str(broken[0])


def number_guards(table: str, column: str = "id") -> tuple[str, ...]:
    """Return the triggers that refuse a row with a number below 1. SQLite assigns the number only with the insert."""
    return tuple(
        f"CREATE TRIGGER {table}_number_{event} AFTER {act} ON {table} WHEN NEW.{column} < 1 "
        "BEGIN SELECT RAISE(ABORT, 'numbers begin with 1'); END"
        for event, act in (("given", "INSERT"), ("changed", f"UPDATE OF {column}"))
    )


EVENT_GUARDS = (
    "CREATE TRIGGER event_is_never_changed BEFORE UPDATE ON event "
    "BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END",
    "CREATE TRIGGER event_is_never_deleted BEFORE DELETE ON event "
    "BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END",
    *number_guards("event", "seq"),
)
"""Triggers that refuse to change the log. They prevent mistakes, not tampering by the owner of the file."""
