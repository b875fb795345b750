"""Waits until the event loop of a Textual app is idle.

Textual's own `wait_for_idle` sleeps until the process has used little CPU time, and its `_wait_for_screen` sends a
callback through every widget. Both take most of the time of a key press, and the first depends on other processes.
Instead of waiting for a timer that is due soon, the clock of the loop is moved to it.
"""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
import textual.app
import textual.pilot
from textual import _time
from textual._context import active_app

_SOON_S = 0.02
_PAUSE_S = 0.005
_ROUNDS = 2
_LAID_OUT_WITHIN_S = 2
_BLOCKED_S = 0.3

_to_thread = asyncio.to_thread
_threads: set[asyncio.Task[Any]] = set()


class _Clock:
    """The clock of the event loop and of Textual's timers, which is moved ahead instead of waiting."""

    ahead_s = 0.0

    def __call__(self) -> float:
        return monotonic() + self.ahead_s

    def move_to(self, at: float) -> None:
        """Move the clock to an instant that is not yet past."""
        self.ahead_s += max(0.0, at - self())


_clock = _Clock()


def _next_timer(loop: Any) -> float | None:
    """Return when the next timer is due, None if none is due soon."""
    soon = loop.time() + _SOON_S
    return min((timer._when for timer in loop._scheduled if timer._when < soon and not timer._cancelled), default=None)


async def wait_until_idle(min_sleep: float = 0, max_sleep: float = 10) -> None:
    """Wait until the event loop has nothing left to do, at most `max_sleep` seconds."""
    loop: Any = asyncio.get_running_loop()
    end = loop.time() + max_sleep
    rounds = 0
    app = active_app.get(None)
    # An app that is ending draws nothing and schedules its layout again and again.
    while rounds < _ROUNDS and loop.time() < end and not (app is not None and app._exit):
        await asyncio.sleep(0)
        due = _next_timer(loop)
        rounds = rounds + 1 if due is None and not loop._ready else 0
        if due is not None and not loop._ready:
            _clock.move_to(due)


def _time_of_threads() -> int:
    """Return for how many nanoseconds the other threads ran or waited for a processor; blocked ones do neither."""
    total = 0
    for thread in threading.enumerate():
        if thread is not threading.main_thread():
            # The thread may have ended.
            with suppress(OSError):
                ran, waited, _slices = Path(f"/proc/self/task/{thread.native_id}/schedstat").read_text().split()
                total += int(ran) + int(waited)
    return total


async def _wait_for_idle_screen(pilot: Any) -> bool:
    """Wait until the event loop is idle, no thread is running, and the screen is laid out.

    A change of mode delays the layout for some frames. A test may block threads; those are not waited for.
    """
    loop = asyncio.get_running_loop()
    begun, app = loop.time(), pilot.app
    progress, progressed = 0, monotonic()
    await wait_until_idle()
    while not app._exit:
        is_laid_out = not (app._batch_count or app.screen._layout_required) or loop.time() > begun + _LAID_OUT_WITHIN_S
        threads = {thread for thread in _threads if thread.get_loop() is loop}
        if threads and (now := _time_of_threads()) != progress:
            progress, progressed = now, monotonic()
        if is_laid_out and (not threads or monotonic() > progressed + _BLOCKED_S):
            break
        await (asyncio.wait(threads, timeout=_PAUSE_S) if threads else asyncio.sleep(_PAUSE_S))
        await wait_until_idle()
    return not app._exception_event.is_set()


async def _recorded_to_thread(call: Callable[..., Any], /, *arguments: Any, **options: Any) -> Any:
    """Do the same as `asyncio.to_thread`, and remember the running threads."""
    thread = asyncio.create_task(_to_thread(call, *arguments, **options))
    _threads.add(thread)
    thread.add_done_callback(_threads.discard)
    return await thread


def install(patched: pytest.MonkeyPatch) -> None:
    """Replace the waiting functions of Textual's test pilot."""
    patched.setattr(textual.app, "wait_for_idle", wait_until_idle)
    patched.setattr(textual.pilot, "wait_for_idle", wait_until_idle)
    patched.setattr(textual.pilot.Pilot, "_wait_for_screen", _wait_for_idle_screen)
    patched.setattr(asyncio, "to_thread", _recorded_to_thread)
    patched.setattr(asyncio.BaseEventLoop, "time", lambda _loop: _clock())
    patched.setattr(_time, "get_time", _clock)
