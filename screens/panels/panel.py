"""One evidence panel: lines with a cursor on the masked fields, and a count of the lines below."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content

from screens.panels.lines import PanelLine
from screens.shell.symbols import symbols_of
from screens.shell.view import View
from screens.widgets.safe_text import plain
from screens.widgets.static import Static
from workbench.domain.case.casefile import CaseFile
from workbench.i18n import _

PanelLines = Callable[[CaseFile, View, int], Sequence[PanelLine]]


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
        width: 1fr; height: 1fr; border: round $border-blurred; border-title-color: $text-muted;
        border-title-style: none; border-subtitle-color: $text-muted; border-subtitle-style: none;
        scrollbar-size-vertical: 0; scrollbar-size-horizontal: 0; overflow-x: hidden;
    }
    Panel:focus { border: round $border; border-title-color: $foreground; border-title-style: bold; }
    Panel > Static { width: 100%; height: auto; text-wrap: nowrap; text-overflow: ellipsis; }
    """

    def __init__(self, name: str, lines: PanelLines) -> None:
        super().__init__(id=name)
        self._lines_of = lines
        self._shown: Sequence[PanelLine] = ()
        self._case: CaseFile | None = None
        self._view: View | None = None
        self._width = 0
        self.field = ""

    def compose(self) -> list[Static]:
        return [Static(markup=False)]

    def show(self, case: CaseFile, view: View) -> None:
        """Show a case; if it is the same one, keep the cursor and the scroll position."""
        is_same = self._case is not None and self._case.header.id == case.header.id
        self._case, self._view = case, view
        if not is_same:
            self.field = ""
            self.scroll_home(animate=False)
        self._draw()

    def move(self, step: int) -> None:
        """Select the next masked field in a direction; scroll if there is none."""
        fields = [line.field for line in self._shown if line.field]
        if not fields:
            self.scroll_relative(y=step, animate=False)
            return
        first = 0 if step > 0 else len(fields) - 1
        at = fields.index(self.field) + step if self.field in fields else first
        if 0 <= at < len(fields):
            self.field = fields[at]
            self._draw()
            self._follow()
        else:
            self.scroll_relative(y=step, animate=False)

    def on_resize(self) -> None:
        if self.size.width != self._width:
            self._draw()
        self._show_rest()

    def watch_scroll_y(self, old: float, new: float) -> None:
        super().watch_scroll_y(old, new)
        self._show_rest()

    def _draw(self) -> None:
        if self._case is None or self._view is None:
            return
        if not self.size.width:
            # The panel is hidden. Draw it when it gets a size, even if it gets its previous size.
            self._width = 0
            return
        self._width = self.size.width
        self._shown = self._lines_of(self._case, self._view, self._width)
        lines = [
            line.content.stylize("$text-accent reverse") if line.field and line.field == self.field else line.content
            for line in self._shown
        ]
        self.query_one(Static).update(Content("\n").join(lines))
        self.call_after_refresh(self._show_rest)

    def _follow(self) -> None:
        """Scroll the selected field into view."""
        y = next((at for at, line in enumerate(self._shown) if line.field == self.field), 0)
        if y < self.scroll_offset.y or y >= self.scroll_offset.y + self.size.height:
            self.scroll_to(y=max(0, y - self.size.height // 2), animate=False)

    def _show_rest(self) -> None:
        more = len(self._shown) - self.size.height - self.scroll_offset.y
        if more <= 0:
            self.border_subtitle = ""
            return
        rest = _("{count} more").format(count=more)
        self.border_subtitle = plain(f"{symbols_of(self).down} {rest}")
