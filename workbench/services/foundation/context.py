"""The context of every service: the database, the file store, the clock, the person who acts, and cached policies."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from threading import Event
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, exists, select
from sqlmodel import Session

from db.dialect import read_together
from db.engine import Database
from db.models import CaseRow, PolicyVersionRow, ReviewerRow
from db.queries.published import table_of
from db.queries.roles import roles_and_reading
from workbench.domain.case import lifecycle
from workbench.domain.case.lifecycle import Action, Actor, admin_refusal, role_refusal, roleless_refusal
from workbench.domain.clock.calendar import WorkingCalendar
from workbench.domain.policy.policy import Policy
from workbench.domain.policy.settings import WorkingHours
from workbench.errors import Busy, NotAllowed, WorkbenchError
from workbench.services.foundation import audit_log
from workbench.services.foundation.calendar_days import calendar_edition, days_in_force
from workbench.services.foundation.file_store import Store
from workbench.services.foundation.locations import storage_errors
from workbench.services.foundation.safe_files import OwnFiles
from workbench.services.policy.reader import parse_policy

if TYPE_CHECKING:
    # Never imported at run time here: importing them would delay the first frame.
    from workbench.domain.case.casefile import CachedCase
    from workbench.domain.clock.late_risk import LateChance
    from workbench.domain.forecast.assumptions import PolicyAssumptions
    from workbench.domain.forecast.queue.model import QueueModel


@dataclass
class Cache:
    """What was read or computed once, shared by all threads of a process.

    Attributes:
        policies: The policies by version; a version never changes.
        calendars: The calendars by edition, zone and hours; the edition changes with every change of a day.
        is_closing: Set when the program closes. Long work then stops, and the next start continues it.
        late_chances: The chance of each open case to be late, and when these chances were computed.
        cases: The case that each person read last.
        models: The forecast models by all their inputs: the day, the policy version, the calendar edition, the
            suspended days and the assumed staff.
    """

    policies: dict[int, Policy] = field(default_factory=dict)
    calendars: dict[tuple[str, str, WorkingHours], WorkingCalendar] = field(default_factory=dict)
    is_closing: Event = field(default_factory=Event)
    late_chances: "tuple[datetime, Mapping[int, LateChance]] | None" = None
    cases: "dict[int, CachedCase]" = field(default_factory=dict)
    models: "dict[tuple[date, int, str, frozenset[date], PolicyAssumptions], QueueModel]" = field(default_factory=dict)


# These statements use tables: they take a third of the time of statements with models, and each transaction runs one.
_REVIEWER, _VERSION = table_of(ReviewerRow), table_of(PolicyVersionRow)
_IS_ACTIVE = select(_REVIEWER.c.is_active).where(_REVIEWER.c.id == bindparam("person"))
READ_BLINDLY = "reading"
"""The name under which a session keeps the case whose verdict its person must not know yet."""
VERSIONS = "policy_versions"
"""The name under which a session keeps the policy versions that it read."""
_BODY = select(_VERSION.c.body).where(_VERSION.c.id == bindparam("version"))
_HAS_BEGUN = _VERSION.c.effective_on.is_(None) | (_VERSION.c.effective_on <= bindparam("latest"))
_UNSETTLED = select(exists().where(_VERSION.c.is_for_open_cases, _VERSION.c.settled_at.is_(None), _HAS_BEGUN))
_VERSIONS = select(_VERSION.c.id, _VERSION.c.effective_on).order_by(_VERSION.c.id.desc())


def policy_versions(session: Session) -> Sequence[Any]:
    """Return the number of each policy version and the day from which it is in force, the newest version first."""
    # Read once in each transaction; a transaction that applies a policy clears this cache.
    versions: Sequence[Any] = session.info.get(VERSIONS) or session.connection().execute(_VERSIONS).all()
    session.info[VERSIONS] = versions
    return versions


def policy_body(session: Session, version_id: int) -> str:
    """Return the text of a policy version."""
    return str(session.connection().execute(_BODY, {"version": version_id}).scalar_one())


RoleCheck = Callable[[Actor], str | None]
"""A function that returns why a person's roles do not allow an act, None if they do."""

_required: ContextVar["tuple[Context, RoleCheck] | None"] = ContextVar("required", default=None)
"""The role check of the current act, and the context of its person."""


@dataclass
class Context:
    """The environment of the services of one person on one database; each transaction reads the person's roles."""

    database: Database
    store: Store
    now: Callable[[], datetime]
    actor: Actor
    cache: Cache = field(default_factory=Cache)
    is_finishing: bool = False
    """Whether the person only finishes an act that has begun, so that roles are not checked."""

    def __reduce__(self) -> tuple[Callable[..., "Context"], tuple[object, ...]]:
        """Pickle for another process, which opens the same database for the same person; its clock stands still."""
        # `replace` without arguments always returns the same time.
        parts = (self.database, self.store, self.now().replace, self.actor)
        return partial(Context, is_finishing=self.is_finishing), parts

    def finishing(self, actor: Actor) -> "Context":
        """Return a context in which a person finishes an act that they began, perhaps in another person's process."""
        return replace(self, actor=actor, is_finishing=True)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Open a read transaction, which sees one snapshot of the database.

        Raises:
            NotAllowed: If the person has no role.
            StorageFailed: If the disk or the database fails.
        """
        with storage_errors(self.database.path), self.database.read() as session:
            self.read_roles(session)
            self._check_roles(self.database.write)
            yield session

    @contextmanager
    def write(
        self, *, is_bulk: bool = False, wait_s: float | None = None, ahead: Iterable[Callable[[Session], Any]] = ()
    ) -> Iterator[Session]:
        """Open a write transaction, which is committed at the end, or rolled back on an exception.

        With `is_bulk`, the rows are visible only after a later transaction. It waits `wait_s` seconds for the lock, ten
        by default. A server answers the reads of `ahead` with the first ones.

        Raises:
            NotAllowed: If the person has no role, or none that allows the current act.
            StorageBusy: If another process kept the write lock for all this time.
            StorageFailed: If the disk or the database fails.
        """
        with storage_errors(self.database.path), self.database.write(is_bulk=is_bulk, wait_s=wait_s) as session:
            self.read_roles(session, audit_log.keep_last_event, *ahead)
            self._check_roles(lambda: nullcontext(session))
            yield session
            audit_log.log_remaining_facts(session, self.actor, self.now())

    @property
    def own_files(self) -> OwnFiles:
        """The files of the database and its store, which no output may replace."""
        return OwnFiles(files=self.database.files, store=self.store.folder)

    def read_roles(self, session: Session, *ahead: Callable[[Session], Any]) -> None:
        """Give the person the present roles, or raise NotAllowed if there are none."""
        if self.is_finishing:
            return
        read, ahead = partial(roles_and_reading, session, self.actor.id), (policy_versions, calendar_edition, *ahead)
        [(roles, session.info[READ_BLINDLY])] = read_together(session, read, ahead=ahead)
        if not roles:
            is_active = bool(session.connection().execute(_IS_ACTIVE, {"person": self.actor.id}).scalar())
            raise NotAllowed(roleless_refusal(self.actor.login, is_active=is_active))
        if roles != self.actor.roles:
            self.actor = replace(self.actor, roles=roles)

    def _check_roles(self, writing: Callable[[], AbstractContextManager[Session]] | None = None) -> None:
        """Refuse what the check of `requiring` forbids; outside it, refuse everything to a person who only verifies."""
        # `requiring` logs its own refusals; the others are logged here, in the transaction that `writing` opens.
        context, check = _required.get() or (None, None)
        if context is not self:
            check = None if self.is_finishing else lifecycle.only_inquiries_refusal
        if check is not None and (why := check(self.actor)):
            if writing is not None and context is not self:
                with writing() as session:
                    self.log_refusal(session, "access", NotAllowed(why), None)
                    session.commit()
            raise NotAllowed(why)

    def acting(self, action: Action, case_id: int | None = None) -> AbstractContextManager[None]:
        """Check that the person's roles allow an action, and log a refusal raised by the check or by the block.

        `StorageBusy` is not logged, because logging would wait for the same lock.

        Raises:
            NotAllowed: If the person's roles do not allow the action.
        """
        return self.requiring(action.value, partial(role_refusal, action), case_id)

    def as_admin(self, action: str) -> AbstractContextManager[None]:
        """Check that the person is an admin, and log a refusal raised by the check or by the block.

        Raises:
            NotAllowed: If the person is not an admin.
        """
        return self.requiring(action, admin_refusal)

    @contextmanager
    def requiring(self, action: str, refusal: RoleCheck, case_id: int | None = None) -> Iterator[None]:
        """Check a person's roles now and in each write transaction of the block, and log a refusal.

        Raises:
            NotAllowed: If `refusal` says why the roles do not allow the action.
        """
        token = _required.set((self, refusal))
        try:
            self._check_roles()
            yield
        except (NotAllowed, Busy) as error:
            self.commit_refusal(action, error, case_id)
            raise
        finally:
            _required.reset(token)

    def commit_refusal(self, action: str, error: WorkbenchError, case_id: int | None) -> None:
        """Log a refused attempt in its own transaction, whatever the person's roles are."""
        with storage_errors(self.database.path), self.database.write() as session:
            self.log_refusal(session, action, error, case_id)

    def log_refusal(self, session: Session, action: str, error: WorkbenchError, case_id: int | None) -> None:
        """Log a refused attempt in the caller's transaction."""
        body = {"exit": int(error.exit_code), "why": type(error).__name__}
        self.log(session, action, case_id=case_id, is_refused=True, body=body)

    def log(self, session: Session, action: str, **details: Any) -> int:
        """Append an event of this person at this time to the audit log, and return its number."""
        return audit_log.append(session, self.actor, str(action), self.now(), **details)

    def log_alone(self, action: str, **details: Any) -> None:
        """Append an event in a separate transaction."""
        with self.write() as session:
            self.log(session, action, **details)

    def log_case(
        self, session: Session, action: str, case: CaseRow, body: Mapping[str, Any] | None = None, **details: Any
    ) -> int:
        """Append an event about a case, with the state that the case is in after the act, and return its number."""
        return self.log(session, action, body=body, **details, **audit_log.state_columns(case))

    def policy_id(self, session: Session) -> int:
        """Return the id of the policy version in force: the newest one that has begun in its own time zone."""
        return next(int(number) for number, day in policy_versions(session) if self._has_begun(session, number, day))

    def _has_begun(self, session: Session, version_id: int, effective_on: date | None) -> bool:
        if effective_on is None:
            return True
        days_ago = (self.now().astimezone(UTC).date() - effective_on).days
        if abs(days_ago) > 1:
            # No zone differs from UTC by more than a day, so the policy need not be read for its zone.
            return days_ago > 0
        return effective_on <= self.now().astimezone(ZoneInfo(self.policy(session, version_id).zone)).date()

    def has_unsettled_policy(self, session: Session) -> bool:
        """Return whether open cases may have to change to a policy version; this is quick, as it reads no policy."""
        latest = self.now().astimezone(UTC).date() + timedelta(days=1)
        return bool(session.connection().execute(_UNSETTLED, {"latest": latest}).scalar())

    def policy(self, session: Session, version_id: int | None = None) -> Policy:
        """Return a policy version, by default the one in force."""
        version = version_id or self.policy_id(session)
        if version not in self.cache.policies:
            self.cache.policies[version] = parse_policy(policy_body(session, version), f"policy {version}")
        return self.cache.policies[version]

    def calendar(self, session: Session, version_id: int | None = None) -> WorkingCalendar:
        """Return the working calendar with the hours and zone of a policy version, by default the one in force."""
        return self.calendar_under(session, self.policy(session, version_id))

    def calendar_under(self, session: Session, policy: Policy) -> WorkingCalendar:
        """Return the working calendar with the hours and zone of a policy."""
        edition = calendar_edition(session)
        key = (edition, policy.zone, policy.hours)
        calendar = self.cache.calendars.get(key)
        if calendar is None:
            calendar = WorkingCalendar(days_in_force(session).values(), hours=policy.hours.periods, zone=policy.zone)
            for cached_key in [key for key in tuple(self.cache.calendars) if key[0] != edition]:
                self.cache.calendars.pop(cached_key, None)
            self.cache.calendars[key] = calendar
        return calendar

    def zone(self, session: Session) -> ZoneInfo:
        """Return the time zone of the policy, which may differ from that of the machine."""
        return ZoneInfo(self.policy(session).zone)

    def today(self, session: Session) -> date:
        """Return today's date in the zone of the policy."""
        return self.now().astimezone(self.zone(session)).date()

    def end_of_today(self, session: Session) -> datetime:
        """Return the last instant of today in the zone of the policy."""
        return datetime.combine(self.today(session), time.max, tzinfo=self.zone(session))


class Service:
    """Base class of the services: each acts for one person on one database."""

    def __init__(self, context: Context) -> None:
        self.context = context
