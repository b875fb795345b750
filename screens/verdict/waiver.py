"""The dialog that waives an item to rectify: the items that are still open, and the reason."""

from collections.abc import Sequence
from typing import ClassVar

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input

from screens.panels.history import item_words
from screens.shell.base_screen import BoxDialog
from screens.shell.view import View
from screens.widgets.safe_text import MUTED, WARNING, Static, WrappedText, hanging, key_hints, plain
from screens.widgets.text_fields import PROSE, TextLine
from workbench.domain.case.casefile import CaseFile
from workbench.domain.case.records import ItemLine
from workbench.i18n import _

NumberedItem = tuple[int, ItemLine]
"""An item with its number in the list of all items, by which the service knows it."""


def open_items(case: CaseFile) -> list[NumberedItem]:
    """Return the items that the applicant of a case still has to rectify."""
    latest = next(reversed(case.decisions_in_effect), None)
    numbered = enumerate(latest.items if latest is not None else (), start=1)
    return [(number, item) for number, item in numbered if item.is_open]


class WaiverDialog(BoxDialog[tuple[int, str]]):
    """Asks which item to waive, and why."""

    DEFAULT_CSS = """
    WaiverDialog > Vertical { width: 90; }
    WaiverDialog #items, WaiverDialog Input { margin-top: 1; }
    WaiverDialog #hint { margin-top: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "choose(-1)", show=False, priority=True),
        Binding("down", "choose(1)", show=False, priority=True),
    ]

    list_view = getters.query_one("#items", Static)
    hint = getters.query_one("#hint", Static)

    def __init__(self, name: str, items: Sequence[NumberedItem], view: View) -> None:
        super().__init__(_("Waive an item of {case}").format(case=name))
        self._items = items
        self._view = view
        self._chosen = 0

    def parts(self) -> ComposeResult:
        hint = _("The applicant is told that this is no longer needed, not why.")
        yield WrappedText(plain(hint, MUTED), markup=False)
        yield Static(id="items", markup=False)
        yield TextLine(placeholder=_("Reason, for colleagues"), classes=PROSE)
        keys = (("↑ ↓", _("item")), ("Enter", _("waive")), ("Esc", _("back")))
        yield Static(key_hints(*keys), id="hint", markup=False)

    def on_mount(self) -> None:
        self._draw()

    def on_resize(self) -> None:
        self._draw()

    @on(Input.Submitted)
    def submit(self, event: Input.Submitted) -> None:
        """Waive the chosen item, unless the reason is empty."""
        if event.value.strip():
            self.leave((self._items[self._chosen][0], event.value.strip()))
        else:
            self.hint.update(plain(_("Enter some text first, or press Esc to cancel."), WARNING))

    def action_choose(self, step: int) -> None:
        self._chosen = (self._chosen + step) % len(self._items)
        self._draw()

    def _draw(self) -> None:
        width = self.list_view.content_size.width
        if width > 0:
            lines = [line for at in range(len(self._items)) for line in self._item_lines(at, width)]
            self.list_view.update(Content("\n").join(lines))

    def _item_lines(self, at: int, width: int) -> list[Content]:
        (number, item), symbols, is_chosen = self._items[at], self._view.symbols, at == self._chosen
        style = "bold" if is_chosen else ""
        mark = symbols.chosen if is_chosen else symbols.unchosen
        return hanging([(f"{mark} {number}. ", style)], item_words(item, self._view), width)
