"""Rapid resizing while typing, windows that are too small, and pasted text that contains the end-of-paste sequence."""

import fcntl
import json
import random
import struct
import termios
import time
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.sites import Site
from tests.sizes import sample, sized
from tests.terminal.hang_up_session import HangUpSession
from tests.terminal.payloads import MARK

SIZES = ((5, 20), (200, 500), (16, 60), (15, 59), (24, 80), (60, 160), (1, 1), (40, 120))
TYPED = "abcdefghij"


def resize(terminal: HangUpSession, rows: int, columns: int) -> None:
    fcntl.ioctl(terminal._main, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def on_the_desk(terminal: HangUpSession) -> None:
    terminal.draws = False
    terminal.await_words("takes the next|brings (it )?back")
    terminal.await_words(r"C-\d{6}", "n")


def draft_and_decisions(site: Site) -> tuple[dict[str, str], int]:
    with site.services("b").context.read() as session:
        body = session.execute(text("SELECT body FROM draft")).scalar_one_or_none()
        decisions = session.execute(text("SELECT count(*) FROM decision")).scalar_one()
    return json.loads(body or "{}"), int(decisions)


@pytest.mark.promise("W1")
@pytest.mark.parametrize("count", [sized(ci=40, full=200)])
@pytest.mark.parametrize(
    ("keys", "sign", "name"), sample([("pt", "leaves the field", "note"), ("c", "Comment on", "comment")], ci=1)
)
def test_rapid_resizing_loses_no_character_and_decides_nothing(
    tmp_path: Path, site: Site, count: int, keys: str, sign: str, name: str
) -> None:
    site.plant()
    rng = random.Random(7)
    typed = "".join(rng.choice(TYPED) for _number in range(count))
    with HangUpSession(["--database", str(site.path), "--as", "a"], tmp_path) as terminal:
        on_the_desk(terminal)
        for key in keys[:-1]:
            terminal.await_words("For us only", key)
        terminal.await_words(sign, keys[-1])
        for char in typed:
            resize(terminal, *rng.choice(SIZES))
            terminal.press(char)
            terminal.read(0.03)
        resize(terminal, 40, 120)
        until = time.monotonic() + 30
        while draft_and_decisions(site)[0].get(name) != typed and time.monotonic() < until:
            terminal.read(0.2)

        draft, decisions = draft_and_decisions(site)
        assert draft.get(name) == typed
        assert decisions == 0
        assert terminal.process.poll() is None
        assert terminal.leaks() == []


@pytest.mark.promise("W3")
@pytest.mark.parametrize("keys", sample(("pt", "", "c", "p", "e", "?", ":"), ci=1))
def test_a_paste_with_an_end_sequence_in_it_decides_nothing(tmp_path: Path, site: Site, keys: str) -> None:
    site.plant()
    broken_out = f"{MARK}\x1b[201~\x1b\x1bpy\rby\ry{MARK}"
    with HangUpSession(["--database", str(site.path), "--as", "a"], tmp_path) as terminal:
        on_the_desk(terminal)
        for key in keys:
            terminal.settle(key)
        time.sleep(0.6)
        terminal.press(f"\x1b[200~{broken_out}\x1b[201~")
        terminal.read(1.0)
        terminal.press(f"\x1b[200~{broken_out * 2000}\x1b[201~")
        until = time.monotonic() + 30
        while not terminal.leaks() and time.monotonic() < until and not _is_quiet(terminal):
            pass

        assert terminal.process.poll() is None
        assert draft_and_decisions(site)[1] == 0
        assert site.state(1) == "in_review"
        assert terminal.leaks() == []


def _is_quiet(terminal: HangUpSession) -> bool:
    before = len(terminal.raw)
    terminal.read(0.5)
    return len(terminal.raw) == before
