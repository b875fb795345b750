"""Eight people work at once in processes that are killed and stopped at random."""

import json
import os
import re
import signal
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from db.dialect import is_server
from db.enums import IdentityMode, Role
from tests import servers
from tests.fork_server import ForkedProcess, fork_server
from tests.policies import require_no_documents_of_individuals
from tests.proofs.mixed_work import ACTS, CLOCK, FILES, JOBS, clock_of, database_of
from tests.services.intake.importing.files import PERSON, Desk, application
from tests.sites import SUPPLIER, Site
from workbench.errors import ExitCode
from workbench.services.database.opening import NewDatabase, make_database

_ROLES = {
    "review": (Role.REVIEWER,),
    "supervise": (Role.SUPERVISOR,),
    "check": (Role.SUPERVISOR,),
    "export": (Role.ADMIN,),
}
_REFUSALS = {2, 65, 66, 69, 75, 77, 78}
"""The exit codes of acts that others made impossible."""
_SERVER_LOST = re.compile("nothing was written|The server of |is (?:recorded|imported), but|was lost at the end")
"""What an act says whose connection a server ended."""

_FIRST_CASES = 200
_DAYS = 12
"""How many days pass in a storm."""


@dataclass
class Storm:
    """What happened in a storm: each command that was acknowledged, and counts."""

    folder: Path
    acknowledged: list[dict[str, Any]] = field(default_factory=list)
    begun: Counter[str] = field(default_factory=Counter)
    codes: Counter[int] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    killed: int = 0
    stopped: int = 0
    ended: int = 0
    """How many connections were ended on the server."""
    restarts: int = 0

    @property
    def database(self) -> Path:
        """The database after the storm, which nobody has open."""
        return database_of(self.folder)

    @property
    def cut_short(self) -> int:
        """How many commands were killed before they ended."""
        return self.begun.total() - self.codes.total()

    @property
    def figures(self) -> str:
        """What was done, as one line."""
        kinds = ", ".join(f"{count} {kind}" for kind, count in self.begun.most_common())
        codes = ", ".join(f"{count} x {code}" for code, count in sorted(self.codes.items()))
        return (
            f"{self.begun.total()} commands ({kinds}); exit codes: {codes}; {self.killed} kills, {self.stopped} stops,"
            f" {self.ended} ended connections, {self.restarts} restarts,"
            f" {self.cut_short} commands cut short, {len(self.acknowledged)} acknowledged"
        )

    def disturb_server(self, passed: float) -> None:
        """End a connection; after half of the time, restart the server instead, once."""
        if passed > 1 / 2 and not self.restarts:
            self.restarts += 1
            servers.restart()
        else:
            self.ended += 1
            servers.end_a_connection()

    def read(self) -> None:
        """Read what the processes noted, and what none should have printed."""
        self.faults += [text for path in self.folder.glob("*.errors") if (text := path.read_text(encoding="utf-8"))]
        for line in (self.folder / ACTS).read_text(encoding="utf-8").splitlines():
            try:
                act = json.loads(line)
            except json.JSONDecodeError:
                # The kill came while the line was written.
                continue
            if "code" not in act:
                self.begun[" ".join(word for word in act["words"][:2] if word[:1].islower() and "." not in word)] += 1
                continue
            self.codes[act["code"]] += 1
            if act["code"] == 0:
                self.acknowledged.append(act)
            elif self.ended and act["code"] == ExitCode.IO and _SERVER_LOST.search(act["problem"]):
                continue
            elif act["code"] not in _REFUSALS:
                self.faults.append(f"{act['words']} {act['code']}: {act['problem']}")


def make_office(folder: Path, name: str = "w.db") -> None:
    """Create a database with the people of a storm, and the folder of its files."""
    (folder / FILES).mkdir(parents=True)
    _set_clock(folder, time.time(), 0)
    site = Site(folder / name, clock_of(folder))  # type: ignore[arg-type]  # nobody sets this clock
    if is_server(site.path):
        servers.create_database(site.path)
    make_database(
        site.path, NewDatabase(login="admin", identity=IdentityMode.NAMED, supplier=SUPPLIER), clock_of(folder)
    )
    for login, job in JOBS.items():
        if login != "admin":
            site.services("admin").roles.add(login, _ROLES[job])
    require_no_documents_of_individuals(site)
    # A number without a registered user would block a pass.
    rows = [application(f"S-{number}", **PERSON, msisdns="") for number in range(_FIRST_CASES)]
    Desk(site, folder / FILES).applications(*rows)
    site.close()


def blow(folder: Path, seed: int, seconds: float, name: str = "w.db") -> Storm:
    """Let eight people work for some seconds, kill and stop their processes at random, and at last kill all.

    On a server, connections are ended at random too, and it is restarted once.
    On a busy machine it goes on until a process was killed every ten seconds on average.
    """
    make_office(folder, name)
    storm, dice = Storm(folder), Random(seed)
    began = time.time()
    running = {login: _start(folder, login, dice) for login in JOBS}
    try:
        while (passed := time.time() - began) < seconds or storm.killed <= seconds / 10:
            _set_clock(folder, began, int(_DAYS * min(1, passed / seconds)))
            time.sleep(dice.expovariate(1 / 0.4))
            login = dice.choice(list(JOBS))
            if is_server(storm.database):
                storm.disturb_server(passed / seconds)
            if dice.random() < 0.6:
                running[login].kill()
                running[login].wait()
                storm.killed += 1
                running[login] = _start(folder, login, dice)
            else:
                storm.stopped += 1
                running[login].send_signal(signal.SIGSTOP)
                time.sleep(dice.choice((0.05, 0.3, 1.5)))
                running[login].send_signal(signal.SIGCONT)
    finally:
        for child in running.values():
            child.kill()
            child.wait()
    storm.read()
    return storm


def _start(folder: Path, login: str, dice: Random) -> ForkedProcess:
    nothing = os.open(os.devnull, os.O_WRONLY)
    try:
        errors = os.open(folder / f"{login}.errors", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        handles = {1: nothing, 2: errors}
        return fork_server().start("tests.proofs.mixed_work", [str(folder), login, str(dice.randrange(10**9))], handles)
    finally:
        os.close(nothing)
        with suppress(UnboundLocalError):
            os.close(errors)


def _set_clock(folder: Path, began: float, days: int) -> None:
    draft = folder / f"{CLOCK}.new"
    draft.write_text(f"{began} {days}", encoding="ascii")
    draft.replace(folder / CLOCK)
