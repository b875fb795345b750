"""How a demo comes about, stays, and is made anew; with few cases, which take a second."""

import signal
import stat
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.demos import NOW, clock, services
from tests.nursery import Child, nursery
from workbench.errors import BadConfiguration, CannotCreate
from workbench.services.demo import building
from workbench.services.demo.plan import DemoCase, planned_cases
from workbench.services.demo.preparing import days_since_made, openable, prepare

FEW = 3

SCRIPT = f"""
import sys
from pathlib import Path
from tests.demos import clock
from workbench.services.demo import building
from workbench.services.demo.preparing import prepare
few = building.planned_cases()[:{FEW}]
building.planned_cases = lambda: few
prepare(Path(sys.argv[1]), clock, reset=len(sys.argv) > 2)
"""


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plan few cases only."""
    cases = planned_cases()[:FEW]

    def first_cases() -> Sequence[DemoCase]:
        return cases

    monkeypatch.setattr(building, "planned_cases", first_cases)


def started(folder: Path, *words: str) -> Child:
    return nursery().piped(SCRIPT, str(folder), *words)


def count_of_cases(database: Path) -> int:
    with services(database) as rev1, rev1.context.read() as session:
        return int(session.execute(text('SELECT count(*) FROM "case"')).scalar_one())


def comments(database: Path) -> list[str]:
    with services(database) as rev1, rev1.context.read() as session:
        return list(session.execute(text("SELECT body FROM comment")).scalars())


def test_the_folder_holds_the_database_its_store_and_locks_for_the_owner_only(made_demo: Path) -> None:
    # What SQLite keeps beside it comes and goes while others look at it.
    found = [path for path in made_demo.parent.rglob("*") if not path.name.endswith(("-wal", "-shm"))]
    names = {path.name for path in found if path.parent == made_demo.parent}

    assert names == {"demo.db", "demo.db.store", "demo.db.lock", "demo.db.made", "preparing.lock"}
    assert all(stat.S_IMODE(path.stat().st_mode) & 0o077 == 0 for path in found)


def test_a_demo_that_is_there_stays_as_it_was_left(fresh_demo: Path) -> None:
    with services(fresh_demo) as rev1:
        rev1.remarks.comment(1, "kept")

    assert prepare(fresh_demo.parent, clock) == fresh_demo
    assert "kept" in comments(fresh_demo)


@pytest.mark.usefixtures("few")
def test_a_reset_throws_away_what_was_done_and_nothing_else_in_the_folder(fresh_demo: Path) -> None:
    with services(fresh_demo) as rev1:
        rev1.remarks.comment(1, "thrown away")
    (fresh_demo.parent / "notes.txt").write_text("mine", encoding="utf-8")

    prepare(fresh_demo.parent, clock, reset=True)

    assert "thrown away" not in comments(fresh_demo)
    assert count_of_cases(fresh_demo) == FEW
    assert (fresh_demo.parent / "notes.txt").read_text(encoding="utf-8") == "mine"


@pytest.mark.usefixtures("few")
def test_it_tells_how_far_it_is_and_ends_before_the_whole(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    prepare(tmp_path, clock, progress=lambda done, total: told.append((done, total)))

    assert [done for done, _total in told] == list(range(len(told)))
    assert {total for _done, total in told} == {len(told)}


@pytest.mark.proof
@pytest.mark.usefixtures("few")
def test_two_demos_are_alike(tmp_path: Path) -> None:
    def shown(database: Path) -> list[object]:
        with services(database) as rev1:
            files = [rev1.casefiles.show(case_id) for case_id in range(1, FEW + 1)]
        return [(file.evidence, file.findings, file.decisions, file.history) for file in files]

    assert shown(prepare(tmp_path / "a", clock)) == shown(prepare(tmp_path / "b", clock))


def test_two_that_start_at_once_make_one_demo_and_both_find_it_whole(tmp_path: Path) -> None:
    both = [started(tmp_path), started(tmp_path)]
    for process in both:
        process.communicate(timeout=120)
        assert process.returncode == 0

    assert count_of_cases(tmp_path / "demo.db") == FEW
    assert not (tmp_path / "unfinished").exists()


def kill_at(marker: str, folder: Path) -> None:
    """Make a demo anew in a process of its own, and kill that as soon as a file is there."""
    process = started(folder, "reset")
    while process.poll() is None and not (folder / "unfinished" / marker).exists():
        time.sleep(0.001)
    process.kill()
    process.communicate()
    assert process.returncode == -signal.SIGKILL


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("marker", [pytest.param("demo.db", marks=pytest.mark.proof), "delivered/calls.csv"])
def test_a_killed_preparation_leaves_no_demo_and_does_not_hinder_the_next(tmp_path: Path, marker: str) -> None:
    kill_at(marker, tmp_path)

    assert not (tmp_path / "demo.db").exists()
    assert count_of_cases(prepare(tmp_path, clock)) == FEW
    assert not (tmp_path / "unfinished").exists()


def test_a_killed_reset_leaves_the_old_demo(fresh_demo: Path) -> None:
    with services(fresh_demo) as rev1:
        rev1.remarks.comment(1, "kept")

    kill_at("delivered/calls.csv", fresh_demo.parent)

    assert "kept" in comments(prepare(fresh_demo.parent, clock))


@pytest.mark.usefixtures("few")
def test_a_store_without_its_database_is_no_demo_and_makes_way(fresh_demo: Path) -> None:
    """What a kill leaves that comes between the moves of the store and of the database."""
    fresh_demo.unlink()

    assert count_of_cases(prepare(fresh_demo.parent, clock)) == FEW


@pytest.mark.usefixtures("few")
def test_the_database_comes_into_its_place_after_everything_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved = []
    rename = Path.rename

    def watched(self: Path, target: Path) -> Path:
        moved.append(self.name)
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", watched)
    prepare(tmp_path, clock)

    assert "demo.db.store" in moved
    assert moved[-1] == "demo.db"


def test_a_week_later_it_is_said_how_old_the_sample_data_are(made_demo: Path) -> None:
    folder = made_demo.parent

    assert days_since_made(folder, NOW + timedelta(days=7)) is None
    assert days_since_made(folder, NOW + timedelta(days=9, hours=3)) == 9
    assert days_since_made(folder / "nowhere", NOW) is None


def test_a_demo_of_another_version_is_said_with_the_way_out(fresh_demo: Path) -> None:
    assert openable(fresh_demo) == fresh_demo
    with fresh_demo.open("r+b") as file:
        file.seek(60)
        file.write((999).to_bytes(4, "big"))

    with pytest.raises(BadConfiguration, match=r"workbench demo --reset"):
        openable(fresh_demo)


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")

    with pytest.raises(CannotCreate, match="The demo cannot be made"):
        prepare(tmp_path / "file" / "demo", clock)


@pytest.mark.proof
@pytest.mark.parametrize(
    "at",
    [
        "2026-11-23T01:10:00+00:00",  # a Monday, just after opening
        "2026-11-29T05:00:00+00:00",  # a Sunday
        "2026-10-04T06:00:00+00:00",  # in the October holiday
        "2027-01-01T03:00:00+00:00",  # a New Year's day whose calendar is not published yet
        "2028-02-29T16:30:00+00:00",  # past midnight, after a 29 February
    ],
)
def test_the_demo_is_the_same_on_any_day_but_for_its_dates(tmp_path: Path, made_demo: Path, at: str) -> None:
    now = datetime.fromisoformat(at)
    other = prepare(tmp_path, lambda: now)

    def told(database: Path) -> list[object]:
        with services(database) as rev1, rev1.context.read() as session:
            states = session.execute(text('SELECT id, state, round, held_by_id FROM "case" ORDER BY id')).all()
            # What is held now was taken a moment ago, or put aside at closing time, as the hour is.
            events = session.execute(
                text(
                    "SELECT action, actor_login, case_id FROM event WHERE action NOT IN ('next', 'aside') ORDER BY seq"
                )
            ).all()
            findings = session.execute(
                text(
                    "SELECT case_id, rule, severity FROM finding WHERE rule NOT IN ('CR-STALE', 'ACT-STALE')"
                    " ORDER BY case_id, position"
                )
            ).all()
        return [*states, *findings, *events]

    assert told(other) == told(made_demo)
    with services(other) as rev1, rev1.context.read() as session:
        from db.columns import to_us

        assert session.execute(text("SELECT max(at) FROM event")).scalar_one() < to_us(now)
        assert not session.execute(text("SELECT count(*) FROM event WHERE is_refused")).scalar_one()
