"""Random bytes of a terminal, keys, pastes, mouse and resizes, end the program nowhere and freeze it nowhere."""

import os
import select
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

from tests import fork_server
from tests.sizes import sample, sized
from tests.terminal.hang_up_session import HangUpSession
from tests.terminal.stream import words
from tests.terminal.test_resizing_and_pasting import SIZES, resize

MOST_S = 1.0
SHARED_BY = 5
"""How many programs may use the processor at the same time."""

KEYS = (
    *"npfwcstroelviudhxLGkKSoO#0123456789/?:.+-,yZ ",
    *("\x1b", "\r", "\t", "\x7f", "\x10", "\x14", "\x0b", "\x15", "\x01"),
    *(f"\x1b[{end}" for end in "ABCDHFZ"),
    *(f"\x1b[{number}~" for number in (3, 5, 6, 12, 13, 14, 15, 17, 18, 19, 20, 21, 24)),
)
TEXTS = (
    "CR-DEBTOR",
    "虚构公司",
    "+3",
    "[/b] {case}",
    "\x1b]0;x\x07",
    "\x1b\x1bpy\ry",
    "a\nb\r\nc",
    "x" * 5_000,
    "全角ｙ",
)


@dataclass
class TerminalStorm:
    """Random input to a program in a terminal."""

    rng: Random
    terminal: HangUpSession
    size: tuple[int, int] = (40, 120)
    slowest_s: float = 0.0

    def blow(self) -> None:
        """Send some input of one kind."""
        kind = self.rng.choices(("keys", "go", "paste", "burst", "mouse", "resize"), (50, 15, 8, 5, 15, 7))[0]
        if kind == "keys":
            for _number in range(self.rng.choice((1, 1, 1, 3))):
                self._press(self.rng.choice(KEYS))
        elif kind == "go":
            self._press("\x1b")
            self._press("g")
            self._press(self.rng.choice("dqqmpcaolkfy"))
        elif kind == "mouse":
            at = f"{self.rng.randrange(1, 160)};{self.rng.randrange(1, 60)}"
            self._press(self.rng.choice((f"\x1b[<0;{at}M\x1b[<0;{at}m", f"\x1b[<64;{at}M", f"\x1b[<35;{at}M")))
        elif kind == "resize":
            self._answer()
        else:
            text = self.rng.choice(TEXTS)
            self._press(f"\x1b[200~{text}\x1b[201~" if kind == "paste" else text)

    def _press(self, keys: str) -> None:
        if self.terminal.process.poll() is None:
            self.terminal.press(keys)
        self.terminal.read(self.rng.choice((0.0, 0.02, 0.2)))

    def _answer(self) -> None:
        """Resize the window, and measure how long the program takes to draw it."""
        self.terminal.read(2)
        if self.terminal.process.poll() is not None:
            return
        # The program draws nothing if the window has the size that it had.
        self.size = self.rng.choice([size for size in SIZES if size != self.size])
        began, used = time.monotonic(), cpu_s(self.terminal.process.pid)
        resize(self.terminal, *self.size)
        assert select.select([self.terminal._main], [], [], 30)[0], "it never drew the new window"
        wall_s = time.monotonic() - began
        took = min(wall_s, max(cpu_s(self.terminal.process.pid) - used, wall_s / SHARED_BY))
        self.slowest_s = max(self.slowest_s, took)


def cpu_s(pid: int) -> float:
    """Return how many seconds a process used the processor."""
    fields: Sequence[str] = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@pytest.mark.promise("W5")
@pytest.mark.proof
@pytest.mark.parametrize("seed", sample([1, 2, 3], ci=1))
def test_a_storm_in_a_terminal_ends_nothing_and_freezes_nothing(
    demo_home: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Documents are saved under names that were typed at random.
    fork_server.fork_server()
    monkeypatch.setattr(fork_server, "ROOT", demo_home)
    (database,) = demo_home.rglob("demo.db")
    arguments = ["--database", str(database), "--as", "rev1", "--lang", "en"]
    rng, left, slowest_s = Random(seed), sized(ci=150, full=5_000), 0.0
    while left:
        with HangUpSession(arguments, demo_home) as terminal:
            storm = TerminalStorm(rng, terminal)
            terminal.draws = False
            terminal.await_words("takes the next|brings it back")
            terminal.press("n")
            while left and terminal.process.poll() is None:
                storm.blow()
                left -= 1
            if terminal.process.poll() is None:
                resize(terminal, 40, 120)
                for key in ("\x1b", "\x1b", "\x1b", "\x1b", "g", "d"):
                    terminal.settle(key)
                begins = len(terminal.raw)
                resize(terminal, 40, 119)
                terminal.await_letters("Desk", begins)
            slowest_s = max(slowest_s, storm.slowest_s)
            # A key may have left the program, but nothing else may.
            assert terminal.process.poll() in {None, 0}, terminal.last_words
            assert "Unexpected error" not in words(bytes(terminal.raw))

    print(f"slowest answer: {slowest_s:.2f} s")  # noqa: T201 - figures of the proof
    assert slowest_s <= MOST_S
