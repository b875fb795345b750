"""Watches for SIGTERM, SIGHUP and a terminal that is gone, and ends the program in time.

Textual reacts to none of them while a terminal that accepts no output blocks its event loop. The process would keep
running and lock the database. Only a thread that does not depend on the loop can end it.
"""

import asyncio
import os
import select
import signal
import sys
import termios
import threading
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

POLL_S = 0.5
"""How often it is looked whether the terminal is there."""

GRACE_S = 1.5
"""How long the program may take to close everything itself; then the thread saves what was typed and exits."""

HUNG_UP = 129
"""The exit code after a SIGHUP or when the terminal is gone."""
_SIGNALS: dict[int, int] = {signal.SIGTERM: 143, signal.SIGHUP: HUNG_UP}
_RESET = b"\x1b[?2004l\x1b[?7h\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[<u\x1b[?1049l\x1b[?25h\x1b[?1004l"
"""Resets a terminal: bracketed paste, wrapping, mouse, key protocol, main screen and cursor."""


class HangupWatch:
    """Ends the program with an exit code on a signal or when the terminal is gone.

    It watches from its own thread, because a dead or stalled terminal can block the whole app.
    """

    def __init__(self, end: Callable[[int], Awaitable[None]], save: Callable[[], None]) -> None:
        """Take what ends the program in its loop, and what saves the typed text in any thread."""
        self._end = end
        self._save = save
        self._input: int | None = None
        self._attributes: list[Any] | None = None
        self._code = 0
        self._is_ending = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Future[None] | None = None
        if sys.__stdin__ is not None and not sys.__stdin__.closed and sys.__stdin__.isatty():
            self._input = sys.__stdin__.fileno()
            self._attributes = termios.tcgetattr(self._input)

    def watch(self) -> None:
        """Start watching; the running app calls it."""
        self._loop = asyncio.get_running_loop()
        for number in _SIGNALS:
            signal.signal(number, lambda received, _frame: self.end_program(_SIGNALS[received]))
        threading.Thread(target=self._watch_until_end, name="terminal", daemon=True).start()

    def end_program(self, code: int) -> None:
        """End the program with an exit code; the first call counts. Any thread and any signal handler may call it."""
        if self._loop is None or self._is_ending.is_set():
            return
        self._code = code
        self._is_ending.set()
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._begin)

    def _begin(self) -> None:
        self._task = asyncio.ensure_future(self._end(self._code))

    def _watch_until_end(self) -> None:
        """End the program when the terminal is gone, and exit the process after the grace time."""
        while not self._is_ending.wait(POLL_S):
            if self._is_gone():
                self.end_program(HUNG_UP)
        time.sleep(GRACE_S)
        try:
            self._save()
        finally:
            self._reset()
            os._exit(self._code)

    def _is_gone(self) -> bool:
        """Return whether the terminal of the input is gone."""
        if self._input is None:
            return False
        poll = select.poll()
        poll.register(self._input, select.POLLHUP | select.POLLERR)
        return any(flags & (select.POLLHUP | select.POLLERR | select.POLLNVAL) for _fd, flags in poll.poll(0))

    def _reset(self) -> None:
        """Reset the terminal, if it is there and accepts output."""
        if self._input is None:
            return
        with suppress(OSError, termios.error):
            termios.tcsetattr(self._input, termios.TCSANOW, self._attributes or termios.tcgetattr(self._input))
            poll = select.poll()
            poll.register(self._input, select.POLLOUT)
            if any(flags & select.POLLOUT for _fd, flags in poll.poll(0)):
                os.write(self._input, _RESET)
