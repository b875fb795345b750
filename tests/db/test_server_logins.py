"""Whoever works with a login of the server can do their work, and no more with another program."""

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

import workbench
from db import dialect
from db.dialects.server_address import remember_address
from db.engine import Database
from db.enums import ImportKind, Role
from db.models import SettingRow
from db.queries.numbers import take_batch_number, take_case_numbers
from tests import servers
from tests.cli.framework.terminal import Terminal, refused
from tests.kept_databases import release
from tests.services.intake.importing.files import application, csv_text
from tests.services.review.verdict_acts import failing
from tests.sites import SUPPLIER, ManualClock, Site, plant
from workbench.domain.case.casefile import CaseFile
from workbench.errors import BadConfiguration, CannotCreate, NotAllowed
from workbench.services.database.backups import back_up, restore
from workbench.services.database.moving import move_site
from workbench.services.database.opening import NewDatabase, make_database, open_services
from workbench.services.foundation import os_identity
from workbench.services.foundation.audit_log import verify
from workbench.services.intake.importing.plan import ImportRequest
from workbench.services.site.doctor import examine
from workbench.services.site.file_checks import REMNANTS_SETTING
from workbench.services.site.log_checks.unexplained_rows import log_faults
from workbench.services.wiring import Services

MANUAL = Path(workbench.__file__).parent / "manual"
_ROLES = {"wang": (Role.REVIEWER,), "li": (Role.REVIEWER, Role.SUPERVISOR)}


class Office:
    """A site on a server: the admin zhao, the reviewer wang and the supervisor li, each with a login of the server."""

    def __init__(self, path: Path) -> None:
        self.path, self.clock, self.url = path, ManualClock(), servers.create_database(path)
        self.services: dict[str, Services] = {}
        for login in ("zhao", *_ROLES):
            servers.create_login(login)
        self.owner = servers.give_owner(path)
        self.work_as(self.owner)
        make_database(path, NewDatabase(login="zhao", supplier=SUPPLIER), self.clock)
        with closing(Database(path)) as database:
            plant(database, self.clock.at, 4)
        self.open("zhao")
        for login, roles in _ROLES.items():
            self.services["zhao"].roles.add(login, roles)
            self.open(login)

    def url_of(self, login: str) -> str:
        """Return the address of the database for a login."""
        return self.url.replace("postgres:secret-word@", f"{login}@")

    def work_as(self, login: str) -> None:
        """Let new connections have a login."""
        remember_address(self.path, self.url_of(login))

    def open(self, login: str) -> None:
        """Open the services of a person."""
        self.work_as(login)
        self.services[login] = open_services(self.path, None, self.clock)
        self.services[login].context.database.writer.connect().close()


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """An office whose database belongs to a login that is no superuser."""
    if not Site.uses_server:
        pytest.skip("a file has no logins")
    office = Office(tmp_path / "w.postgresql")
    yield office
    for services in office.services.values():
        services.close()
    servers.drop_database(office.path)


def test_people_work_under_their_logins_and_the_log_says_so(office: Office) -> None:
    wang, li, zhao = (office.services[login] for login in ("wang", "li", "zhao"))
    case = wang.claims.next()
    assert isinstance(case, CaseFile)
    wang.verdicts.decide(failing(case.header.id))
    wang.undo.undo(case.header.id)
    li.catch_up()
    file = office.path.with_name("applications.csv")
    file.write_text(csv_text([application()]), encoding="utf-8")
    assert zhao.imports.run(ImportRequest(kind=ImportKind.APPLICATIONS, paths=(file,))).batch
    for _time in range(2):
        # As a tick does that opens cases of a campaign, and a resubmission with a file.
        with li.context.write() as session:
            take_case_numbers(session, 1)
            take_batch_number(session)
    li.assigning.assign([case.header.id], "wang", "knows the trade")
    with pytest.raises(NotAllowed):
        wang.people.limit("li", 3)
    zhao.people.limit("li", 3)

    with wang.context.read() as session:
        events = session.execute(
            text("SELECT actor_login, identity, action FROM event WHERE actor_id > 0 ORDER BY seq")
        )
        found = {tuple(row) for row in events}
    assert {
        ("wang", "db:wang", "decide"),
        ("wang", "db:wang", "undo"),
        ("li", "db:li", "assign"),
        ("wang", "db:wang", "reviewers limit"),
        ("zhao", "db:zhao", "reviewers limit"),
    } <= found


def test_what_another_login_granted_and_the_program_cannot_take_away_is_told(office: Office) -> None:
    servers.create_login("liu")
    zhao = office.services["zhao"]
    group = f"{office.owner.removeprefix('owner_of_')}_desks"
    zhao.roles.add("liu", (Role.REVIEWER,))
    zhao.deactivating.deactivate("liu")
    zhao.deactivating.deactivate("wang")
    assert zhao.people.login_faults() == ()

    servers.run(f"GRANT {group} TO liu")
    [fault] = zhao.people.login_faults()
    assert fault in told(office)
    repair = re.search("`(REVOKE .*)`", fault)
    assert repair is not None
    servers.run(repair[1])
    assert zhao.people.login_faults() == ()
    zhao.deactivating.activate("liu")
    office.open("liu")


def test_doctor_tries_what_a_login_must_not_do(office: Office) -> None:
    import psycopg

    def said(login: str) -> str:
        office.work_as(login)
        return "".join(f"{health.value} {text}" for health, text in examine(office.path, office.clock()))

    assert "the login wang must not do to the log, roles and policy (9 tried)" in said("wang")
    assert "the login zhao must not do to the log, roles and policy (3 tried)" in said("zhao")
    assert "You work as the owner of the database" in said(office.owner)
    with psycopg.connect(office.url_of(office.owner)) as owner:
        owner.execute("GRANT DELETE ON event TO wang")
    assert "the login wang do what it must not: DELETE FROM event WHERE false;" in said("wang")


_NEXT = "to_jsonb(e) || jsonb_build_object('seq', seq + 1, 'prev_hash', hash%s)"
_APPEND = f"SELECT append_events(jsonb_build_array({_NEXT})) FROM event AS e ORDER BY seq DESC LIMIT 1"
_IN_WORDS = {
    "append_events([the log])": "SELECT append_events(jsonb_agg(e)) FROM event AS e",
    "append_events([actor li, identity db:li])": _APPEND % "",
    "append_events([actor li, identity db:wang])": _APPEND % ", 'identity', 'db:wang'",
    "append_events([actor wang, made-up hash])": _APPEND
    % ", 'identity', 'db:wang', 'actor_login', 'wang', 'actor_id', 2",
}
_ATTACK = re.compile(r"^\| `(.+)` \| (refused|found|nothing) \|$", re.MULTILINE)
_IN_CHINESE = {"refused": "拒绝", "found": "查出", "nothing": "无效"}


def test_what_another_program_tries_with_a_login_is_refused_or_found(office: Office) -> None:
    """The attacks are those of the chapter, each tried by the reviewer wang on a decision of the supervisor li."""
    english, chinese = (
        (MANUAL / language / "11-several-people.md").read_text(encoding="utf-8") for language in ("en", "zh")
    )
    attacks = _ATTACK.findall(english)
    assert len(attacks) > 20
    for statement, result in attacks:
        assert f"| `{statement}` | {_IN_CHINESE[result]} |" in chinese
    li = office.services["li"]
    case = li.claims.next()
    assert isinstance(case, CaseFile)
    li.verdicts.decide(failing(case.header.id))
    renew(office)

    results = {
        statement: attack(office.services["wang"], _IN_WORDS.get(statement, statement))
        for statement, _result in attacks
    }

    assert results == dict(attacks)
    wang = office.services["wang"].context
    with pytest.raises(NotAllowed, match="does not let your login do this"), wang.write() as session:
        session.merge(SettingRow(name="hash_key_check", value="another"))


def renew(office: Office) -> None:
    """Renew what the groups may do, as an upgrade does; the version before knew none of the rules about settings."""
    from db.dialects.postgresql import roles

    office.work_as(office.owner)
    with (
        closing(Database(office.path)) as database,
        dialect.changing_schema(database.writer) as connection,
        connection.begin(),
    ):
        with connection.begin_nested() as restored:
            # An older copy gets its groups before it is upgraded, so while it has fewer tables.
            for statement in ("DROP TABLE golden_answer", *roles.statements()):
                connection.exec_driver_sql(statement.replace("%", "%%"))
            restored.rollback()
        for policy in connection.exec_driver_sql("SELECT policyname FROM pg_policies").scalars().all():
            connection.exec_driver_sql(f"DROP POLICY {policy} ON setting")
        dialect.renew_triggers(connection)


def test_the_owner_backs_a_site_up_and_restores_it_with_groups_of_its_own(
    office: Office, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file, new = tmp_path / "b.tar", tmp_path / "new.postgresql"
    with pytest.raises(NotAllowed, match="the owner of the database"):
        back_up(office.services["zhao"].context, file)
    office.work_as(office.owner)
    monkeypatch.setattr(os_identity, "os_login", lambda: "zhao")
    owner = open_services(office.path, None, office.clock)
    with closing(owner), monkeypatch.context() as patched:
        patched.setenv("PATH", str(tmp_path))
        with pytest.raises(BadConfiguration, match="`pg_dump` of PostgreSQL is not on this machine"):
            back_up(owner.context, file)
    asked = "do they take the store"
    assert asked in told(office)
    with closing(owner):
        back_up(owner.context, file)
    assert asked not in told(office)
    with pytest.raises(BadConfiguration, match="with --database postgresql://"):
        restore(file, tmp_path / "w.db", None, office.clock)

    # Another server does not know the groups of the site that was copied.
    url = servers.create_database(new)
    owner_of_new = servers.give_owner(new)
    new.write_text(url.replace("postgres:secret-word@", f"{owner_of_new}@"), encoding="ascii")
    restore(file, new, None, office.clock)

    remember_address(new, url.replace("postgres:secret-word@", "wang@"))
    with closing(open_services(new, None, office.clock)) as wang:
        assert isinstance(wang.claims.next(), CaseFile)
        with wang.context.read() as session:
            [group] = session.execute(text("SELECT site_group('desks')")).scalars()
            assert group == f"{owner_of_new.removeprefix('owner_of_')}_desks"
            assert list(log_faults(session)) == []
    with pytest.raises(CannotCreate, match="already exists"):
        restore(file, new, None, office.clock)


def test_commands_say_what_a_server_refuses(office: Office) -> None:
    import psycopg

    terminal = Terminal(Site(office.path, office.clock))

    def said(login: str, code: int, *words: str) -> str:
        release()
        office.work_as(login)
        return refused(terminal.run(*words), code)

    def as_owner(*statements: str) -> None:
        with psycopg.connect(office.url_of(office.owner)) as owner:
            for statement in statements:
                owner.execute(statement)

    servers.create_login("stranger")
    assert "permission denied for table alembic_version). What people do needs a login that is reg" in said(
        "stranger", 77, "next"
    )
    assert "wang is logged in at the server, which says who works" in said("wang", 77, "next", "--as", "li")
    for option, *value in (("--identity named",), ("--shared", "staff"), ("--encrypt",), ("--as", "boss")):
        assert f"{option} is for a database in a file" in said(office.owner, 78, "init", *option.split(), *value)
    as_owner(f"INSERT INTO setting (name, value) VALUES ('{REMNANTS_SETTING}', 'x')")
    assert "as the owner of the database" in said("zhao", 77, "retention", "compact")
    as_owner("DO $$ BEGIN EXECUTE format('REVOKE UPDATE ON \"case\" FROM %I', site_group('desks')); END $$")
    assert "does not let your login do this (permission denied for table case)" in said("wang", 77, "next")
    as_owner("UPDATE alembic_version SET version_num = '0023'")
    assert "the owner of the database (PGUSER) must start this program once" in said("wang", 78, "next")
    as_owner("UPDATE alembic_version SET version_num = '0099'")
    assert office.url_of("wang").partition("?")[0] in said("wang", 78, "next")


def test_a_database_in_which_no_site_can_be_is_refused_with_the_way_out(office: Office, tmp_path: Path) -> None:
    new = tmp_path / "new.postgresql"
    url = servers.create_database(new, encoding="SQL_ASCII")
    office.work_as("zhao")
    with pytest.raises(BadConfiguration, match="a database in UTF8"):
        move_site(office.path, new, None, office.clock, is_dry_run=True)
    servers.create_database(new)
    remember_address(new, url.replace("postgres:secret-word@", "wang@"))
    with pytest.raises(NotAllowed, match="`ALTER ROLE wang CREATEROLE`"):
        make_database(new, NewDatabase(login="wang", supplier=SUPPLIER), office.clock)


def told(office: Office) -> str:
    """Return what the doctor says."""
    return "\n".join(line for _result, line in examine(office.path, office.clock()))


def attack(person: Services, statement: str) -> str:
    """Run a statement as a person in a transaction that is rolled back, and return what comes of it."""
    with closing(person.context.database.writer.connect()) as connection, Session(connection) as session:
        try:
            done = connection.exec_driver_sql(statement.replace("%", "%%"))
        except DBAPIError as error:
            # Not a mistake in the statement: the login may not do it, or the function of the log refuses it.
            state = getattr(error.orig, "sqlstate", "")
            return "refused" if state in {"42501", "P0001"} else str(error)
        if done.rowcount == 0:
            return "nothing"
        return "found" if not verify(session).is_whole or any(log_faults(session)) else "UNNOTICED"
