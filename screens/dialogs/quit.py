"""The dialog shown on quitting while a case is held."""

from typing import ClassVar, Literal

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content

from screens.shell.base_screen import BoxDialog
from screens.widgets.safe_text import Static, WrappedText, key_hints, plain
from workbench.i18n import _
from workbench.keys.registry import QUIT

QuitChoice = Literal["leave", "release"]


class QuitDialog(BoxDialog[QuitChoice]):
    """Says what happens to the held case, and asks whether to keep or release it."""

    DEFAULT_CSS = "QuitDialog > Vertical { width: 72; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(",".join(QUIT.keys), "choose('leave')", show=False, priority=True),
        Binding("1", "choose('leave')", show=False),
        Binding("b,2", "choose('release')", show=False),
    ]

    def __init__(self, case: str, until: str) -> None:
        super().__init__(_("Quit"), classes="-leaving")
        self._case = case
        self._until = until

    def parts(self) -> ComposeResult:
        message = _("You hold {case}. If you quit, the hold is kept until {until}; your draft stays.")
        keys = (
            (QUIT.key, f"{_('quit')} (1)"),
            ("b", f"{_('release the case and quit')} (2)"),
            ("Esc", _("stay")),
        )
        yield WrappedText(plain(message.format(case=self._case, until=self._until)), markup=False)
        yield Static(Content.assemble("\n", key_hints(*keys)), markup=False)

    def action_choose(self, choice: QuitChoice) -> None:
        self.leave(choice)
