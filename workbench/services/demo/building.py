"""Makes the demo's database: a new site, and thirty working days played at it."""

import gc
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from db.enums import IdentityMode
from workbench.domain.clock.calendar import WorkingCalendar
from workbench.domain.policy.file import parse_policy
from workbench.policies import default_policy_text
from workbench.services.calendar.public_holidays import seed_days
from workbench.services.demo.dates import DemoDates
from workbench.services.demo.plan import planned_cases
from workbench.services.demo.stage import ADMIN, DemoClock, Stage, offices
from workbench.services.demo.timetable import Timetable
from workbench.services.importing.writing import without_pauses
from workbench.services.opening import create_site

# The site is older than what happens at it.
_FOUNDED, _FOUNDED_MINUTES = 32, 9 * 60


def build(database: Path, now: datetime, progress: Callable[[int, int], None]) -> None:
    """Make the database and play its history through the services that people use; nobody's office stays open.

    Args:
        database: Where it is made; nothing lies there, and the folder is its own.
        now: The history ends on the last working day before it, but for holds that run now.
        progress: Is told how many steps are done, and of how many.
    """
    dates = _dates(now)
    clock = DemoClock(dates.at(_FOUNDED, _FOUNDED_MINUTES))
    folder = database.parent / "delivered"
    folder.mkdir(mode=0o700)
    with _uncollected(), without_pauses():
        create_site(database, identity=IdentityMode.NAMED, login=ADMIN, now=clock)
        with offices(database, clock) as opened:
            stage = Stage(offices=opened, clock=clock, dates=dates, now=now, folder=folder)
            steps = Timetable(stage, planned_cases()).steps()
            for number, step in enumerate(steps):
                progress(number, len(steps))
                clock.at = step.at
                step.do()
    shutil.rmtree(folder)
    _bring_to_disk(database)
    _bring_to_disk(database.parent)


def _dates(now: datetime) -> DemoDates:
    """Return the dates around now, in the calendar that the new database will have."""
    policy = parse_policy(default_policy_text(), "default.toml")
    days = seed_days(policy.country, range(now.year - 1, now.year + 2))
    calendar = WorkingCalendar(days, hours=policy.hours, zone=policy.zone)
    return DemoDates(calendar.local_day(now), calendar)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Make no pauses to look for garbage: there is hardly any, and looking takes a sixth of the time."""
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
