"""The dialog that chooses one or two versions of the policy."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content

from screens.dialogs.list_dialog import ListDialog, list_key_hints
from screens.shell.view import View
from screens.widgets.safe_text import ACCENT, MUTED, Part, Static, fitted, joined
from workbench.i18n import _
from workbench.services.site.policies import VersionLine
from workbench.wording.policy import version_state_words


class VersionDialog(ListDialog[VersionLine]):
    """Lists the versions; Enter chooses one, and the dialog closes when as many as wanted are chosen."""

    DEFAULT_CSS = "VersionDialog > Vertical { width: 76; }"
    AUTO_FOCUS = None
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter,space", "choose", show=False)]

    def __init__(self, title: str, versions: Sequence[VersionLine], wanted: int, view: View) -> None:
        super().__init__(title, "")
        self._list = versions
        self._wanted = wanted
        self._view = view
        self.chosen: list[int] = []

    def parts(self) -> ComposeResult:
        with VerticalScroll(can_focus=False):
            yield Static(id="list", markup=False)
        enter = _("show") if self._wanted == 1 else _("mark")
        yield Static(list_key_hints(("Enter", enter)), markup=False)

    def on_mount(self) -> None:
        self.call_after_refresh(self.draw)

    def entry_lines(self, entry: VersionLine, width: int) -> list[Content]:
        mark = self._view.symbols.fine if entry.number in self.chosen else " "
        begins_on = entry.effective_on or entry.applied_at.astimezone(self._view.zone).date()
        parts: list[Part] = [
            (f"{mark} {_('Policy {name}').format(name=entry.number)}", ACCENT),
            (f"  {fitted(entry.name, width // 3)}", ""),
            (f"  {version_state_words(entry.state, begins_on)}", ""),
            (f"  {self._view.day(entry.applied_at.astimezone(self._view.zone).date())}", MUTED),
        ]
        return [joined(*parts)]

    def action_choose(self) -> None:
        number = (self._list or ())[self._cursor].number
        if number in self.chosen:
            self.chosen.remove(number)
        else:
            self.chosen.append(number)
        self.draw()
        if len(self.chosen) == self._wanted:
            self.leave(result=True)
