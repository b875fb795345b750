"""What all screens share: their keys in the language in use, keys under an input method, a window too small."""

from typing import TypeVar

from textual import events
from textual.binding import ActiveBinding
from textual.content import Content
from textual.screen import ModalScreen, Screen
from textual.widgets import Static

from screens.bindings import spoken
from screens.text import plain
from workbench.command import key_named
from workbench.domain.text import fold_key
from workbench.i18n import _

Result = TypeVar("Result")
SMALLEST = (60, 16)
HORIZONTAL: list[tuple[int, str]] = [(0, "-tiny"), (SMALLEST[0], "-narrow"), (100, "-wide")]
VERTICAL: list[tuple[int, str]] = [(0, "-flat"), (SMALLEST[1], "-low"), (30, "-tall")]


class TooSmall(Static):
    """Covers a screen whose window is too small, and leaves everything under it as it is."""

    DEFAULT_CSS = """
    TooSmall {
        display: none; overlay: screen; position: absolute; offset: 0 0; width: 100vw; height: 100vh;
        background: $background; content-align: center middle; text-align: center;
    }
    """

    def render(self) -> Content:
        width, height = SMALLEST
        return plain(
            _("The window is too small; it needs {width}×{height}. Nothing is lost.").format(width=width, height=height)
        )


def fold(screen: Screen[Result], event: events.Key) -> None:
    """Read a key under an input method as the key it stands for; say so where it stands for none."""
    char = event.character
    focused = screen.focused
    if char is None or char.isascii() or (focused is not None and focused.check_consume_key(event.key, char)):
        return
    event.stop()
    event.prevent_default()
    folded = fold_key(char)
    if folded.isascii():
        key = events.Key(key_named(folded), None)
        # A key does not bubble past its sender; from the app it travels as one from the keyboard does.
        key.set_sender(screen.app)
        screen.app.post_message(key)
    else:
        screen.notify(_("An input method is on; press Shift to switch it off."), markup=False, timeout=3)


class WorkScreen(Screen[None]):
    """A screen of a mode."""

    HORIZONTAL_BREAKPOINTS = HORIZONTAL
    VERTICAL_BREAKPOINTS = VERTICAL

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        """The keys with their descriptions in the language in use."""
        return spoken(super().active_bindings)

    def on_key(self, event: events.Key) -> None:
        fold(self, event)


class Dialog(ModalScreen[Result]):
    """A screen over another; it goes once, however often it is told to."""

    HORIZONTAL_BREAKPOINTS = HORIZONTAL
    VERTICAL_BREAKPOINTS = VERTICAL

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        """The keys with their descriptions in the language in use."""
        return spoken(super().active_bindings)

    def on_key(self, event: events.Key) -> None:
        fold(self, event)

    def leave(self, result: Result | None = None) -> None:
        """Go, unless gone already: a second dismissal would take another screen away."""
        if self.is_current:
            self.dismiss(result)
