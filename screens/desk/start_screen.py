"""The first frame, shown until the database is open; it keeps the keys that are typed before."""

from typing import ClassVar

from textual import events, getters
from textual.app import ComposeResult

from screens.desk.page import DeskPage, broken_page
from screens.shell.base_screen import WorkScreen
from screens.shell.header import HeaderBar, reviewer_status, title_line
from screens.shell.view import ZONE, Clock, View, symbols_of
from workbench.errors import WorkbenchError
from workbench.i18n import _
from workbench.keys.command import Place
from workbench.keys.registry import QUIT


class StartScreen(WorkScreen):
    """Replaces the desk until the database is open, and shows why it cannot be opened."""

    AUTO_FOCUS = None
    PLACE: ClassVar[Place] = "desk"

    page = getters.query_one("#page", DeskPage)

    opening = ""
    """What is shown until the database is open; by default, that it is being opened."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self.keys: list[events.Key] = []
        self.is_waiting = True
        self._clock = clock

    def parts(self) -> ComposeResult:
        yield DeskPage(self.opening)

    def on_mount(self) -> None:
        self.show_header()
        self.set_interval(1.0, self.show_header)

    def keep(self, event: events.Key) -> bool:
        """Keep a key for the desk; return whether it was kept.

        Ctrl+q and Ctrl+c quit at once. So does q, unless it follows another key: then it may be a part of `g q`.
        """
        quits = event.key in QUIT.keys and (event.key in QUIT.permanent_keys or not self.keys)
        if not self.is_waiting or quits:
            return False
        self.keys.append(event)
        return True

    def show_header(self) -> None:
        """Show the title and the clock."""
        view = View(now=self._clock.now(), zone=ZONE, symbols=symbols_of(self))
        self.query_one(HeaderBar).update(
            title_line(_("Desk"), None, reviewer_status("", None, view), view, max(10, self.app.size.width - 2))
        )

    on_resize = show_header

    def show_failure(self, error: WorkbenchError) -> None:
        """Show why the database cannot be opened; keys act again."""
        self.is_waiting = False
        self.page.show(broken_page(error))
