"""A minimal Textual app, the reference for the time to the first frame and from a key to its effect."""

from typing import ClassVar

from textual import events
from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import Screen
from textual.widgets import Footer, Header, Static

_PANELS = 4
_LINES_OF_PANEL = 32
_SHORT_TEXTS = 19


class PushedScreen(Screen[None]):
    """As many widgets as the dialog of a verdict has, 30, and more lines than the desk has for a case, 147."""

    CSS = "PushedScreen VerticalScroll { border: round white; width: 1fr; height: 1fr; } Static { height: auto; }"
    BINDINGS: ClassVar[list[BindingType]] = [("x", "app.pop_screen", "back")]

    def compose(self) -> ComposeResult:
        with Horizontal():
            for panel in range(_PANELS):
                lines = (f"[bold]{line}[/] a line of [green]panel {panel}[/]" for line in range(_LINES_OF_PANEL))
                yield VerticalScroll(Static("\n".join(lines)))
        with Vertical():
            for number in range(_SHORT_TEXTS):
                yield Static(f"short text {number}")


class BareApp(App[None]):
    """A header, a text that counts the keys, and a footer; `p` pushes a screen, on which `x` goes back."""

    BINDINGS: ClassVar[list[BindingType]] = [("p", "push", "push")]
    keys = 0

    def compose(self) -> ComposeResult:
        yield Header()
        yield Static("a text")
        yield Footer()

    def on_key(self, _event: events.Key) -> None:
        self.keys += 1
        self.query_one(Static).update(f"a text after {self.keys} keys")

    def action_push(self) -> None:
        self.push_screen(PushedScreen())


if __name__ == "__main__":
    BareApp().run()
