"""Measures the move of a site to a server and back: `python -m tests.bench.moves [APPLICATIONS] [KILLS]`.

The site has the applications of a generated file and five events for each. After one move of each kind, a move to the
server is killed so many times, each time later, and repeated; then the rows and the log are compared.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests import servers
from tests.bench.generated_files import write_applications
from tests.bench.processes import run, workbench
from tests.sites import Site
from workbench.__main__ import now
from workbench.services.foundation import audit_log
from workbench.services.site.machine_clock import accept_clock

_EVENTS = 5
_WORDS = [sys.executable, "-m", "workbench", "--as", "admin"]


def make(folder: Path, count: int) -> Path:
    """Return a site with many applications and events."""
    site = Site(folder / "w.db").create()
    file = write_applications(folder / "applications.csv", count)
    workbench(site.path, "import", "applications", str(file))
    context = site.services("admin").context
    for _turn in range(_EVENTS):
        bodies = ((case, {"why": "measured", "shown": ["activity", "credit"]}) for case in range(1, count + 1))
        with context.write() as session:
            audit_log.append_many(session, context.actor, "read", site.clock.at, bodies)
    with context.write() as session:
        # The site was made by another clock than that of the machine.
        accept_clock(session, now())
    site.close()
    return site.path


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def moved(source: str, *target: str) -> dict[str, object]:
    """Move a site and return its report with the seconds and the memory of the process."""
    process = run(*_WORDS, "migrate", source, *target, "--json")
    report = json.loads(process.output)
    say(f"{source} {' '.join(target)}: {process.seconds:.1f} s, {process.peak_mb:.0f} MB")
    return {**report, "seconds": process.seconds}


def killed(source: str, target: str, seconds: float) -> bool:
    """Kill a move after some time; return whether it had not finished."""
    process = subprocess.Popen([*_WORDS, "migrate", source, target], stderr=subprocess.DEVNULL)
    time.sleep(seconds)
    process.kill()
    return process.wait() != 0


def rows_of(report: dict[str, object]) -> dict[str, str]:
    """Return the digests of the tables that a move does not change."""
    tables = report["tables"]
    assert isinstance(tables, list)
    return {one["table"]: one["sha256"] for one in tables if one["table"] not in {"event", "setting"}}


def main(count: int = 10_000, kills: int = 20) -> None:
    """Make a site, and move it."""
    servers.start()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["XDG_DATA_HOME"] = str(folder / "data")
        path = make(folder, count)
        say(f"{count:,} applications: {path.stat().st_size >> 20} MB")
        urls = [servers.create_database(folder / f"{number}.postgresql") for number in range(2)]
        there = moved(str(path), urls[0])
        back = moved(urls[0], "--to", str(folder / "back.db"))
        assert isinstance(there["seconds"], float)
        assert isinstance(back["seconds"], float)
        longest = min(there["seconds"], back["seconds"])
        again = str(folder / "back.db"), urls[1]
        count = next((at for at in range(kills) if not killed(*again, longest * at / kills)), kills)
        say(f"killed {count} times")
        if count == kills:
            moved(*again)
        last = moved(urls[1], "--to", str(folder / "last.db"))
        assert rows_of(there) == rows_of(back) == rows_of(last)
        for words in (["audit", "verify"], ["doctor"]):
            say(run(*_WORDS, "--database", str(folder / "last.db"), *words).output.splitlines()[-1])


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
