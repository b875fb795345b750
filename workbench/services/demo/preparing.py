"""Opens the existing demo, or creates it first."""

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from db.errors import DatabaseRefused, Refusal
from workbench import i18n
from workbench.errors import BadConfiguration, CannotCreate
from workbench.i18n import _

if TYPE_CHECKING:
    from workbench.services.wiring import Services

NAME = "demo.db"
FIRST = "first"
"""The folder with a database of the first cases alone, which exists while the demo is made for a person who waits."""

FIRST_REVIEWER = "rev1"
"""The person who opens the demo, unless another login is given."""

ReportProgress = Callable[[int, int], None]
"""A callback that gets the number of finished steps and of all steps."""

_UNFINISHED = "unfinished"
_LOCK = "preparing.lock"
_TIME_FILE = NAME + ".made"
"""The file with the time at which the demo was made."""

_BAR_CELLS = 20
_FRESH_FOR = timedelta(days=7)
_ROOT = Path(__file__).resolve().parents[3]
DATA = _ROOT / "fixtures" / "demo"


class DemoStart:
    """Makes the demo in a thread if it is missing. If the program ends meanwhile, the next start makes it again."""

    def __init__(self, folder: Path, now: Callable[[], datetime], *, reset: bool) -> None:
        self._folder, self._now, self._reset = folder, now, reset
        self._first, self.whole = Future[Path](), Future[Path]()
        """The databases of the first cases and of the whole demo, as soon as they exist."""
        self._state = ""
        # A daemon, because quitting the program does not wait for the demo.
        Thread(target=self._make, daemon=True).start()

    def _make(self) -> None:
        try:
            self.whole.set_result(prepare(self._folder, self._now, reset=self._reset, progress=self._note_progress))
            self._state = ""
        except Exception as error:
            # The desk waits for a result, whatever happened.
            self._state = str(error)
            self.whole.set_exception(error)

    def _note_progress(self, done: int, total: int) -> None:
        bar = "━" * (done * _BAR_CELLS // total)
        self._state = f"{_('Creating sample data …')} {bar:{_BAR_CELLS}} {done * 100 // total} %"
        if not self._first.done():
            self._first.set_result(self._folder / FIRST / NAME)

    def open(self, login: str) -> "Path | Services":
        """Return the database of the demo, or services of its first cases if those exist sooner.

        Raises:
            WorkbenchError: If the demo cannot be made, or the first cases cannot be opened.
        """
        wait((self._first, self.whole), return_when=FIRST_COMPLETED)
        if self.whole.done():
            return self.whole.result()
        from workbench.services.database.opening import open_services
        from workbench.services.demo.first_cases import FirstCases

        services = open_services(self._first.result(), login, self._now, resumes=False)
        services.background = lambda: self._state
        FirstCases(services, self.whole)
        return services


def prepare(
    folder: Path, now: Callable[[], datetime], *, reset: bool = False, progress: ReportProgress | None = None
) -> Path:
    """Return the database of the demo, after creating it if it is missing or has an older schema, or with `reset`.

    It is created at another path and moved when it is complete, so that a killed process leaves no broken demo.

    Args:
        folder: The folder of the demo, which holds nothing else.
        now: The clock; the history of the demo ends on the last working day before it.
        reset: Whether an existing demo is replaced.
        progress: Called when the first cases exist, which are made on their own only if this is given, then after each
            step.

    Raises:
        BadConfiguration: If the existing demo is of another version.
        CannotCreate: If a file cannot be written.
        WorkbenchError: If the database cannot be made, or a file of the sample data is wrong.
    """
    database = folder / NAME
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _locked(folder / _LOCK) as lock:
            if database.exists() and not reset and _is_current(database):
                return database
            unfinished = folder / _UNFINISHED
            shutil.rmtree(unfinished, ignore_errors=True)
            shutil.rmtree(folder / FIRST, ignore_errors=True)
            unfinished.mkdir(mode=0o700)
            at = now()
            _build(unfinished / NAME, at, progress, lock)
            time_file = unfinished / _TIME_FILE
            time_file.touch(mode=0o600)
            time_file.write_text(at.isoformat(), encoding="ascii")
            _move(unfinished, folder)
    except OSError as error:
        raise _cannot_create(folder, error.strerror or str(error)) from error
    return database


def days_if_stale(folder: Path, now: datetime) -> int | None:
    """Return the age of the demo in days if it is older than a week, else None."""
    try:
        made_at = datetime.fromisoformat((folder / _TIME_FILE).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
    age = now - made_at
    return age.days if age > _FRESH_FOR else None


def _is_current(database: Path) -> bool:
    """Return whether this version of the program can open a demo; False if the demo has an older schema.

    Raises:
        BadConfiguration: If it is of another version; the message says how to make a new one.
    """
    from db.schema import open_without_upgrade

    try:
        open_without_upgrade(database)[0].close()
    except DatabaseRefused as error:
        if error.refusal is Refusal.CREATED_BY_OLDER:
            return False
        if error.refusal is Refusal.MOVED:
            from workbench.services.foundation.locations import refusal

            raise refusal(error) from error
        message = _("The sample data at {where} are of another version; `workbench demo --reset` makes new ones.")
        raise BadConfiguration(message.format(where=database)) from error
    return True


def _build(database: Path, at: datetime, progress: ReportProgress | None, lock: int) -> None:
    """Create the demo in a child process, so that its memory is freed afterwards.

    The child ends when its standard input closes, even if this process is killed or interrupted early. The child
    inherits the lock, so that the next preparation waits until the child has ended.
    """
    first = database.parent.parent / FIRST / NAME if progress is not None else ""
    arguments = (str(database.absolute()), at.isoformat(), str(DATA), i18n.current_language(), str(first))
    with subprocess.Popen(  # noqa: S603 - our own program
        (sys.executable, "-X", "utf8", "-m", "workbench.services.demo", *arguments),
        cwd=_ROOT,
        pass_fds=(lock,),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        problems = _follow(process, progress)
    if process.returncode:
        raise _cannot_create(database.parent.parent, problems[-1] if problems else f"exit code {process.returncode}")


def _follow(process: "subprocess.Popen[str]", progress: ReportProgress | None) -> list[str]:
    """Report the progress of the child until it ends, and return the lines of its error output."""
    for line in process.stdout or ():
        done, total = line.split()
        if progress is not None:
            progress(int(done), int(total))
    return process.stderr.read().splitlines() if process.stderr else []


def _cannot_create(folder: Path, cause: str) -> CannotCreate:
    message = _("The demo cannot be made in {folder}: {cause}.")
    return CannotCreate(message.format(folder=folder, cause=cause.rstrip(".。")))


@contextmanager
def _locked(lock: Path) -> Iterator[int]:
    """Lock the preparation of the demo against other processes, and yield the handle of the lock."""
    handle = os.open(lock, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield handle
    finally:
        os.close(handle)


def _move(unfinished: Path, folder: Path) -> None:
    """Replace an earlier demo with a complete one; the database is moved last, because a demo exists only with it."""
    (folder / NAME).unlink(missing_ok=True)
    for old in folder.glob(f"{NAME}*"):
        if old.is_dir():
            shutil.rmtree(old)
        else:
            old.unlink()
    for new in sorted(unfinished.iterdir(), key=lambda path: path.name == NAME):
        new.rename(folder / new.name)
    unfinished.rmdir()
