"""A dialog that asks for a day or a time."""

from textual import getters, on
from textual.app import ComposeResult
from textual.widgets import Input

from screens.shell.base_screen import BoxDialog
from screens.widgets.safe_text import MUTED, key_hints, plain
from screens.widgets.static import Static
from screens.widgets.text_fields import TextLine
from screens.widgets.time_field import Moment, TimeReader, Understood
from workbench.i18n import _


class TimePrompt(BoxDialog[Moment]):
    """Asks for a day or a time as people say it, and shows what was understood; Enter accepts that, Esc cancels."""

    DEFAULT_CSS = """
    TimePrompt Input { margin: 1 0 0 0; }
    """

    line = getters.query_one(Input)

    def __init__(self, title: str, hint: str, reader: TimeReader[Moment], value: str = "") -> None:
        super().__init__(title)
        self._hint = hint
        self._value = value
        self._understood: Understood[Moment] = Understood(reader)

    def parts(self) -> ComposeResult:
        yield Static(plain(self._hint, MUTED), markup=False)
        yield TextLine(self._value)
        yield self._understood
        yield Static(key_hints(("Enter", _("save")), ("Esc", _("back"))), markup=False)

    def on_mount(self) -> None:
        self._understood.show(self._value)

    @on(Input.Changed)
    def show(self, event: Input.Changed) -> None:
        """Show what was understood of the typed text."""
        self._understood.show(event.value)

    @on(Input.Submitted)
    def submit(self, event: Input.Submitted) -> None:
        """Accept the text if it is understood."""
        moment = self._understood.show(event.value, is_final=True)
        if moment is not None:
            self.leave(moment)
