"""A terminal session that keeps every byte written and waits until the program is quiet."""

import os
import re
import select
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tests.nursery import PATIENCE_S
from tests.terminal.pty_session import PtySession
from tests.terminal.stream import is_cut, leaks, words

QUIET_S = 0.07
ANSWER_S = 0.25
"""So long an answer to a key is waited for; some keys have none."""

ESCAPE = "\x1b"
ESCAPE_S = 0.15
"""A key that comes sooner behind Escape is taken for the rest of a sequence."""


class Watched(PtySession):
    """One run of the workbench, every byte of it kept; drawing them takes time and is left out where nobody looks."""

    def __init__(self, arguments: Sequence[str], home: Path, **options: Any) -> None:
        super().__init__(arguments, home, **options)
        self.raw = bytearray()
        self.draws = True

    def read(self, seconds: float) -> None:
        """Take in what the program writes for so long, or until nothing comes any more."""
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
        """The end of what was written, drawn or not."""
        self.read(0.1)
        return words(bytes(self.raw))[-3000:]

    def settle(self, keys: str = "") -> None:
        """Press keys and take in what comes of it."""
        self.press(keys)
        if keys.endswith(ESCAPE):
            # What comes meanwhile may be a late answer to the key before.
            time.sleep(ESCAPE_S)
        select.select([self._main], [], [], ANSWER_S)
        self.read(2.0)

    def await_words(self, pattern: str, keys: str = "") -> str:
        """Press keys and wait until a pattern was written since; return what was written."""
        begins = len(self.raw)
        self.press(keys)
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until and self.process.poll() is None:
            self.read(0.3)
            said = words(bytes(self.raw[begins:]))
            if re.search(pattern, said):
                return said
        raise AssertionError(f"{pattern!r} was never written; it ended with {self.process.poll()}:\n{self.last_words}")

    def await_raw(self, sequence: bytes, begins: int) -> None:
        """Wait until a sequence was written since so many bytes."""
        self._await(lambda: sequence in self.raw[begins:], repr(sequence), begins)

    def await_letters(self, letters: str, begins: int) -> None:
        """Wait until these letters were written since so many bytes, in however narrow a window."""
        self._await(lambda: letters in "".join(words(bytes(self.raw[begins:])).split()), letters, begins)

    def await_written(self, text: str) -> None:
        """Wait until a text was written, whenever that was."""
        self._await(lambda: text in words(bytes(self.raw)), text, 0)

    def _await(self, is_there: Callable[[], bool], wanted: str, begins: int) -> None:
        until = time.monotonic() + PATIENCE_S
        while not is_there():
            assert time.monotonic() < until, f"{wanted} never came:\n{words(bytes(self.raw[begins:]))[-3000:]}"
            self.read(0.1)

    def leaks(self) -> list[str]:
        """Return what was written that is neither safe text nor a sequence of ours, the first few.

        A terminal is read in pieces, which may end within a sequence; its rest is waited for.
        """
        until = time.monotonic() + PATIENCE_S
        while is_cut(bytes(self.raw)) and time.monotonic() < until and self.process.poll() is None:
            self.read(0.3)
        return list(leaks(bytes(self.raw)))[:10]
