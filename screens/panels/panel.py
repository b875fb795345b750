"""One evidence panel: lines with a cursor on the masked fields, and a count of the lines below."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import getters
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content

from screens.panels.lines import PanelLine
from screens.shell.view import View, symbols_of
from screens.widgets.safe_text import FittedText, Static, plain
from workbench.domain.case.casefile import CaseFile
from workbench.domain.case.vocabulary import PanelKind
from workbench.i18n import _

MAX_LINE_CELLS = 76
"""The greatest width of a line of evidence; in a wider line, a fact and its mark are too far apart."""

_EVIDENCE = frozenset(kind.value for kind in PanelKind)

PanelLines = Callable[[CaseFile, View, int], Sequence[PanelLine]]
"""Returns the lines of a panel about a case, for a width in cells."""


class Panel(VerticalScroll, can_focus=True, inherit_bindings=False):
    """Shows the lines of one panel; the desk handles the arrow keys and moves the cursor."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("pageup", "page_up", show=False),
        Binding("pagedown", "page_down", show=False),
        Binding("home", "scroll_home", show=False),
        Binding("end", "scroll_end", show=False),
    ]

    DEFAULT_CSS = """
    Panel {
        width: 1fr; height: 1fr; padding: 0 1; border: round $border-blurred; border-title-color: $text-muted;
        border-title-style: none; border-subtitle-color: $text-muted; border-subtitle-style: none;
        scrollbar-size-vertical: 0; scrollbar-size-horizontal: 0; overflow-x: hidden;
    }
    Panel:focus { border: round $border; }
    Panel > Static { width: 100%; height: auto; text-wrap: nowrap; text-overflow: ellipsis; }
    """

    text = getters.query_one(FittedText)

    def __init__(self, name: str, lines: PanelLines) -> None:
        super().__init__(id=name)
        self._lines_of = lines
        self._cached_lines: Sequence[PanelLine] = ()
        self._cached_width = 0
        """The width for which the lines are cached; 0 means that they must be made again."""
        self._case: CaseFile | None = None
        self._view: View | None = None
        self._title = Content()
        self._lines_below = ""
        self.field = ""
        """The selected masked field; empty if none is selected."""

    def compose(self) -> list[Static]:
        return [FittedText(self._contents)]

    def watch_has_focus(self, has_focus: bool) -> None:  # noqa: FBT001 - the signature is Textual's
        super().watch_has_focus(has_focus)
        self._show_title()

    def _show_title(self) -> None:
        # A style rule for the title of the focused panel would draw its text again, one frame later.
        title = self._title
        self.border_title = title.stylize_before("bold $foreground") if self.has_focus else title

    def show(self, title: Content, case: CaseFile, view: View) -> None:
        """Show a case; if it is the same one, keep the cursor and the scroll position."""
        is_same = self._case is not None and self._case.header.id == case.header.id
        self._title, self._case, self._view = title, case, view
        self._show_title()
        if not is_same:
            self.field = ""
            self.scroll_home(animate=False)
        self._cached_width = 0
        self.text.refresh(layout=True)
        self._show_lines_below()

    @property
    def case(self) -> CaseFile | None:
        """The case that is shown."""
        return self._case

    @property
    def facts(self) -> list[PanelLine]:
        """The lines that can be copied."""
        return [line for line in self._lines(self.size.width) if line.value]

    def move(self, step: int) -> None:
        """Select the next masked field in a direction; scroll if there is none."""
        fields = [line.field for line in self._lines(self.size.width) if line.field]
        if not fields:
            self.scroll_relative(y=step, animate=False)
            return
        first = 0 if step > 0 else len(fields) - 1
        at = fields.index(self.field) + step if self.field in fields else first
        if 0 <= at < len(fields):
            self.field = fields[at]
            self.text.refresh()
            self._follow()
        else:
            self.scroll_relative(y=step, animate=False)

    def on_resize(self) -> None:
        self._show_lines_below()

    def watch_scroll_y(self, old: float, new: float) -> None:
        super().watch_scroll_y(old, new)
        self._show_lines_below()

    def _lines(self, width: int) -> Sequence[PanelLine]:
        """Return the lines for a width; none before a case is shown."""
        if self._case is None or self._view is None:
            return ()
        if self._cached_width != width:
            line_cells = min(width, MAX_LINE_CELLS) if self.id in _EVIDENCE else width
            self._cached_width, self._cached_lines = width, self._lines_of(self._case, self._view, line_cells)
        return self._cached_lines

    def _contents(self, width: int) -> Sequence[Content]:
        """Return the lines with the selected field highlighted."""
        return [
            line.content.stylize("$text-accent reverse") if line.field and line.field == self.field else line.content
            for line in self._lines(width)
        ]

    def _follow(self) -> None:
        """Scroll the selected field into view."""
        y = next((index for index, line in enumerate(self._lines(self.size.width)) if line.field == self.field), 0)
        if y < self.scroll_offset.y or y >= self.scroll_offset.y + self.size.height:
            self.scroll_to(y=max(0, y - self.size.height // 2), animate=False)

    def _show_lines_below(self) -> None:
        below = len(self._lines(self.size.width)) - self.size.height - self.scroll_offset.y
        hint = f"{symbols_of(self).down} {_('{count} more').format(count=below)}" if below > 0 else ""
        if hint != self._lines_below:
            self._lines_below = hint
            self.border_subtitle = plain(hint)
