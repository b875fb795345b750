"""Held keys, composed text and pasted text in a terminal give no verdict by accident."""

import itertools
import json
import signal
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.terminal.pty_session import PtySession

CTRL_Q = "\x11"
F8 = "\x1b[19~"


class MemoryDesk:
    """A workbench with services in memory, and the actions performed in it."""

    def __init__(self, home: Path, language: str = "en") -> None:
        self._done = home / "done.json"
        arguments = [str(self._done), "auto", language]
        self.terminal = PtySession(arguments, home, module="tests.terminal.memory_desk")

    def open_case(self) -> None:
        """Claim the first case."""
        self.terminal.wait_for(r"takes the next|领取下一件")
        self.terminal.press("n")
        self.terminal.wait_for(r"C-000123[\s\S]*(Credit|信用)")
        self.settle(0.5)

    def open_verdict(self) -> None:
        """Open the verdict dialog and wait until its keys count."""
        self.terminal.press("p")
        self.terminal.wait_for(r"Pass C-000123[\s\S]*y confirm")
        time.sleep(0.6)
        self.settle(0.2)

    def hold(self, keys: Iterable[str]) -> None:
        """Press keys 20 ms apart without drawing the output, which might take longer."""
        for key in keys:
            self.terminal.press(key)
            time.sleep(0.02)
            self.terminal.read_raw(0)

    def settle(self, seconds: float = 1.0) -> None:
        """Read and draw the output until none arrives for some seconds."""
        self.terminal.rest(seconds)

    def acts(self) -> list[list[str]]:
        """Quit, and return the actions performed."""
        until = time.monotonic() + 90
        ways = itertools.cycle(("\x1b", CTRL_Q, "1"))
        while self.terminal.process.poll() is None and time.monotonic() < until:
            with suppress(AssertionError):
                # The program may end before the key is sent.
                self.terminal.press(next(ways))
            self.settle(0.3)
        acts: list[list[str]] = json.loads(self._done.read_text(encoding="utf-8"))
        return [act for act in acts if act[0] != "renew"]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[MemoryDesk]:
    made = MemoryDesk(tmp_path)
    with made.terminal:
        yield made


@pytest.mark.promise("W3", "D6")
def test_200_presses_of_y_20_ms_apart_decide_nothing_alone_or_in_turn_with_f8(desk: MemoryDesk) -> None:
    desk.open_case()
    desk.terminal.press("p")
    desk.hold("y" * 200)
    desk.settle()
    desk.hold(["y", F8] * 100)
    desk.settle()

    assert desk.acts() == []


def test_keys_typed_while_the_process_is_stopped_give_no_verdict(desk: MemoryDesk) -> None:
    desk.open_case()
    desk.open_verdict()
    for keys in ("y" * 200, "yy", f"y{F8}", "yes"):
        desk.terminal.process.send_signal(signal.SIGSTOP)
        desk.terminal.press(keys)
        time.sleep(0.5)
        desk.terminal.process.send_signal(signal.SIGCONT)
        desk.settle(0.4)

    assert desk.acts() == []


COMPOSED = ("通", "通过", "p通过", "通过py", "nihaop", "pu\tbs\r")
PASTED = ("\x1b[200~pass\x1b[201~", "\x1b[200~a\x1b[201~p\x1b[201~y")


def test_composed_and_pasted_text_is_no_command_but_text_in_a_field_and_full_width_keys_are_keys(
    desk: MemoryDesk,
) -> None:
    desk.open_case()
    before = desk.terminal.text
    for number, typed in enumerate((*COMPOSED, *PASTED)):
        desk.terminal.press(typed)
        if not number:
            desk.terminal.wait_for("An input method is on; press Shift to switch")
        desk.settle(0.4)
    # Messages take rows from the panels; the head of the case and the first lines of the panels stay.
    assert desk.terminal.text.splitlines()[:5] == before.splitlines()[:5]

    desk.terminal.press("c")
    desk.terminal.wait_for("For colleagues only")
    desk.terminal.press("已电话核实 ok\r")
    desk.terminal.wait_until_gone("For colleagues only")
    desk.terminal.press("？")
    desk.terminal.wait_for("Take the next case")
    desk.terminal.press("\x1b")
    desk.terminal.wait_until_gone("Take the next case")
    desk.settle(0.5)
    desk.terminal.press("ｐ")
    desk.terminal.wait_for("Pass C-000123[\\s\\S]*y confirm")
    desk.settle(1.2)
    desk.terminal.press("ｙ")
    desk.terminal.wait_for("C-000123 passed")
    assert desk.acts() == [["comment", "123", "已电话核实 ok"], ["decide", "pass"]]


def test_a_terminal_with_wide_symbols_gets_ascii_however_late_it_says_so_and_no_key_is_lost(desk: MemoryDesk) -> None:
    seen = b""
    until = time.monotonic() + 20
    while b"\x1b[6n" not in seen and time.monotonic() < until:
        seen += desk.terminal.read_raw(0.1)
    desk.terminal.press("n")
    desk.terminal.wait_for(r"C-000123[\s\S]*╭[\s\S]*Credit")
    desk.settle(2)
    assert "•" in desk.terminal.text

    desk.terminal.press("c\x1b[1;11R")
    desk.terminal.wait_until_gone("╭")
    desk.settle(1.5)
    assert "Comment on" in desk.terminal.text
    assert "+- 1 Identity" in desk.terminal.text
    assert not {"╭", "•", "◆", "│"} & set(desk.terminal.text)
