"""Makes the demo's database: a new site, and its history replayed with a clock of its own."""

import gc
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from db.dialects.unsynced import without_syncing
from db.enums import IdentityMode, Role
from workbench.services.case.casefiles import CaseFiles
from workbench.services.demo.history import ADMIN, History
from workbench.services.demo.relative_dates import RelativeDates
from workbench.services.foundation.pacing import without_pauses
from workbench.services.opening import create_site, open_services
from workbench.services.queue.claims import Claims
from workbench.services.wiring import Services

_FOUNDED_BEFORE = timedelta(days=90)
_ROLES = {
    "rev1": Role.REVIEWER,
    "rev2": Role.REVIEWER,
    "rev3": Role.REVIEWER,
    "sup": Role.SUPERVISOR,
    "audit": Role.AUDITOR,
}


class DemoClock:
    """A clock that stands where the history has come to."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        """Return the time."""
        return self.at


def build(database: Path, now: datetime, data: Path, progress: Callable[[int, int], None]) -> None:
    """Make the database and replay its history through the services that people use.

    Args:
        database: Where it is made; nothing lies there, and the folder is its own.
        now: What the history leads up to.
        data: The folder of the demo's files.
        progress: Is told how many steps are done, and of how many.
    """
    clock = DemoClock(now - _FOUNDED_BEFORE)
    folder = database.parent / "delivered"
    folder.mkdir(mode=0o700)
    with _without_garbage_collection(), without_pauses():
        create_site(database, identity=IdentityMode.NAMED, login=ADMIN, now=clock)
        with _offices(database, clock) as offices:
            context = offices[ADMIN].context
            with context.read() as session:
                dates = RelativeDates(now, context.calendar(session))
            steps = History(data=data, folder=folder, offices=offices, dates=dates).steps()
            for number, step in enumerate(steps):
                progress(number, len(steps))
                clock.at = step.at
                step.run()
    shutil.rmtree(folder)
    _bring_to_disk(database)
    _bring_to_disk(database.parent)


class _UnreadCaseFiles(CaseFiles):
    """Leaves out reading a case that is taken: nobody looks at it while the history is replayed."""

    def show(self, case_id: int) -> Any:  # noqa: ARG002 - what reading it would need
        return None


@contextmanager
def _offices(database: Path, clock: DemoClock) -> Iterator[Mapping[str, Services]]:
    """Register everybody, and open everybody's office at one open database, which does not wait for the disk."""
    first = open_services(database, ADMIN, clock)
    try:
        without_syncing(first.context.database.writer)
        for login, role in _ROLES.items():
            first.people.add(login, (role,))
        # The demo shows each role by itself.
        first.people.role(ADMIN, (), (Role.REVIEWER, Role.SUPERVISOR))
        yield {login: _office_of(login, first, clock) for login in (ADMIN, *_ROLES)}
    finally:
        first.close()


def _office_of(login: str, first: Services, clock: DemoClock) -> Services:
    """Return somebody's office at the database that is open already: statements are compiled only once."""
    own = open_services(first.context.database.path, login, clock)
    own.close()
    services = Services(replace(own.context, database=first.context.database, cache=first.context.cache))
    services.claims = Claims(services.context, _UnreadCaseFiles(services.context))
    return services


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """Do not collect garbage: there is hardly any, and looking for it takes a sixth of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _bring_to_disk(path: Path) -> None:
    """Let what was written without waiting for the disk outlive a power cut, before it gets its name."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
