"""Checks the health of a database: the file, its store, permissions, structure, audit log, and overdue work."""

import stat
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

from sqlalchemy import func
from sqlmodel import Session, col, select

from db import dialect, schema
from db.access import FileAccess, access_of
from db.engine import Database
from db.enums import CaseState, IdentityMode
from db.models import PolicyVersionRow, SettingRow
from db.queries.outbox import count_owed
from db.queries.published import CASE, is_open_case, is_published
from db.queries.workload import count_overdue_measures
from workbench.domain.case.case_id import format_case
from workbench.domain.clock.calendar import WorkingCalendar
from workbench.domain.clock.due import last_overdue_receipt
from workbench.domain.policy.policy import Policy
from workbench.errors import WorkbenchError
from workbench.i18n import _, comma_joined
from workbench.services.foundation import audit_log
from workbench.services.foundation.calendar_days import days_in_force
from workbench.services.foundation.file_store import Store, access_problem
from workbench.services.foundation.group_sharing import group_named, group_of
from workbench.services.foundation.locations import host_clock_note
from workbench.services.policy.reader import parse_policy
from workbench.services.policy.supplier import advice_on_made_up, is_made_up
from workbench.services.site import encryption_checks, file_checks
from workbench.services.site.check_values import verify_hash_key
from workbench.services.site.database import open_without_upgrade
from workbench.services.site.file_checks import CheckLine, Health, check_retention
from workbench.services.site.log_checks.anchors import check_anchors
from workbench.services.site.log_checks.unexplained_rows import check_unexplained, choice_faults, log_faults
from workbench.services.site.people import login_faults, look_alikes, solo_reason


def examine(
    path: Path,
    now: datetime,
    *,
    is_deep: bool = False,
    ask: Callable[[], str] | None = None,
    read_target: Callable[[], str | None] = lambda: None,
) -> list[CheckLine]:
    """Check a database and the files beside it, without changing anything.

    Args:
        path: The path of the database.
        now: The present time.
        is_deep: Whether to read every document, and every page and call file of an encrypted database.
        ask: Asks for a passphrase if one is needed.
        read_target: Returns the file or command to which the site's settings send anchors of the log.
    """
    lines: list[CheckLine] = [
        *_check_library(path),
        *file_checks.check_drafts(path),
    ]
    try:
        store = Store.unlocked(path, ask)
        database, version = open_without_upgrade(path, store)
    except WorkbenchError as error:
        return [*lines, (Health.FAULT, str(error))]
    with closing(database):
        lines.append((Health.OK, _("The database {file} can be read.").format(file=path)))
        if version < schema.VERSION:
            older = _(
                "The database has schema {found}, older than schema {known} of this program; "
                "the next start makes a copy and upgrades it."
            )
            if dialect.is_server(path):
                older = _(
                    "The database has schema {found}, older than schema {known} of this program; the next start"
                    " upgrades it. Make a backup of it and of its store first."
                )
            lines.append((Health.NOTE, older.format(found=version, known=schema.VERSION)))
        lines += encryption_checks.check_key_source(store)
        damage = encryption_checks.check_pages(database) if is_deep else None
        if damage is not None:
            lines.append(damage)
            if damage[0] is Health.FAULT:
                # The other checks may need one of the damaged pages.
                return lines
        with database.read() as session:
            if server := dialect.server_version(session.connection()):
                lines.append((Health.OK, _("The server is PostgreSQL {version}.").format(version=server)))
                lines.append(_check_login(database, dialect.session_login(session.connection())))
                lines += [(Health.FAULT, fault) for fault in login_faults(session)]
                lines.append(file_checks.check_backups(session, store, now))
                if note := host_clock_note(path):
                    lines.append((Health.NOTE, note))
            checks = _check_opened(session, path, store, now, is_deep=is_deep, is_current=version == schema.VERSION)
            lines += file_checks.until_failure(path, chain(checks, check_anchors(session, read_target)))
    return lines


def _check_opened(
    session: Session, path: Path, store: Store, now: datetime, *, is_deep: bool, is_current: bool
) -> Iterator[CheckLine]:
    """Check the store and the rows of an opened database. In an older schema, some checks are skipped."""
    yield _check_store(session, store)
    if is_current:
        yield from file_checks.check_call_files(session, store)
        if is_deep:
            yield from encryption_checks.check_decryption(session, store)
        yield from file_checks.check_documents(session, store, is_deep=is_deep)
        yield file_checks.check_clock(session, now)
    yield from file_checks.check_links(store)
    yield from file_checks.check_lock(path)
    yield file_checks.check_disk_space(path)
    yield from _check_permissions(path, group_of(session))
    yield from _check_contents(session, now)
    if is_current:
        yield from check_unexplained(session)
        yield from ((Health.FAULT, fault) for fault in choice_faults(session, store))
        yield _check_second_cases(session)
        yield from _check_overdue(session, path, now)


def _check_login(database: Database, login: str) -> CheckLine:
    """Check what the server lets a login do, by trying; the owner of the database may do everything."""
    if not login:
        return Health.NOTE, _("You work as the owner of the database, who may change everything in it.")
    permitted, count = dialect.try_misuses(database.writer)
    if permitted:
        message = _("The server lets the login {login} do what it must not: {statements}; take these rights away.")
        return Health.FAULT, message.format(login=login, statements=comma_joined(permitted))
    message = _("The server refused what the login {login} must not do to the log, roles and policy ({count} tried).")
    return Health.OK, message.format(login=login, count=count)


def _check_library(path: Path) -> Iterator[CheckLine]:
    """Check the library of a database file, and say what its logins prove; those of a server are tried later."""
    if dialect.is_server(path):
        return
    yield Health.NOTE, _("Logins prove nothing: anybody who can write the database can change who did what.")
    version = ".".join(str(part) for part in dialect.library_version())
    if dialect.is_vulnerable(dialect.library_version()):
        slower = _("SQLite {version} has the WAL-reset bug, so the slower DELETE journal is used.")
        yield Health.NOTE, slower.format(version=version)
    else:
        yield Health.OK, _("SQLite {version} is free of the WAL-reset bug.").format(version=version)


def _check_store(session: Session, store: Store) -> CheckLine:
    try:
        verify_hash_key(session, store)
    except WorkbenchError as error:
        return Health.FAULT, str(error)
    return Health.OK, _("The store {folder} and its hash key are present.").format(folder=store.folder)


def _check_permissions(path: Path, group: str | None) -> Iterator[CheckLine]:
    """Check the permissions of the files for one user, or for the group that shares the database.

    A copy that its owner restored for themselves is private, whoever shares the site.
    """
    access, valid_id, message = FileAccess.PRIVATE, path.stat().st_uid, _("Other users cannot open any of the files.")
    files = [*path.parent.glob(path.name + "*"), *file_checks.walk_folder(Store.beside(path).folder)]
    if group is not None and FileAccess.SHARED in {access_of(path), access_of(path.parent)}:
        trust = _(
            "Level A: every member of the group {group} can change the files without this program; "
            "roles prevent mistakes, not misuse."
        )
        yield Health.NOTE, trust.format(group=group)
        try:
            access, valid_id = FileAccess.SHARED, group_named(group).group_id
        except WorkbenchError as error:
            yield Health.FAULT, str(error)
            return
        files, message = [path.parent, *files], _("Only the group {group} can open the files.").format(group=group)
    for file, status in file_checks.statuses(files):
        # Another line reports links.
        problem = "" if stat.S_ISLNK(status.st_mode) else access_problem(file, status, valid_id, access)
        if problem:
            yield Health.FAULT, problem
            return
    yield Health.OK, message


def _policy_in_force(session: Session, now: datetime) -> Policy:
    """Return the policy in force.

    Raises:
        WorkbenchError: If it is broken.
    """
    # The day in UTC is exact enough; the zone is in the policy, which may be broken.
    day = col(PolicyVersionRow.effective_on)
    has_begun = day.is_(None) | (day <= now.astimezone(UTC).date())
    newest = select(PolicyVersionRow.body).where(has_begun).order_by(col(PolicyVersionRow.id).desc()).limit(1)
    return parse_policy(session.execute(newest).scalar_one(), _("policy in force"))


def _check_second_cases(session: Session) -> CheckLine:
    """Check that no application has two open cases, which older versions of this program allowed."""
    twice = (
        select(func.count(), func.min(CASE.c.id), func.max(CASE.c.id))
        .where(is_open_case(), is_published(CASE.c.batch_id))
        .group_by(CASE.c.agent, CASE.c.application_no)
        .having(func.count() > 1)
        .order_by(func.min(CASE.c.id))
    )
    found = session.execute(twice).all()
    if not found:
        return Health.OK, _("No application has more than one open case.")
    message = _(
        "Applications with more than one open case: {count}, for example {first} and {other}; "
        "withdraw the cases that are not needed (`workbench withdraw`)."
    )
    _count, first, other = found[0]
    return Health.FAULT, message.format(count=len(found), first=format_case(first), other=format_case(other))


def _check_overdue(session: Session, path: Path, now: datetime) -> Iterator[CheckLine]:
    """Count overdue letters and measures, and report the pending work of retention.

    Yield nothing if the policy is broken, which another line reports.
    """
    with suppress(WorkbenchError):
        policy = _policy_in_force(session, now)
        calendar = WorkingCalendar(days_in_force(session).values(), hours=policy.hours.periods, zone=policy.zone)
        released_until = last_overdue_receipt(now, policy.notices.send_days, calendar)
        appeals = select(CASE.c.due_at).where(CASE.c.state == CaseState.APPEALED.value, is_published(CASE.c.batch_id))
        due = [row.due_at for row in session.execute(appeals)]
        message = _(
            "Overdue: letters to send: {letters}; numbers to bar or restore: {measures}; appeals to answer: {late} of "
            "{appeals} open."
        )
        letters, measures = count_owed(session, released_until), count_overdue_measures(session, now)
        late = sum(at is not None and at < now for at in due)
        overdue = message.format(letters=letters, measures=measures, late=late, appeals=len(due))
        yield Health.NOTE if letters or measures or late else Health.OK, overdue
        yield from check_retention(session, path, policy, now)


def _check_policy(session: Session, now: datetime) -> CheckLine:
    """Check the policy in force, and say whether its letters name a real supplier."""
    try:
        supplier = _policy_in_force(session, now).supplier
    except WorkbenchError as error:
        return Health.FAULT, str(error)
    if is_made_up(supplier):
        return Health.NOTE, advice_on_made_up()
    return Health.OK, _("The letters name a supplier of your own.")


def faults(session: Session, now: datetime) -> list[str]:
    """Return the faults in the structure, the references and the audit log of a database."""
    faults_of_contents = [text for result, text in _check_contents(session, now) if result is Health.FAULT]
    return faults_of_contents + list(log_faults(session))


def _check_contents(session: Session, now: datetime) -> Iterator[CheckLine]:
    """Check the structure and the hash chain of the log, and report how people are identified."""
    damage = dialect.quick_check(session.connection())
    if damage == "ok":
        yield Health.OK, _("The structure of the database is whole.")
    else:
        message = _("The structure of the database is damaged ({fault}); restore a backup.")
        yield Health.FAULT, message.format(fault=damage)
    report = audit_log.verify(session)
    if report.is_whole:
        valid = _("The hash chain of the {count} events in the log is valid; head {head}.")
        yield Health.OK, valid.format(count=report.event_count, head=report.head)
    else:
        yield Health.FAULT, _("The log was changed: event {seq} breaks the hash chain.").format(seq=report.broken_at)
    yield _check_policy(session, now)
    for one, other in look_alikes(session):
        message = _("The logins {one} and {other} look alike; check who is meant.")
        yield Health.NOTE, message.format(one=one, other=other)
    if solo := solo_reason(session):
        alone = _(
            "One person reviews alone ({reason}); rules that need two people are waived, and each waiver is logged."
        )
        yield Health.NOTE, alone.format(reason=solo)
    setting = session.get(SettingRow, "identity")
    mode = IdentityMode(setting.value) if setting else IdentityMode.OS
    yield Health.NOTE, _("People are identified by: {mode}.").format(mode=mode.value)
    if mode is IdentityMode.NAMED:
        message = _(
            "One OS user may use several logins here, also to check a verdict that another of them made;"
            " the log has the OS user of every act."
        )
        yield Health.NOTE, message
