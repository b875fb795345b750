"""Opening an existing database file, with the reasons to refuse it in words."""

import stat
from pathlib import Path

from db import schema
from db.engine import Database
from db.errors import DatabaseRefused, LockTimeout, Refusal
from workbench.errors import StorageBusy
from workbench.i18n import _
from workbench.services.foundation.group_sharing import group_of
from workbench.services.foundation.locations import refusal


def open_database(path: Path) -> Database:
    """Open an existing database of ours, an older one after it was brought up to date.

    Raises:
        WorkbenchError: With the cause and the way out; nothing was changed then.
    """
    try:
        return schema.open_database(path, _check_group)
    except DatabaseRefused as error:
        raise refusal(error) from error
    except LockTimeout as error:
        raise StorageBusy(
            _("{database} is older than this program, and others are writing to it; try again.").format(database=path)
        ) from error


def look_at_database(path: Path) -> tuple[Database, int]:
    """Open an existing database of ours as it is, to look at it only, and say which schema it has.

    Raises:
        WorkbenchError: With the cause and the way out.
    """
    try:
        return schema.open_without_upgrade(path, _check_group)
    except DatabaseRefused as error:
        raise refusal(error) from error


def _check_group(database: Database) -> None:
    """Refuse a database that a group can get at, and that is shared with none."""
    mode = database.path.stat().st_mode
    if not mode & stat.S_IRWXG:
        return
    with database.read() as session:
        is_shared = group_of(session) is not None
    if not is_shared:
        raise DatabaseRefused(Refusal.TOO_OPEN, str(database.path), stat.filemode(mode))
