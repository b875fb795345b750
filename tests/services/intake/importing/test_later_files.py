"""Files that change existing cases: together or one by one, beside people, and killed at any moment."""

import json
import random
import shutil
import signal
import time
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from db.dialects.sqlite import driver
from db.enums import ImportKind
from db.models import CaseRow
from tests.fork_server import ForkedProcess, fork_server
from tests.services.intake.importing.files import ENTERPRISE_DOCUMENTS, PDF, Desk, application
from tests.services.intake.importing.later_files import KINDS, NEW, content, open_office
from tests.sites import ManualClock
from tests.sizes import sized
from workbench.services.database.opening import open_services
from workbench.services.foundation import audit_log
from workbench.services.intake.batches import applying
from workbench.services.intake.importing.plan import ImportRequest
from workbench.services.site.log_checks.unexplained_rows import log_faults
from workbench.services.time.deadlines.suspensions import NewSuspension
from workbench.services.wiring import Services

CASES, KILLS = 24, 100

_CHILD = """
import sys
from datetime import datetime
from pathlib import Path
from db.enums import ImportKind
from tests.sites import ManualClock
from workbench.services.database.opening import open_services
from workbench.services.intake.batches import applying
from workbench.services.intake.importing import service
from workbench.services.intake.importing.plan import ImportRequest

# A process helps.
service._FEWEST_BYTES_FOR_HELPER = 0
folder, kind = Path(sys.argv[1]), ImportKind(sys.argv[2])
applying._APPLIED_TOGETHER = 7
clock = ManualClock(datetime.fromisoformat((folder / "clock").read_text()))
services = open_services(folder / "w.db", "admin", clock)
print("open", flush=True)
services.imports.run(ImportRequest(kind=kind, paths=(folder / f"{kind.value}.csv",), rejects=folder / "rejects.csv"))
print("done", flush=True)
"""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a database that nobody has open, and the files that come after its applications."""
    folder = tmp_path_factory.mktemp("office")
    open_office(folder, 20261201, CASES)
    return folder


def _copy(office: Path, to: Path) -> Path:
    shutil.rmtree(to, ignore_errors=True)
    shutil.copytree(office, to)
    return to


def _services(folder: Path) -> Services:
    return open_services(folder / "w.db", "admin", ManualClock(datetime.fromisoformat((folder / "clock").read_text())))


def _import(folder: Path, *kinds: ImportKind) -> None:
    """Import later files, unless that was done before, and check the log."""
    services = _services(folder)
    imported = {line.files[0] for line in services.imports.batches()}
    for kind in kinds:
        file = folder / f"{kind.value}.csv"
        if file.name not in imported:
            services.imports.run(ImportRequest(kind=kind, paths=(file,), rejects=folder / "rejects.csv"))
    with services.context.read() as session:
        assert audit_log.verify(session).is_whole
        assert list(log_faults(session)) == []
    services.close()


@pytest.mark.proof
def test_evidence_changes_cases_together_as_it_changes_each_alone(
    office: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    together, alone = _copy(office, tmp_path / "together"), _copy(office, tmp_path / "alone")
    _import(together, *KINDS)
    monkeypatch.setattr(applying, "_APPLIED_TOGETHER", 1)
    _import(alone, *KINDS)
    assert content(together / "w.db") == content(alone / "w.db")


def _meanwhile(monkeypatch: pytest.MonkeyPatch, *several: Callable[[], Any]) -> None:
    """Let somebody act once, after the evidence was read and before it is written."""
    real, acts = applying._forecasts, list(several)

    def forecasts(*arguments: Any) -> Any:
        while acts:
            acts.pop(0)()
        return real(*arguments)

    monkeypatch.setattr(applying, "_forecasts", forecasts)


def test_a_case_that_changes_while_its_evidence_is_computed_gets_it_later(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = desk.queued()
    case_id, changed = case.id or 0, list[CaseRow]()
    _meanwhile(monkeypatch, desk.site.services("a").claims.next, lambda: changed.append(desk.case()))
    desk.run(ImportKind.COMPLAINTS, [{"msisdn": "13800138000", "received_at": "2026-11-20 10:00"}])
    found = desk.case()
    assert (found.state, found.priority) == ("in_review", case.priority)
    assert (found.version, found.evidence_seq) == (changed[0].version + 1, case.evidence_seq + 1)
    evidence = desk.sql("SELECT state FROM event WHERE case_id = :case AND action = 'evidence'", case=case_id)
    assert evidence == [(found.state,)]


def test_a_case_that_becomes_complete_while_work_is_suspended_waits_too(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.applications(application())
    desk.documents(kinds=ENTERPRISE_DOCUMENTS[1:])
    sup, begin = desk.site.services("sup"), desk.site.clock.at
    _meanwhile(monkeypatch, lambda: sup.suspending.suspend(NewSuspension(from_at=begin, reason="flood")))
    desk.documents(kinds=ENTERPRISE_DOCUMENTS[:1])
    assert (desk.case().state, desk.case().suspended_from) == ("queued", begin)


def test_the_event_of_a_case_has_the_digests_of_its_own_letters(desk: Desk) -> None:
    numbers = [f"A-{number}" for number in range(1, 4)]
    desk.applications(*(application(number) for number in numbers))
    for number in numbers[:2]:
        desk.documents(number, ENTERPRISE_DOCUMENTS[1:])
    path = desk.folder / "last.pdf"
    path.write_bytes(PDF)
    last = {"kind": ENTERPRISE_DOCUMENTS[0].value, "path": path.name, "received_at": "2026-11-23 15:00"}
    desk.run(ImportKind.DOCUMENTS, [{**last, "application_no": number} for number in numbers])
    receipts = dict(desk.sql("SELECT case_id, 'notice ' || id FROM notice WHERE kind = 'receipt'"))
    last_events = "SELECT case_id, body FROM event WHERE case_id IS NOT NULL ORDER BY seq DESC LIMIT 3"
    digests = {case_id: list(json.loads(body).get("changed_rows", {})) for case_id, body in desk.sql(last_events)}
    assert digests == {1: [receipts[1]], 2: [receipts[2]], 3: []}
    assert desk.sql("SELECT 1 FROM event WHERE action = 'recorded' AND body LIKE '%notice%'") == []


@pytest.mark.promise("C1", "P2")
@pytest.mark.proof
@pytest.mark.parametrize("kind", KINDS)
def test_a_killed_import_shows_nothing_and_ends_in_the_same_rows_when_it_is_repeated(
    office: Path, tmp_path: Path, kind: ImportKind
) -> None:
    dice, whole = random.Random(f"{kind}"), _copy(office, tmp_path / "whole")
    child, began = _start(whole, kind), time.monotonic()
    child.communicate()
    importing_s = time.monotonic() - began
    # New cases have other numbers after numbers were used in vain.
    compared = _sizes if kind is ImportKind.APPLICATIONS else content
    expected, interrupted = compared(whole / "w.db"), 0
    kills = sized(ci=3 if kind is ImportKind.APPLICATIONS else 1, full=KILLS)
    for _kill in range(kills):
        folder = _copy(office, tmp_path / "killed")
        child = _start(folder, kind)
        time.sleep(dice.uniform(0, importing_s))
        child.send_signal(signal.SIGKILL)
        is_done = "done" in child.communicate()[0]
        interrupted += not is_done
        # The machine imports faster now than when that was timed.
        importing_s *= 0.9 if is_done else 1
        assert _new(folder, "AND b.published_at IS NOT NULL") in {0, NEW}, "a part of a batch can be seen"
        _import(folder, kind)
        assert compared(folder / "w.db") == expected
        assert not list((folder / "w.db.store" / "batches").glob("[0-9]*.lock"))
    assert interrupted >= kills // 4


def _sizes(path: Path) -> dict[str, int]:
    """Return how many rows each table has."""
    return {table: sum(rows.values()) for table, rows in content(path).items()}


def _new(folder: Path, condition: str = "") -> int:
    """Count the rows of new applications, as the database has them."""
    with closing(driver().connect(str(folder / "w.db"))) as connection:
        joined = "SELECT count(*) FROM application AS a JOIN import_batch AS b ON b.id = a.batch_id"
        found = connection.execute(f"{joined} WHERE a.application_no LIKE 'N-%' {condition}").fetchone()
        return int(found[0])


@pytest.mark.proof
def test_a_start_sweeps_no_live_import_and_the_next_import_sweeps_a_dead_one(office: Path, tmp_path: Path) -> None:
    folder, starts = _copy(office, tmp_path / "live"), 0
    child = _start(folder, ImportKind.APPLICATIONS)
    while child.poll() is None:
        _services(folder).close()
        starts += 1
    assert (starts > 0, child.communicate()[0], _new(folder)) == (True, "done\n", NEW)

    folder = _copy(office, tmp_path / "dead")
    with closing(_services(folder)) as services:
        child = _start(folder, ImportKind.APPLICATIONS)
        while child.poll() is None and not _new(folder):
            time.sleep(0.002)
        child.send_signal(signal.SIGKILL)
        child.communicate()
        request = ImportRequest(kind=ImportKind.APPLICATIONS, paths=(folder / "applications.csv",))
        assert services.imports.run(request).created == NEW
    assert _new(folder) == NEW


def test_what_an_import_left_that_died_before_its_row_was_there_is_taken_away_at_the_next_start(desk: Desk) -> None:
    store = desk.site.services("admin").context.store
    for orphan in (store.batches / "7.lock", store.calls / "spill-dead", store.documents / "spill-dead"):
        orphan.touch(mode=0o600) if orphan.suffix else orphan.mkdir(parents=True)
        open_services(desk.site.path, "b", desk.site.clock).close()
        assert not orphan.exists()


def _start(folder: Path, kind: ImportKind) -> ForkedProcess:
    """Start an import in a process of its own, and wait until it has opened the database."""
    child = fork_server().start_piped(_CHILD, str(folder), kind.value)
    assert child.stdout is not None
    assert child.stdout.readline() == "open\n"
    return child
