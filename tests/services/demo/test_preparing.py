"""Creating, keeping and resetting a demo, here with few cases."""

import fcntl
import os
import signal
import stat
import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.demos import FEW_CASES, NOW, clock, copy_few_cases, services
from tests.fork_server import ForkedProcess, fork_server
from workbench.errors import BadConfiguration, CannotCreate
from workbench.services.demo import preparing
from workbench.services.demo.preparing import days_if_stale, prepare

pytestmark = pytest.mark.terminal

SCRIPT = """
import sys
from pathlib import Path
from tests.demos import clock
from workbench.services.demo import preparing

preparing.DATA = Path(sys.argv[2])
preparing.prepare(Path(sys.argv[1]), clock, reset=len(sys.argv) > 3)
"""
INTERRUPTED = """
import os, signal, subprocess

def interrupted(*words, **options):
    child = popen(*words, **options)
    os.kill(os.getpid(), signal.SIGINT)
    return child

popen, subprocess.Popen = subprocess.Popen, interrupted
"""
"""What interrupts a process just after it has started its child."""


@pytest.fixture
def few(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Create demos with few cases only."""
    data = copy_few_cases(tmp_path_factory.mktemp("data"))
    monkeypatch.setattr(preparing, "DATA", data)
    return data


def started(folder: Path, data: Path, *words: str) -> ForkedProcess:
    return fork_server().start_piped(SCRIPT, str(folder), str(data), *words)


def count_of_cases(database: Path) -> int:
    with services(database) as rev1, rev1.context.read() as session:
        return int(session.execute(text('SELECT count(*) FROM "case"')).scalar_one())


def comments(database: Path) -> list[str]:
    with services(database) as rev1, rev1.context.read() as session:
        return list(session.execute(text("SELECT body FROM comment")).scalars())


def test_only_the_owner_can_read_the_database_its_store_and_locks(made_demo: Path) -> None:
    # The side files of SQLite appear and disappear while other tests read the demo.
    found = [path for path in made_demo.parent.rglob("*") if not path.name.endswith(("-wal", "-shm"))]
    names = {path.name for path in found if path.parent == made_demo.parent}

    assert names == {"demo.db", "demo.db.store", "demo.db.lock", "demo.db.made", "preparing.lock"}
    assert all(stat.S_IMODE(path.stat().st_mode) & 0o077 == 0 for path in found)


@pytest.mark.usefixtures("few")
def test_a_demo_that_is_reset_of_an_older_schema_or_without_its_database_is_made_anew(fresh_demo: Path) -> None:
    folder = fresh_demo.parent
    (folder / "notes.txt").write_text("mine", encoding="utf-8")
    for way in ("reset", "older schema", "store without its database"):
        with services(fresh_demo) as rev1:
            rev1.remarks.comment(1, "thrown away")
        if way == "older schema":
            stamp(fresh_demo, 15)
        elif way != "reset":
            # A kill between moving the store and moving the database leaves this state.
            fresh_demo.unlink()

        prepare(folder, clock, reset=way == "reset")

        assert "thrown away" not in comments(fresh_demo), way
        assert count_of_cases(fresh_demo) == len(FEW_CASES), way
        assert (folder / "notes.txt").read_text(encoding="utf-8") == "mine", way


def test_two_simultaneous_starts_create_one_complete_demo(tmp_path: Path, few: Path) -> None:
    both = [started(tmp_path, few), started(tmp_path, few)]
    for process in both:
        process.communicate(timeout=120)
        assert process.returncode == 0

    assert count_of_cases(tmp_path / "demo.db") == len(FEW_CASES)
    assert not (tmp_path / "unfinished").exists()


def kill_at(marker: str, folder: Path, data: Path) -> None:
    """Reset the demo in its own process, and kill the process as soon as a file exists."""
    process = started(folder, data, "reset")
    while process.poll() is None and not (folder / "unfinished" / marker).exists():
        time.sleep(0.001)
    process.kill()
    process.communicate()
    assert process.returncode == -signal.SIGKILL


def test_a_killed_preparation_leaves_no_demo_a_killed_reset_the_old_one_and_both_can_be_repeated(
    tmp_path: Path, fresh_demo: Path, few: Path
) -> None:
    folder = tmp_path / "new"
    folder.mkdir()
    kill_at("delivered/delivery.xlsx", folder, few)
    assert not (folder / "demo.db").exists()
    assert count_of_cases(prepare(folder, clock)) == len(FEW_CASES)
    assert not (folder / "unfinished").exists()

    with services(fresh_demo) as rev1:
        rev1.remarks.comment(1, "kept")
    kill_at("demo.db", fresh_demo.parent, few)
    assert "kept" in comments(prepare(fresh_demo.parent, clock))


@pytest.mark.usefixtures("few")
def test_the_progress_counts_every_step_and_the_database_is_moved_into_place_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reports: list[tuple[int, int]] = []
    moved = []
    rename = Path.rename

    def watched(self: Path, target: Path) -> Path:
        moved.append(self.name)
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", watched)
    prepare(tmp_path, clock, progress=lambda done, total: reports.append((done, total)))

    assert reports.pop(0) == (0, 1)
    assert [done for done, _total in reports] == list(range(len(reports)))
    assert {total for _done, total in reports} == {len(reports)}
    assert "demo.db.store" in moved
    assert moved[-1] == "demo.db"


def test_after_a_week_the_age_of_the_sample_data_is_reported(made_demo: Path) -> None:
    folder = made_demo.parent

    assert days_if_stale(folder, NOW + timedelta(days=7)) is None
    assert days_if_stale(folder, NOW + timedelta(days=9, hours=3)) == 9
    assert days_if_stale(folder / "nowhere", NOW) is None


def stamp(database: Path, schema: int) -> None:
    with database.open("r+b") as file:
        file.seek(60)
        file.write(schema.to_bytes(4, "big"))


def test_a_demo_of_another_version_is_reported_with_the_remedy(fresh_demo: Path) -> None:
    stamp(fresh_demo, 999)

    with pytest.raises(BadConfiguration, match=r"workbench demo --reset"):
        prepare(fresh_demo.parent, clock)


def test_a_folder_that_cannot_be_created_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")

    with pytest.raises(CannotCreate, match="The demo cannot be made"):
        prepare(tmp_path / "file" / "demo", clock)


def child_has_ended(folder: Path) -> bool:
    """Wait until the child that makes a demo has ended: it holds the lock until then."""
    until = time.monotonic() + 30
    with (folder / "preparing.lock").open() as lock:
        while time.monotonic() < until:
            with suppress(BlockingIOError):
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return True
            time.sleep(0.01)
    return False


@pytest.mark.parametrize("is_child_known", [True, False])
def test_an_interrupted_preparation_leaves_no_demo_and_no_process(
    tmp_path: Path, few: Path, *, is_child_known: bool
) -> None:
    # Reading this named pipe waits forever, because no process writes to it.
    (few / "replay" / "acts.csv").unlink()
    os.mkfifo(few / "replay" / "acts.csv")
    script = SCRIPT if is_child_known else INTERRUPTED + SCRIPT
    process = fork_server().start_piped(script, str(tmp_path), str(few))
    while is_child_known and process.poll() is None and not (tmp_path / "unfinished" / "demo.db").exists():
        time.sleep(0.01)
    if is_child_known:
        process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)

    assert process.returncode not in {0, None}
    assert not (tmp_path / "demo.db").exists()
    assert child_has_ended(tmp_path)


@pytest.mark.parametrize(
    ("changed", "into", "cause"),
    [
        ("pass,", "fly,", "KeyError: 'fly'"),
        ("rev2,pass,DEMO-005,OK,", "rev2,pass,DEMO-005,NO-SUCH,", "The policy has no reason NO-SUCH"),
    ],
)
def test_a_failed_preparation_is_reported_in_a_sentence(
    tmp_path: Path, few: Path, changed: str, into: str, cause: str
) -> None:
    acts = few / "replay" / "acts.csv"
    acts.write_text(acts.read_text(encoding="utf-8").replace(changed, into), encoding="utf-8")

    with pytest.raises(CannotCreate, match="The demo cannot be made in") as refused:
        prepare(tmp_path, clock)

    assert cause in str(refused.value)
    assert not (tmp_path / "demo.db").exists()
