"""A dialog that asks for one line: a reason, a comment or a time."""

from collections.abc import Callable

from textual import getters, on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Input

from screens.shell.base_screen import BoxDialog
from screens.widgets.safe_text import ERROR, MUTED, WARNING, Static, WrappedText, key_hints, plain
from screens.widgets.text_fields import PROSE, TextLine
from workbench.i18n import _
from workbench.keys.registry import TEXTS


class Prompt(BoxDialog[str]):
    """Asks for one line; Enter accepts it, Esc cancels.

    An empty line is refused, unless `problem` is given, which returns what is wrong with a line. `is_prose` means that
    people read the line, so that canned texts are offered for it.
    """

    DEFAULT_CSS = """
    Prompt #problem { display: none; }
    Prompt Input { margin: 1 0; }
    """

    line = getters.query_one(Input)
    problem = getters.query_one("#problem", WrappedText)

    def __init__(
        self,
        title: str,
        hint: str | Content,
        value: str = "",
        *,
        problem: Callable[[str], str | None] | None = None,
        on_change: Callable[[str], None] | None = None,
        is_prose: bool = True,
    ) -> None:
        super().__init__(title)
        self._hint = plain(hint, MUTED) if isinstance(hint, str) else hint
        self._value = value
        self._problem_of = problem
        self._on_change = on_change
        self._is_prose = is_prose

    def parts(self) -> ComposeResult:
        yield WrappedText(self._hint, markup=False)
        yield TextLine(self._value, classes=PROSE if self._is_prose else None)
        yield WrappedText(id="problem", markup=False)
        texts = [(TEXTS.key, _(TEXTS.label))] if self._is_prose else []
        keys = (("Enter", _("save")), *texts, ("Esc", _("back")))
        yield Static(key_hints(*keys), markup=False)

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
        problem = self._problem_of(text) if self._problem_of is not None else None
        if problem is not None:
            self._show_problem(plain(problem, ERROR))
        elif text or self._problem_of is not None:
            self.leave(text)
        else:
            self._show_problem(plain(_("Enter some text first, or press Esc to cancel."), WARNING))

    def _show_problem(self, problem: Content) -> None:
        self.problem.update(problem)
        self.problem.display = bool(problem)
