"""A numbered list of entries to mark, with a cursor: digits and Space mark; and the dialogs with such a list."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.geometry import Region
from textual.message import Message

from screens.shell.base_screen import BoxDialog, Result
from screens.shell.bindings import bind, bind_key
from screens.widgets.safe_text import MUTED, WARNING, Static, joined, plain, row
from workbench.i18n import _
from workbench.keys.registry import MARK_NUMBER, MARK_REASON

_NUMBERED = 9
"""The entries that have a digit."""


class MarkLine(NamedTuple):
    """An entry of the list."""

    code: str
    words: str
    right: Content
    """What is shown at the end of the line."""
    is_bright: bool = False
    """Whether the words are not dimmed even if the entry is not marked."""


class MarkList(VerticalScroll, can_focus=True):
    """The numbered lines.

    Args:
        empty_text: The text that replaces an empty list.
        width: The cells of a line before the first layout.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        *(bind_key(MARK_NUMBER, key, f"mark({key})") for key in MARK_NUMBER.keys),
        bind(MARK_REASON, "mark_here"),
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
    ]

    @dataclass
    class Marked(Message):
        """An entry was marked or unmarked."""

        code: str

    class Scrolled(Message):
        """Other entries are visible now."""

    def __init__(self, empty_text: str = "", width: int = 0) -> None:
        super().__init__()
        self._first_width = width
        self.shown: Sequence[MarkLine] = ()
        self.cursor = 0
        self._empty_text = empty_text
        self._marked: Collection[str] = ()
        self._is_searched = False

    def compose(self) -> ComposeResult:
        yield Static(markup=False)

    def show(self, lines: Sequence[MarkLine], marked: Collection[str], *, is_searched: bool = False) -> None:
        """Show entries with their marks; during a search the cursor line is highlighted without the focus."""
        self.shown, self._marked, self._is_searched = lines, marked, is_searched
        self.cursor = min(self.cursor, max(0, len(lines) - 1))
        self._draw()
        self.post_message(self.Scrolled())

    def on_resize(self) -> None:
        self._draw()
        self.post_message(self.Scrolled())

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        self.post_message(self.Scrolled())

    @property
    def below(self) -> int:
        """The number of entries below the visible ones; 0 before the first layout."""
        height = self.size.height
        return max(0, len(self.shown) - height - self.scroll_offset.y) if height else 0

    def go_to(self, index: int) -> None:
        """Put the cursor on a line, and show that line."""
        self.cursor = index
        self._draw()
        self.scroll_to_region(Region(0, index, self.size.width, 1), animate=False)

    def action_mark(self, number: int) -> None:
        """Mark or unmark by number."""
        if number <= len(self.shown):
            self.cursor = number - 1
            self.post_message(self.Marked(self.shown[number - 1].code))

    def action_mark_here(self) -> None:
        """Mark or unmark the entry under the cursor."""
        if self.shown:
            self.post_message(self.Marked(self.shown[self.cursor].code))

    def action_move(self, step: int) -> None:
        """Move the cursor."""
        self.go_to(min(max(0, self.cursor + step), max(0, len(self.shown) - 1)))

    def _draw(self) -> None:
        width = self.scrollable_content_region.width if self.size else self._first_width
        if not width:
            return
        lines = [self._line(index, line, width) for index, line in enumerate(self.shown)]
        self.query_one(Static).update(Content("\n").join(lines) if lines else plain(self._empty_text, WARNING))

    on_focus = on_blur = _draw

    def _line(self, index: int, line: MarkLine, width: int) -> Content:
        """Return an entry as a line: its mark, its digit if it has one, and its words."""
        is_marked = line.code in self._marked
        number = str(index + 1) if index < _NUMBERED else " "
        left = joined(
            (" [x] ", "$text-accent bold") if is_marked else (" [ ] ", MUTED),
            (f"{number} ", MUTED),
            (line.words, "" if is_marked or line.is_bright else MUTED),
        )
        # One cell stays between the text and the scroll bar.
        drawn = Content.assemble(row(left, line.right, width - 1), " ")
        is_highlighted = index == self.cursor and (self.has_focus or self._is_searched)
        return drawn.stylize("on $panel") if is_highlighted else drawn


class MarkDialog(BoxDialog[Result]):
    """Lists entries to mark; Enter takes them.

    Args:
        heading: The title.
        lines: The entries.
        marked: The codes of the marked ones.
    """

    DEFAULT_CSS = """
    MarkDialog MarkList { height: auto; max-height: 10; scrollbar-size-vertical: 1; scrollbar-gutter: stable; }
    MarkDialog #hint { margin-top: 1; }
    """
    AUTO_FOCUS = "MarkList"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "take", show=False)]

    list = getters.query_one(MarkList)

    def __init__(self, heading: str, lines: Sequence[MarkLine], marked: Sequence[str] = ()) -> None:
        super().__init__(heading)
        self.lines = lines
        self.marked = tuple(marked)

    def on_mount(self) -> None:
        self.list.show(self.lines, self.marked)

    @on(MarkList.Scrolled)
    def show_more(self) -> None:
        """Show in the frame how many entries are below the visible ones."""
        more = _("… and {count} more.").format(count=self.list.below)
        self.query_one("BoxDialog > Vertical").border_subtitle = plain(more if self.list.below else "")

    @on(MarkList.Marked)
    def toggle(self, event: MarkList.Marked) -> None:
        """Mark or unmark an entry."""
        others = tuple(code for code in self.marked if code != event.code)
        self.marked = others if event.code in self.marked else (*others, event.code)
        self.list.show(self.lines, self.marked)
