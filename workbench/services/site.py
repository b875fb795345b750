"""Where the database is, how it is made, and who acts at it."""

import os
import pwd
import tomllib
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from sqlmodel import Session, select

from db import schema
from db.engine import Database, path_of
from db.enums import IdentityMode, Role
from db.errors import DatabaseRefused, Refusal
from db.models import CalendarDayRow, PolicyVersionRow, ReviewerRoleRow, ReviewerRow, SettingRow
from workbench.domain.actor import Actor
from workbench.errors import (
    BadConfiguration,
    CannotCreate,
    NotAllowed,
    NotFound,
    StorageFailed,
    WorkbenchError,
)
from workbench.i18n import _, marked
from workbench.policies import default_policy_text
from workbench.services import log
from workbench.services.calendar_seed import seed_days
from workbench.services.context import Context
from workbench.services.office import Office
from workbench.services.store import Store

APP_NAME = "workbench"
_FIRST_YEAR = 2018
_YEARS_AHEAD = 2

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
    Refusal.OLDER: (
        BadConfiguration,
        marked("{where} has an older schema ({detail}); it was left untouched."),
    ),
    Refusal.TOO_OPEN: (
        BadConfiguration,
        marked("{where} can be read by other users ({detail}); take that away with `chmod 600`."),
    ),
    Refusal.UNREADABLE: (NotAllowed, marked("{where} cannot be opened by this user ({detail}).")),
    Refusal.EXISTS: (CannotCreate, marked("There is something at {where} already; it was left untouched.")),
    Refusal.CANNOT_CREATE: (CannotCreate, marked("{where} cannot be made: {detail}.")),
    Refusal.UNKNOWN_SCHEME: (
        BadConfiguration,
        marked("Databases of the kind {where} cannot be opened; name a file."),
    ),
}


def refusal(error: DatabaseRefused) -> WorkbenchError:
    """Return the sentence and exit code for a database that cannot be used."""
    kind, message = _REFUSALS[error.refusal]
    return kind(_(message).format(where=error.where, detail=error.detail))


def _configured(file: Path) -> str | None:
    """Return the database that a settings file names, if there is such a file and it names one."""
    try:
        with file.open("rb") as handle:
            settings = tomllib.load(handle)
    except FileNotFoundError:
        return None
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadConfiguration(
            _("The settings {file} cannot be read: {cause}.").format(file=file, cause=error)
        ) from error
    found = settings.get("database")
    return found if isinstance(found, str) else None


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
        or _configured(Path(platformdirs.user_config_dir(APP_NAME)) / "settings.toml")
        or _configured(site_file or Path(platformdirs.site_config_dir(APP_NAME)) / "site.toml")
        or str(Path(platformdirs.user_data_dir(APP_NAME)) / "workbench.db")
    )
    try:
        return path_of(where)
    except DatabaseRefused as error:
        raise refusal(error) from error


def create_site(path: Path, *, identity: IdentityMode, login: str, now: Callable[[], datetime]) -> None:
    """Make a new database with its store, calendar and policy; `login` becomes its first admin.

    Raises:
        CannotCreate: If something is there already or the disk does not let us.
    """
    try:
        database = schema.create(path)
    except DatabaseRefused as error:
        raise refusal(error) from error
    is_whole = False
    try:
        Store.beside(path).create()
        policy_text = default_policy_text()
        with database.write() as session:
            _settle(session, policy_text, identity, login, now())
        is_whole = True
    finally:
        database.close()
        if not is_whole:
            for left in path.parent.glob(f"{path.name}*"):
                if left.is_file():
                    left.unlink()


def _settle(session: Session, policy_text: str, identity: IdentityMode, login: str, at: datetime) -> None:
    """Write what a new database holds."""
    import hashlib

    session.add(SettingRow(name="identity", value=identity.value))
    session.add(
        PolicyVersionRow(body=policy_text, sha256=hashlib.sha256(policy_text.encode()).hexdigest(), applied_at=at)
    )
    for day in seed_days("CN", range(_FIRST_YEAR, at.year + _YEARS_AHEAD)):
        session.add(
            CalendarDayRow(
                on_date=day.on,
                is_working=day.working,
                kind=str(day.kind),
                name=day.name,
                status=day.status.value,
            )
        )
    reviewer = ReviewerRow(login=login, created_at=at)
    session.add(reviewer)
    session.flush()
    roles = (Role.REVIEWER, Role.SUPERVISOR, Role.ADMIN)
    session.add_all(ReviewerRoleRow(reviewer_id=reviewer.id or 0, role=role.value) for role in roles)
    actor = Actor(id=reviewer.id or 0, login=login, roles=frozenset(roles), identity=f"os:{os.getuid()}")
    log.append(session, actor, "init", at, body={"identity": identity.value, "roles": [role.value for role in roles]})


def os_login() -> str:
    """Return the login of the operating system's user; under sudo that of who called it.

    Raises:
        NotAllowed: If sudo and the kernel disagree about who that is.
    """
    uid = os.getuid()
    sudo_uid = os.environ.get("SUDO_UID", "")
    if uid == 0 and sudo_uid.isdecimal():
        kernel = _kernel_login_uid()
        if kernel is not None and kernel != int(sudo_uid):
            raise NotAllowed(_("sudo and the kernel disagree about who you are; log in again."))
        uid = int(sudo_uid)
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"uid{uid}"


def _kernel_login_uid() -> int | None:
    """Return the uid that was set at login, None where the kernel does not know one."""
    try:
        uid = int(Path("/proc/self/loginuid").read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
    return None if uid == 2**32 - 1 else uid


def _identified(session: Session, as_login: str | None) -> Actor:
    """Return who acts, as this database learns it."""
    setting = session.get(SettingRow, "identity")
    mode = IdentityMode(setting.value) if setting else IdentityMode.OS
    if mode is IdentityMode.OS and as_login is not None:
        raise NotAllowed(_("--as is refused: this database knows people by the operating system's user. Leave it out."))
    login = as_login or os_login()
    row = session.exec(select(ReviewerRow).where(ReviewerRow.login == login, ReviewerRow.is_active)).first()
    if row is None or row.id is None:
        raise NotAllowed(
            _("{login} is not registered here; an admin adds people with `workbench reviewers add`.").format(
                login=login
            )
        )
    roles = session.exec(select(ReviewerRoleRow.role).where(ReviewerRoleRow.reviewer_id == row.id)).all()
    return Actor(
        id=row.id,
        login=login,
        roles=frozenset(Role(role) for role in roles),
        identity=f"{mode.value}:{os.getuid()}",
    )


def open_database(path: Path) -> Database:
    """Open an existing database of ours.

    Raises:
        WorkbenchError: With the cause and the way out.
    """
    try:
        return schema.open_database(path)
    except DatabaseRefused as error:
        raise refusal(error) from error


def open_office(path: Path, as_login: str | None, now: Callable[[], datetime]) -> Office:
    """Open the database for one person, and finish what an interrupted import left.

    Raises:
        WorkbenchError: If the database, its store or the person is not as it must be.
    """
    import sqlalchemy.exc

    database = open_database(path)
    try:
        store = Store.beside(path)
        store.check()
        with database.read() as session:
            actor = _identified(session, as_login)
        office = Office(Context(database, store, now, actor))
        office.resume()
    except sqlalchemy.exc.DatabaseError as error:
        database.close()
        raise StorageFailed(str(error.orig)) from error
    except WorkbenchError:
        database.close()
        raise
    return office
