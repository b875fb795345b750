"""The page in the middle of the desk while there is no case on it."""

from typing import TYPE_CHECKING

from textual import getters
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from screens.shell.view import View
from screens.widgets.safe_text import BAD, FAINT, joined
from workbench.domain.case.actor import Actor
from workbench.domain.case.lifecycle import Action, role_refusal
from workbench.errors import ExitCode, WorkbenchError
from workbench.i18n import _

if TYPE_CHECKING:
    from workbench.domain.case.casefile import DeskCounts


class DeskPage(VerticalScroll):
    """Shows what waits, or another text if `is_welcoming` is false."""

    said = getters.query_one("Static", Static)

    def __init__(self) -> None:
        super().__init__(id="page")
        self.is_welcoming = True

    def compose(self) -> ComposeResult:
        yield Static(opening_page(), markup=False)

    def welcome(self, counts: "DeskCounts", view: View, actor: Actor) -> None:
        """Show what waits, and the keys that go there."""
        from screens.desk.messages import welcome

        may_check = role_refusal(Action.APPROVE, actor) is None
        self.said.update(welcome(counts, view, may_check=may_check))

    def show_uncounted(self, error: WorkbenchError) -> None:
        """Show why the cases that wait are not counted."""
        from screens.desk.messages import uncounted

        self.said.update(uncounted(error))

    def show(self, content: Content) -> None:
        """Show another text instead of what waits."""
        self.is_welcoming = False
        self.said.update(content)


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
