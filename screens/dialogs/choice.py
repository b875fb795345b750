"""A dialog that asks for one of a few choices, and if needed for a line of text."""

from collections.abc import Mapping
from typing import ClassVar, Generic, TypeVar

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input

from screens.shell.base_screen import BoxDialog
from screens.shell.view import symbols_of
from screens.widgets.safe_text import BOLD, MUTED, WARNING, Static, WrappedText, flowing, key_hints, plain
from screens.widgets.text_fields import PROSE, TextLine
from workbench.i18n import N_, _
from workbench.keys.registry import TEXTS

Choice = TypeVar("Choice", bound=str | int)


class ChoiceDialog(BoxDialog[tuple[Choice, str]], Generic[Choice]):
    """Asks for one of a few choices, and for a line of text if there is a `placeholder`; else the text is empty.

    Args:
        heading: The title.
        words: The choices in words.
        label: What is chosen, such as the channel.
        placeholder: The hint in the field for the text, "" for a dialog without that field.
        chosen: The initial choice, by default the first.
        text: The text at the beginning.
    """

    DEFAULT_CSS = """
    ChoiceDialog > Vertical { width: 80; }
    ChoiceDialog Input { margin: 1 0 0 0; }
    ChoiceDialog #about { margin: 0 0 1 0; max-height: 6; }
    ChoiceDialog #hint { margin: 1 0 0 0; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "choose(-1)", show=False, priority=True),
        Binding("down", "choose(1)", show=False, priority=True),
        Binding("enter", "submit", show=False),
    ]

    ACT: ClassVar[str] = N_("save")
    """What Enter does."""

    about = ""
    """What the choice is about, such as the question to answer; shown above the choices."""

    choices = getters.query_one("#choices", Static)
    hint = getters.query_one("#hint", Static)

    def __init__(
        self,
        heading: str,
        words: Mapping[Choice, str],
        label: str,
        *,
        placeholder: str = "",
        chosen: Choice | None = None,
        text: str = "",
    ) -> None:
        super().__init__(heading)
        self._words = words
        self._choice = chosen if chosen is not None else next(iter(words))
        self._placeholder = placeholder
        self._text = text
        texts = [(TEXTS.key, _(TEXTS.label))] if placeholder else []
        self._keys = key_hints(("↑ ↓", label), ("Enter", _(self.ACT)), *texts, ("Esc", _("back")))

    def parts(self) -> ComposeResult:
        if self.about:
            yield WrappedText(plain(self.about, BOLD), id="about", markup=False)
        yield Static(id="choices", markup=False)
        if self._placeholder:
            yield TextLine(self._text, placeholder=self._placeholder, classes=PROSE)
        yield Static(self._keys, id="hint", markup=False)

    def on_mount(self) -> None:
        self.call_after_refresh(self._draw)

    def on_resize(self) -> None:
        self._draw()

    @on(Input.Submitted)
    def submit(self, event: Input.Submitted) -> None:
        """Accept the choice with the text, unless that is empty."""
        if event.value.strip():
            self.leave((self._choice, event.value.strip()))
        else:
            self.hint.update(plain(_("Enter some text first, or press Esc to go back."), WARNING))

    def action_submit(self) -> None:
        if not self._placeholder:
            self.leave((self._choice, ""))

    def action_choose(self, step: int) -> None:
        choices = list(self._words)
        self._choice = choices[(choices.index(self._choice) + step) % len(choices)]
        self._draw()

    @on(Input.Changed)
    def _draw(self) -> None:
        # The keys too, because a typed text is no longer missing.
        if self.query("#choices") and (width := self.choices.content_size.width):
            self.choices.update(Content("\n").join(self.choice_lines(width)))
            self.hint.update(self._keys)

    def choice_lines(self, width: int) -> list[Content]:
        """Return the choices as lines of a width; the chosen one has a mark."""
        symbols = symbols_of(self)
        parts = [
            plain(f"{symbols.chosen} {word}", "bold")
            if choice == self._choice
            else plain(f"{symbols.unchosen} {word}", MUTED)
            for choice, word in self._words.items()
        ]
        return flowing(parts, width)


class InquiryDialog(ChoiceDialog[str]):
    """Asks for a department and a question; Enter sends the inquiry."""

    ACT = N_("send")
