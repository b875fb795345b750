"""A dialog that asks for one line: a reason, a comment or a time."""

from collections.abc import Callable
from dataclasses import dataclass

from textual import getters, on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Input, Static

from screens.shell.base_screen import BoxDialog
from screens.widgets.safe_text import ERROR, MUTED, WARNING, key_hints, plain
from screens.widgets.text_fields import TextLine
from workbench.i18n import _


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """The title, help and initial value of a prompt; `problem` returns what is wrong with an input."""

    title: str
    help: str
    value: str = ""
    is_optional: bool = False
    problem: Callable[[str], str | None] | None = None


class Prompt(BoxDialog[str]):
    """Asks for one line; Enter accepts it, Esc cancels."""

    DEFAULT_CSS = """
    Prompt #problem { display: none; }
    Prompt Input { margin: 1 0; }
    """

    line = getters.query_one(Input)
    problem = getters.query_one("#problem", Static)

    def __init__(self, question: Question, *, on_change: Callable[[str], None] | None = None) -> None:
        super().__init__(question.title)
        self._question = question
        self._on_change = on_change

    def parts(self) -> ComposeResult:
        yield Static(plain(self._question.help, MUTED), markup=False)
        yield TextLine(self._question.value)
        yield Static(id="problem", markup=False)
        yield Static(key_hints(("Enter", _("save")), ("Esc", _("back"))), markup=False)

    @on(Input.Changed)
    def keep(self, event: Input.Changed) -> None:
        """Pass on the typed text."""
        self._show_problem(Content())
        if self._on_change is not None:
            self._on_change(event.value)

    @on(Input.Submitted)
    def submit(self, event: Input.Submitted) -> None:
        """Accept the line, unless it is invalid or empty although required."""
        text = event.value.strip()
        problem = self._question.problem(text) if self._question.problem is not None else None
        if not text and not self._question.is_optional:
            self._show_problem(plain(_("Enter some text first, or press Esc to cancel."), WARNING))
        elif problem is not None:
            self._show_problem(plain(problem, ERROR))
        else:
            self.leave(text)

    def _show_problem(self, problem: Content) -> None:
        self.problem.update(problem)
        self.problem.display = bool(problem)
