"""The first frame: what is shown until the database is open, and the keys that are typed meanwhile."""

from pathlib import Path
from typing import ClassVar

from textual import events, getters
from textual.app import ComposeResult

from screens.desk.empty_page import DeskPage, broken_page
from screens.shell.base_screen import WorkScreen
from screens.shell.clock import ZONE, Clock
from screens.shell.header import Head, title_line, who_line
from screens.shell.symbols import symbols_of
from screens.shell.view import View
from workbench.errors import WorkbenchError
from workbench.i18n import _
from workbench.keys.command import Place
from workbench.keys.registry import QUIT


class StartScreen(WorkScreen):
    """Stands in for the desk until there is a database, or says why there is none."""

    CSS_PATH = Path(__file__).with_name("desk.tcss")
    AUTO_FOCUS = None
    PLACE: ClassVar[Place] = "desk"

    page = getters.query_one("#page", DeskPage)

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self.keys: list[events.Key] = []
        self.is_waiting = True
        self._clock = clock

    def parts(self) -> ComposeResult:
        yield DeskPage()

    def on_mount(self) -> None:
        self.show_head()
        self.set_interval(1.0, self.show_head)

    def on_resize(self) -> None:
        self.show_head()

    def keep(self, event: events.Key) -> bool:
        """Keep a key for the desk; say whether it waits there.

        Ctrl+q and Ctrl+c quit at once. So does q, unless it follows another key: then it may be a part of `g q`.
        """
        quits = event.key in QUIT.keys and (event.key != QUIT.keys[0] or not self.keys)
        if not self.is_waiting or quits:
            return False
        self.keys.append(event)
        return True

    def show_head(self) -> None:
        """Show the title and the clock."""
        view = View(now=self._clock.now(), zone=ZONE, symbols=symbols_of(self))
        self.query_one(Head).update(
            title_line(_("Desk"), None, who_line("", None, view), view, max(10, self.size.width - 2))
        )

    def break_down(self, error: WorkbenchError) -> None:
        """Show why the database cannot be opened; keys act again."""
        self.is_waiting = False
        self.page.show(broken_page(error))
