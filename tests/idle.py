"""Waits until the event loop of a Textual app is idle.

Textual's own `wait_for_idle` sleeps until the process has used little CPU time, and its `_wait_for_screen` sends a
callback through every widget. Both take most of the time of a key press, and the first depends on other processes.
"""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
import textual.app
import textual.pilot
import textual.screen
from textual._context import active_app

_SOON_S = 0.02
_UPDATE_PERIOD_S = 0.005
_ROUNDS = 2
_LAID_OUT_WITHIN_S = 2
_THREADS_WITHIN_S = 0.3

_to_thread = asyncio.to_thread
_threads: list[Callable[..., Any]] = []


def _is_idle(loop: Any) -> bool:
    """Return whether the loop has nothing to run and no timer that is due soon."""
    soon = loop.time() + _SOON_S
    return not loop._ready and not any(timer._when < soon and not timer._cancelled for timer in loop._scheduled)


async def until_idle(min_sleep: float = 0, max_sleep: float = 10) -> None:
    """Wait until the event loop has nothing left to do, at most `max_sleep` seconds."""
    loop: Any = asyncio.get_running_loop()
    end = loop.time() + max_sleep
    rounds = 0
    app = active_app.get(None)
    # An app that is ending draws nothing and schedules its layout again and again.
    while rounds < _ROUNDS and loop.time() < end and not (app is not None and app._exit):
        await asyncio.sleep(0)
        rounds = rounds + 1 if _is_idle(loop) else 0
        if not rounds and not loop._ready:
            await asyncio.sleep(_UPDATE_PERIOD_S)


async def _screen_is_idle(pilot: Any) -> bool:
    """Wait until the event loop is idle, no thread is running, and the screen is laid out.

    A change of mode delays the layout for some frames. The wait for threads is short, because a test may block them.
    """
    loop = asyncio.get_running_loop()
    begun, app = loop.time(), pilot.app
    await until_idle()
    while not app._exit:
        is_laid_out = not (app._batch_count or app.screen._layout_required) or loop.time() > begun + _LAID_OUT_WITHIN_S
        if is_laid_out and (not _threads or loop.time() > begun + _THREADS_WITHIN_S):
            break
        await asyncio.sleep(_UPDATE_PERIOD_S)
        await until_idle()
    return not app._exception_event.is_set()


async def _in_thread(call: Callable[..., Any], /, *arguments: Any, **options: Any) -> Any:
    """Do the same as `asyncio.to_thread`, and count the running threads."""
    _threads.append(call)
    try:
        return await _to_thread(call, *arguments, **options)
    finally:
        _threads.remove(call)


def install(patched: pytest.MonkeyPatch) -> None:
    """Replace the waiting functions of Textual's test pilot."""
    patched.setattr(textual.app, "wait_for_idle", until_idle)
    patched.setattr(textual.pilot, "wait_for_idle", until_idle)
    patched.setattr(textual.pilot.Pilot, "_wait_for_screen", _screen_is_idle)
    patched.setattr(asyncio, "to_thread", _in_thread)
    patched.setattr(textual.screen, "UPDATE_PERIOD", _UPDATE_PERIOD_S)
