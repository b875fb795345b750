"""Where the database is, where a shared one goes, and why one cannot be used."""

import os
from collections.abc import Mapping
from pathlib import Path

from db.engine import path_of
from db.errors import DatabaseRefused, Refusal
from workbench.errors import BadConfiguration, CannotCreate, NotAllowed, NotFound, StorageFailed, WorkbenchError
from workbench.i18n import _, marked
from workbench.services.foundation.group_sharing import outsider
from workbench.services.foundation.site_settings import APP_NAME, default_site_file, read_settings

_REFUSALS: dict[Refusal, tuple[type[WorkbenchError], str]] = {
    Refusal.MISSING: (
        NotFound,
        marked("There is no database at {where}; `workbench init` makes one, `workbench demo` shows sample data."),
    ),
    Refusal.NOT_A_FILE: (BadConfiguration, marked("{where} is not a file; name the database file itself.")),
    Refusal.NOT_OURS: (
        BadConfiguration,
        marked("{where} is not a database of this program; it was left untouched."),
    ),
    Refusal.NEWER: (
        BadConfiguration,
        marked("{where} was made by a newer version of this program ({detail}); upgrade the program."),
    ),
    Refusal.UPGRADED: (
        BadConfiguration,
        marked("{where} was brought up to date by a newer version of this program ({detail}); start again."),
    ),
    Refusal.DAMAGED: (
        StorageFailed,
        marked("{where} is damaged ({detail}); it was left as it was: restore a backup."),
    ),
    Refusal.TOO_OPEN: (
        BadConfiguration,
        marked(
            "{where} can be read by other users ({detail}); "
            "take that away with `chmod 600`, or `chmod 660` if a group shares it."
        ),
    ),
    Refusal.UNREADABLE: (NotAllowed, marked("{where} cannot be opened by this user ({detail}).")),
    Refusal.EXISTS: (CannotCreate, marked("There is something at {where} already; it was left untouched.")),
    Refusal.CANNOT_CREATE: (CannotCreate, marked("{where} cannot be made: {detail}.")),
    Refusal.NO_HOME: (
        BadConfiguration,
        marked("{where} is in no home folder of this host; write the whole path of the database."),
    ),
    Refusal.UNKNOWN_SCHEME: (
        BadConfiguration,
        marked("Databases of the kind {where} cannot be opened; name a file."),
    ),
}


def refusal(error: DatabaseRefused) -> WorkbenchError:
    """Return the sentence and exit code for a database that cannot be used."""
    if error.refusal is Refusal.UNREADABLE and (closed := outsider(Path(error.where))) is not None:
        return closed
    kind, message = _REFUSALS[error.refusal]
    return kind(_(message).format(where=error.where, detail=error.detail))


def find_database(
    option: str | None, environment: Mapping[str, str] = os.environ, site_file: Path | None = None
) -> Path:
    """Return where the database is: the option, the environment, the user's settings, the site's, or the user's own.

    Raises:
        BadConfiguration: If a settings file cannot be read or the database is of an unknown kind.
    """
    import platformdirs

    if site_file is not None and not site_file.exists():
        raise NotFound(_("There is no site file {file}.").format(file=site_file))
    where = (
        option
        or environment.get("WORKBENCH_DATABASE")
        or _named_in(Path(platformdirs.user_config_dir(APP_NAME)) / "settings.toml")
        or _named_in(site_file or default_site_file())
        or str(Path(platformdirs.user_data_dir(APP_NAME)) / "workbench.db")
    )
    try:
        return path_of(where)
    except DatabaseRefused as error:
        raise refusal(error) from error


def place_to_share(option: str | None, environment: Mapping[str, str] = os.environ) -> Path:
    """Return where a new shared database goes: the option, the environment, or the data folder of all users.

    Raises:
        BadConfiguration: If the database is of an unknown kind.
    """
    import platformdirs

    where = option or environment.get("WORKBENCH_DATABASE")
    try:
        return path_of(where) if where else Path(platformdirs.site_data_dir(APP_NAME)) / "workbench.db"
    except DatabaseRefused as error:
        raise refusal(error) from error


def _named_in(file: Path) -> str | None:
    settings = read_settings(file)
    return settings.database if settings is not None else None
