"""Creates the database of the demo, and replays its history with a clock that shows the time of each step."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from db.access import sync
from db.dialect import disable_fsync
from db.enums import IdentityMode, Role
from workbench.services.case.assessment import refresh_findings
from workbench.services.case.casefiles import CaseFiles
from workbench.services.database.opening import NewDatabase, make_database, open_services
from workbench.services.demo.history import ADMIN, DemoHistory
from workbench.services.demo.preparing import ReportProgress
from workbench.services.demo.relative_dates import RelativeDates
from workbench.services.queue.claims import Claims
from workbench.services.site.machine_clock import accept_clock, forget_clock
from workbench.services.site.policies import read_supplier
from workbench.services.wiring import Services

_HISTORY_LENGTH = timedelta(days=90)
_DEPARTMENTS = {"ver1": "numbers", "ver2": "fraud", "ver3": "channel"}
_ROLES = {
    "rev1": Role.REVIEWER,
    "rev2": Role.REVIEWER,
    "rev3": Role.REVIEWER,
    "rev4": Role.REVIEWER,
    "sup": Role.SUPERVISOR,
    "audit": Role.AUDITOR,
    **dict.fromkeys(_DEPARTMENTS, Role.VERIFIER),
}


class DemoClock:
    """A clock that shows the time of the current step of the history."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        """Return the time."""
        return self.at


def build(database: Path, now: datetime, data: Path, progress: ReportProgress, *, is_first: bool = False) -> None:
    """Create the database, and replay the history through the services that people use.

    Args:
        database: The path of the new database, in a folder of its own.
        now: The time at which the history ends.
        data: The folder of the sample data.
        progress: Called with the number of finished steps and of all steps.
        is_first: Whether to make only the first cases.
    """
    clock = DemoClock(now - _HISTORY_LENGTH)
    folder = database.parent / "delivered"
    folder.mkdir(mode=0o700, parents=True)
    supplier = read_supplier(data / "supplier.toml")
    make_database(database, NewDatabase(login=ADMIN, identity=IdentityMode.NAMED, supplier=supplier), clock)
    with _services_of_all(database, clock) as services_of:
        context = services_of[ADMIN].context
        with context.write() as session:
            forget_clock(session)
            dates = RelativeDates(now, context.calendar(session))
            history = DemoHistory(data=data, folder=folder, services_of=services_of, dates=dates)
            steps = (history.of_first_cases(session) if is_first else history).steps()
        for number, step in enumerate(steps):
            progress(number, len(steps))
            clock.at = step.at
            step.run()
        # The replayed clock ran much faster than the machine, which the database would report as a changed clock.
        with context.write() as session:
            accept_clock(session, now)
    shutil.rmtree(folder)
    # The replay did not wait for the disk.
    sync(database)
    sync(database.parent)


class _UnreadCaseFiles(CaseFiles):
    """Case files that are not read on a claim, because nobody looks at them while the history is replayed."""

    def show_current(self, case_id: int) -> Any:
        refresh_findings(self.context, case_id)


@contextmanager
def _services_of_all(database: Path, clock: DemoClock) -> Iterator[Mapping[str, Services]]:
    """Register all people, and open the services of each on one database that does not wait for the disk."""
    first = open_services(database, ADMIN, clock)
    try:
        disable_fsync(first.context.database.writer)
        people = first.roles
        for login, role in _ROLES.items():
            people.add(login, (role,), _DEPARTMENTS.get(login, ""))
        # In the demo, each person has only one role.
        people.change(ADMIN, (), (Role.REVIEWER, Role.SUPERVISOR))
        yield {login: _services_of(login, first, clock) for login in (ADMIN, *_ROLES)}
    finally:
        first.close()


def _services_of(login: str, first: Services, clock: DemoClock) -> Services:
    """Return the services of a person on the database that is already open, so that statements are compiled once."""
    own = open_services(first.context.database.path, login, clock)
    own.close()
    services = Services(replace(own.context, database=first.context.database, cache=first.context.cache))
    services.claims = Claims(services.context, _UnreadCaseFiles(services.context))
    return services
