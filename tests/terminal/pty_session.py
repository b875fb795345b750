"""Runs a program in a pseudo-terminal, presses keys and reads the screen."""

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import pyte

from tests.fork_server import ROOT, TIMEOUT_S, fork_server

_LONGEST_CHANGE_S = 2.0


class PtySession:
    """One run of the workbench in a terminal; with `more` environment variables it starts as a new process."""

    def __init__(
        self,
        arguments: Sequence[str],
        home: Path,
        *,
        rows: int = 40,
        columns: int = 120,
        language: str = "en_US.UTF-8",
        module: str = "workbench",
        more: Mapping[str, str] | None = None,
        ignores_hang_up: bool = False,
    ) -> None:
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        self._main, side = pty.openpty()
        fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        around = {**environment(home, language), **(more or {})}
        self.process = (
            fork_server().start(
                module,
                arguments,
                dict.fromkeys(range(3), side),
                environment=around,
                has_terminal=True,
                ignores_hang_up=ignores_hang_up,
            )
            if more is None
            # Python reads some environment variables only at its start.
            else subprocess.Popen(
                [sys.executable, "-m", module, *arguments],
                stdin=side,
                stdout=side,
                stderr=side,
                cwd=ROOT,
                env=around,
                start_new_session=True,
            )
        )
        os.close(side)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()
        os.close(self._main)

    def kill(self) -> None:
        """End the program at once, as a crash would."""
        self.process.kill()
        self.process.wait(timeout=TIMEOUT_S)

    def press(self, keys: str) -> None:
        """Send keys to the program, and fail if it has ended, because a write to its terminal could then block."""
        assert self.process.poll() is None, f"the program ended with {self.process.poll()}:\n{self.last_words}"
        os.write(self._main, keys.encode())

    def read(self, seconds: float) -> None:
        """Read and draw the output of the program for some seconds."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            ready, _writable, _failed = select.select([self._main], [], [], left)
            if not ready:
                return
            with suppress(OSError):
                self._stream.feed(os.read(self._main, 65536))
                continue
            return

    def rest(self, seconds: float) -> None:
        """Read the output until the text has not changed for some seconds; a blinking cursor changes no text.

        On a busy machine the effect of a key may be drawn late and in pieces.
        """
        latest = time.monotonic() + seconds + _LONGEST_CHANGE_S
        until, before = time.monotonic() + seconds, self.text
        while (left := min(until, latest) - time.monotonic()) > 0:
            self.read(min(left, 0.1))
            if self.process.poll() is not None:
                # Without a writer every read returns at once.
                time.sleep(0.01)
            if (now := self.text) != before:
                until, before = time.monotonic() + seconds, now

    def read_raw(self, seconds: float) -> bytes:
        """Return the next output within some seconds without drawing it, which would take time."""
        ready, _writable, _failed = select.select([self._main], [], [], seconds)
        return os.read(self._main, 65536) if ready else b""

    def draw(self, output: bytes) -> None:
        """Draw an output that was read."""
        self._stream.feed(output)

    @property
    def text(self) -> str:
        """The text on the screen, without the second cells of wide characters."""
        # pyte's own `display` fails on the second cell of a wide character whose first cell was overwritten.
        rows = (self.screen.buffer[row] for row in range(self.screen.lines))
        return "\n".join("".join(cells[at].data for at in range(self.screen.columns)) for cells in rows)

    @property
    def last_words(self) -> str:
        """The output to show when an expectation failed."""
        return self.text

    def wait_for(self, pattern: str, *, patience: float = TIMEOUT_S) -> str:
        """Wait until the screen shows a pattern, and return the screen."""
        until = time.monotonic() + patience
        while time.monotonic() < until:
            self.read(0.1)
            if re.search(pattern, self.text):
                return self.text
            if self.process.poll() is not None:
                break
        raise AssertionError(f"the screen never showed {pattern!r}:\n{self.text}")

    def wait_until_gone(self, words: str) -> None:
        """Wait until these words are no longer on the screen."""
        until = time.monotonic() + TIMEOUT_S
        while words in self.text:
            assert time.monotonic() < until, f"{words!r} stayed:\n{self.text}"
            self.read(0.1)

    def wait_for_end(self, patience: float = TIMEOUT_S) -> None:
        """Wait until the program ends; its output is read meanwhile, because it ends when that is written."""
        until = time.monotonic() + patience
        while self.process.poll() is None:
            assert time.monotonic() < until, f"still there after {patience} s:\n{self.last_words}"
            self.read(0.05)


def environment(home: Path, language: str = "en_US.UTF-8") -> Mapping[str, str]:
    """Return an environment without the files and settings of the user who runs the tests."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "XDG_DATA_HOME": str(home / "data"),
        "XDG_CONFIG_HOME": str(home / "config"),
        "TERM": "xterm-256color",
        "LANG": language,
        "PYTHONPATH": str(ROOT),
    }
