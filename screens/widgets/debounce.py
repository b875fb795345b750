"""Debouncing: many requests in quick succession become one run."""

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic

from textual.dom import DOMNode


class Debounce:
    """Runs a job after a pause without new requests. Runs never overlap, since a thread cannot be cancelled."""

    def __init__(self, owner: DOMNode, group: str, job: Callable[[], Awaitable[None]]) -> None:
        self._owner = owner
        self._group = group
        self._job = job
        self._run_at: float | None = None
        self._is_running = False

    def request(self, pause_s: float = 0.0) -> None:
        """Request a run after a pause; it starts after a run that is in progress."""
        self._run_at = monotonic() + pause_s
        if not self._is_running:
            self._is_running = True
            self._owner.run_worker(self._run(), group=self._group)

    async def _run(self) -> None:
        """Run the job after the last requested pause, and again if it was requested meanwhile."""
        try:
            while (at := self._run_at) is not None:
                await asyncio.sleep(at - monotonic())
                if at == self._run_at:
                    self._run_at = None
                    await self._job()
        finally:
            self._is_running = False
