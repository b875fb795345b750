"""The base classes of screens and dialogs, and the cover shown in a window that is too small."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, ParamSpec, TypeVar

from rich.console import RenderableType
from textual import events
from textual.app import App, ComposeResult
from textual.binding import ActiveBinding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.dom import DOMNode
from textual.errors import NoWidget
from textual.geometry import Offset, Size
from textual.reactive import Reactive, reactive
from textual.renderables.background_screen import BackgroundScreen
from textual.screen import ModalScreen, Screen
from textual.widget import Widget
from textual.worker import Worker

from screens.shell.bindings import bind, translated
from screens.shell.footer import FooterBar
from screens.shell.header import HeaderBar, reviewer_status, title_line
from screens.shell.key_guard import key_presses_of
from screens.shell.protocols import ExplainsKeys
from screens.shell.view import ZONE, Clock, View, symbols_of
from screens.terminal.input_bursts import replace_full_width
from screens.widgets.dimmed_screen import DimmedScreen
from screens.widgets.safe_text import Static, plain
from workbench.errors import WorkbenchError
from workbench.i18n import _
from workbench.keys.command import PLACES, Place
from workbench.keys.registry import BACK, HELP

if TYPE_CHECKING:
    from workbench.services.wiring import Services

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")
SMALLEST_WINDOW = (60, 16)
"""The columns and lines that a screen needs."""
HORIZONTAL: list[tuple[int, str]] = [(0, "-tiny"), (SMALLEST_WINDOW[0], "-narrow"), (100, "-wide")]
VERTICAL: list[tuple[int, str]] = [(0, "-flat"), (SMALLEST_WINDOW[1], "-low"), (30, "-tall")]
"""The classes of a screen by the least columns or lines of its window."""


class TooSmall(Static):
    """Covers a screen whose window is too small; the screen below stays as it is."""

    DEFAULT_CSS = """
    TooSmall {
        display: none; overlay: screen; position: absolute; offset: 0 0; width: 100vw; height: 100vh;
        background: $background; content-align: center middle; text-align: center;
    }
    """

    def render(self) -> Content:
        width, height = SMALLEST_WINDOW
        message = _("The window is too small; it needs {width}×{height}. Nothing is lost.")
        return plain(message.format(width=width, height=height))


def is_too_small(screen: Screen[Any]) -> bool:
    """Return whether the window of a screen is too small."""
    return screen.has_class("-tiny") or screen.has_class("-flat")


def run_in_worker(
    node: DOMNode, work: Callable[[], Coroutine[None, None, object]], group: str, *, is_exclusive: bool = False
) -> None:
    """Run `work` in a worker of a screen or the app; its coroutine is created only when the worker starts."""
    _worker: Worker[object] = node.run_worker(work, group=group, exclusive=is_exclusive)


def report(node: DOMNode, error: WorkbenchError) -> None:
    """Show an error as a notification."""
    node.app.notify(str(error), severity="error", timeout=8)


def unreported(_error: WorkbenchError) -> None:
    """Report nothing: what was read before stays, and the next act reports its own failure."""


def drop_messages(app: App[Any]) -> None:
    """Remove the notifications about earlier acts; warnings and errors stay until they expire."""
    for message in list(app._notifications):  # noqa: SLF001 - Textual can only remove all
        if message.severity == "information":
            app._unnotify(message)  # noqa: SLF001


async def attempt(
    node: DOMNode, act: Callable[[], Awaitable[Result]], show: Callable[[WorkbenchError], object] | None = None
) -> Result | None:
    """Return the result of an act; None if it failed. `show` shows the error, by default as a notification."""
    try:
        return await act()
    except WorkbenchError as error:
        if show is not None:
            show(error)
        else:
            report(node, error)
        return None


def in_thread(
    act: Callable[Arguments, Result], *arguments: Arguments.args, **options: Arguments.kwargs
) -> Callable[[], Coroutine[None, None, Result]]:
    """Return an act for `attempt` that runs in a thread, with its arguments."""
    return partial(asyncio.to_thread, act, *arguments, **options)


def fit_to_window(screen: "BaseScreen[Any]") -> None:
    """Set the classes for the window size before the widgets are created, so that they are styled only once."""
    screen.styled_for = (screen.app.theme, screen.app.size)
    for cells, sizes in zip(screen.app.size, (HORIZONTAL, VERTICAL), strict=True):
        # Of the sizes that fit, the last one counts.
        screen.add_class(next(name for least, name in reversed(sizes) if cells >= least), update=False)
    # Textual styles a screen before it reads the file of styles of its class, and again only when it is resumed.
    screen.app.stylesheet.update_nodes([screen])


def style_if_changed(screen: "BaseScreen[Any]", event: events.ScreenResume) -> None:
    """Restyle the widgets of a resumed screen only if theme or window changed; Textual would do so each time."""
    look = (screen.app.theme, screen.app.size)
    event.refresh_styles = look != screen.styled_for
    screen.styled_for = look


def lay_out_if_resized(screen: Screen[Any], size: Size) -> None:
    """Lay out a screen only if the window has another size; the first layout of a screen sends a resize event too."""
    if size != screen.outer_size:
        Screen._screen_resized(screen, size)  # noqa: SLF001 - Textual has no other way


def lay_out_once(screen: Screen[Any], size: Size | None = None, scroll: bool = False) -> None:  # noqa: FBT001, FBT002 - Textual's
    """Lay out a new screen only after its widgets have asked for it; Textual would do so before and after."""
    if size is not None and not screen.outer_size:
        screen._layout_required = True  # noqa: SLF001 - Textual has no other way
        screen.check_idle()
    else:
        Screen._refresh_layout(screen, size or screen.size, scroll)  # noqa: SLF001 - Textual has no other way


def widget_and_offset_at(screen: Screen[Any], x: int, y: int) -> tuple[Widget | None, Offset | None]:
    """Return the widget in a cell and the offset in its text; None for a widget removed since the last layout."""
    try:
        is_there = screen.get_widget_at(x, y)[0].is_attached
    except NoWidget:
        is_there = False
    return Screen.get_widget_and_offset_at(screen, x, y) if is_there else (None, None)


def close(screen: Screen[Result], result: Result | None = None) -> None:
    """Close a screen and the screens over it, unless it is already closed; Textual would close the top screen."""
    stack = screen.app.screen_stack
    if screen in stack:
        for above in reversed(stack[stack.index(screen) + 1 :]):
            above.dismiss()
        screen.dismiss(result)


class BaseScreen(Screen[Result]):
    """A screen with translated key descriptions, whose keys also work while an input method is on."""

    HORIZONTAL_BREAKPOINTS = HORIZONTAL
    VERTICAL_BREAKPOINTS = VERTICAL

    # The two widgets redraw themselves; Textual would redraw the whole screen for each change of the focus.
    focused: reactive[Widget | None] = reactive(None, repaint=False, init=False)

    # No screen scrolls; Textual would lay it out again after its first layout.
    virtual_size: Reactive[Size] = Reactive(Size(0, 0))

    styled_for: tuple[str, Size] | None = None
    """The theme and the window for which the widgets are styled."""

    on_compose = fit_to_window
    _on_screen_resume = style_if_changed
    _screen_resized = lay_out_if_resized
    _refresh_layout = lay_out_once
    get_widget_and_offset_at = widget_and_offset_at

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        """The bindings with their descriptions in the language in use."""
        return translated(super().active_bindings)

    def on_key(self, event: events.Key) -> None:
        """Show why the key of a command does nothing; a key that is held down shows it once."""
        why_not = self.why_not(event.key) if isinstance(self, ExplainsKeys) else None
        if why_not is None:
            replace_full_width(self, event)
            return
        event.stop()
        event.prevent_default()
        if not key_presses_of(self).is_repeat:
            self.notify(why_not, timeout=6)


class WorkScreen(BaseScreen[None]):
    """A screen with a header and a footer; `parts` yields the widgets between them."""

    def compose(self) -> ComposeResult:
        yield HeaderBar()
        yield from self.parts()
        yield FooterBar()
        yield TooSmall()

    def parts(self) -> ComposeResult:
        """Yield the widgets of the screen."""
        raise NotImplementedError


class ModeScreen(WorkScreen):
    """A screen of a mode other than the desk; the key that leaves it leads to the mode `way_back`."""

    PLACE: ClassVar[Place]
    way_back = "desk"

    def __init__(self, clock: Clock, services: "Services") -> None:
        super().__init__()
        self.clock = clock
        self.services = services
        self.zone = ZONE
        self.is_covered = False

    def on_screen_suspend(self) -> None:
        # After a dialog, a screen reloads only what the dialog changed.
        self.is_covered = isinstance(self.app.screen, ModalScreen)

    def view(self) -> View:
        """Return the time, zone and symbols that the screen is drawn with."""
        return View(now=self.clock.now(), zone=self.zone, symbols=symbols_of(self))

    async def action_desk(self) -> None:
        """Go back to the desk, or to where this screen was opened from."""
        await self.run_action(f"app.go('go.{self.way_back}')")


def show_title(screen: ModeScreen, *more: Content) -> None:
    """Show the name of a screen and its reviewer in its header, with more lines below."""
    view = screen.view()
    right = reviewer_status(screen.services.actor.login, None, view)
    title = title_line(_(PLACES[screen.PLACE]), None, right, view, max(10, screen.size.width - 2))
    screen.query_one(HeaderBar).update(Content("\n").join([title, *more]))


def dim_screen_behind(dialog: "Dialog[Any]") -> RenderableType:
    """Return the background of a dialog."""
    rendered = ModalScreen.render(dialog)
    return DimmedScreen(rendered.screen, rendered.color) if isinstance(rendered, BackgroundScreen) else rendered


class Dialog(BaseScreen[Result], ModalScreen[Result]):
    """A screen over another one; Esc closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [bind(BACK, "back"), bind(HELP, "app.act('help')")]

    render = dim_screen_behind

    def leave(self, result: Result | None = None) -> None:
        """Close the dialog."""
        close(self, result)

    def action_back(self) -> None:
        self.leave()


class BoxDialog(Dialog[Result]):
    """A dialog in a frame with a title; `parts` yields the widgets in the frame."""

    # In a tiny window, a scroll bar would take all room of the text; then the text needs no bar, and so on forever.
    DEFAULT_CSS = """
    BoxDialog { align: center middle; background: $background 60%; }
    BoxDialog > Vertical {
        width: 76; max-width: 96%; height: auto; max-height: 96%; border: round $border; background: $surface;
        padding: 0 1;
    }
    BoxDialog Static { height: auto; }
    BoxDialog VerticalScroll { height: auto; scrollbar-size-vertical: 1; }
    BoxDialog.-tiny VerticalScroll { scrollbar-gutter: stable; }
    BoxDialog Input { border: none; height: 1; padding: 0; background: $panel; }
    BoxDialog Input:focus { border: none; }
    """

    def __init__(self, heading: str, *, classes: str | None = None) -> None:
        super().__init__(classes=classes)
        self._heading = heading

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = plain(self._heading)
            yield from self.parts()
        yield TooSmall()

    def parts(self) -> ComposeResult:
        """Yield the widgets of the dialog."""
        raise NotImplementedError
