"""A workbench driven by keys: what it shows, and waiting until nothing runs any more."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from textual.pilot import Pilot

from screens.app import WorkbenchApp
from screens.desk.screen import DeskScreen
from tests.offices import Site
from tests.screens.doubles.services import Clocks, MemoryServices
from workbench import signs
from workbench.i18n import speaking
from workbench.keys.registry import MODES

_MODES = {command.keys[0].split(" ")[1]: command.id.removeprefix("go.") for command in MODES}
_WAITING = frozenset({"dialog", "leave"})
"""Workers that wait for a person."""


class Driver:
    """Presses keys, one at a time, each on purpose."""

    def __init__(self, app: WorkbenchApp, pilot: Pilot[None], clocks: Clocks, services: MemoryServices) -> None:
        self.app = app
        self.pilot = pilot
        self.clocks = clocks
        self.services = services

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
        """Wait until no worker runs but those that wait for a person."""
        await self.pilot.pause()
        while any(worker.group not in _WAITING for worker in self.app.workers):
            await asyncio.sleep(0.005)
            await self.pilot.pause()
        await self.pilot.pause()

    async def until(self, words: str) -> None:
        """Wait until the terminal shows these words."""
        try:
            async with asyncio.timeout(10):
                while words not in self.text:
                    await self.pilot.pause(0.01)
        except TimeoutError:
            raise AssertionError(f"{words!r} was never shown:\n{self.text}") from None

    @property
    def text(self) -> str:
        """What the terminal shows."""
        return "\n".join(strip.text.rstrip() for strip in self.app.screen._compositor.render_strips())

    async def go(self, letter: str) -> None:
        """Go to a mode, and wait until it is there."""
        await self.pilot.press("g", letter)
        async with asyncio.timeout(10):
            while self.app.current_mode != _MODES[letter] or self.dialog == "WhichKey":
                await self.pilot.pause(0.005)
        await self.settle()

    @property
    def desk_screen(self) -> DeskScreen:
        """The screen of the desk, whichever mode is shown."""
        assert self.app.desk is not None
        return self.app.desk

    @property
    def notes(self) -> list[str]:
        """What was said in passing and is still shown."""
        return [note.message for note in self.app._notifications]

    @property
    def dialog(self) -> str:
        """The name of what lies on top."""
        return type(self.app.screen).__name__


@asynccontextmanager
async def at_work(
    *evidence: Any,
    size: tuple[int, int] = (120, 40),
    language: str = "en",
    symbols: str = "auto",
    arrange: Callable[[MemoryServices], None] | None = None,
) -> AsyncIterator[Driver]:
    """Open a workbench on an office with these cases."""
    clocks = Clocks()
    services = MemoryServices(clocks, *evidence)
    if arrange is not None:
        arrange(services)
    opened: Any = services
    app = WorkbenchApp(lambda: opened, now=clocks.now, monotonic=clocks.monotonic, symbols=symbols)
    with speaking(language):
        async with app.run_test(size=size, notifications=True) as pilot:
            driver = Driver(app, pilot, clocks, services)
            await driver.settle()
            try:
                yield driver
            finally:
                # The signs are the whole process's; the next test draws with its own.
                signs.use("auto")


@asynccontextmanager
async def at_the_site(
    site: Site, login: str, *, size: tuple[int, int] = (120, 40), language: str = "en"
) -> AsyncIterator[Driver]:
    """Open a workbench on the office of one person at a real database; its clock is the site's."""
    clocks = Clocks()
    clocks.at = site.clock.at
    services: Any = site.services(login)
    app = WorkbenchApp(lambda: services, now=site.clock, monotonic=clocks.monotonic)
    with speaking(language):
        async with app.run_test(size=size, notifications=True) as pilot:
            driver = Driver(app, pilot, clocks, services)
            await driver.settle()
            try:
                yield driver
            finally:
                # The signs are the whole process's; the next test draws with its own.
                signs.use("auto")
