"""A workbench that stays open all day holds no more than it did in the morning, and uses no processor while idle."""

import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.fork_server import ROOT
from tests.sites import ManualClock, Site
from tests.sizes import sized
from tests.terminal.pty_session import PtySession

SETTLED_CASES = sized(ci=14, full=50)
MOST_GROWTH = 1.10
MOST_IDLE = 0.005
MOST_MORE_FILES = 6
"""Each connection in a pool has up to three files, and a pool grows when reads meet; a leak grows with the cases."""


@pytest.mark.long(20)
@pytest.mark.promise("W4")
@pytest.mark.proof
def test_many_cases_leave_no_more_in_memory_than_the_first_ones(site: Site) -> None:
    cases = sized(ci=24, full=2_002)
    site.plant(cases)
    arguments = [str(site.path), str(SETTLED_CASES), str(cases), str(10 * cases)]

    command = [sys.executable, "-m", "tests.proofs.long_life", *arguments]
    settled, end = json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout)
    with site.services("admin").context.read() as session:
        passed = session.execute(text("SELECT count(*) FROM \"case\" WHERE state = 'passed'")).scalar_one()

    print(settled, end)  # noqa: T201 - figures of the proof
    assert passed == cases
    assert end["files"] <= settled["files"] + MOST_MORE_FILES
    assert [name for name in settled if name != "files" and end[name] > MOST_GROWTH * settled[name]] == []


@pytest.mark.promise("W4")
@pytest.mark.proof
def test_an_idle_workbench_uses_less_than_half_a_percent_of_a_processor(tmp_path: Path) -> None:
    # The program reads the clock of the machine.
    site = Site(tmp_path / "idle.db", ManualClock(datetime.now(UTC))).create()  # noqa: TID251
    site.plant(30)
    site.close()
    with PtySession(["--database", str(site.path), "--as", "a", "--lang", "en"], tmp_path) as terminal:
        terminal.wait_for("30 queued")
        terminal.press("n")
        terminal.wait_for(r"C-0000\d\d")
        # The program catches up two seconds after its start, and then warms up what keys may need.
        terminal.read(4)
        used, began = cpu_s(terminal.process.pid), time.monotonic()
        while time.monotonic() - began < sized(ci=10, full=120):
            terminal.read(1)

        share = (cpu_s(terminal.process.pid) - used) / (time.monotonic() - began)
        print(f"idle: {share:.2%}")  # noqa: T201 - figures of the proof
        assert share < MOST_IDLE


def cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
