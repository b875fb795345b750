"""Creates and opens databases, and identifies the person who works with one."""

import os
import shutil
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select
from sqlmodel import Session

from db import dialect, schema
from db.access import FileAccess
from db.engine import Database
from db.enums import IdentityMode, Role
from db.errors import DatabaseRefused, Refusal
from db.models import ReviewerRoleRow, ReviewerRow, SettingRow
from db.queries.published import table_of
from workbench.domain.case.lifecycle import Actor
from workbench.domain.policy.policy import Supplier
from workbench.domain.values.logins import normal_login
from workbench.errors import NotAllowed, WorkbenchError
from workbench.i18n import _, comma_joined
from workbench.policies import default_policy_text, with_local_comments
from workbench.services.foundation import audit_log
from workbench.services.foundation.calendar_days import log_calendar, write_published
from workbench.services.foundation.context import Context
from workbench.services.foundation.file_store import Store
from workbench.services.foundation.group_sharing import SHARED_SETTING, Sharing, group_folder
from workbench.services.foundation.locations import refusal, storage_errors
from workbench.services.foundation.os_identity import login_and_identity
from workbench.services.foundation.safe_files import new_parents
from workbench.services.foundation.site_settings import SiteSettings, new_site_file
from workbench.services.policy.reader import parse_policy
from workbench.services.policy.supplier import is_made_up, with_supplier
from workbench.services.site.check_values import hash_key_setting, verify_hash_key
from workbench.services.site.database import open_database
from workbench.services.site.machine_clock import note_clock
from workbench.services.site.people import SOLO_SETTING
from workbench.services.site.policies import new_version
from workbench.services.time.calendar.public_holidays import seed_days
from workbench.services.wiring import Services

if TYPE_CHECKING:
    from workbench.services.encryption.key_source import Key

_SETTING, _REVIEWER = table_of(SettingRow), table_of(ReviewerRow)
_IDENTITY = select(_SETTING.c.value).where(_SETTING.c.name == "identity")
_PERSON = select(_REVIEWER.c.id).where(_REVIEWER.c.login == bindparam("login"))
_LOGINS = select(_REVIEWER.c.login).where(_REVIEWER.c.is_active).order_by(_REVIEWER.c.id).limit(10)

Clock = Callable[[], datetime]
"""Returns the current time."""

_FIRST_YEAR = 2018
_YEARS_AHEAD = 1
"""The calendar of a new database has the years from the first one to this many after the current one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDatabase:
    """The options of a new database.

    Attributes:
        login: The login of the first admin.
        identity: How the database identifies people.
        shared: The Unix group that shares the database, None if it belongs to one user.
        solo: The reason why one person reviews alone, "" if several people review.
        supplier: The sender of the letters, by default a made-up one.
        key: The key that encrypts all stored data, None if they are not encrypted.
    """

    login: str
    identity: IdentityMode = IdentityMode.OS
    shared: Sharing | None = None
    solo: str = ""
    supplier: Supplier | None = None
    key: "Key | None" = None

    @property
    def is_supplier_made_up(self) -> bool:
        """Whether the letters will name a supplier that does not exist."""
        return self.supplier is None or is_made_up(self.supplier)

    def settings(self) -> dict[str, str]:
        """Return the options as settings of the database, without empty ones."""
        group = self.shared.group if self.shared else ""
        options = {"identity": self.identity.value, SHARED_SETTING: group, SOLO_SETTING: self.solo}
        return {name: value for name, value in options.items() if value}


def make_shared_database(path: Path, new: NewDatabase, sharing: Sharing, site_file: Path, now: Clock) -> None:
    """Create a database for a Unix group and the site file that names the database, either both or neither.

    Raises:
        CannotCreate: If one of them cannot be created; the message says what an admin must do.
        BadConfiguration: If an existing site file cannot be read.
    """
    path = path.absolute()
    settings = SiteSettings(database=str(path), group=sharing.group)
    with new_site_file(site_file, settings) as publish, new_parents(path), group_folder(path.parent, sharing):
        make_database(path, replace(new, shared=sharing), now, publish)


def make_database(path: Path, new: NewDatabase, now: Clock, finish: Callable[[], None] | None = None) -> None:
    """Create a database with its store, calendar and policy, then call `finish`; if one fails, delete all files.

    Raises:
        CannotCreate: If the path exists or cannot be written.
    """
    access = FileAccess.SHARED if new.shared else FileAccess.PRIVATE
    store = Store.beside(path)
    if new.key is not None:
        from workbench.services.encryption.data_keys import DataKeys

        store.keys = DataKeys.new()
    if store.folder.exists():
        raise refusal(DatabaseRefused(Refusal.EXISTS, str(path if path.exists() else store.folder)))
    with new_parents(path), ExitStack() as on_failure:
        try:
            database = schema.create(path, access, store.database_key)
        except DatabaseRefused as error:
            raise refusal(error) from error
        on_failure.callback(shutil.rmtree, store.folder, ignore_errors=True)
        on_failure.callback(dialect.remove_file, path)
        on_failure.callback(database.close)
        store.create(access)
        if new.key is not None and store.keys is not None:
            from workbench.services.encryption.key_settings import KeySettings

            KeySettings.sealing(store.keys, new.key).write(store.folder)
        # Parsed before the transaction: a server ends one that waits for seconds.
        policy_text, country = _first_policy(new)
        with database.write() as session:
            session.add(hash_key_setting(store))
            _write_first_rows(session, new, policy_text, country, now())
        if finish is not None:
            finish()
        on_failure.pop_all()
    database.close()


def _first_policy(new: NewDatabase) -> tuple[str, str]:
    """Return the text of the first policy, and its country."""
    text = default_policy_text() if new.supplier is None else with_supplier(default_policy_text(), new.supplier)
    return with_local_comments(text), parse_policy(text, "policy 1").country


def _write_first_rows(session: Session, new: NewDatabase, policy_text: str, country: str, at: datetime) -> None:
    """Write the settings, policy, calendar and first admin of a new database."""
    session.add_all(SettingRow(name=name, value=value) for name, value in new.settings().items())
    write_published(session, seed_days(country, range(_FIRST_YEAR, at.year + _YEARS_AHEAD + 1)))
    log_calendar(session)
    reviewer = ReviewerRow(login=new.login, created_at=at)
    session.add(reviewer)
    session.flush()
    session.add(new_version(policy_text, at, reviewer.id or 0))
    roles = (Role.REVIEWER, Role.SUPERVISOR, Role.ADMIN)
    session.add_all(ReviewerRoleRow(reviewer_id=reviewer.id or 0, role=role.value) for role in roles)
    _login, identity = login_and_identity(session.connection())
    actor = Actor(id=reviewer.id or 0, login=new.login, roles=frozenset(roles), identity=identity)
    body = {
        **new.settings(),
        # The reason may name a person, so the event only says whether there is one.
        SOLO_SETTING: bool(new.solo),
        "roles": [role.value for role in roles],
        **({"encrypted": True} if new.key else {}),
    }
    audit_log.append(session, actor, "init", at, body=body)
    note_clock(session, at)


def _identify(session: Session, as_login: str | None) -> Actor:
    """Return the person who acts, identified as the settings of the database require."""
    mode = IdentityMode(session.connection().execute(_IDENTITY).scalar() or IdentityMode.OS)
    own_login, identity = login_and_identity(session.connection())
    is_named = mode is IdentityMode.NAMED and not identity.startswith("db:")
    if as_login is not None and not is_named:
        message = _(
            "--as cannot be used: this database identifies people by the operating system's user. Leave it out."
        )
        if identity.startswith("db:"):
            message = _("--as cannot be used: {login} is logged in at the server, which says who works. Leave it out.")
        raise NotAllowed(message.format(login=own_login))
    login, person_id = _find_registered(session, as_login or own_login)
    if person_id is None:
        message = _("{login} is not registered here; an admin runs `workbench reviewers add {login}`.")
        if is_named:
            # In this mode people name themselves, so listing the logins reveals nothing.
            message = _("{login} is not registered here; say who you are with --as LOGIN: {logins}.")
        raise NotAllowed(message.format(login=login, logins=comma_joined(session.execute(_LOGINS).scalars())))
    if is_named:
        # The person is not the operating system's user, so sudo does not matter.
        identity = f"{mode.value}:{os.getuid()}"
    # The roles are read in each transaction.
    return Actor(id=person_id, login=login, roles=frozenset(), identity=identity)


def _find_registered(session: Session, given_login: str) -> tuple[str, int | None]:
    """Return a given login as it is registered, and the id of the person, None if the login is not registered."""
    # Older versions did not normalise logins when they registered them.
    for login in (given_login, normal_login(given_login)):
        person_id = session.connection().execute(_PERSON, {"login": login}).scalar()
        if person_id is not None:
            return login, person_id
    return given_login, None


def open_services(
    path: Path, as_login: str | None, now: Clock, *, resumes: bool = True, store: Store | None = None
) -> Services:
    """Open the services for one person.

    Args:
        path: The path of the database.
        as_login: The login that the person gives, None for the login of the operating system.
        now: The clock of this machine. All desks of a server act by the clock of the server.
        resumes: Whether to finish interrupted work, such as imports.
        store: The unlocked file store; by default its keys are read from their source, but no passphrase is asked for.

    Raises:
        WorkbenchError: If the database or its store cannot be used, or the person is not registered or has no role.
    """
    store = store or Store.unlocked(path)
    database = open_database(path, store, now)
    try:
        services = Services(open_context(database, store, as_login, now))
        if resumes and not services.actor.is_only_verifier:
            with storage_errors(path):
                services.resume()
    except WorkbenchError:
        database.close()
        raise
    return services


def open_context(database: Database, store: Store, as_login: str | None, now: Clock) -> Context:
    """Return the context of one person on an open database; the parameters are those of `open_services`.

    Raises:
        WorkbenchError: If the store is another one, or the person is not registered or has no role.
    """
    path = database.path
    clock = (lambda: now() + dialect.clock_ahead(path)) if dialect.is_server(path) else now
    with storage_errors(path), database.read() as session:
        context = Context(database, store, clock, _identify(session, as_login))
        context.read_roles(session)
        verify_hash_key(session, store)
    return context
