"""Opens an existing database file, or explains why it cannot be opened."""

import stat
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path

from sqlmodel import Session

from db import dialect, schema
from db.engine import Database
from db.errors import DatabaseRefused, LockTimeout, Refusal
from workbench.domain.case.lifecycle import Actor
from workbench.errors import StorageBusy
from workbench.i18n import _
from workbench.services.encryption import KEY_SETTINGS
from workbench.services.foundation.audit_log import append
from workbench.services.foundation.file_store import Store
from workbench.services.foundation.group_sharing import group_of
from workbench.services.foundation.locations import refusal
from workbench.services.foundation.os_identity import login_and_identity


def open_database(path: Path, store: Store, now: Callable[[], datetime]) -> Database:
    """Open an existing database with the keys of its store, after upgrading an older schema with an event.

    Raises:
        WorkbenchError: If the database cannot be opened or upgraded; it stays unchanged.
    """
    try:
        return schema.open_database(path, _check_group, store.database_key, partial(_log_upgrade, now))
    except DatabaseRefused as error:
        raise refusal(_or_missing_key(error, store)) from error
    except LockTimeout as error:
        message = _("{database} must be upgraded, but another program is writing to it; try again later.")
        raise StorageBusy(message.format(database=path)) from error


def _log_upgrade(now: Callable[[], datetime], session: Session) -> None:
    # An upgrade is not the act of a registered person; the log gets the login, without roles.
    login, identity = login_and_identity(session.connection())
    actor = Actor(id=0, login=login, roles=frozenset(), identity=identity)
    append(session, actor, "upgrade", now(), body={"schema": schema.VERSION})


def open_without_upgrade(path: Path, store: Store) -> tuple[Database, int]:
    """Open an existing database without upgrading it, and return it with its schema version.

    Raises:
        WorkbenchError: If the database cannot be opened.
    """
    try:
        return schema.open_without_upgrade(path, _check_group, store.database_key)
    except DatabaseRefused as error:
        raise refusal(_or_missing_key(error, store)) from error


def _or_missing_key(error: DatabaseRefused, store: Store) -> DatabaseRefused:
    """Return the refusal of a file, or a refusal about missing key settings if the file may be encrypted."""
    if error.refusal is Refusal.NOT_OURS and store.hash_key_file.exists() and not dialect.is_plain(Path(error.where)):
        return DatabaseRefused(Refusal.KEY_SETTINGS_MISSING, error.where, str(store.folder / KEY_SETTINGS))
    return error


def _check_group(database: Database) -> None:
    """Check that the file has no group permissions, unless the database is shared with a group."""
    mode = database.path.stat().st_mode
    if not mode & stat.S_IRWXG:
        return
    with database.read() as session:
        is_shared = group_of(session) is not None
    if not is_shared:
        raise DatabaseRefused(Refusal.TOO_PERMISSIVE, str(database.path), stat.filemode(mode))
