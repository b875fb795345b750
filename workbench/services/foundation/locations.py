"""Finds the path of the database, and makes the errors for a database that cannot be used."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from sqlalchemy.exc import DBAPIError

from db import dialect
from db.errors import DatabaseRefused, LockTimeout, Refusal, TextRefused
from workbench import errors
from workbench.domain.case.case_id import format_case
from workbench.failure import driver_message
from workbench.i18n import N_, _
from workbench.services.foundation.group_sharing import not_in_group
from workbench.services.foundation.site_settings import APP_NAME, default_site_file, read_settings
from workbench.settings.user_settings import load_settings, settings_file

Found = TypeVar("Found")
_CLOCKS_MAY_DIFFER = timedelta(seconds=2)

_MESSAGES: dict[Refusal, str] = {
    Refusal.MISSING: N_(
        "There is no database at {where}; `workbench init` makes one, `workbench demo` shows sample data."
    ),
    Refusal.NOT_A_FILE: N_("{where} is not a file; name the database file itself."),
    Refusal.NOT_OURS: N_("{where} is not a database of this program and was left unchanged; choose another file."),
    Refusal.NOT_ENCRYPTED: N_(
        "{where} is not encrypted, but its store has key settings; put the right file back, or restore a backup."
    ),
    Refusal.NOT_DECRYPTED: N_(
        "{where} is damaged or was encrypted with another key, and was left unchanged; restore a backup."
    ),
    Refusal.KEY_SETTINGS_MISSING: N_(
        "{where} is encrypted or damaged, and its key settings {detail} are missing; put them back from a backup."
    ),
    Refusal.CREATED_BY_NEWER: N_(
        "{where} was created or upgraded by a newer version of this program ({detail}), and was left unchanged; whoever"
        " installs the program on this machine must upgrade it."
    ),
    Refusal.CREATED_BY_OLDER: N_(
        "{where} has schema {detail} and was left unchanged; this program reads schema 16 or later. Open it, or"
        " restore its backup, once with the program of commit 73b88f9e, which brings it up to date."
    ),
    Refusal.UPGRADED_WHILE_OPEN: N_(
        "{where} was upgraded by a newer version of this program ({detail}); nothing was written. Start the program"
        " again; whoever installs it on this machine must upgrade it too."
    ),
    Refusal.REPLACED: N_(
        "{where} was replaced or removed while it was open; nothing was written. Put it back, or start again."
    ),
    Refusal.DAMAGED: N_("{where} is damaged ({detail}) and was left unchanged; restore a backup."),
    Refusal.TOO_PERMISSIVE: N_(
        "Other users can read {where} ({detail}); run `chmod 600` on it, or `chmod 660` if a group shares it."
    ),
    Refusal.UNREADABLE: N_("{where} cannot be opened by this user ({detail})."),
    Refusal.READ_ONLY: N_(
        "{where} is on a file system that is mounted read-only; mount it for writing, then run the command again."
    ),
    Refusal.EXISTS: N_(
        "{where} already exists and was left unchanged; choose another path, or move the old database aside together"
        " with its .store folder and, if it has them, its -wal, -shm and .lock files."
    ),
    Refusal.CANNOT_CREATE: N_("{where} cannot be created: {detail}."),
    Refusal.NO_HOME: N_("{where} names a home folder that does not exist; give the full path of the database."),
    Refusal.UNKNOWN_SCHEME: N_(
        "{where} is a kind of database that this program cannot open; give the path of a file, or a postgresql:// URL."
    ),
    Refusal.NO_DRIVER: N_(
        "{where} is on a PostgreSQL server, which needs the package {detail}; install the program with [teams]."
    ),
    Refusal.UNREACHABLE: N_("The server of {where} does not let this program in: {detail}."),
    Refusal.NOT_EMPTY: N_("{where} is not empty and was left unchanged; name a new database of the server."),
    Refusal.UNFIT_SERVER: N_(
        "{where} is of PostgreSQL {detail}; this program needs version 16 or later, and a database in UTF8."
    ),
    Refusal.CREATES_NO_ROLES: N_(
        "{detail} may not create roles on the server of {where}, and a site needs two; a superuser of the server runs"
        " `ALTER ROLE {detail} CREATEROLE` in psql."
    ),
    Refusal.STOPPED: N_("The server of {where} stopped the work: {detail}. Correct that and repeat the command."),
    Refusal.LOST: N_("The connection to the server of {where} was lost ({detail}); nothing was written. Try again."),
    Refusal.UNCERTAIN: N_(
        "The connection to the server of {where} was lost at the end of the act ({detail}), so it is recorded"
        " completely or not at all. Look at the case before you repeat it."
    ),
    Refusal.NOT_PERMITTED: N_(
        "The server of {where} does not let your login do this ({detail}). What people do needs a login that is"
        " registered and not deactivated; the rest, such as `backup` and `retention compact`, does who works as the"
        " owner of the database (PGUSER)."
    ),
    Refusal.MADE_BY_OWNER: N_(
        "Your login cannot set up {where}, which was left unchanged: it must own the database, and have made the group"
        " roles {detail} if they are left of an earlier one. A superuser of the server sees to that with ALTER DATABASE"
        " or DROP ROLE."
    ),
    Refusal.UPGRADED_BY_OWNER: N_(
        "{where} has an older schema than this program; who works as the owner of the database (PGUSER) must start this"
        " program once, which upgrades it."
    ),
    Refusal.NO_CLIENT: N_(
        "`{detail}` of PostgreSQL is not on this machine, so the database {where} was left alone; install PostgreSQL's"
        " client programs in the version of the server or a later one."
    ),
    Refusal.IN_SERVER: N_(
        "The backup is of a site on a PostgreSQL server, and {where} is a file; name an empty database of a server"
        " with --database postgresql://…"
    ),
    Refusal.IN_FILE: N_(
        "The backup is of a site in a file, and {where} is on a server; restore it to a file, then move it with"
        " `workbench migrate`."
    ),
    Refusal.MOVED: N_(
        "The site of {where} moved to {detail}, so this database is sealed; use --database {detail}, or change the"
        " settings that name the database."
    ),
    Refusal.MOVING: N_(
        "{where} is the unfinished copy of {detail}; repeat the `workbench migrate` that made it, which finishes it."
    ),
}
_ERRORS: dict[Refusal, type[errors.WorkbenchError]] = {
    Refusal.MISSING: errors.NotFound,
    Refusal.REPLACED: errors.StorageGone,
    Refusal.DAMAGED: errors.DatabaseDamaged,
    Refusal.UNREADABLE: errors.NotAllowed,
    Refusal.READ_ONLY: errors.StorageFailed,
    Refusal.EXISTS: errors.CannotCreate,
    Refusal.CANNOT_CREATE: errors.CannotCreate,
    Refusal.NOT_EMPTY: errors.CannotCreate,
    Refusal.UNREACHABLE: errors.StorageFailed,
    Refusal.NOT_PERMITTED: errors.NotAllowed,
    Refusal.CREATES_NO_ROLES: errors.NotAllowed,
    Refusal.MADE_BY_OWNER: errors.NotAllowed,
    Refusal.STOPPED: errors.StorageFailed,
    Refusal.LOST: errors.ConnectionLost,
    Refusal.UNCERTAIN: errors.StorageFailed,
}
"""The errors for refusals; one that is not listed here is a BadConfiguration."""


def refusal(error: DatabaseRefused) -> errors.WorkbenchError:
    """Return the error, with message and exit code, for a database that cannot be used."""
    if error.refusal is Refusal.UNREADABLE and (access_error := not_in_group(Path(error.where))) is not None:
        return access_error
    kind = _ERRORS.get(error.refusal, errors.BadConfiguration)
    return kind(_(_MESSAGES[error.refusal]).format(where=error.where, detail=error.detail))


def refuse_server(path: Path, what: str) -> None:
    """Refuse a command or option that is about the file of a database, if the database is on a server.

    Raises:
        BadConfiguration: If it is on a server.
    """
    if dialect.is_server(path):
        message = _(
            "{what} is for a database in a file. A PostgreSQL server knows people by their logins and lets them in by"
            " its groups; its disks and TLS encrypt the data."
        )
        raise errors.BadConfiguration(message.format(what=what))


def host_clock_note(path: Path) -> str:
    """Return a sentence if the clocks of this machine and of the server of a database differ, else ""."""
    ahead = dialect.clock_ahead(path)
    message = _(
        "The clock of the server is {seconds:+.1f} s from that of this machine. Acts have the time of the server; set"
        " the clock of this machine."
    )
    return message.format(seconds=ahead.total_seconds()) if abs(ahead) > _CLOCKS_MAY_DIFFER else ""


@contextmanager
def storage_errors(path: Path) -> Iterator[None]:
    """Convert errors of a database to errors with a message for the user; the transaction is already rolled back."""
    try:
        yield
    except LockTimeout as error:
        raise errors.StorageBusy(_("The database is busy; nothing was written. Try again.")) from error
    except DatabaseRefused as error:
        raise refusal(error) from error
    except TextRefused as error:
        raise errors.BadData(_("The field holds a NUL; type it again.")) from error
    except DBAPIError as error:
        if dialect.is_busy(error.orig):
            raise errors.StorageBusy(_("The database is busy; nothing was written. Try again.")) from error
        cause = driver_message(error.orig)
        if dialect.is_forbidden(error.orig):
            raise refusal(DatabaseRefused(Refusal.NOT_PERMITTED, dialect.place_of(path), cause)) from error
        if dialect.is_lost(error):
            raise refusal(DatabaseRefused(Refusal.LOST, dialect.place_of(path), cause)) from error
        if dialect.is_damage(cause):
            raise refusal(DatabaseRefused(Refusal.DAMAGED, str(path), cause)) from error
        failure = errors.DiskFull if dialect.is_full(error.orig) else errors.StorageFailed
        raise failure(_("The storage failed: {cause}; nothing was written.").format(cause=cause)) from error


@contextmanager
def rewording_storage_failures(
    message: str, kind: type[errors.StorageFailed] = errors.StorageFailed, **values: str
) -> Iterator[None]:
    """Replace the message of a storage failure where "nothing was written" would be wrong, and its kind.

    `message` gets the `values` and the {cause} of the failure.
    """
    try:
        yield
    except errors.StorageFailed as error:
        if isinstance(error, errors.DatabaseDamaged | errors.StorageGone):
            raise
        original = getattr(error.__cause__, "orig", None)
        cause = driver_message(original) if isinstance(original, Exception) else str(error).rstrip(".")
        raise kind(message.format(cause=cause, **values)) from error


def read_after_act(read: Callable[[int], Found], case_id: int) -> Found:
    """Read a case after an act on it; if that fails, the message says that the act is recorded."""
    message = _("The act on {case} is recorded, but the case could not be read after it: {cause}. Look at it again.")
    with rewording_storage_failures(message, case=format_case(case_id)):
        return read(case_id)


def find_database(
    option: str | None, environment: Mapping[str, str] = os.environ, site_file: Path | None = None
) -> tuple[Path, str]:
    """Return the path of the database, and what names it: the option, the variable, or the path of a settings file.

    The first of these that names a database is used: the option, WORKBENCH_DATABASE, the user's settings, the site
    file. Otherwise the database is in the user's data folder, and nothing names it.

    Raises:
        NotFound: If the site file given does not exist.
        BadConfiguration: If a settings file cannot be read or the database is of an unknown kind.
    """
    import platformdirs

    if site_file is not None and not site_file.exists():
        raise errors.NotFound(_("There is no site file {file}.").format(file=site_file))
    site_file = site_file or default_site_file()
    readers: dict[str, Callable[[], str | None]] = {
        "--database": lambda: option,
        "$WORKBENCH_DATABASE": lambda: environment.get("WORKBENCH_DATABASE"),
        str(settings_file()): lambda: load_settings(settings_file()).values.database,
        str(site_file): lambda: _database_in(site_file),
        "": lambda: str(Path(platformdirs.user_data_dir(APP_NAME)) / "workbench.db"),
    }
    origin, where = next((origin, where) for origin, read in readers.items() if (where := read()))
    return database_named(where), origin


def shared_database_path(option: str | None) -> Path:
    """Return the path for a new shared database: the option, WORKBENCH_DATABASE, or the data folder of all users.

    Raises:
        BadConfiguration: If the database is of an unknown kind.
    """
    import platformdirs

    where = option or os.environ.get("WORKBENCH_DATABASE")
    return database_named(where) if where else Path(platformdirs.site_data_dir(APP_NAME)) / "workbench.db"


def database_named(where: str, folder: Path | None = None) -> Path:
    """Return the path of the database that a path or URL names.

    The file that stands for a server's database is in a folder, by default that of the user's data.

    Raises:
        BadConfiguration: If the database is of an unknown kind.
    """
    import platformdirs

    try:
        return dialect.path_of(where, lambda: folder or Path(platformdirs.user_data_dir(APP_NAME)))
    except DatabaseRefused as error:
        raise refusal(error) from error


def _database_in(file: Path) -> str | None:
    settings = read_settings(file)
    return settings.database if settings is not None else None
