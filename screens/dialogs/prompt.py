"""Dialogs with one field: for a reason, a comment of several lines, a day or a time."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, TextArea

from screens.shell.base_screen import BoxDialog
from screens.widgets.safe_text import ACCENT, ERROR, MUTED, WARNING, Static, WrappedText, joined, key_hints, plain
from screens.widgets.text_fields import PROSE, EnterField, TextLine
from screens.widgets.time_field import Moment, TimeReader, UnderstoodTime
from workbench.i18n import N_, _
from workbench.keys.command import shown_key
from workbench.keys.registry import TEXTS


def _problem_if_empty(text: str) -> str | None:
    return None if text else _("Enter some text first, or press Esc to go back.")


def any_text(_text: str) -> None:
    """Accept any line, even an empty one."""


class Prompt(BoxDialog[str]):
    """Asks for one line; Enter accepts it, Esc cancels.

    Args:
        title: The title.
        hint: The text above the field.
        value: The line at the beginning.
        problem_of: Returns what is wrong with a line, None if nothing is. By default, an empty line is refused.
        on_change: Called with the line after each change.
        is_prose: Whether people read the line, so that canned texts are offered for it.
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
        problem_of: Callable[[str], str | None] = _problem_if_empty,
        on_change: Callable[[str], None] | None = None,
        is_prose: bool = True,
    ) -> None:
        super().__init__(title)
        self._hint = plain(hint, MUTED) if isinstance(hint, str) else hint
        self._value = value
        self._problem_of = problem_of
        self._on_change = on_change
        self._is_prose, self._act = is_prose, _("save")

    def field(self) -> Widget:
        """Return the field."""
        return TextLine(self._value, classes=PROSE if self._is_prose else None)

    def more_keys(self) -> Sequence[tuple[str, str]]:
        """Return the keys of the field besides Enter, each with what it does."""
        return ()

    def parts(self) -> ComposeResult:
        yield WrappedText(self._hint, markup=False)
        yield self.field()
        yield WrappedText(id="problem", markup=False)
        texts = [(TEXTS.key, _(TEXTS.label))] if self._is_prose else []
        keys = (("Enter", self._act), *self.more_keys(), *texts, ("Esc", _("back")))
        yield Static(key_hints(*keys), id="foot", markup=False)

    @property
    def typed(self) -> str:
        """The typed text."""
        return self.line.value

    @on(Input.Changed)
    @on(TextArea.Changed)
    def keep(self) -> None:
        """Pass on the typed text."""
        self._show_problem(Content())
        if self._on_change is not None:
            self._on_change(self.typed)

    @on(Input.Submitted)
    @on(EnterField.Submitted)
    def submit(self) -> None:
        """Accept the text, or show why it is not accepted."""
        text = self.typed.strip()
        problem = self._problem_of(text)
        if problem is None:
            self.leave(text)
        else:
            self._show_problem(plain(problem, ERROR if text else WARNING))

    def _show_problem(self, problem: Content) -> None:
        self.problem.update(problem)
        self.problem.display = bool(problem)


class ActPrompt(Prompt):
    """Asks for the reason of an act that Enter carries out; `act` says which."""

    def __init__(self, title: str, hint: str | Content, act: str) -> None:
        super().__init__(title, hint)
        self._act = act


class LinesPrompt(Prompt):
    """Asks for a text of one or several lines."""

    DEFAULT_CSS = "LinesPrompt EnterField { margin: 1 0; }"

    lines = getters.query_one(EnterField)

    def field(self) -> Widget:
        return EnterField(self._value)

    def more_keys(self) -> Sequence[tuple[str, str]]:
        return [(shown_key(EnterField.NEW_LINE), _("new line"))]

    @property
    def typed(self) -> str:
        return self.lines.text


ASIDE_SUGGESTIONS = (N_("30 min"), N_("2 h"), N_("tomorrow 9:00"))
"""Suggestions for times in the near future; the field reads them in either language."""


class TimePrompt(BoxDialog[Moment]):
    """Asks for a day or a time in everyday words, and shows how it is read; Enter accepts it, Esc cancels.

    The arrows put the `suggestions` into the field, one after the other. `enter` says what
    Enter does, by default that it saves.
    """

    DEFAULT_CSS = """
    TimePrompt Input { margin: 1 0 0 0; }
    TimePrompt #foot { margin-top: 1; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "suggest(1)", show=False, priority=True),
        Binding("up", "suggest(-1)", show=False, priority=True),
    ]

    line = getters.query_one(Input)

    def __init__(
        self,
        title: str,
        hint: str | Content,
        reader: TimeReader[Moment],
        value: str = "",
        *,
        suggestions: Sequence[str] = (),
        enter: str = "",
    ) -> None:
        super().__init__(title)
        self._hint = plain(hint, MUTED) if isinstance(hint, str) else hint
        self._value = value
        self._enter = enter or _("save")
        self._suggestions = [_(text) for text in suggestions]
        self._understood: UnderstoodTime[Moment] = UnderstoodTime(reader)

    def parts(self) -> ComposeResult:
        yield WrappedText(self._hint, markup=False)
        yield TextLine(self._value)
        yield self._understood
        if self._suggestions:
            yield Static(id="suggestions", markup=False)
        yield Static(key_hints(("Enter", self._enter), ("Esc", _("back"))), id="foot", markup=False)

    def on_mount(self) -> None:
        self._understood.read(self._value)
        self._show_suggestions()

    @on(Input.Changed)
    def show(self, event: Input.Changed) -> None:
        """Show how the typed text is read."""
        self._understood.read(event.value)
        self._show_suggestions()

    @on(Input.Submitted)
    def submit(self, event: Input.Submitted) -> None:
        """Accept the text if it is understood."""
        moment = self._understood.read(event.value, is_final=True)
        if moment is not None:
            self.leave(moment)

    def action_suggest(self, step: int) -> None:
        suggestions, typed = self._suggestions, self.line.value
        if suggestions:
            # From a text of the user, down goes to the first suggestion and up to the last.
            before_first_step = -1 if step > 0 else 0
            index = suggestions.index(typed) if typed in suggestions else before_first_step
            self.line.value = suggestions[(index + step) % len(suggestions)]
            self.line.cursor_position = len(self.line.value)

    def _show_suggestions(self) -> None:
        if self._suggestions:
            parts = [(f"   {text}", ACCENT if text == self.line.value else MUTED) for text in self._suggestions]
            self.query_one("#suggestions", Static).update(joined(("↑ ↓", f"{ACCENT} bold"), *parts))
