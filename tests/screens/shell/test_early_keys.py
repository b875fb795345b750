"""Keys that arrive while the dialog that an earlier key opened is not composed yet."""

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from screens.shell.base_screen import BoxDialog
from tests.screens.driver import at_work


class Counter(BoxDialog[None]):
    """Counts in its text how often a key was pressed."""

    BINDINGS: ClassVar[list[BindingType]] = [("x", "count", "count")]
    presses = 0

    def parts(self) -> ComposeResult:
        yield Static("pressed 0", id="presses")

    def action_count(self) -> None:
        self.presses += 1
        self.query_one("#presses", Static).update(f"pressed {self.presses}")


async def test_a_key_for_a_dialog_that_is_not_composed_yet_acts_once_it_is() -> None:
    async with at_work() as desk:
        desk.app.push_screen(Counter("Count"))
        key = events.Key("x", "x")
        # The key was forwarded to the desk before the dialog opened, and has come back to the app.
        key._set_forwarded()
        await desk.app.on_event(key)
        await desk.settle()

        assert "pressed 1" in desk.text
