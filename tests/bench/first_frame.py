"""Measures starts: `--help` beside an import of Typer, and the desk beside a bare Textual app."""

import statistics
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from operator import sub
from pathlib import Path

from tests.bench.processes import run
from tests.bench.results import BenchmarkResult, WrongResult, run_in_turns
from tests.sites import ManualClock, Site
from tests.terminal.pty_session import PtySession
from workbench.domain.case.casefile import CaseFile
from workbench.services.database.opening import open_services

COLD_START: dict[str, str] = {}
"""Starts a session in a new process instead of a fork, because importing is part of the measurement."""

_SMALL = 1_000


def help_page(_folder: Path, _size: int, turns: int) -> Iterator[BenchmarkResult]:
    """Measure `workbench --help` beside an interpreter that imports Typer."""

    def ours() -> float:
        done = run(sys.executable, "-m", "workbench", "--help")
        if "Usage:" not in done.output:
            raise WrongResult("--help prints no usage")
        return done.seconds

    ours_s, peer_s = run_in_turns(ours, lambda: run(sys.executable, "-c", "import typer").seconds, turns)
    yield BenchmarkResult(
        name="`workbench --help`", peer='`python -c "import typer"`', ours_s=ours_s, peer_s=peer_s, most=1.5
    )


def demo(folder: Path, _size: int, turns: int) -> Iterator[BenchmarkResult]:
    """Measure the first start of the demo to its first word and to the desk with its first cases."""
    desks_s: list[float] = []

    def first_word() -> float:
        home = folder / f"home-{len(desks_s)}"
        home.mkdir()
        start = time.monotonic()
        with PtySession(["demo", "--lang", "en"], home, more=COLD_START) as terminal:
            word = seconds_until(terminal, "Desk") - start
            seconds_until(terminal, "takes the next")
            desks_s.append(time.monotonic() - start)
        return word

    words_s, bare_s = run_in_turns(first_word, partial(_bare_first_frame, folder), turns)
    bare = "the first frame of a bare Textual app"
    later = {"later_by_s": round(statistics.median(map(sub, words_s, bare_s)), 3), "later_by_s_at_most": 0.5}
    yield BenchmarkResult(
        name="first word of the first demo", peer=bare, ours_s=words_s, peer_s=bare_s, most=0, more=later
    )
    yield BenchmarkResult(
        name="first cases of the first demo",
        peer=bare,
        ours_s=desks_s,
        peer_s=bare_s,
        most=0,
        more={"desk_s_at_most": 3.0},
    )


@dataclass
class TimedDesk:
    """Starts the desk on one database as often as asked; `memory_mb` is the memory at the last start.

    `cases_s` are the seconds from each start to the case, `claims_s` those from pressing `n`.
    """

    home: Path
    database: Path
    frames_s: list[float] = field(default_factory=list)
    cases_s: list[float] = field(default_factory=list)
    claims_s: list[float] = field(default_factory=list)
    memory_mb: float = 0.0

    def first_frame(self) -> float:
        """Start the desk and press `n` at the first frame; return the seconds to the frame."""
        arguments = ["--database", str(self.database), "--as", "a", "--lang", "en"]
        start = time.monotonic()
        with PtySession(arguments, self.home, more=COLD_START) as terminal:
            frame = seconds_until(terminal, "Desk") - start
            pressed = time.monotonic()
            terminal.press("n")
            shown = seconds_until(terminal, "C-0")
            self.cases_s.append(shown - start)
            self.claims_s.append(shown - pressed)
            self.memory_mb = memory_mb(terminal)
        self._release()
        return frame

    def _release(self) -> None:
        """Release the case, so that the next start claims one instead of showing the held case."""
        services = open_services(self.database, "a", lambda: datetime.now(UTC))  # noqa: TID251 - as the program does
        found = services.claims.next()
        if not isinstance(found, CaseFile):
            raise WrongResult(f"no case was held: {found}")
        services.claims.release(found.header.id)
        services.close()


def desk(folder: Path, queued: int, turns: int) -> Iterator[BenchmarkResult]:
    """Measure the first frame and the first case with many cases, beside a bare app and beside a thousand cases."""
    now = datetime.now(UTC)  # noqa: TID251 - the program reads the clock of the machine
    large = TimedDesk(folder, _create_site(folder / "large.db", queued, now))
    small = TimedDesk(folder, _create_site(folder / "small.db", _SMALL, now))
    peer = partial(_bare_first_frame, folder)
    peer(), large.first_frame(), small.first_frame()
    for timed_desk in (large, small):
        timed_desk.cases_s.clear()
        timed_desk.claims_s.clear()
    name = f"the desk with {queued:,} cases"
    frames_s, bare_s = run_in_turns(large.first_frame, peer, turns)
    cases_s = list(large.cases_s)
    large.claims_s.clear()
    bare = "the first frame of a bare Textual app"
    yield BenchmarkResult(name=f"first frame of {name}", peer=bare, ours_s=frames_s, peer_s=bare_s, most=1.2)
    yield BenchmarkResult(name=f"first case of {name}", peer=bare, ours_s=cases_s, peer_s=bare_s, most=2.5)
    frames_s, small_s = run_in_turns(large.first_frame, small.first_frame, turns)
    few = f"the same with {_SMALL:,} cases"
    yield BenchmarkResult(
        name=f"first frame of {name}",
        peer=few,
        ours_s=frames_s,
        peer_s=small_s,
        most=1.1,
        most_mb=large.memory_mb,
        most_mb_allowed=1.15 * small.memory_mb,
    )
    yield BenchmarkResult(
        name=f"`n` to the case, {name}", peer=few, ours_s=large.claims_s, peer_s=small.claims_s, most=1.15
    )


def _create_site(path: Path, queued: int, now: datetime) -> Path:
    site = Site(path, ManualClock(now)).create()
    site.plant(queued)
    site.close()
    return path


def seconds_until(terminal: PtySession, words: str) -> float:
    """Return the monotonic time at which the program has written these words.

    Raises:
        WrongResult: If they do not come within a minute.
    """
    until, written = time.monotonic() + 60, b""
    while time.monotonic() < until:
        written += terminal.read_raw(0.05)
        if words.encode() in written:
            return time.monotonic()
    raise WrongResult(f"{words!r} never came")


def memory_mb(terminal: PtySession) -> float:
    """Return the memory that the program uses."""
    status = Path(f"/proc/{terminal.process.pid}/status").read_text(encoding="ascii")
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def _bare_first_frame(home: Path) -> float:
    start = time.monotonic()
    with PtySession([], home, module="tests.bench.bare_app", more=COLD_START) as terminal:
        return seconds_until(terminal, "a text") - start
