"""The dialog that records a verification: how a fact was confirmed outside, and the result."""

from typing import ClassVar

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from screens.panels.labels import VERIFICATION
from screens.shell.base_screen import Dialog, TooSmall
from screens.shell.bindings import bind
from screens.shell.symbols import symbols_of
from screens.widgets.safe_text import FAINT, UNEASY, joined, key_hints, plain
from screens.widgets.text_fields import TextLine
from workbench.domain.case.vocabulary import VerificationKind
from workbench.i18n import _
from workbench.keys.registry import BACK


class VerificationDialog(Dialog[tuple[VerificationKind, str]]):
    """Asks how a fact was confirmed, and for the result."""

    DEFAULT_CSS = """
    VerificationDialog { align: center middle; background: $background 60%; }
    VerificationDialog > Vertical {
        width: 80; max-width: 96%; height: auto; border: round $border; background: $surface; padding: 0 1;
    }
    VerificationDialog Static { height: auto; }
    VerificationDialog Input { border: none; height: 1; padding: 0; margin: 1 0; background: $panel; }
    VerificationDialog Input:focus { border: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        bind(BACK, "back"),
        Binding("up", "choose(-1)", show=False, priority=True),
        Binding("down", "choose(1)", show=False, priority=True),
    ]

    kinds = getters.query_one("#kinds", Static)
    hint = getters.query_one("#hint", Static)

    def __init__(self) -> None:
        super().__init__()
        self._kind = VerificationKind.PHONE

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = plain(f"{_('External verification')}")
            yield Static(id="kinds", markup=False)
            yield TextLine(placeholder=_("what was confirmed or could not be confirmed"))
            keys = (("↑ ↓", _("method")), ("Enter", _("save")), ("Esc", _("back")))
            yield Static(key_hints(*keys), id="hint", markup=False)
        yield TooSmall()

    def on_mount(self) -> None:
        self._draw()

    @on(Input.Submitted)
    def submit(self, event: Input.Submitted) -> None:
        """Accept the result, unless it is empty."""
        if event.value.strip():
            self.leave((self._kind, event.value.strip()))
        else:
            self.hint.update(plain(_("Enter some text first, or press Esc to cancel."), UNEASY))

    def action_choose(self, step: int) -> None:
        kinds = list(VerificationKind)
        self._kind = kinds[(kinds.index(self._kind) + step) % len(kinds)]
        self._draw()

    def action_back(self) -> None:
        self.leave()

    def _draw(self) -> None:
        symbols = symbols_of(self)
        self.kinds.update(
            Content("   ").join(
                joined(
                    (
                        f"{symbols.chosen if kind is self._kind else symbols.unchosen} {_(VERIFICATION[kind])}",
                        "bold" if kind is self._kind else FAINT,
                    )
                )
                for kind in VerificationKind
            )
        )
