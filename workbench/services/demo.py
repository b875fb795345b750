"""The demo: a database of its own with made-up cases, made anew or found as it was left."""

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path

from db.enums import IdentityMode
from workbench.errors import CannotCreate
from workbench.i18n import _
from workbench.services.demo_dates import DemoDates
from workbench.services.demo_files import history
from workbench.services.demo_history import ADMIN, DemoClock, Stage, play
from workbench.services.office import Office
from workbench.services.site import create_site, open_office

NAME = "demo.db"

_UNFINISHED = "unfinished"
_LOCK = "preparing.lock"


def prepare(folder: Path, now: Callable[[], datetime], *, reset: bool = False) -> Path:
    """Return the demo's database in a folder of its own, and make it if it is not there or is to be reset.

    It is made beside its place and moved there when it is complete, so that a killed preparation leaves nothing
    that looks like a demo.

    Args:
        folder: The folder of the demo; nothing else may lie in it.
        now: The clock; the history ends on the last working day before it.
        reset: Whether what was done at the demo is thrown away.

    Raises:
        CannotCreate: If the disk does not let us.
        WorkbenchError: If the database cannot be made, or a file of the demo is not as it must be.
    """
    place = folder / NAME
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _alone(folder / _LOCK):
            if place.exists() and not reset:
                return place
            unfinished = folder / _UNFINISHED
            shutil.rmtree(unfinished, ignore_errors=True)
            unfinished.mkdir(mode=0o700)
            _build(unfinished / NAME, unfinished / "delivered", now)
            _move(unfinished, folder)
    except OSError as error:
        raise CannotCreate(
            _("The demo cannot be made in {folder}: {cause}.").format(folder=folder, cause=error.strerror)
        ) from error
    return place


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Wait until no other process prepares the demo; the lock ends with its process."""
    handle = os.open(lock, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _build(database: Path, delivered: Path, now: Callable[[], datetime]) -> None:
    """Make the site and play its history; everybody's office is closed in the end."""
    told = history()
    clock = DemoClock(now())
    create_site(database, identity=IdentityMode.NAMED, login=ADMIN, now=clock)
    with ExitStack() as open_offices:
        offices: dict[str, Office] = {}

        def office_of(login: str) -> Office:
            if login not in offices:
                offices[login] = open_office(database, login, clock)
                open_offices.callback(offices[login].close)
            return offices[login]

        context = office_of(ADMIN).context
        with context.read() as session:
            dates = DemoDates(context.today(session), context.calendar(session))
        play(told, Stage(office_of, clock, dates, delivered))
    shutil.rmtree(delivered)


def _move(unfinished: Path, folder: Path) -> None:
    """Put a finished demo in the place of the old one, the database itself last: without it there is no demo."""
    (folder / NAME).unlink(missing_ok=True)
    for old in folder.glob(f"{NAME}*"):
        if old.is_dir():
            shutil.rmtree(old)
        else:
            old.unlink()
    for new in sorted(unfinished.iterdir(), key=lambda path: path.name == NAME):
        new.rename(folder / new.name)
    unfinished.rmdir()
