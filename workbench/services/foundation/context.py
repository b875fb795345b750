"""What every service needs: the database, the store, the time, who acts, and the policy in force."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time
from threading import Event
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlmodel import Session, col

from db.engine import Database
from db.errors import DatabaseRefused, LockTimeout
from db.models import PolicyVersionRow
from workbench.domain.case.actor import Actor
from workbench.domain.case.lifecycle import Action, role_refusal
from workbench.domain.clock.calendar import WorkingCalendar
from workbench.domain.policy.policy import Policy
from workbench.errors import Busy, NotAllowed, StorageBusy, StorageFailed, WorkbenchError
from workbench.i18n import _
from workbench.services.foundation import audit_log as log
from workbench.services.foundation.calendar_days import days_in_force, edition
from workbench.services.foundation.file_store import Store
from workbench.services.foundation.locations import refusal
from workbench.services.policy.reader import parse_policy

if TYPE_CHECKING:
    # What it needs takes longer to import than the first frame may.
    from workbench.domain.forecast.assumptions import PolicyAssumptions
    from workbench.domain.forecast.queue.model import QueueModel


@dataclass
class Cache:
    """Policies and calendars that were read once; a policy version never changes, so it is never read twice.

    A calendar is kept under its edition, which changes when anybody changes a day. What the forecast learnt is kept
    under all that it leans on: the day, the version of the policy, the edition of the calendar, the days on which work
    is suspended, and what is assumed of who works here. `is_leaving` is set when whoever works leaves: what takes long
    and may be broken off is left to the next.
    """

    policies: dict[int, Policy] = field(default_factory=dict)
    calendars: dict[tuple[str, int], WorkingCalendar] = field(default_factory=dict)
    is_leaving: Event = field(default_factory=Event)
    learnt: "dict[tuple[date, int, str, frozenset[date], PolicyAssumptions], QueueModel]" = field(default_factory=dict)


@dataclass(frozen=True)
class Context:
    """One person at one database."""

    database: Database
    store: Store
    now: Callable[[], datetime]
    actor: Actor
    cache: Cache = field(default_factory=Cache)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Read one moment of the database.

        Raises:
            StorageFailed: If the disk or the file does not do as it must.
        """
        with _failures_told(), self.database.read() as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Write as a whole or not at all.

        Raises:
            StorageBusy: If others kept the write lock for ten seconds.
            StorageFailed: If the disk or the file does not do as it must.
        """
        with _failures_told(), self.database.write() as session:
            yield session

    @contextmanager
    def acting(self, action: Action, case_id: int | None = None) -> Iterator[None]:
        """Write a refused attempt into the log, and let the refusal go on to who asked.

        `StorageBusy` is not logged: the log would wait for the same lock once more.

        Raises:
            NotAllowed: If the person's roles do not allow the action.
        """
        try:
            _check_role(action, self.actor)
            yield
        except (NotAllowed, Busy) as error:
            self.refused(action.value, error, case_id)
            raise

    def refused(self, action: str, error: WorkbenchError, case_id: int | None = None) -> None:
        """Write a refused attempt into the log."""
        with self.write() as session:
            self.log(
                session,
                action,
                case_id=case_id,
                is_refused=True,
                body={"exit": int(error.exit_code), "why": type(error).__name__},
            )

    def log(self, session: Session, action: str, **details: Any) -> int:
        """Write one event of this person, now."""
        return log.append(session, self.actor, action, self.now(), **details)

    def policy_id(self, session: Session) -> int:
        """Return the id of the newest policy version."""
        return int(session.execute(select(func.max(col(PolicyVersionRow.id)))).scalar_one())

    def policy(self, session: Session, version_id: int | None = None) -> Policy:
        """Return a version of the policy, the newest by default."""
        wanted = version_id or self.policy_id(session)
        if wanted not in self.cache.policies:
            row = session.get_one(PolicyVersionRow, wanted)
            self.cache.policies[wanted] = parse_policy(row.body, f"policy {wanted}")
        return self.cache.policies[wanted]

    def calendar(self, session: Session, version_id: int | None = None) -> WorkingCalendar:
        """Return the working calendar under a version of the policy."""
        version = version_id or self.policy_id(session)
        wanted = (edition(session), version)
        found = self.cache.calendars.get(wanted)
        if found is None:
            policy = self.policy(session, version)
            found = WorkingCalendar(days_in_force(session).values(), hours=policy.hours.periods, zone=policy.zone)
            older = [key for key in tuple(self.cache.calendars) if key[0] != wanted[0]]
            self.cache.calendars[wanted] = found
            for key in older:
                self.cache.calendars.pop(key, None)
        return found

    def zone(self, session: Session) -> ZoneInfo:
        """Return the policy's zone, whatever the machine's is."""
        return ZoneInfo(self.policy(session).zone)

    def today(self, session: Session) -> date:
        """Return the local day in the policy's zone."""
        return self.now().astimezone(self.zone(session)).date()

    def end_of_today(self, session: Session) -> datetime:
        """Return the last instant of the local day, as an aware instant."""
        zone = self.zone(session)
        return datetime.combine(self.now().astimezone(zone).date(), time.max, tzinfo=zone)


@contextmanager
def _failures_told() -> Iterator[None]:
    """Turn a failure of the storage into a sentence; the transaction was rolled back by then."""
    try:
        yield
    except LockTimeout as error:
        raise StorageBusy(_("The database is busy; nothing was written. Try again.")) from error
    except DatabaseRefused as error:
        raise refusal(error) from error
    except DBAPIError as error:
        if isinstance(error, OperationalError) and "locked" in str(error.orig):
            raise StorageBusy(_("The database is busy; nothing was written. Try again.")) from error
        # The driver's own words name tables and columns, never a value.
        raise StorageFailed(_("The storage failed: {cause}; nothing was written.").format(cause=error.orig)) from error


def _check_role(action: Action, actor: Actor) -> None:
    refusal = role_refusal(action, actor)
    if refusal:
        raise NotAllowed(refusal)


def details(**values: Any) -> Mapping[str, Any]:
    """Return the body of an event without what is absent."""
    return {name: value for name, value in values.items() if value not in (None, "", (), [])}
