"""Keys that arrive while the dialog that an earlier key opened is not composed yet, or is new."""

import asyncio
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from screens.shell.base_screen import BoxDialog
from tests.screens.driver import memory_workbench


class Counter(BoxDialog[None]):
    """Counts in its text how often a key was pressed."""

    BINDINGS: ClassVar[list[BindingType]] = [("x,enter,1", "count", "count")]
    presses = 0

    def parts(self) -> ComposeResult:
        yield Static("pressed 0", id="presses")

    def action_count(self) -> None:
        self.presses += 1
        self.query_one("#presses", Static).update(f"pressed {self.presses}")


async def test_a_key_for_a_dialog_that_is_not_composed_yet_acts_once_it_is() -> None:
    async with memory_workbench() as desk:
        desk.app.push_screen(Counter("Count"))
        key = events.Key("x", "x")
        # The key was forwarded to the desk before the dialog opened, and has come back to the app.
        key._set_forwarded()
        await desk.app.on_event(key)
        await desk.settle()

        assert "pressed 1" in desk.text


async def test_a_key_that_opened_a_dialog_acts_there_only_if_it_is_pressed_again() -> None:
    async with memory_workbench() as desk:
        for keys, pauses, count in (
            (("enter", "enter"), (0.3,), 1),
            (("1", "1"), (0.3,), 1),
            (("enter", "x", "enter"), (0.1, 0.1), 2),
            # Held down: a pause, then many presses.
            (("enter",) * 5, (0.5, 0.03, 0.03, 0.03), 0),
            # A key that bounces.
            (("enter", "enter"), (0.05,), 0),
            # Any other key acts again only in the screen on which it was pressed first.
            (("x", "x"), (0.3,), 0),
        ):
            desk.clocks.seconds += 60
            await desk.press(keys[0])
            desk.app.push_screen(Counter("Count"))
            await desk.settle()
            for key, pause in zip(keys[1:], pauses, strict=True):
                desk.clocks.seconds += pause
                # `pilot.press` would wait longer than the presses of a held key are apart.
                desk.app.post_message(events.Key(key, None))
                await asyncio.sleep(0.005)
            await desk.settle()
            assert isinstance(desk.app.screen, Counter)
            assert desk.app.screen.presses == count, keys
            desk.app.pop_screen()
            await desk.settle()
