"""One evidence panel: lines with a cursor on their values, and a count of the lines below."""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import ClassVar

from textual import events, getters
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.geometry import Size
from textual.message import Message

from screens.panels.lines import EMPTY, PanelLine, condensed
from screens.shell.bindings import bind
from screens.shell.view import View, symbols_of
from screens.widgets.safe_text import FittedText, Static, plain
from workbench.domain.case.casefile import CaseFile
from workbench.domain.case.vocabulary import PanelKind
from workbench.i18n import _
from workbench.keys import desk

MAX_LINE_CELLS = 76
"""The greatest width of a line of evidence; in a wider line, a fact and its mark are too far apart."""

_EVIDENCE = frozenset(kind.value for kind in PanelKind)
"""The names of the panels with evidence, whose lines are condensed; the others scroll instead."""

PanelLines = Callable[[CaseFile, View, int], Sequence[PanelLine]]
"""Returns the lines of a panel about a case, for a width in cells."""


class _PanelText(FittedText):
    """The lines of a panel, arranged for the height that the layout gives the panel."""

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        if isinstance(self.parent, Panel):
            self.parent.fit_rows(container.height)
        return super().get_content_height(container, viewport, width)


class Panel(VerticalScroll, can_focus=True, inherit_bindings=False):
    """Shows the lines of one panel, with a cursor on their values."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bind(desk.FIELD_UP, "move(-1)"),
        bind(desk.FIELD_DOWN, "move(1)"),
        bind(desk.MASKED_UP, "move(-1, True)"),
        bind(desk.MASKED_DOWN, "move(1, True)"),
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

    class WidthChanged(Message):
        """The panel was shown, or has another width, and so needs other lines."""

    text = getters.query_one(FittedText)

    def __init__(self, name: str, lines: PanelLines) -> None:
        super().__init__(id=name)
        self._lines_of = lines
        self._fitted_lines: Sequence[PanelLine] = ()
        self._all_lines: Sequence[PanelLine] = ()
        """The lines with all blank lines, before they are fitted into the height."""
        self._cached_width = 0
        """The width for which the lines are made; 0 means that they must be made again."""
        self._rows, self._shown_width = 0, 0
        """The height for which the lines are arranged, and the width that the other panels were told last."""
        self.case: CaseFile | None = None
        self._view: View | None = None
        self._title = Content()
        self._lines_below = ""
        """The shown hint that lines are below the visible ones, "" if there are none."""
        self._value_index: int | None = None
        """The place of the selected value among the values, None if none is selected."""

    def compose(self) -> list[Static]:
        return [_PanelText(self._contents)]

    def watch_has_focus(self, has_focus: bool) -> None:  # noqa: FBT001 - the signature is Textual's
        super().watch_has_focus(has_focus)
        self._show_title()

    def _show_title(self) -> None:
        # A style rule for the title of the focused panel would draw its text again, one frame later.
        title = self._title
        self.border_title = title.stylize_before("bold $foreground") if self.has_focus else title

    def show(self, title: Content, case: CaseFile, view: View) -> None:
        """Show a case; if it is the same one, keep the cursor and the scroll position."""
        is_same = self.case is not None and self.case.header.id == case.header.id
        selected = self.selected
        self._title, self.case, self._view = title, case, view
        self._show_title()
        self.rebuild_lines()
        if not is_same:
            self._value_index = None
            self.scroll_home(animate=False)
        elif (found := self.selected) and selected and (found.field, found.label) != (selected.field, selected.label):
            # Other evidence has come: the cursor must not end up on another value.
            self._value_index = None
        self._show_lines_below()

    @property
    def facts(self) -> list[PanelLine]:
        """The lines that have a value: the cursor visits it, and it can be copied."""
        return [line for line in self._lines(self.size.width) if line.value]

    @property
    def selected(self) -> PanelLine | None:
        """The line with the selected value."""
        return self._selected_of(self._lines(self.size.width))

    def _selected_of(self, lines: Sequence[PanelLine]) -> PanelLine | None:
        values = [line for line in lines if line.value]
        return values[self._value_index] if self._value_index is not None and self._value_index < len(values) else None

    @property
    def field(self) -> str:
        """The name of the selected masked field; empty if none is selected."""
        return self.selected.field if self.selected is not None else ""

    def action_move(self, step: int, is_masked: bool = False) -> None:  # noqa: FBT001, FBT002 - the argument of a binding
        """Select the next value in a direction, or the next masked one; scroll if there is none nearby."""
        lines, top, height = self._lines(self.size.width), self.scroll_offset.y, self.size.height
        value_lines = [y for y, line in enumerate(lines) if line.value]
        current = self._value_index
        if current is None or current >= len(value_lines) or not top <= value_lines[current] < top + height:
            current = bisect_left(value_lines, top) - 1 if step > 0 else bisect_left(value_lines, top + height)
        candidates = range(current + step, len(value_lines) if step > 0 else -1, step)
        following = next((index for index in candidates if lines[value_lines[index]].field or not is_masked), None)
        # Without this limit, lines between two values would be skipped unread.
        if following is None or not (is_masked or top - height <= value_lines[following] < top + 2 * height):
            self.scroll_relative(y=step, animate=False)
            return
        self._value_index = following
        self.text.refresh()
        y = value_lines[following]
        if not top <= y < top + height:
            self.scroll_to(y=y if y < top else y - height + 1, animate=False, immediate=True)

    def watch_scroll_y(self, old: float, new: float) -> None:
        super().watch_scroll_y(old, new)
        self._show_lines_below()

    def _lines(self, width: int) -> Sequence[PanelLine]:
        """Return the lines for a width; none before a case is shown, or while the panel is hidden and has no width."""
        if self.case is None or self._view is None or not width:
            return ()
        is_whole = any(node.has_class("-zoomed") for node in self.ancestors)
        if (self._cached_width, self._view.is_whole) != (width, is_whole):
            self._view = replace(self._view, is_whole=is_whole)
            line_cells = min(width, MAX_LINE_CELLS) if self.id in _EVIDENCE else width
            self._cached_width, self._all_lines = width, self._lines_of(self.case, self._view, line_cells)
            self.fit_rows(self._rows, is_forced=True)
        return self._fitted_lines

    @property
    def needed_rows(self) -> int:
        """The lines that this panel needs at least to show everything."""
        lines = self._lines(self.size.width)
        return len([line for line in self._all_lines if line is not EMPTY]) if self.id in _EVIDENCE else len(lines)

    def fit_rows(self, rows: int, *, is_forced: bool = False) -> None:
        """Arrange the lines for a height; the layout sets it before it asks for the lines."""
        if rows == self._rows and not is_forced:
            return
        selected = self._selected_of(self._fitted_lines)
        fits = len(self._all_lines) <= rows or self.id not in _EVIDENCE
        self._rows, self._fitted_lines = rows, self._all_lines if fits else condensed(self._all_lines, rows)
        values = (line for line in self._fitted_lines if line.value)
        self._value_index = next((index for index, line in enumerate(values) if line is selected), self._value_index)

    def rebuild_lines(self) -> None:
        """Make the lines again, because another panel took or gave back some of them."""
        self._cached_width = 0
        self.text.refresh(layout=True)

    def _contents(self, width: int) -> Sequence[Content]:
        """Return the lines with the selected value highlighted."""
        lines = self._lines(width)
        selected = self._selected_of(lines)
        return [line.content.stylize("$text-accent reverse") if line is selected else line.content for line in lines]

    def _show_lines_below(self) -> None:
        below = len(self._lines(self.size.width)) - self.size.height - self.scroll_offset.y
        hint = f"{symbols_of(self).down} {_('{count} more').format(count=below)}" if below > 0 else ""
        if hint != self._lines_below:
            self._lines_below = hint
            self.border_subtitle = plain(hint)

    def on_resize(self, event: events.Resize) -> None:
        self._show_lines_below()
        if event.size.width != self._shown_width:
            self._shown_width = event.size.width
            self.post_message(self.WidthChanged())
