"""A screen of one page that scrolls."""

from pathlib import Path, PurePath
from typing import ClassVar

from textual import getters
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content

from screens.shell.base_screen import ModeScreen, report, show_title
from screens.widgets.safe_text import ERROR, MUTED, Static, paragraphs, plain
from workbench.errors import WorkbenchError
from workbench.i18n import _
from workbench.keys.command import Command


class PageScreen(ModeScreen):
    """Shows one page; until it is read, the screen says so, or why it cannot be read."""

    CSS_PATH: ClassVar[list[str | PurePath]] = [Path(__file__).with_name("page.tcss")]
    AUTO_FOCUS = "#page"
    READING: ClassVar[str]
    """What the screen says until the page is read."""
    RELOAD: ClassVar[Command]
    """The command that reads the page again."""

    page = getters.query_one("#page > Static", Static)

    def parts(self) -> ComposeResult:
        with VerticalScroll(id="page"):
            yield Static(plain(_(self.READING), MUTED), markup=False)

    def content(self) -> Content | None:
        """Return the page, laid out for the width of the window; None until it is read."""
        raise NotImplementedError

    def draw(self) -> None:
        """Show the header, and the page if it is read."""
        show_title(self)
        content = self.content()
        if content is not None:
            self.page.update(content)
        self.refresh_bindings()

    on_resize = draw

    def show_failure(self, error: WorkbenchError) -> None:
        """Show that the page cannot be read; a page that was read before stays."""
        if self.content() is not None:
            report(self, error)
        else:
            self.page.update(failure_page(error, self.RELOAD))


def failure_page(error: WorkbenchError, reload: Command) -> Content:
    """Return why a page cannot be read, and the key that reads it again."""
    return paragraphs(f"{error}\n\n" + _("Press {key} to reload.").format(key=reload.key)).stylize(ERROR)
