"""A killed import leaves nothing to be seen, and a live one is never swept."""

import random
from pathlib import Path

import pytest

from db.enums import ImportKind
from tests.services.intake.importing import killing
from tests.services.intake.importing.killing import Killed, big_file, big_workbook, check_after, killed
from tests.sites import ManualClock, Site
from tests.sizes import sized
from workbench.services.database.opening import open_services
from workbench.services.intake.importing.plan import ImportRequest

ROWS = 2_000
SHORT_RUN = 5
WORKBOOK_ROWS, WORKBOOK_KILLS = 1_000, 4
# Twenty kills on each of ten databases: on one alone the checks would slow down with every repeated import.
KILLS, DATABASES = 20, 10


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A database that nobody has open."""
    site = Site(tmp_path / "w.db").create()
    site.close()
    return site.path


def _run(database: Path, folder: Path, times: int, rows: int, seed: int) -> list[Killed]:
    dice = random.Random(seed)
    results = []
    first = big_file(folder, times, rows)
    writing_s = killing.seconds_of_writing(database, first, f"K{times}-")
    for number in range(times):
        file = big_file(folder, number, rows)
        way = "alone" if number % 3 else "shared"
        left = killed(database, file, f"K{number}-", killing.random_delay(dice, writing_s), way=way)
        check_after(database, file, left, rows)
        file.unlink()
        results.append(left)
        if left.visible:
            # It was published already: the machine writes faster now than when that was timed.
            writing_s *= 0.8
    return results


def _run_workbooks(database: Path, folder: Path, times: int, rows: int) -> list[Killed]:
    dice = random.Random(20261125)
    results = []
    for number in range(times):
        file = big_workbook(folder, number, rows)
        left = killed(database, file, f"K{number}-", dice.uniform(0, 0.3))
        check_after(database, file, left, rows)
        results.append(left)
    return results


@pytest.mark.promise("C1")
@pytest.mark.proof
def test_killed_imports_of_workbooks_leave_nothing_to_be_seen(database: Path, tmp_path: Path) -> None:
    results = _run_workbooks(database, tmp_path, sized(ci=2, full=WORKBOOK_KILLS), WORKBOOK_ROWS)
    assert _share_between_rows_and_publication(results) >= 0.5


def _share_between_rows_and_publication(results: list[Killed]) -> float:
    return sum(left.written > 0 and not left.visible for left in results) / len(results)


@pytest.mark.promise("P2", "C1")
@pytest.mark.proof
@pytest.mark.parametrize("seed", range(sized(ci=1, full=DATABASES)))
def test_two_hundred_killed_imports_leave_nothing_to_be_seen(database: Path, tmp_path: Path, seed: int) -> None:
    results = _run(database, tmp_path, sized(ci=3, full=KILLS), ROWS, seed=seed)
    assert _share_between_rows_and_publication(results) >= 0.6


def test_what_an_import_left_that_died_before_its_row_was_there_is_taken_away_at_the_next_start(database: Path) -> None:
    services = open_services(database, "admin", ManualClock())
    lock, spill = services.context.store.batches / "7.lock", services.context.store.calls / "spill-dead"
    services.close()
    for orphan in (lock, spill):
        orphan.mkdir(parents=True) if orphan is spill else orphan.touch(mode=0o600)
        open_services(database, "admin", ManualClock()).close()
        assert not orphan.exists()


@pytest.mark.promise("C1")
@pytest.mark.proof
def test_publication_first_shows_partial_batches_so_this_proof_can_fail(database: Path, tmp_path: Path) -> None:
    dice = random.Random(7)
    partial = 0
    for number in range(SHORT_RUN):
        file = big_file(tmp_path, number, ROWS)
        left = killed(database, file, f"K{number}-", dice.uniform(0, 0.3), way="mutant")
        partial += 0 < left.visible < ROWS or (left.visible == ROWS and not left.was_done)
        if partial:
            break
    assert partial


@pytest.mark.proof
def test_a_live_import_is_never_swept_by_another_start(database: Path, tmp_path: Path) -> None:
    file = big_file(tmp_path, 1, ROWS)
    child = killing.start(database, file)
    killing.wait_for_rows(database, "K1-", child)
    starts = 0
    while child.poll() is None:
        open_services(database, "admin", ManualClock()).close()
        starts += 1
    child.communicate()
    assert starts > 0
    assert child.returncode == 0
    left = killing.look(database, "K1-", was_done=True)
    assert (left.written, left.visible) == (ROWS, ROWS)


@pytest.mark.proof
def test_the_next_import_sweeps_too(database: Path, tmp_path: Path) -> None:
    services = open_services(database, "admin", ManualClock())
    file = big_file(tmp_path, 1, ROWS)
    child = killing.start(database, file)
    killing.wait_for_rows(database, "K1-", child)
    child.kill()
    child.communicate()
    report = services.imports.run(ImportRequest(kind=ImportKind.APPLICATIONS, paths=(file,)))
    assert report.created == ROWS
    assert killing.look(database, "K1-", was_done=True).written == ROWS
    services.close()
