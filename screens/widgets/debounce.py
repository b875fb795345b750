"""Debouncing: many requests in quick succession become one run."""

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic

from textual.dom import DOMNode


class Debounce:
    """Runs a job once a pause passed without another request; runs never overlap, for a thread cannot be cancelled."""

    def __init__(self, owner: DOMNode, group: str, job: Callable[[], Awaitable[None]]) -> None:
        self._owner = owner
        self._group = group
        self._job = job
        self._at: float | None = None
        self._is_running = False

    def ask(self, pause_s: float = 0.0) -> None:
        """Run the job after a pause, and after the run that is under way."""
        self._at = monotonic() + pause_s
        if not self._is_running:
            self._is_running = True
            self._owner.run_worker(self._run(), group=self._group)

    async def _run(self) -> None:
        try:
            while (at := self._at) is not None:
                await asyncio.sleep(at - monotonic())
                if at == self._at:
                    self._at = None
                    await self._job()
        finally:
            self._is_running = False
