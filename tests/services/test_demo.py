import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlmodel import select

from db.enums import CaseState, Role, Severity, Verdict
from db.models import EventRow
from workbench.domain.casefile import CaseFile, Empty, VerdictRequest
from workbench.domain.findings import is_clean
from workbench.errors import CannotCreate
from workbench.services import demo
from workbench.services.log import verify
from workbench.services.office import Office
from workbench.services.site import open_office

NOW = datetime(2026, 11, 25, 2, 15, tzinfo=UTC)
ROOT = Path(__file__).resolve().parents[2]

# What stands against a case: the rules that block, and those that warn.
EXPECTED: dict[str, tuple[CaseState, set[str], set[str]]] = {
    "DEMO-001": (CaseState.PASSED, set(), set()),
    "DEMO-002": (CaseState.PASSED, set(), set()),
    "DEMO-003": (CaseState.RECTIFYING, {"ID-LICENCE-EXPIRED", "DOC-EXPIRED"}, {"DOC-UNSEALED"}),
    "DEMO-004": (CaseState.PENDING, set(), {"CR-NAME-ONLY"}),
    "DEMO-005": (CaseState.AWAITING_CHECK, {"CR-DEBTOR"}, set()),
    "DEMO-006": (CaseState.QUEUED, set(), set()),
    "DEMO-007": (CaseState.PASSED, set(), set()),
    "DEMO-008": (CaseState.QUEUED, set(), set()),
    "DEMO-009": (CaseState.QUEUED, set(), set()),
    "DEMO-010": (CaseState.QUEUED, set(), set()),
    "DEMO-011": (CaseState.QUEUED, set(), set()),
    "DEMO-012": (CaseState.QUEUED, {"ID-RIC-EXPIRED", "DOC-EXPIRED"}, set()),
    "DEMO-013": (CaseState.QUEUED, set(), {"ID-LICENCE-EXPIRING"}),
    "DEMO-014": (CaseState.QUEUED, {"ACT-PEAK-HOUR"}, set()),
    "DEMO-015": (CaseState.QUEUED, {"ACT-OFF-HOURS"}, set()),
    "DEMO-016": (CaseState.QUEUED, {"ACT-SHORT-CALLS"}, {"ACT-MEAN-DURATION"}),
    "DEMO-017": (CaseState.QUEUED, {"ACT-SAME-CALLEE", "ACT-OPT-OUT"}, set()),
    "DEMO-018": (CaseState.QUEUED, {"ACT-HANDSETS", "ACT-COMPLAINTS"}, set()),
    "DEMO-019": (CaseState.QUEUED, {"CR-ARREARS"}, set()),
    "DEMO-020": (CaseState.QUEUED, set(), {"CR-NO-DATA"}),
    "DEMO-021": (CaseState.INCOMPLETE, {"DOC-MISSING"}, set()),
    "DEMO-022": (CaseState.QUEUED, {"USE-TRADE", "ID-ACTUAL-USER"}, set()),
    "DEMO-023": (CaseState.QUEUED, {"ID-CARD-COUNT"}, set()),
}


def now() -> datetime:
    return NOW


@contextmanager
def office(database: Path, login: str = "rev1") -> Iterator[Office]:
    opened = open_office(database, login, now)
    try:
        yield opened
    finally:
        opened.close()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo that is only looked at."""
    return demo.prepare(tmp_path_factory.mktemp("made"), now)


@pytest.fixture
def fresh(made: Path, tmp_path: Path) -> Path:
    """A copy of it that may be changed."""
    return shutil.copytree(made.parent, tmp_path / "demo") / made.name


def case_files(one: Office) -> dict[str, CaseFile]:
    files = [one.casefiles.show(case_id) for case_id in range(1, len(EXPECTED) + 1)]
    return {file.header.application_no: file for file in files}


def test_every_case_stands_where_its_history_left_it_with_the_findings_that_were_meant(made: Path) -> None:
    with office(made) as rev1:
        files = case_files(rev1)

    found = {
        application_no: (
            file.header.state,
            {finding.rule for finding in file.findings if finding.severity is Severity.BLOCK},
            {finding.rule for finding in file.findings if finding.severity is Severity.WARN},
        )
        for application_no, file in files.items()
    }
    assert found == EXPECTED


def test_the_people_are_there_each_with_one_role(made: Path) -> None:
    with office(made, "audit") as audit:
        people = {person.login: person.roles for person in audit.people.list()}

    assert people == {
        "rev1": (Role.REVIEWER,),
        "rev2": (Role.REVIEWER,),
        "rev3": (Role.REVIEWER,),
        "sup": (Role.SUPERVISOR,),
        "admin": (Role.ADMIN,),
        "audit": (Role.AUDITOR,),
    }


def test_the_log_is_whole_and_has_no_refusal(made: Path) -> None:
    with office(made) as rev1, rev1.context.read() as session:
        report = verify(session)
        refused = session.exec(select(EventRow).where(EventRow.is_refused)).all()

    assert report.is_whole
    assert report.events > 100
    assert refused == []


def test_the_history_lies_before_now_and_tells_what_was_written(made: Path) -> None:
    with office(made) as rev1:
        lines = [line for file in case_files(rev1).values() for line in file.history]

    assert all(line.at < NOW for line in lines)
    assert "登记信息与证照一致，通话量平稳。" in {line.text for line in lines}


def test_the_mended_case_is_in_its_second_round(made: Path) -> None:
    with office(made) as rev1:
        file = case_files(rev1)["DEMO-006"]

    assert (file.header.round, file.header.state) == (2, CaseState.QUEUED)
    assert file.decisions[0].reasons == ("USE-SCRIPT",)


def test_the_case_that_waits_for_a_check_was_made_by_another_than_rev1(fresh: Path) -> None:
    with office(fresh) as rev1:
        (waiting,) = rev1.checks.waiting()
        assert waiting.application_no == "DEMO-005"

        assert rev1.checks.approve(waiting.id, "Seen and agreed.").state is CaseState.FAILED


def passed_next(one: Office) -> CaseFile:
    """Take the next case and pass it as clean."""
    taken = one.claims.next()
    assert not isinstance(taken, Empty)
    assert is_clean(taken.findings)
    request = VerdictRequest(case_id=taken.header.id, verdict=Verdict.PASS, reasons=("OK",))
    assert one.verdicts.decide(request).state is CaseState.PASSED
    return taken


def test_the_first_two_cases_are_one_s_own_mended_one_and_an_overdue_one_and_can_be_passed(fresh: Path) -> None:
    with office(fresh) as rev1:
        own, overdue = passed_next(rev1), passed_next(rev1)

    assert (own.header.application_no, own.header.assignee, own.header.round) == ("DEMO-006", "rev1", 2)
    assert (overdue.header.application_no, overdue.header.is_breached) == ("DEMO-008", True)


def test_the_panels_have_something_to_show(made: Path) -> None:
    with office(made) as rev1:
        file = case_files(rev1)["DEMO-009"]

    assert len(file.evidence.cards) == 2
    assert len(file.evidence.documents) == 8
    assert len(file.evidence.credit) == 6
    assert file.evidence.all_calls.calls > 100
    assert len(file.days) >= 15
    assert sum(map(sum, file.hours)) == file.evidence.all_calls.calls


def test_the_folder_holds_the_database_its_store_and_locks_for_the_owner_only(made: Path) -> None:
    names = {path.name for path in made.parent.iterdir() if not path.name.endswith(("-wal", "-shm"))}

    assert names == {"demo.db", "demo.db.store", "demo.db.lock", "preparing.lock"}
    assert all(stat.S_IMODE(path.stat().st_mode) & 0o077 == 0 for path in made.parent.rglob("*"))


def test_a_demo_that_is_there_stays_as_it_was_left(fresh: Path) -> None:
    with office(fresh) as rev1:
        rev1.remarks.comment(1, "kept")

    assert demo.prepare(fresh.parent, now) == fresh
    with office(fresh) as rev1:
        assert "kept" in {line.text for line in rev1.casefiles.show(1).history}


def test_a_reset_throws_away_what_was_done_and_nothing_else_in_the_folder(fresh: Path) -> None:
    with office(fresh) as rev1:
        rev1.remarks.comment(1, "thrown away")
    (fresh.parent / "notes.txt").write_text("mine", encoding="utf-8")

    demo.prepare(fresh.parent, now, reset=True)

    with office(fresh) as rev1:
        assert "thrown away" not in {line.text for line in rev1.casefiles.show(1).history}
    assert (fresh.parent / "notes.txt").read_text(encoding="utf-8") == "mine"


def test_two_demos_are_alike(made: Path, tmp_path: Path) -> None:
    def shown(database: Path) -> list[object]:
        with office(database) as rev1:
            return [(file.evidence, file.findings, file.decisions) for file in case_files(rev1).values()]

    assert shown(made) == shown(demo.prepare(tmp_path, now))


def kill_at(marker: str, folder: Path) -> None:
    """Make a demo in a process of its own, and kill that as soon as a file is there."""
    script = (
        "import sys; from datetime import UTC, datetime; from pathlib import Path\n"
        "from workbench.services import demo\n"
        "demo.prepare(Path(sys.argv[1]), lambda: datetime(2026, 11, 25, 2, 15, tzinfo=UTC), reset=True)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", script, str(folder)], cwd=ROOT)
    while process.poll() is None and not (folder / "unfinished" / marker).exists():
        time.sleep(0.001)
    os.kill(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL


@pytest.mark.parametrize("marker", ["demo.db", "delivered/earlier/calls.csv", "delivered/recent/calls.csv"])
def test_a_killed_preparation_leaves_no_demo_and_does_not_hinder_the_next(tmp_path: Path, marker: str) -> None:
    kill_at(marker, tmp_path)

    assert not (tmp_path / "demo.db").exists()
    with office(demo.prepare(tmp_path, now)) as rev1:
        assert set(case_files(rev1)) == set(EXPECTED)
    assert not (tmp_path / "unfinished").exists()


def test_a_killed_reset_leaves_the_old_demo(fresh: Path) -> None:
    with office(fresh) as rev1:
        rev1.remarks.comment(1, "kept")

    kill_at("delivered/recent/calls.csv", fresh.parent)

    with office(demo.prepare(fresh.parent, now)) as rev1:
        assert "kept" in {line.text for line in rev1.casefiles.show(1).history}


def test_a_store_without_its_database_is_no_demo_and_makes_way(fresh: Path) -> None:
    """What a kill leaves that comes between the moves of the store and of the database."""
    fresh.unlink()

    with office(demo.prepare(fresh.parent, now)) as rev1:
        assert set(case_files(rev1)) == set(EXPECTED)


def test_the_database_comes_into_its_place_after_everything_else(fresh: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    moved = []
    rename = Path.rename

    def watched(self: Path, target: Path) -> Path:
        moved.append(self.name)
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", watched)
    demo.prepare(fresh.parent, now, reset=True)

    assert "demo.db.store" in moved
    assert moved[-1] == "demo.db"


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")

    with pytest.raises(CannotCreate, match="The demo cannot be made"):
        demo.prepare(tmp_path / "file" / "demo", now)
