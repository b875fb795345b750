"""Errors of workers and screens: those of a closed screen are ignored, all others are reported."""

import asyncio

import pytest
from textual import work
from textual.app import ComposeResult
from textual.css.query import NoMatches
from textual.screen import Screen
from textual.widgets import Static
from textual.worker import WorkerFailed

from screens.shell.resilient_app import ResilientApp


class Looking(Screen[None]):
    """A screen whose worker queries a missing widget, either at once or when the screen is closed."""

    @work
    async def look(self, *, waits: bool) -> None:
        try:
            await asyncio.sleep(60 if waits else 0)
        finally:
            self.query_one("#gone")


async def test_an_error_of_a_worker_of_a_closed_screen_is_ignored() -> None:
    app = ResilientApp()
    async with app.run_test() as pilot:
        screen = Looking()
        await app.push_screen(screen)
        worker = screen.look(waits=True)
        await pilot.pause()
        await app.pop_screen()
        await pilot.pause()
        assert isinstance(worker.error, NoMatches)


async def test_an_error_of_a_worker_of_an_open_screen_is_reported() -> None:
    with pytest.raises(WorkerFailed, match="NoMatches"):
        await _look_at_once()


async def _look_at_once() -> None:
    app = ResilientApp()
    async with app.run_test() as pilot:
        screen = Looking()
        await app.push_screen(screen)
        screen.look(waits=False)
        await pilot.pause()


class Opening(Screen[None]):
    """A screen that uses its widget as soon as it is mounted."""

    def compose(self) -> ComposeResult:
        yield Static(id="part")

    def on_mount(self) -> None:
        self.query_one("#part")


async def test_a_program_that_ends_while_a_screen_opens_ends_without_an_error() -> None:
    app = ResilientApp()
    async with app.run_test() as pilot:
        app.exit()
        app.push_screen(Opening())
        await pilot.pause()

    assert app.return_code == 0
