"""An erasure that is killed anywhere leaves each case whole or erased, and the next start and run finish it."""

import signal
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.cli.framework.terminal import Terminal
from tests.cli.site.retention_store import RetentionSite, drawn, made
from tests.cli.site.test_retention import arrive, evidence_period
from tests.fork_server import fork_server
from tests.sizes import sample

pytestmark = pytest.mark.proof

_CHILD = """
import os
import signal
import sys
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from db.engine import Database
from tests.sites import ManualClock
from workbench.services.database.opening import open_services
from workbench.services.records.retention import files, service

database, at, place, number = Path(sys.argv[1]), datetime.fromisoformat(sys.argv[2]), sys.argv[3], int(sys.argv[4])
service._ERASED_TOGETHER = 1
services = open_services(database, "admin", ManualClock(at))
count = 0
write, put = Database.write, files.replace_call_file


def reach(here):
    global count
    if here == place:
        count += 1
        if count == number:
            os.kill(os.getpid(), signal.SIGKILL)


@contextmanager
def dying_write(self, **options):
    with write(self, **options) as session:
        yield session
        reach("before commit")
    reach("after commit")


def dying_put(*given):
    reach("before rename")
    put(*given)
    reach("after rename")


Database.write, files.replace_call_file = dying_write, dying_put
services.retention.apply("test")
print("done", flush=True)
"""

_COMMITS = 8
"""So many transactions an erasure of the two cases has: each case, two of each call file, and two at the end."""

POINTS = [
    *((place, number) for number in range(1, _COMMITS + 1) for place in ("before commit", "after commit")),
    *((place, number) for number in (1, 2) for place in ("before rename", "after rename")),
]


def erased_and_whole(office: RetentionSite) -> None:
    """Check that nothing names the person of an erased case, and that the others are as they were."""
    for number, human in office.people.items():
        case = office.desk.case(number)
        rows = office.desk.sql(
            "SELECT group_concat(a.handler_name || a.handler_id_no || a.contact_phone) FROM application a"
            " WHERE a.application_no = :number",
            number=number,
        )
        notes = office.desk.sql("SELECT note || letter FROM decision WHERE case_id = :case", case=case.id)
        said = f"{rows}{notes}"
        assert [value in said for value in human.values[:3]] == [case.erased_at is None] * 3
        assert not notes or (human.said in said) is (case.erased_at is None)


def kill_erasure(office: RetentionSite, place: str, number: int) -> None:
    site = office.terminal.site
    site.close()
    site.services_by_login.clear()
    child = fork_server().start_piped(_CHILD, str(site.path), site.clock.at.isoformat(), place, str(number))
    assert "done" not in child.communicate()[0]
    assert child.returncode == -signal.SIGKILL


@pytest.mark.promise("P2")
@pytest.mark.parametrize(("place", "number"), sample(POINTS, ci=3), ids=str)
def test_a_killed_erasure_is_finished(terminal: Terminal, tmp_path: Path, place: str, number: int) -> None:
    office = made(terminal, tmp_path / "files", 1)
    office.later(days=90)
    site = terminal.site
    kill_erasure(office, place, number)

    erased_and_whole(office)
    services = site.services("admin")
    services.retention.apply("again")

    with services.context.read() as session:
        assert session.execute(text("SELECT count(*) FROM erasure WHERE pending <> ''")).scalar() == 0
        assert session.execute(text("SELECT count(*) FROM setting WHERE name = 'erased_remnants'")).scalar() == 0
    erased_and_whole(office)
    assert office.faults() == []
    site.close()
    left = office.bytes_left()
    assert [one for human in list(office.people.values())[:2] for one in human.values if one.encode() in left] == []


_EVIDENCE_COMMITS = 7
"""So many transactions the erasure of a stranger's evidence has: two of the call file, one for each kind, and one."""

_EVIDENCE_POINTS = [
    ("after rename", 1),
    *((place, number) for number in range(1, _EVIDENCE_COMMITS + 1) for place in ("before commit", "after commit")),
    ("before rename", 1),
]


@pytest.mark.promise("P2")
@pytest.mark.parametrize(("place", "number"), sample(_EVIDENCE_POINTS, ci=2), ids=str)
def test_a_killed_erasure_of_evidence_without_an_application_is_finished(
    terminal: Terminal, tmp_path: Path, place: str, number: int
) -> None:
    office, stranger = made(terminal, tmp_path / "files", 1), drawn(77)
    arrive(office, "2026-11-20", stranger)
    evidence_period(office, "4 days")
    office.later(days=4)
    kill_erasure(office, place, number)

    office.run("admin", "backup", str(tmp_path / "backup"))
    assert office.faults() == []
    office.terminal.site.services("admin").retention.apply("again")

    assert office.faults() == []
    assert office.document("audit", "audit", "verify")["broken_at"] is None
    terminal.site.close()
    assert [value for value in stranger.values if value.encode() in office.bytes_left()] == []
