"""How a database is made and opened, and who acts at it."""

import os
import shutil
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sqlmodel import Session, select

from db import schema
from db.access import Access
from db.dialects import sqlite
from db.engine import Database
from db.enums import IdentityMode, Role
from db.errors import DatabaseRefused, LockTimeout, Refusal
from db.models import PolicyVersionRow, ReviewerRoleRow, ReviewerRow, SettingRow
from workbench.domain.case.actor import Actor
from workbench.domain.policy.file import parse_policy
from workbench.errors import (
    Busy,
    NotAllowed,
    StorageFailed,
    WorkbenchError,
)
from workbench.i18n import _
from workbench.policies import default_policy_text
from workbench.services.calendar.public_holidays import seed_days
from workbench.services.foundation import audit_log
from workbench.services.foundation.calendar_days import write_published
from workbench.services.foundation.context import Context
from workbench.services.foundation.file_store import Store
from workbench.services.foundation.group_sharing import SETTING as SHARED
from workbench.services.foundation.group_sharing import Sharing, given_folder, group_of
from workbench.services.foundation.locations import refusal
from workbench.services.foundation.os_identity import os_login
from workbench.services.foundation.rollback_folders import made_for
from workbench.services.foundation.site_settings import SiteSettings, site_file_saying
from workbench.services.site.solo import SETTING as SOLO
from workbench.services.wiring import Services

_FIRST_YEAR = 2018
_YEARS_AHEAD = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSite:
    """What a new database is to be like: how it knows people, its first admin, who shares it, who reviews alone.

    `shared` is the group of a database for several users of the host, `solo` the reason why one person works alone.
    """

    login: str
    identity: IdentityMode = IdentityMode.OS
    shared: Sharing | None = None
    solo: str = ""

    def settings(self) -> dict[str, str]:
        """Return the settings that the database keeps."""
        said = {"identity": self.identity.value, SHARED: self.shared.group if self.shared else "", SOLO: self.solo}
        return {name: value for name, value in said.items() if value}


def create_site(path: Path, *, identity: IdentityMode, login: str, now: Callable[[], datetime]) -> None:
    """Make a new database for one user of the host; `login` becomes its first admin.

    Raises:
        CannotCreate: If something is there already or the disk does not let us.
    """
    make_site(path, NewSite(login=login, identity=identity), now)


def share_site(path: Path, new: NewSite, sharing: Sharing, site_file: Path, now: Callable[[], datetime]) -> None:
    """Make a new database for a group of the host, and the site's settings that name it: both or neither.

    Raises:
        CannotCreate: If one of them cannot be made, with what an admin must do.
        BadConfiguration: If there are settings that cannot be read.
    """
    path = path.absolute()
    settings = SiteSettings(database=str(path), shared=sharing.group)
    with site_file_saying(site_file, settings) as take_place, made_for(path), given_folder(path.parent, sharing):
        make_site(path, replace(new, shared=sharing), now, take_place)


def make_site(path: Path, new: NewSite, now: Callable[[], datetime], finish: Callable[[], None] | None = None) -> None:
    """Make a new database with its store, calendar and policy, and `finish` what belongs to it; whole or not at all.

    Raises:
        CannotCreate: If something is there already or the disk does not let us.
    """
    access = Access.SHARED if new.shared else Access.PRIVATE
    store = Store.beside(path)
    if store.folder.exists():
        raise refusal(DatabaseRefused(Refusal.EXISTS, str(store.folder)))
    with made_for(path), _created(path, access) as database:
        try:
            store.create(access)
            policy_text = default_policy_text()
            with database.write() as session:
                _settle(session, policy_text, new, now())
            if finish is not None:
                finish()
        except BaseException:
            # It was not there before.
            shutil.rmtree(store.folder, ignore_errors=True)
            raise


@contextmanager
def _created(path: Path, access: Access) -> Iterator[Database]:
    """Give a new database, which goes away again if what is done with it fails.

    Raises:
        CannotCreate: If something is there already or the disk does not let us.
    """
    try:
        database = schema.create(path, access)
    except DatabaseRefused as error:
        raise refusal(error) from error
    try:
        yield database
    except BaseException:
        database.close()
        sqlite.remove_file(path)
        raise
    database.close()


def _settle(session: Session, policy_text: str, new: NewSite, at: datetime) -> None:
    """Write what a new database holds."""
    import hashlib

    session.add_all(SettingRow(name=name, value=value) for name, value in new.settings().items())
    session.add(
        PolicyVersionRow(body=policy_text, sha256=hashlib.sha256(policy_text.encode()).hexdigest(), applied_at=at)
    )
    country = parse_policy(policy_text, "policy 1").country
    write_published(session, seed_days(country, range(_FIRST_YEAR, at.year + _YEARS_AHEAD)))
    reviewer = ReviewerRow(login=new.login, created_at=at)
    session.add(reviewer)
    session.flush()
    roles = (Role.REVIEWER, Role.SUPERVISOR, Role.ADMIN)
    session.add_all(ReviewerRoleRow(reviewer_id=reviewer.id or 0, role=role.value) for role in roles)
    actor = Actor(id=reviewer.id or 0, login=new.login, roles=frozenset(roles), identity=f"os:{os.getuid()}")
    body = {
        **new.settings(),
        # What a person wrote may name somebody; the setting has it.
        SOLO: bool(new.solo),
        "roles": [role.value for role in roles],
    }
    audit_log.append(session, actor, "init", at, body=body)


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
            _("{login} is not registered here; an admin runs `workbench reviewers add {login}`.").format(login=login)
        )
    roles = session.exec(select(ReviewerRoleRow.role).where(ReviewerRoleRow.reviewer_id == row.id)).all()
    return Actor(
        id=row.id,
        login=login,
        roles=frozenset(Role(role) for role in roles),
        identity=f"{mode.value}:{os.getuid()}",
    )


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
        raise Busy(
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


def open_services(path: Path, as_login: str | None, now: Callable[[], datetime], *, resumes: bool = True) -> Services:
    """Open the database for one person, and finish what was broken off, unless who opens it does so later.

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
        services = Services(Context(database, store, now, actor))
        if resumes:
            services.resume()
    except sqlalchemy.exc.DatabaseError as error:
        database.close()
        raise StorageFailed(str(error.orig)) from error
    except WorkbenchError:
        database.close()
        raise
    return services
