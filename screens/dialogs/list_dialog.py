"""The base of dialogs that list entries, to choose one of them or to act on the one under the cursor."""

from collections.abc import Sequence
from typing import ClassVar, Generic, TypeVar

from textual import getters
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.geometry import Region

from screens.shell.base_screen import BoxDialog, Result
from screens.widgets.safe_text import MUTED, Static, key_hints, plain, row
from workbench.i18n import _

Entry = TypeVar("Entry")
_FRAME_LINES = 8


def list_key_hints(*keys: tuple[str, str]) -> Content:
    """Return the keys of a list: the arrows, its own `keys`, and Esc."""
    return key_hints(("↑ ↓", _("choose")), *keys, ("Esc", _("back")))


class ListDialog(BoxDialog[Result], Generic[Entry, Result]):
    """Lists entries of one or more lines each.

    Args:
        heading: The title.
        empty_text: The text that replaces an empty list.
        keys: The keys below the list, besides the arrows and Esc, each with what it does.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", show=False),
        Binding("down,j", "move(1)", show=False),
    ]

    list_view = getters.query_one("#list", Static)
    message = getters.query_one("#message", Static)

    def __init__(self, heading: str, empty_text: str, *keys: tuple[str, str]) -> None:
        super().__init__(heading)
        self._keys = keys
        self._empty_text = empty_text
        self._list: Sequence[Entry] | None = None
        """The entries, None until they are loaded."""
        self._cursor = 0

    @property
    def current(self) -> Entry | None:
        """The entry under the cursor, None if there is none."""
        return self._list[self._cursor] if self._list else None

    def parts(self) -> ComposeResult:
        with VerticalScroll(can_focus=False):
            yield Static(id="list", markup=False)
        yield Static(list_key_hints(*self._keys), id="foot", markup=False)

    def on_mount(self) -> None:
        self.call_after_refresh(self.draw)

    def on_resize(self) -> None:
        self.draw()

    def entry_lines(self, entry: Entry, width: int) -> list[Content]:
        """Return the lines of an entry."""
        raise NotImplementedError

    def draw(self) -> None:
        """Draw the list, if it is loaded, and show the entry under the cursor highlighted."""
        # Called after a refresh; the dialog may be closed by then.
        if self._list is None or not self.query("#list"):
            return
        body = next(iter(self.query(VerticalScroll)), None)
        # A list that scrolls always leaves a cell for the scroll bar.
        width = self.list_view.content_size.width if body is None else body.size.width - 1
        if width <= 0:
            return
        lines_of_entries = [self.entry_lines(entry, width) for entry in self._list]
        lines = [
            row(line, Content(), width).stylize("on $panel") if index == self._cursor else line
            for index, entry_lines in enumerate(lines_of_entries)
            for line in entry_lines
        ]
        self.list_view.update(Content("\n").join(lines) if lines else plain(self._empty_text, MUTED))
        if body is not None:
            body.styles.max_height = max(3, self.size.height - _FRAME_LINES)
            top = sum(map(len, lines_of_entries[: self._cursor]))
            height = len(lines_of_entries[self._cursor]) if lines_of_entries else 0
            body.call_after_refresh(body.scroll_to_region, Region(0, top, 1, height), animate=False)

    def action_move(self, step: int) -> None:
        """Move the cursor by some entries, or to the end of the list."""
        self._cursor = min(max(0, self._cursor + step), max(0, len(self._list or ()) - 1))
        self.draw()
