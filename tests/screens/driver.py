"""Drives a workbench by keys, waits until it is idle, and reads what it shows."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from textual.pilot import Pilot

from screens.app import DEFAULT_SETTINGS, UNSAVED_LOOK, WorkbenchApp
from screens.desk.screen import DeskScreen
from screens.verdict import dialog as verdict_dialog
from tests.languages import speaking
from tests.screens.doubles.services import Clocks, MemoryServices
from tests.sites import Site
from workbench.keys.registry import MODES
from workbench.settings.look import Look
from workbench.settings.symbols import use_symbols
from workbench.settings.user_settings import LoadedSettings

_MODES = {command.keys[0].split(" ")[1]: command.id.removeprefix("go.") for command in MODES}
_WAITING_FOR_USER = frozenset({"copy", "dialog", "leave"})
"""Groups of workers that wait for the user."""


class KeyDriver:
    """Presses keys one at a time, slowly enough for each to count."""

    def __init__(self, app: WorkbenchApp, pilot: Pilot[None], clocks: Clocks) -> None:
        self.app = app
        self.pilot = pilot
        self.clocks = clocks

    async def press(self, *keys: str) -> None:
        """Press keys slowly enough for each to count."""
        for key in keys:
            self.clocks.seconds += 2
            await self.pilot.press(key)
            await self.settle()

    async def type(self, text: str) -> None:
        """Type into the field that has the focus."""
        await self.pilot.press(*text)
        await self.settle()

    async def settle(self) -> None:
        """Wait until no worker runs, except those that wait for the user."""
        await self.pilot.pause()
        while any(worker.group not in _WAITING_FOR_USER for worker in self.app.workers):
            await asyncio.sleep(0.005)
            await self.pilot.pause()
        await self.pilot.pause()

    async def poll(self) -> None:
        """Let the program ask whether another program changed the database, as it does every second."""
        assert self.app.changes is not None
        # The machine is slower in tests, so the pause would be too long.
        self.app.changes.pauses_until = self.app.changes.idles_until = 0.0
        await self.app.changes.poll()
        await self.settle()

    async def until(self, words: str) -> None:
        """Wait until the terminal shows these words."""
        try:
            async with asyncio.timeout(60):
                while words not in self.text:
                    await self.pilot.pause(0.01)
        except TimeoutError:
            raise AssertionError(f"{words!r} was never shown:\n{self.text}") from None

    @property
    def text(self) -> str:
        """What the terminal shows."""
        return "\n".join(strip.text.rstrip() for strip in self.app.screen._compositor.render_strips())

    async def go(self, letter: str) -> None:
        """Go to a mode and wait until it is shown."""
        await self.pilot.press("g", letter)
        async with asyncio.timeout(60):
            while self.app.current_mode != _MODES[letter] or self.dialog == "GoMenu":
                await self.pilot.pause(0.005)
        await self.settle()

    @property
    def desk_screen(self) -> DeskScreen:
        """The screen of the desk, whichever mode is shown."""
        assert self.app.desk is not None
        return self.app.desk

    @property
    def notes(self) -> list[str]:
        """The notifications that are still shown."""
        return [note.message for note in self.app._notifications]

    @property
    def dialog(self) -> str:
        """The class name of the screen on top."""
        return type(self.app.screen).__name__


class Driver(KeyDriver):
    """A driver of a workbench whose services are in memory."""

    def __init__(self, app: WorkbenchApp, pilot: Pilot[None], clocks: Clocks, services: MemoryServices) -> None:
        super().__init__(app, pilot, clocks)
        self.services = services


@asynccontextmanager
async def memory_workbench(
    *evidence: Any,
    size: tuple[int, int] = (120, 40),
    language: str = "en",
    symbols: str = "auto",
    arrange: Callable[[MemoryServices], None] | None = None,
    settings: LoadedSettings = DEFAULT_SETTINGS,
    look: Look = UNSAVED_LOOK,
) -> AsyncIterator[Driver]:
    """Open a workbench with services in memory and these cases."""
    clocks = Clocks()
    services = MemoryServices(clocks, *evidence)
    if arrange is not None:
        arrange(services)
    chosen = {"symbols": symbols, "look": look, "settings": settings}
    app = WorkbenchApp(services.opened, now=clocks.now, monotonic=clocks.monotonic, **chosen)  # type: ignore[arg-type]  # each has its type
    with speaking(language), pytest.MonkeyPatch.context() as patched:
        # The preview of a verdict waits for a pause in typing; ten times as long in the program.
        patched.setattr(verdict_dialog, "_TYPING_PAUSE_S", 0.02)
        async with app.run_test(size=size, notifications=True) as pilot:
            driver = Driver(app, pilot, clocks, services)
            await driver.settle()
            try:
                yield driver
            finally:
                # The symbol set belongs to the process; the next test needs the default.
                use_symbols("auto")


@asynccontextmanager
async def site_workbench(
    site: Site,
    login: str,
    *,
    size: tuple[int, int] = (120, 40),
    language: str = "en",
    settings: LoadedSettings = DEFAULT_SETTINGS,
    look: Look = UNSAVED_LOOK,
) -> AsyncIterator[KeyDriver]:
    """Open a workbench for one person on a real database; its clock is the site's."""
    clocks = Clocks()
    clocks.at = site.clock.at
    services = site.services(login)
    app = WorkbenchApp(lambda: services, now=site.clock, monotonic=clocks.monotonic, look=look, settings=settings)
    with speaking(language):
        async with app.run_test(size=size, notifications=True) as pilot:
            driver = KeyDriver(app, pilot, clocks)
            await driver.settle()
            try:
                yield driver
            finally:
                # The symbol set belongs to the process; the next test needs the default.
                use_symbols("auto")
