"""The page in the middle of the desk while there is no case on it."""

from textual import getters
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content

from screens.widgets.safe_text import ERROR, MUTED, Static, joined, key_hints, plain
from workbench.errors import ExitCode, WorkbenchError
from workbench.i18n import _
from workbench.keys.desk import NEXT
from workbench.keys.registry import QUIT


class DeskPage(VerticalScroll):
    """Shows a text; `is_overview` says that it is the overview of waiting cases, which changes with the counts."""

    text_view = getters.query_one("Static", Static)

    def __init__(self, opening: str = "") -> None:
        super().__init__(id="page")
        self.is_overview, self._opening = True, opening

    def compose(self) -> ComposeResult:
        yield Static(opening_page(self._opening), markup=False)

    def show(self, text: Content, *, is_overview: bool = False) -> None:
        """Show a text from its top; the overview is only updated, because the reader has not left it."""
        if not (is_overview and self.is_overview):
            self.scroll_home(animate=False)
        self.is_overview = is_overview
        self.text_view.update(text)


def opening_page(words: str = "") -> Content:
    """Return the page while the database is being opened: words of its own, such as why it takes long."""
    return plain(words or _("Opening …"), MUTED)


def broken_page(error: WorkbenchError) -> Content:
    """Return the page for a database that cannot be opened: why, and what to do."""
    lines = [plain(str(error), ERROR), Content(), plain(_("Nothing was changed."))]
    if error.exit_code in {ExitCode.NO_INPUT, ExitCode.CONFIG}:
        lines += [
            joined(("workbench init", "$text-accent bold"), (f"   {_('makes a database for your cases')}", MUTED)),
            joined(("workbench demo", "$text-accent bold"), (f"   {_('shows the workbench on sample data')}", MUTED)),
        ]
    lines += [Content(), key_hints((QUIT.key, _("leaves")))]
    return Content("\n").join(lines)


def uncounted_page(error: WorkbenchError) -> Content:
    """Return the page that is shown if the counts cannot be read; the key of the next case still works."""
    message = _("The waiting cases could not be counted: {cause} They are counted again soon.").format(cause=error)
    return Content("\n").join([plain(message), Content(), key_hints((NEXT.key, _("takes the next one")))])
