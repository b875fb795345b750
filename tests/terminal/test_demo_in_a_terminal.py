"""The main workflow in a terminal: from the demo to a verdict and its undo."""

import json
import re
import time
from contextlib import closing
from pathlib import Path

from sqlalchemy import text

from db.engine import Database
from tests.fork_server import TIMEOUT_S, fork_server
from tests.terminal.pty_session import PtySession, environment


def command(home: Path, *words: str) -> str:
    """Run a command against the demo's database as rev1 and return what it prints."""
    (database,) = (home / "data").rglob("demo.db")
    child = fork_server().start_piped(
        "workbench", "--database", str(database), "--as", "rev1", *words, environment=environment(home)
    )
    output, _errors = child.communicate()
    assert child.returncode == 0
    return output


def case_on(screen: str) -> str:
    found = re.search(r"Desk\s+(C-\d{6})", screen)
    assert found, screen
    return found[1]


def wait_for_draft(home: Path, marked: int) -> None:
    """Wait until the saved draft has this number of reasons."""
    (database,) = (home / "data").rglob("demo.db")
    until = time.monotonic() + TIMEOUT_S
    with closing(Database(database)) as reader:
        while time.monotonic() < until:
            with reader.read() as session:
                bodies = session.execute(text("SELECT body FROM draft ORDER BY saved_at DESC")).scalars().all()
            if any(len(json.loads(body).get("verdict", {}).get("reasons", ())) == marked for body in bodies):
                return
            time.sleep(0.05)
    raise AssertionError(bodies)


def memory_kb(terminal: PtySession) -> int:
    """Return how much memory of the program is resident now, in kB."""
    status = Path(f"/proc/{terminal.process.pid}/status").read_text(encoding="ascii")
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    assert found
    return int(found[1])


def test_a_start_after_a_kill_makes_the_demo_once_for_two_people_and_then_uses_no_more_memory_than_a_later_one(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "data" / "workbench" / "demo"
    with PtySession(["demo"], tmp_path) as terminal:
        terminal.wait_for(r"Creating sample data … The first cases appear in about 10 seconds\.")
        terminal.wait_for(r"5 cases are queued")
    assert not (folder / "demo.db").exists()

    with PtySession(["demo"], tmp_path) as one:
        one.wait_for(r"5 cases are queued[\s\S]*takes the next[\s\S]*Creating sample data … +━* +\d+ %")
        with PtySession(["demo", "--as", "rev2"], tmp_path) as two:
            two.wait_for(r"Opening|queued")
            for terminal in (one, two):
                terminal.wait_for(r"[2-9]\d (cases are )?queued", patience=4 * TIMEOUT_S)
        # The bar goes with a later frame than the count comes.
        one.wait_until_gone("Creating sample data")
        first = memory_kb(one)
    assert not (folder / "first").exists()

    with PtySession(["demo"], tmp_path) as terminal:
        terminal.wait_for(r"takes the next")
        assert first < memory_kb(terminal) * 1.2


def test_an_end_with_a_verdict_before_the_demo_is_made_leaves_none_and_the_next_start_makes_it(tmp_path: Path) -> None:
    with PtySession(["demo"], tmp_path) as terminal:
        terminal.wait_for(r"5 cases are queued")
        terminal.press("n")
        terminal.wait_for(r"Desk\s+C-000080")
        terminal.press("f")
        terminal.wait_for(r"\[x\] 1 ")
        time.sleep(0.5)
        terminal.press("y")
        terminal.wait_for(r"This is kept, and done as soon as")
        terminal.press("\x11")
        terminal.wait_for_end()
    assert not (tmp_path / "data" / "workbench" / "demo" / "demo.db").exists()

    with PtySession(["demo"], tmp_path) as terminal:
        # Making the whole demo takes long, and ends in the same way after each of the ends.
        terminal.wait_for(r"5 cases are queued")


def test_a_case_of_the_demo_is_failed_undone_and_failed_again(demo_home: Path) -> None:
    with PtySession(["demo"], demo_home) as terminal:
        terminal.wait_for(r"takes the next")
        terminal.press("n")
        case = case_on(terminal.wait_for(r"Desk\s+C-\d{6}[\s\S]*Identity[\s\S]*Call activity[\s\S]*Credit"))

        terminal.press("f")
        # The reason of the finding is already marked.
        terminal.wait_for(r"\[x\] 1 ")
        terminal.press("2")
        shown = terminal.wait_for(r"\[x\] 2 ")
        codes = re.findall(r"\[x\] \d .*?([A-Z]+(?:-[A-Z]+)+)", shown)
        assert len(codes) == 2
        time.sleep(0.5)
        terminal.press("y")
        terminal.wait_for(rf"{case} failed[\s\S]*u takes it back")

        decided = json.loads(command(demo_home, "show", case, "--json"))
        assert decided["state"] == "rectifying"
        notice = decided["notice"] if "notice" in decided else command(demo_home, "show", case)
        assert all(code in str(notice) for code in codes)

        terminal.press("u")
        assert case_on(terminal.wait_for(rf"Desk\s+{case}")) == case
        back = json.loads(command(demo_home, "show", case, "--json"))
        assert (back["state"], back["held_by"]) == ("in_review", "rev1")

        terminal.press("f")
        for code in codes:
            terminal.wait_for(rf"\[x\] \d .*?{code}")
        time.sleep(0.5)
        terminal.press("y")
        terminal.wait_for(rf"{case} failed")
        terminal.press("n")
        assert case_on(terminal.wait_for(rf"Desk\s+C-(?!{case[2:]})\d{{6}}")) != case


def test_a_kill_in_the_verdict_dialog_loses_at_most_the_last_second(demo_home: Path) -> None:
    with PtySession(["demo"], demo_home) as terminal:
        terminal.wait_for(r"takes the next")
        terminal.press("n")
        case = case_on(terminal.wait_for(r"Desk\s+C-\d{6}"))
        terminal.press("f")
        terminal.wait_for(r"\[ \] 2 ")
        terminal.press("2")
        marked = terminal.wait_for(r"\[x\] 2 ").count("[x]")
        wait_for_draft(demo_home, marked)
        terminal.kill()

    with PtySession(["demo"], demo_home) as terminal:
        terminal.wait_for(r"takes the next|brings (it )?back")
        terminal.press("n")
        assert case_on(terminal.wait_for(r"Desk\s+C-\d{6}")) == case
        terminal.press("f")
        terminal.wait_for(r"\[x\] 2 ")
