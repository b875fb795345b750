"""Measures the time from a key press to the last output that follows, beside a bare app that pushes a screen."""

import re
import statistics
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from db.engine import Database
from tests.bench.first_frame import COLD_START, seconds_until
from tests.bench.results import BenchmarkResult, WrongResult
from tests.sites import plant
from tests.terminal.pty_session import PtySession
from workbench.__main__ import now
from workbench.services.demo.preparing import prepare

_PATIENCE_S = 30.0
_STILL_S = 0.2
"""A screen is painted once it has not changed for this time."""

_ONE_LINE = 500
"""The most bytes that redraw one line."""

_ESC, _BACK, _DOWN, _UP, _PAGE_DOWN, _HOME, _END = "\x1b", "\x7f", "\x1b[B", "\x1b[A", "\x1b[6~", "\x1b[H", "\x1b[F"
NAMES = {
    _DOWN: "down",
    _UP: "up",
    _PAGE_DOWN: "page down",
    _HOME: "home",
    _END: "end",
    "\t": "tab",
    "\r": "enter",
    _BACK: "backspace",
    "\x1b[12~": "F2",
    "\x1b[17~": "F6",
    "\x1b[19~": "F8",
}
# Esc closes what a key opened. It is not timed: Textual waits for the rest of a sequence, in both apps.
_DESK = ("n", _DOWN, _DOWN, _UP, "\t", "\t", "2", "3", "4", "1", "+", _ESC, "?", "m", _ESC, "c", _ESC, "p", _ESC, "b")
_LIST = ("g", "q", _DOWN, _DOWN, _DOWN, _UP, _PAGE_DOWN, _END, _HOME)
_FILTER = ("/", "x", "g", "\r", _DOWN, "/", _BACK, "\r", _ESC)
_KEYS = (*_DESK, *_LIST, *_FILTER)


def keys(folder: Path, queued: int, turns: int) -> Iterator[BenchmarkResult]:
    """Press keys on the desk and in the queue, each in turn with the key of a bare app that pushes a screen."""
    with ExitStack() as open_sessions:
        arguments = ["--database", str(_demo_with_more_cases(folder, queued)), "--as", "rev1", "--lang", "en"]
        ours = open_sessions.enter_context(PtySession(arguments, folder, more=COLD_START))
        bare = open_sessions.enter_context(PtySession([], folder, module="tests.bench.bare_app", more=COLD_START))
        seconds_until(ours, "queued")
        seconds_until(bare, "a text")
        warm_up(ours)
        warm_up(bare)
        measured = [_turn(ours, bare) for _turn_number in range(turns)]
    every = [each for turn in measured for each in turn]
    by_key = defaultdict(list)
    for key, ours_s, _bare_s in every:
        by_key[NAMES.get(key, key)].append(ours_s)
    yield BenchmarkResult(
        name=f"key to painted with {queued:,} cases, 95th percentile of {len(every)} keys",
        peer="a bare Textual app that pushes a screen with as many widgets and lines",
        ours_s=[percentile([ours_s for _key, ours_s, _bare_s in turn], 95) for turn in measured],
        peer_s=[percentile([bare_s for _key, _ours_s, bare_s in turn], 95) for turn in measured],
        most=2.0,
        more={
            "median_ms": _ms(statistics.median(ours_s for _key, ours_s, _bare_s in every)),
            "bare_median_ms": _ms(statistics.median(bare_s for _key, _ours_s, bare_s in every)),
            **{f"{key}_ms": _ms(statistics.median(times)) for key, times in by_key.items()},
        },
    )


def _demo_with_more_cases(folder: Path, queued: int) -> Path:
    """Return a demo, whose cases have full evidence, with more cases that are less urgent."""
    path = prepare(folder / "demo", now)
    database = Database(path)
    plant(database, now(), queued, priority="low", due_in_days=30)
    database.close()
    return path


def _turn(ours: PtySession, bare: PtySession) -> list[tuple[str, float, float]]:
    """Return the seconds of each key in ours and in the bare app."""
    measured = []
    for key in _KEYS:
        ours_s = painted_s(ours, key)
        if key != _ESC:
            measured.append((key, ours_s, painted_s(bare, "p", "short text")))
            painted_s(bare, "x", "a text")
    return measured


def painted_s(terminal: PtySession, key: str, shows: str = "") -> float:
    """Press a key, and return the seconds to the last output before the screen is still and `shows` a pattern.

    Raises:
        WrongResult: If the key changes nothing, or the screen never shows the pattern.
    """
    pressed = time.monotonic()
    terminal.press(key)
    painted, latest = 0.0, pressed + _PATIENCE_S
    while True:
        is_changed, written = False, b""
        while output := terminal.read_raw(max(0.0, (painted + _STILL_S if is_changed else latest) - time.monotonic())):
            if not _is_countdown(output):
                painted, is_changed = time.monotonic(), True
            written += output
        # Drawn after the measurement, because drawing takes time.
        terminal.draw(written)
        if not is_changed:
            raise WrongResult(f"nothing was painted after {key!r}, or not {shows!r}:\n{terminal.text}")
        if re.search(shows, terminal.text):
            return painted - pressed


def _is_countdown(output: bytes) -> bool:
    """Return whether an output only updates a countdown of seconds."""
    return len(output) < _ONE_LINE and b"is released in" in output


def warm_up(terminal: PtySession) -> None:
    """Wait until the work after a start is done and painted."""
    while output := terminal.read_raw(3.0):
        terminal.draw(output)


def percentile(seconds: list[float], percent: int) -> float:
    """Return a percentile of some seconds."""
    return statistics.quantiles(seconds, n=100)[percent - 1]


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 1)
