"""The page in the middle of the desk, as long as no case lies on it."""

from typing import TYPE_CHECKING

from textual import getters
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from screens.desk.opening_words import broken, opening
from screens.shell.view import View
from workbench.domain.case.actor import Actor
from workbench.domain.case.lifecycle import Action, role_refusal
from workbench.errors import WorkbenchError

if TYPE_CHECKING:
    from workbench.domain.case.casefile import DeskCounts


class DeskPage(VerticalScroll):
    """Says what waits, or something of its own instead; `is_welcoming` tells which."""

    said = getters.query_one("Static", Static)

    def __init__(self) -> None:
        super().__init__(id="page")
        self.is_welcoming = True

    def compose(self) -> ComposeResult:
        yield Static(opening(), markup=False)

    def welcome(self, counts: "DeskCounts", view: View, actor: Actor) -> None:
        """Say what waits, and the keys that lead to it."""
        from screens.desk.messages import welcome

        may_check = role_refusal(Action.APPROVE, actor) is None
        self.said.update(welcome(counts, view, may_check=may_check))

    def uncounted(self, error: WorkbenchError) -> None:
        """Say why nobody knows yet what waits."""
        from screens.desk.messages import uncounted

        self.said.update(uncounted(error))

    def broken(self, error: WorkbenchError) -> None:
        """Say that the database cannot be opened, and the way out."""
        self.said.update(broken(error))

    def show(self, content: Content) -> None:
        """Show something of its own instead of what waits."""
        self.is_welcoming = False
        self.said.update(content)
