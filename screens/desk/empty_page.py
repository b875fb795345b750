"""The page in the middle of the desk while there is no case on it."""

from textual import getters
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from screens.widgets.safe_text import BAD, FAINT, joined
from workbench.errors import ExitCode, WorkbenchError
from workbench.i18n import _


class DeskPage(VerticalScroll):
    """Shows a text; `is_welcoming` says that it is what waits, which changes with the figures."""

    said = getters.query_one("Static", Static)

    def __init__(self) -> None:
        super().__init__(id="page")
        self.is_welcoming = True

    def compose(self) -> ComposeResult:
        yield Static(opening_page(), markup=False)

    def show(self, text: Content, *, is_welcoming: bool = False) -> None:
        """Show a text."""
        self.is_welcoming = is_welcoming
        self.said.update(text)


def opening_page() -> Content:
    """Return the page while the database is being opened."""
    return joined((_("Opening …"), FAINT))


def broken_page(error: WorkbenchError) -> Content:
    """Return the page for a database that cannot be opened: why, and what to do."""
    lines = [joined((str(error), BAD)), Content(), joined((_("Nothing was changed."), ""))]
    if error.exit_code in {ExitCode.NO_INPUT, ExitCode.CONFIG}:
        lines += [
            joined(("workbench init", "$text-accent bold"), (f"   {_('makes a database for your cases')}", FAINT)),
            joined(("workbench demo", "$text-accent bold"), (f"   {_('shows the workbench on sample data')}", FAINT)),
        ]
    lines += [Content(), joined(("q", "$text-accent bold"), (f" {_('leaves')}", FAINT))]
    return Content("\n").join(lines)
