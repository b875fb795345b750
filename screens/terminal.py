"""The end of the terminal or of the process, as the world around announces it."""

import asyncio
import os
import select
import signal
import sys
from collections.abc import Awaitable, Callable

from textual.app import App

POLL_S = 0.5
_SIGNALS = {signal.SIGTERM: 143, signal.SIGHUP: 129}
HUNG_UP = 129


class Terminal:
    """Watches for signals and for a terminal that is gone; either ends the program with its exit code."""

    def __init__(self, end: Callable[[int], Awaitable[None]]) -> None:
        self._end = end
        self._input: int | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def watch(self, app: "App[None]") -> None:
        """Begin to watch, from inside the running app."""
        loop = asyncio.get_running_loop()
        for number, code in _SIGNALS.items():
            loop.add_signal_handler(number, self._leave, code)
        if sys.__stdin__ is not None and os.isatty(sys.__stdin__.fileno()):
            self._input = sys.__stdin__.fileno()
            app.set_interval(POLL_S, self._look)

    def _look(self) -> None:
        """Leave if nobody is at the other end: without this an ignored hangup leaves a busy loop behind."""
        if self._input is None:
            return
        poll = select.poll()
        poll.register(self._input, select.POLLHUP | select.POLLERR)
        if any(happened & (select.POLLHUP | select.POLLERR | select.POLLNVAL) for _fd, happened in poll.poll(0)):
            self._leave(HUNG_UP)

    def _leave(self, code: int) -> None:
        if self._tasks:
            return
        task = asyncio.ensure_future(self._ended(code))
        self._tasks.add(task)

    async def _ended(self, code: int) -> None:
        await self._end(code)
