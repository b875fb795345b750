"""The workbench in a real terminal: signals, lost terminals and one complete decision."""

import json
import os
import pty
import select
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from screens.terminal.driver import TerminalOutput
from tests.fork_server import fork_server

READ_S = 20.0
ENDED_WITHIN_S = 30.0
"""The design promises 2 s on an idle machine; this machine may be busy."""


class TerminalSession:
    """A workbench in a terminal of its own."""

    def __init__(self, drafts: Path, *options: str) -> None:
        self.master, slave = pty.openpty()
        self.drafts = drafts
        self.process = fork_server().start(
            "tests.screens.terminal.memory_app",
            [str(drafts), *options],
            dict.fromkeys(range(3), slave),
            environment={**os.environ, "TERM": "xterm-256color"},
            has_terminal=True,
        )
        os.close(slave)
        self.seen = b""
        self.is_open = True

    def shows(self, text: str, within_s: float) -> bool:
        """Read until the program writes a text; say whether it did."""
        ends = time.monotonic() + within_s
        while text.encode() not in self.seen and time.monotonic() < ends:
            if select.select([self.master], [], [], 0.1)[0]:
                self.seen += os.read(self.master, 65536)
        return text.encode() in self.seen

    def wait_for(self, text: str) -> None:
        """Read until the program writes a text."""
        assert self.shows(text, READ_S), text

    def press_until(self, key: str, text: str) -> None:
        """Press a key until the program writes a text: a key that comes soon after a dialog opened does nothing."""
        ends = time.monotonic() + READ_S
        self.press(key)
        while not self.shows(text, 1) and time.monotonic() < ends:
            os.write(self.master, key.encode())
        assert text.encode() in self.seen, text

    def press(self, keys: str) -> None:
        """Press keys."""
        self.seen = b""
        os.write(self.master, keys.encode())

    def hang_up(self) -> None:
        """Close the terminal."""
        self.is_open = False
        os.close(self.master)

    def drain(self) -> None:
        """Read the output until the process ends."""
        has_ended = False
        while not has_ended:
            # The last output may have arrived between the last read and the end.
            has_ended = self.process.poll() is not None
            while select.select([self.master], [], [], 0.05)[0]:
                try:
                    self.seen += os.read(self.master, 65536)
                except OSError:
                    return


@pytest.fixture
def drafts(tmp_path: Path) -> Path:
    return tmp_path / "draft.json"


@pytest.fixture
def sessions() -> Iterator[list[TerminalSession]]:
    opened: list[TerminalSession] = []
    yield opened
    for session in opened:
        if session.process.poll() is None:
            session.process.kill()
        session.process.wait()
        if session.is_open:
            os.close(session.master)


def with_a_note(session: TerminalSession) -> None:
    """Type a note into the verdict dialog."""
    session.wait_for("takes the next one")
    session.press("n")
    session.wait_for("C-000123")
    session.press("p")
    session.wait_for("For us only")
    session.press("t")
    session.wait_for("leaves the field")
    session.press("seen")
    session.wait_for("seen")


@pytest.mark.promise("C6")
@pytest.mark.terminal
@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_ends_the_workbench_with_the_draft_saved(
    drafts: Path, sessions: list[TerminalSession], number: int, code: int
) -> None:
    session = TerminalSession(drafts)
    sessions.append(session)
    with_a_note(session)

    began = time.monotonic()
    session.process.send_signal(number)
    session.drain()

    assert session.process.wait() == code
    assert time.monotonic() - began < ENDED_WITHIN_S
    assert json.loads(drafts.read_text(encoding="utf-8"))["note"] == "seen"
    # The terminal is restored to its previous state.
    assert b"\x1b[?1049l" in session.seen


@pytest.mark.promise("C6")
@pytest.mark.terminal
def test_a_lost_terminal_ends_the_workbench_even_if_hangups_are_ignored(
    drafts: Path, sessions: list[TerminalSession]
) -> None:
    session = TerminalSession(drafts, "nohup")
    sessions.append(session)
    with_a_note(session)

    session.hang_up()

    assert session.process.wait() == 129
    assert json.loads(drafts.read_text(encoding="utf-8"))["note"] == "seen"


def test_output_to_a_non_blocking_terminal_is_complete() -> None:
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    screen = "x" * 20_000 + "\n"
    with os.fdopen(writing, "w", buffering=1) as file, ThreadPoolExecutor(1) as pool:
        output = TerminalOutput(file)
        arrived = pool.submit(_taken_in_once_full, reading, writing, 20 * len(screen))
        for _number in range(20):
            output.write(screen)
            output.flush()
        assert arrived.result(READ_S) == 20 * len(screen)


def _taken_in_once_full(reading: int, writing: int, wanted: int) -> int:
    """Count the bytes that arrive, up to a limit; reading begins only when the terminal buffer is full."""
    taken, ends = 0, time.monotonic() + READ_S
    while select.select([], [writing], [], 0)[1] and time.monotonic() < ends:
        time.sleep(0.01)
    with os.fdopen(reading, "rb", buffering=0) as file:
        while taken < wanted and (piece := file.read(65536)):
            taken += len(piece)
    return taken
