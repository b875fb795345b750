"""The dialog that records a verification: how a fact was confirmed outside, and the result."""

from typing import ClassVar

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input, Static

from screens.panels.labels import VERIFICATION
from screens.shell.base_screen import BoxDialog
from screens.shell.symbols import symbols_of
from screens.widgets.safe_text import MUTED, WARNING, key_hints, plain
from screens.widgets.text_fields import TextLine
from workbench.domain.case.vocabulary import VerificationKind
from workbench.i18n import _


class VerificationDialog(BoxDialog[tuple[VerificationKind, str]]):
    """Asks how a fact was confirmed, and for the result."""

    DEFAULT_CSS = """
    VerificationDialog > Vertical { width: 80; }
    VerificationDialog Input { margin: 1 0; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "choose(-1)", show=False, priority=True),
        Binding("down", "choose(1)", show=False, priority=True),
    ]

    kinds = getters.query_one("#kinds", Static)
    hint = getters.query_one("#hint", Static)

    def __init__(self) -> None:
        super().__init__(_("External verification"))
        self._kind = VerificationKind.PHONE

    def parts(self) -> ComposeResult:
        yield Static(id="kinds", markup=False)
        yield TextLine(placeholder=_("what was confirmed or could not be confirmed"))
        keys = (("↑ ↓", _("method")), ("Enter", _("save")), ("Esc", _("back")))
        yield Static(key_hints(*keys), id="hint", markup=False)

    def on_mount(self) -> None:
        self._draw()

    @on(Input.Submitted)
    def submit(self, event: Input.Submitted) -> None:
        """Accept the result, unless it is empty."""
        if event.value.strip():
            self.leave((self._kind, event.value.strip()))
        else:
            self.hint.update(plain(_("Enter some text first, or press Esc to cancel."), WARNING))

    def action_choose(self, step: int) -> None:
        kinds = list(VerificationKind)
        self._kind = kinds[(kinds.index(self._kind) + step) % len(kinds)]
        self._draw()

    def _draw(self) -> None:
        symbols = symbols_of(self)
        choices = [
            plain(f"{symbols.chosen} {_(VERIFICATION[kind])}", "bold")
            if kind is self._kind
            else plain(f"{symbols.unchosen} {_(VERIFICATION[kind])}", MUTED)
            for kind in VerificationKind
        ]
        self.kinds.update(Content("   ").join(choices))
