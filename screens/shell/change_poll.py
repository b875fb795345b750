"""Lets the open screens read again what another program changed."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import suppress
from time import monotonic
from typing import Any

from textual.app import App
from textual.screen import Screen
from textual.worker import WorkerError

from screens.shell.base_screen import run_in_worker
from screens.shell.protocols import ReadsAgain
from screens.shell.view import Clock

POLL_EVERY_S = 0.5
"""How often it is asked whether another program changed the database."""

_PAUSE_RATIO = 9
"""After a read that took t seconds, the next one waits for 9 t, so that reading takes a tenth of the time at most."""

_IDLE_RATIO = 240
"""After a read that took t seconds, a new minute causes no read for 240 t seconds, unless there is a change."""

_IGNORED_GROUPS = frozenset({"dialog", "forecast"})
"""Groups of workers that wait for the person, or show nothing that is read again."""


class ChangePoll:
    """Lets the shown screens and the `home` screen read again after a change by another program, and each minute.

    The change of the minute counts, because what is due today or overdue depends on the time. `is_changed` runs in a
    thread, and returns whether another program changed the database since its last call. The `home` is the desk, or
    the only screen of a person who only answers inquiries.
    """

    def __init__(self, app: App[Any], home: Screen[Any], is_changed: Callable[[], bool], clock: Clock) -> None:
        self._app, self._home, self._is_changed, self._clock = app, home, is_changed, clock
        self._minute = self._minute_now()
        self._answer: asyncio.Future[bool] | None = None
        """The question in the thread, whether there is a change; None if none is asked."""
        self._has_unread_change = False
        """Whether another program made a change for which no screen has read again."""
        self._outdated: set[Screen[Any]] = set()
        """The shown screens that must read again."""
        self.pauses_until = self.idles_until = 0.0
        """Until when no screen reads again, and until when none does so because of a new minute."""

    async def poll_if_changed(self) -> None:
        """Ask in a thread whether there is a change; run `poll` in a worker, which costs much more, only if needed."""
        if self._answer is None:
            self._answer = asyncio.get_running_loop().run_in_executor(None, self._is_changed)
        elif self._answer.done():
            self._has_unread_change |= self._answer.result()
            self._answer = None
            is_polling = any(worker.group == "changes" for worker in self._app.workers)
            if not is_polling and (self._has_unread_change or self._outdated or self._is_new_minute()):
                run_in_worker(self._app, self.poll, "changes")

    async def poll(self) -> None:
        """Ask whether another program changed the database, and let the screens read again."""
        is_changed = await asyncio.to_thread(self._is_changed) or self._has_unread_change
        self._has_unread_change = False
        minute, shown = self._minute_now(), {self._home, *_shown_screens(self._app)}
        # A hidden screen reads again when it is shown.
        if is_changed or self._is_new_minute():
            self._outdated, self._minute = shown, minute
        self._outdated &= shown
        if not self._outdated or monotonic() < self.pauses_until:
            return
        began = monotonic()
        # A screen that reads or acts waits for the next poll, so that no older answer replaces a newer one.
        for screen in [screen for screen in self._outdated if not self._is_busy(screen)]:
            self._outdated.discard(screen)
            await _read_again(screen)
        ended = monotonic()
        self.pauses_until = ended + _PAUSE_RATIO * (ended - began)
        self.idles_until = ended + _IDLE_RATIO * (ended - began)

    def _is_new_minute(self) -> bool:
        """Return whether the minute changed since the last read, and the pause before a read for it is over."""
        return self._minute_now() != self._minute and monotonic() >= self.idles_until

    def _minute_now(self) -> float:
        return self._clock.now().timestamp() // 60

    def _is_busy(self, screen: Screen[Any]) -> bool:
        """Return whether a screen reads or acts."""
        workers = (worker for worker in self._app.workers if worker.group not in _IGNORED_GROUPS)
        return any(screen in worker.node.ancestors_with_self for worker in workers)


def _shown_screens(app: App[Any]) -> Iterator[Screen[Any]]:
    """Yield the screen in front, and those behind it as far as dialogs let them be seen."""
    for screen in reversed(app.screen_stack):
        yield screen
        if not screen.is_modal:
            return


async def _read_again(screen: Screen[Any]) -> None:
    """Let a screen and its widgets read again, one after the other."""
    for node in screen.walk_children(with_self=True):
        worker = node.read_again() if isinstance(node, ReadsAgain) else None
        if worker is not None:
            # An act of the person may replace it.
            with suppress(WorkerError):
                await worker.wait()
