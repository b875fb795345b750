"""A stopped workbench does not block others, continues where it was, and shows nothing revealed."""

import fcntl
import os
import signal
import time
from pathlib import Path

import pytest

from tests.fork_server import TIMEOUT_S
from tests.sites import Site
from tests.sizes import sample
from tests.terminal.hang_up_session import HangUpSession
from workbench.__main__ import now
from workbench.domain.case.casefile import CaseFile, VerdictRequest
from workbench.domain.case.vocabulary import FailKind, Verdict
from workbench.services.database.opening import open_services

PLACES = ("pt", "", "c", "p", "f", "e", "l", "h", "?", ":", "gq", "gc")


def state_of(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]


def stop(terminal: HangUpSession, how: int | str) -> None:
    """Stop the process by a signal or by a key."""
    if isinstance(how, str):
        terminal.press(how)
    else:
        terminal.process.send_signal(how)
    until = time.monotonic() + 10
    while state_of(terminal.process.pid) != "T" and time.monotonic() < until:
        terminal.read(0.02)
        time.sleep(0.01)
    assert state_of(terminal.process.pid) == "T"
    terminal.read(0.3)


def is_writing(site: Site) -> bool:
    with Path(f"{site.path}.lock").open("rb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def stop_between_writes(terminal: HangUpSession, site: Site) -> None:
    """Stop the process, but not during a write; fail if it holds the write lock for long."""
    until = time.monotonic() + TIMEOUT_S
    stop(terminal, signal.SIGSTOP)
    while is_writing(site):
        assert time.monotonic() < until, "the stopped process holds the write lock"
        terminal.process.send_signal(signal.SIGCONT)
        terminal.read(0.1)
        stop(terminal, signal.SIGSTOP)


def others_work(site: Site, turns: int) -> float:
    """Let another reviewer claim and decide cases; return the longest duration of one action."""
    longest = 0.0
    services = open_services(site.path, "b", now)
    for _turn in range(turns):
        began = time.monotonic()
        found = services.claims.next()
        assert isinstance(found, CaseFile)
        case = found.header
        services.verdicts.decide(
            VerdictRequest(
                case_id=case.id,
                verdict=Verdict.FAIL,
                fail_kind=FailKind.FIXABLE,
                reasons=("USE-STATEMENT",),
                fence=case.fence,
            )
        )
        longest = max(longest, time.monotonic() - began)
    services.close()
    return longest


def open_and_leave_a_comment(terminal: HangUpSession, *way: str) -> None:
    """Show that the workbench takes keys: press the way to the case and open a comment, until it is there."""
    terminal.press_until("Comment on", *way, "c")
    # The full panel shows that the question is closed; an earlier key would be typed into it.
    terminal.await_words("capital  unknown {8}", "\x1b")
    # A change by others can draw the panel sooner.
    terminal.settle()


def leave(terminal: HangUpSession) -> None:
    terminal.await_words("If you quit", "q")
    # A second q too soon counts as the same press.
    time.sleep(0.8)
    terminal.press("q")

    terminal.ended()
    assert terminal.process.poll() == 0


@pytest.mark.promise("P4", "C7")
@pytest.mark.parametrize("places", [tuple(sample(PLACES, ci=1))])
def test_others_can_work_while_a_workbench_is_stopped(tmp_path: Path, site: Site, places: tuple[str, ...]) -> None:
    site.plant(5 * len(places) + 1)
    with HangUpSession(["--database", str(site.path), "--as", "a"], tmp_path) as terminal:
        terminal.draws = False
        terminal.await_words("takes the next")
        terminal.await_words(r"C-\d{6}", "n")
        for place in places:
            for key in place:
                terminal.settle(key)
            stop_between_writes(terminal, site)
            waited = others_work(site, 5)
            terminal.process.send_signal(signal.SIGCONT)
            open_and_leave_a_comment(terminal, *["\x1b"] * (len(place) + 1), "g", "d")

            assert terminal.process.poll() is None
            # If a stopped process held the lock, a write would wait ten seconds.
            assert waited < 8
        # The app was started only once.
        assert terminal.raw.count(b"\x1b[?1049h") == 1
        leave(terminal)


def test_revealed_fields_are_masked_when_the_process_is_suspended(tmp_path: Path, site: Site) -> None:
    site.plant()
    with HangUpSession(["--database", str(site.path), "--as", "a"], tmp_path) as terminal:
        terminal.draws = False
        terminal.await_words("takes the next")
        terminal.await_words(r"C-\d{6}", "n")
        # Both presses are sent at once, because the second must follow within a second.
        terminal.await_words("11010119900101001X", "..")
        begins = len(terminal.raw)
        stop(terminal, "\x1a")
        # The terminal shows its main screen, without the case.
        assert b"\x1b[?1049l" in bytes(terminal.raw[begins:])
        time.sleep(0.2)
        begins = len(terminal.raw)
        os.kill(terminal.process.pid, signal.SIGCONT)
        terminal.await_raw(b"\x1b[?1049h", begins)
        terminal.settle("2")
        terminal.settle("1")

        shown = bytes(terminal.raw[begins:])
        assert b"11010119900101001X" not in shown
        open_and_leave_a_comment(terminal)
        leave(terminal)
