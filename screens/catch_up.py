"""Handles due deadlines and reminders while the workbench is open."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.app import App
from textual.worker import Worker

from workbench.errors import WorkbenchError
from workbench.i18n import _

if TYPE_CHECKING:
    from workbench.services.wiring import Services

CATCH_UP_AFTER_S = 2.0
CATCH_UP_EVERY_S = 600.0


class PeriodicTick:
    """Runs at intervals what `workbench tick` runs, so that an open workbench needs no scheduled job."""

    def __init__(self, app: App[None], services: "Services", on_change: Callable[[], object]) -> None:
        self._app = app
        self._services = services
        self._on_change = on_change
        self._worker: Worker[None] | None = None

    def start(self) -> None:
        """Schedule the runs."""
        self._app.set_timer(CATCH_UP_AFTER_S, self.run)
        self._app.set_interval(CATCH_UP_EVERY_S, self.run)

    def run(self) -> None:
        """Start a run, unless a run is in progress."""
        if self._worker is None or self._worker.is_finished:
            self._worker = self._app.run_worker(self._catch_up, group="time")

    async def _catch_up(self) -> None:
        try:
            done = await asyncio.to_thread(self._services.catch_up)
        except WorkbenchError as error:
            message = _("Due deadlines could not be handled: {cause} The workbench will try again in a few minutes.")
            self._app.notify(message.format(cause=error), severity="warning", timeout=8)
            return
        if done.has_changes:
            self._on_change()
