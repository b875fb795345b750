"""A terminal session that keeps every byte written and waits until the program is quiet."""

import os
import re
import select
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tests.fork_server import TIMEOUT_S
from tests.terminal.pty_session import PtySession
from tests.terminal.stream import is_cut, leaks, words

QUIET_S = 0.07
ANSWER_S = 0.25
"""The time to wait for an effect of a key; some keys have none."""

ESCAPE = "\x1b"
ESCAPE_S = 0.15
"""A key that follows Escape sooner is read as the rest of a sequence."""


class RecordingSession(PtySession):
    """One run of the workbench that keeps every byte of output; it draws them only if `draws` is set."""

    def __init__(self, arguments: Sequence[str], home: Path, **options: Any) -> None:
        super().__init__(arguments, home, **options)
        self.raw = bytearray()
        self.draws = True

    def read(self, seconds: float) -> None:
        """Read the output for some seconds, or until no more arrives."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            ready, _writable, _failed = select.select([self._main], [], [], min(left, QUIET_S))
            if not ready:
                return
            try:
                found = os.read(self._main, 65536)
            except OSError:
                return
            self.raw += found
            if self.draws:
                self._stream.feed(found)

    @property
    def last_words(self) -> str:
        """The end of the output."""
        self.read(0.1)
        return words(bytes(self.raw))[-3000:]

    def settle(self, keys: str = "") -> None:
        """Press keys and read the output that follows."""
        self.press(keys)
        if keys.endswith(ESCAPE):
            # Output during this time may be a late effect of the previous key.
            time.sleep(ESCAPE_S)
        select.select([self._main], [], [], ANSWER_S)
        self.read(2.0)

    def await_words(self, pattern: str, keys: str = "") -> str:
        """Press keys and wait until the output since then has a pattern; return that output."""
        begins = len(self.raw)
        self.press(keys)
        until = time.monotonic() + TIMEOUT_S
        while time.monotonic() < until and self.process.poll() is None:
            self.read(0.3)
            output = words(bytes(self.raw[begins:]))
            if re.search(pattern, output):
                return output
        raise AssertionError(f"{pattern!r} was never written; it ended with {self.process.poll()}:\n{self.last_words}")

    def press_until(self, pattern: str, *keys: str) -> None:
        """Press keys again and again until the output has a pattern.

        A busy program reads keys that come together as a paste, and draws what an earlier key opened late.
        """
        begins, until = len(self.raw), time.monotonic() + TIMEOUT_S
        while not re.search(pattern, words(bytes(self.raw[begins:]))):
            assert time.monotonic() < until, f"{pattern!r} was never written:\n{self.last_words}"
            for key in keys:
                self.settle(key)
            for _wait in range(10):
                self.read(0.3)

    def await_raw(self, sequence: bytes, begins: int) -> None:
        """Wait until the output after a position has a sequence."""
        self._await(lambda: sequence in self.raw[begins:], repr(sequence), begins)

    def await_written(self, text: str) -> None:
        """Wait until the whole output has a text."""
        self._await(lambda: text in words(bytes(self.raw)), text, 0)

    def _await(self, is_there: Callable[[], bool], wanted: str, begins: int) -> None:
        until = time.monotonic() + TIMEOUT_S
        while not is_there():
            assert time.monotonic() < until, f"{wanted} never came:\n{words(bytes(self.raw[begins:]))[-3000:]}"
            self.read(0.1)

    def leaks(self) -> list[str]:
        """Return the first parts of the output that are neither safe text nor a known sequence.

        A piece of output may end within a sequence; then the rest is awaited.
        """
        until = time.monotonic() + TIMEOUT_S
        while is_cut(bytes(self.raw)) and time.monotonic() < until and self.process.poll() is None:
            self.read(0.3)
        return list(leaks(bytes(self.raw)))[:10]
