"""Sites for tests: databases with people and queued cases, and a clock that tests set."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ClassVar

from sqlalchemy import insert, text
from sqlmodel import Session

from db.columns import to_us
from db.dialect import is_server, make_engine
from db.engine import Database
from db.enums import IdentityMode, Role
from db.models import ApplicationRow, CaseRow, FindingRow, ImportBatchRow
from db.queries.search_index import index_cases, terms_of
from tests import kept_databases, servers
from workbench.domain.case.lifecycle import Actor
from workbench.domain.policy.policy import BilingualText, Supplier
from workbench.services.database.opening import NewDatabase, make_database, open_services
from workbench.services.encryption.key_source import Key, KeyKind, KeySource, new_key_file
from workbench.services.foundation import audit_log
from workbench.services.wiring import Services

TUESDAY = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
"""Tuesday, 24 November 2026, 10:00 in Shanghai."""

SUPPLIER = Supplier(
    name=BilingualText(en="Far Voice Mobile", zh="远声移动通信有限公司"),
    phone="400-555-0100",
    hours=BilingualText(en="Monday to Friday, 08:30–17:30", zh="周一至周五08:30–17:30"),
    address=BilingualText(en="7 Long Road, Test City", zh="测试市长路7号"),
    appeal=BilingualText(en="by post to 7 Long Road", zh="邮寄至长路7号"),
    complaint=BilingualText(en="on 400-555-0101", zh="拨打400-555-0101"),
)

_TEMPLATES: dict[tuple[bool, bool], TemporaryDirectory[str]] = {}
"""The folders of the template databases, by whether they are encrypted, with the key file there, and on a server."""

RANKS = {"low": 0, "normal": 1, "high": 2, "urgent": 3}


@dataclass
class ManualClock:
    """A clock that only moves when a test moves it."""

    at: datetime = TUESDAY

    def __call__(self) -> datetime:
        return self.at

    def advance(self, **spans: float) -> datetime:
        """Advance the clock."""
        self.at += timedelta(**spans)
        return self.at


@dataclass
class Site:
    """A database in the folder of the test, with people and their services.

    With `pytest --encrypted`, a site is encrypted unless its test says otherwise. With `pytest --postgresql`, it is
    on a server unless it is encrypted.
    """

    encrypts: ClassVar[bool] = False
    uses_server: ClassVar[bool] = False

    path: Path
    clock: ManualClock = field(default_factory=ManualClock)
    is_encrypted: bool = field(default_factory=lambda: Site.encrypts)
    services_by_login: dict[str, Services] = field(default_factory=dict)
    shares_database: bool = True
    """Whether all people and commands use one open database, which saves a third of a short test."""

    def __post_init__(self) -> None:
        if Site.uses_server and not self.is_encrypted and not is_server(self.path):
            self.path = self.path.with_name(f"{self.path.name}.postgresql")

    @property
    def store(self) -> Path:
        """The folder of the file store."""
        return self.path.with_name(f"{self.path.name}.store")

    def create(self) -> "Site":
        """Create the database, with reviewers a, b and c, a supervisor and an auditor.

        The first database is kept as a template for the others, because creating one takes half a second.
        """
        if self.clock.at != TUESDAY:
            return self._create()
        kind = self.is_encrypted, is_server(self.path)
        if kind not in _TEMPLATES:
            _TEMPLATES[kind] = TemporaryDirectory(prefix="site-")
        template_path = Path(_TEMPLATES[kind].name) / f"template{'.postgresql' if is_server(self.path) else '.db'}"
        if not template_path.exists():
            Site(template_path, is_encrypted=self.is_encrypted)._create().close()
        self.copy_from(template_path)
        return self

    def _create(self) -> "Site":
        key = new_key(self.path.with_name("database.key")) if self.is_encrypted else None
        if is_server(self.path):
            servers.create_database(self.path)
        make_database(
            self.path, NewDatabase(login="admin", identity=IdentityMode.NAMED, supplier=SUPPLIER, key=key), self.clock
        )
        people = self.services("admin").roles
        for login in ("a", "b", "c"):
            people.add(login, (Role.REVIEWER,))
        people.add("sup", (Role.SUPERVISOR,))
        people.add("audit", (Role.AUDITOR,))
        return self

    def services(self, login: str) -> Services:
        """Return the services of a person, opened once."""
        if login not in self.services_by_login:
            with kept_databases.databases_kept() if self.shares_database else nullcontext():
                services = self.services_by_login[login] = open_services(self.path, login, self.clock)
            if self.shares_database:
                kept_databases.share(services.context.database)
        return self.services_by_login[login]

    def elsewhere(self) -> "Site":
        """Return the same site as another program sees it, with its own connections to the database."""
        return replace(self, services_by_login={}, shares_database=False)

    def copy_from(self, template: Path) -> None:
        """Replace the database and its store by copies of those of a closed site."""
        if is_server(self.path):
            servers.create_database(self.path, template)
        else:
            shutil.copy(template, self.path)
        shutil.copytree(f"{template}.store", self.store, dirs_exist_ok=True)

    @contextmanager
    def tampering(self) -> Iterator[Session]:
        """Change the database as another program does: without the triggers, keys and lock of this one."""
        engine = make_engine(self.path, self.services("admin").context.database.key, is_bulk=True)
        triggers = text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        with ExitStack() as ended, Session(engine) as session, session.begin():
            ended.callback(engine.dispose)
            if is_server(self.path):
                session.execute(text("SET LOCAL session_replication_role = replica"))
            else:
                for name in session.execute(triggers).scalars().all():
                    session.execute(text(f"DROP TRIGGER {name}"))
            yield session

    def close(self) -> None:
        """Close all opened services, and the database that a command left open."""
        kept_databases.release()
        for services in self.services_by_login.values():
            services.close()

    def state(self, case_id: int) -> str:
        """Return a case's stored state."""
        with self.services("admin").context.read() as session:
            return session.get_one(CaseRow, case_id).state

    def actions(self, case_id: int) -> list[str]:
        """Return the logged actions of a case, refused ones with a mark."""
        with self.services("admin").context.read() as session:
            rows = session.execute(
                text("SELECT action, is_refused FROM event WHERE case_id = :case ORDER BY seq"), {"case": case_id}
            )
            return [f"refused {row.action}" if row.is_refused else row.action for row in rows]

    def plant(
        self,
        count: int = 1,
        *,
        priority: str = "normal",
        due_in_days: float = 3,
        severity: str = "",
        rule: str = "ACT-PEAK-HOUR",
    ) -> list[int]:
        """Insert queued cases of fictional applicants, each with one finding if a severity is given."""
        return plant(
            self.services("admin").context.database,
            self.clock.at,
            count,
            priority=priority,
            due_in_days=due_in_days,
            severity=severity,
            rule=rule,
        )


def copy_office(folder: Path, target: Path) -> None:
    """Copy a folder with files and a closed site, also if its database is on a server."""
    shutil.copytree(folder, target)
    for file in folder.glob("*.postgresql"):
        servers.create_database(target / file.name, file)


def new_key(file: Path) -> Key:
    """Write a key into a new file."""
    new_key_file(file, None)
    source = KeySource(kind=KeyKind.FILE, where=str(file))
    return Key(source, source.read(None, None))


def plant(
    database: Database,
    at: datetime,
    count: int,
    *,
    priority: str = "normal",
    due_in_days: float = 3,
    severity: str = "",
    rule: str = "ACT-PEAK-HOUR",
) -> list[int]:
    """Insert published applications and their queued cases directly into the tables."""
    with database.write() as session:
        seq = int(session.execute(text("SELECT coalesce(max(published_seq), 0) FROM import_batch")).scalar_one()) + 1
        batch = ImportBatchRow(
            kind="applications", started_at=at, started_by_id=1, published_at=at, published_seq=seq, applied_at=at
        )
        session.add(batch)
        session.flush()
        first_application = int(session.execute(text("SELECT coalesce(max(id), 0) FROM application")).scalar_one()) + 1
        first_case = int(session.execute(text('SELECT coalesce(max(id), 0) FROM "case"')).scalar_one()) + 1
        for start in range(0, count, 5000):
            numbers = range(start, min(start + 5000, count))
            session.execute(
                insert(ApplicationRow),
                [_application(first_application + number, batch.id or 0, seq, at) for number in numbers],
            )
            session.execute(
                insert(CaseRow),
                [
                    _case(
                        first_case + number,
                        first_application + number,
                        batch.id or 0,
                        seq,
                        at,
                        priority=priority,
                        due_in_days=due_in_days,
                        severity=severity,
                    )
                    for number in numbers
                ],
            )
        index_cases(
            session,
            [
                {**terms_of(f"虚构公司{number}", f"T-{seq}-{number}"), "id": first_case + number - first_application}
                for number in range(first_application, first_application + count)
            ],
        )
        if severity:
            session.execute(
                insert(FindingRow), [_finding(first_case + number, rule, severity) for number in range(count)]
            )
        audit_log.log_remaining_facts(session, Actor(id=1, login="admin", roles=frozenset(), identity=""), at)
    return list(range(first_case, first_case + count))


_APPLICATION_DEFAULTS = ApplicationRow(batch_id=0).model_dump()
_CASE_DEFAULTS = CaseRow(batch_id=0, application_id=0, policy_version_id=0).model_dump()


def _application(number: int, batch_id: int, seq: int, at: datetime) -> dict[str, object]:
    return {
        **_APPLICATION_DEFAULTS,
        "id": number,
        "batch_id": batch_id,
        "agent": "",
        "application_no": f"T-{seq}-{number}",
        "submitted_at": at,
        "received_at": at,
        "applicant_kind": "enterprise",
        "applicant_name": f"虚构公司{number}",
        "handler_name": "测试人",
        "handler_id_no": "11010119900101001X",
        "language": "zh",
    }


def _case(
    number: int,
    application_id: int,
    batch_id: int,
    seq: int,
    at: datetime,
    *,
    priority: str,
    due_in_days: float,
    severity: str,
) -> dict[str, object]:
    return {
        **_CASE_DEFAULTS,
        "id": number,
        "batch_id": batch_id,
        "agent": "",
        "application_no": f"T-{seq}-{application_id}",
        "application_id": application_id,
        "applicant_name": f"虚构公司{application_id}",
        "trigger": "first_use",
        "state": "queued",
        "priority": priority,
        "priority_rank": RANKS[priority],
        "service_class": "standard",
        "risk": "high" if severity == "block" else "low",
        "opened_at": at,
        "received_at": at,
        "complete_at": at,
        "due_at": at + timedelta(days=due_in_days),
        "policy_version_id": 1,
        "findings_on": (at + timedelta(hours=8)).date(),
        "block_count": int(severity == "block"),
        "warn_count": int(severity == "warn"),
        "evidence_seq": seq,
        "is_listed": True,
    }


def _finding(case_id: int, rule: str, severity: str) -> dict[str, object]:
    return {
        "case_id": case_id,
        "rule": rule,
        "leg": "activity",
        "severity": severity,
        "observed": "73",
        "op": ">",
        "limit_value": "60",
        "unit": "calls",
        "position": 0,
        "subject": "",
        "source": "",
        "observes": "",
    }


def microseconds(at: datetime) -> int:
    """Return an instant in microseconds, as the tables store it."""
    return to_us(at)
