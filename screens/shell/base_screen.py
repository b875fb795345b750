"""The base classes of all screens, and the cover of a window that is too small."""

from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from textual import events
from textual.binding import ActiveBinding
from textual.content import Content
from textual.dom import DOMNode
from textual.screen import ModalScreen, Screen
from textual.widgets import Static
from textual.worker import Worker

from screens.shell.bindings import spoken
from screens.terminal.input_bursts import fold
from screens.widgets.safe_text import plain
from workbench.i18n import _

Result = TypeVar("Result")
SMALLEST = (60, 16)
HORIZONTAL: list[tuple[int, str]] = [(0, "-tiny"), (SMALLEST[0], "-narrow"), (100, "-wide")]
VERTICAL: list[tuple[int, str]] = [(0, "-flat"), (SMALLEST[1], "-low"), (30, "-tall")]


class TooSmall(Static):
    """Covers a screen whose window is too small; the screen below stays as it is."""

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


def is_too_small(screen: Screen[Any]) -> bool:
    """Say whether the window of a screen is too small."""
    return screen.has_class("-tiny") or screen.has_class("-flat")


def run_beside(
    node: DOMNode, work: Callable[[], Coroutine[None, None, object]], group: str, *, is_exclusive: bool = False
) -> None:
    """Run work in a worker of a screen or the app; a worker that never starts leaves no coroutine behind."""
    _worker: Worker[object] = node.run_worker(work, group=group, exclusive=is_exclusive)


class OurScreen(Screen[Result]):
    """A screen whose footer speaks the language in use, and whose keys act under an input method."""

    HORIZONTAL_BREAKPOINTS = HORIZONTAL
    VERTICAL_BREAKPOINTS = VERTICAL

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        """The keys with their descriptions in the language in use."""
        return spoken(super().active_bindings)

    def on_key(self, event: events.Key) -> None:
        fold(self, event)


class WorkScreen(OurScreen[None]):
    """A screen of a mode."""

    async def action_desk(self) -> None:
        """Go back to the desk."""
        await self.run_action("app.go('go.desk')")


class Dialog(OurScreen[Result], ModalScreen[Result]):
    """A screen over another one."""

    def leave(self, result: Result | None = None) -> None:
        """Close the dialog once: a second dismissal would close the screen below."""
        if self.is_current:
            self.dismiss(result)
