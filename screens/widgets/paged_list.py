"""A list of any length that draws only the visible rows, and asks for pages that have not been read yet."""

from collections.abc import Callable, Iterable
from typing import ClassVar

from textual import events
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.visual import Visual

from screens.widgets.page_cache import PageCache
from screens.widgets.safe_text import row_text
from workbench.domain.case.case_id import format_case
from workbench.domain.filter.case_row import CaseRowView

Draw = Callable[[CaseRowView | None, bool], Content]
"""Returns the line of a row, which may be marked; the row is None if it has not been read yet."""


class PagedList(ScrollView, can_focus=True, inherit_bindings=False):
    """A list of cases with a cursor and marks.

    Marks are case ids, so that they stay on their cases when the list is reloaded.
    """

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {"paged-list--cursor", "paged-list--marked"}
    DEFAULT_CSS = """
    PagedList {
        height: 1fr; overflow-x: hidden; overflow-y: auto; scrollbar-size-vertical: 1; background: $background;
        & > .paged-list--cursor { background: $block-cursor-blurred-background; }
        & > .paged-list--marked { background: $accent 12%; }
        &:focus > .paged-list--cursor { color: $block-cursor-foreground; background: $block-cursor-background; }
    }
    """

    class Moved(Message):
        """The cursor or the visible rows moved, so that other pages may be needed."""

    class RowClicked(Message):
        """The row under the cursor was clicked."""

    def __init__(self, draw: Draw, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._draw = draw
        self.pages: PageCache | None = None
        self.cursor = 0
        self.marks: set[int] = set()
        self.range_from: int | None = None
        """The row at which the selected range began, None while no range is selected."""

    @property
    def current(self) -> CaseRowView | None:
        """The row under the cursor."""
        return self.pages.row(self.cursor) if self.pages is not None else None

    @property
    def marked_or_current(self) -> tuple[int, ...]:
        """The marked cases, or else the one under the cursor."""
        row = self.current
        return tuple(sorted(self.marks)) or ((row.id,) if row is not None else ())

    @property
    def length(self) -> int:
        """The number of rows, as far as it is known."""
        return self.pages.length if self.pages is not None else 0

    @property
    def visible_rows(self) -> tuple[int, int]:
        """The first and the last visible row."""
        first = self.scroll_offset.y
        return first, max(first, min(first + max(1, self.size.height), self.length) - 1)

    @property
    def selected_range(self) -> tuple[int, int] | None:
        """The first and the last row of the range that is being selected."""
        if self.range_from is None:
            return None
        return min(self.range_from, self.cursor), max(self.range_from, self.cursor)

    async def text_to_copy(self) -> str | None:
        """Return the rows of the range or the marked rows, or else the row under the cursor, one row on each line.

        A marked row that has not been read is copied as the number of its case.
        """
        pages = self.pages
        if pages is None or not pages.length:
            return None
        without_range = (0, self.length - 1) if self.marks else (self.cursor, self.cursor)
        first, last = self.selected_range or without_range
        rows = [row for index in range(first, last + 1) if (row := pages.row(index)) is not None]
        unread: list[int] = []
        if self.marks and self.selected_range is None:
            rows = [row for row in rows if row.id in self.marks]
            unread = sorted(self.marks.difference(row.id for row in rows))
        read = [row_text(self._draw(row, False).plain) for row in rows]  # noqa: FBT003 - copied without its mark
        return "\n".join([*read, *map(format_case, unread)]) or None

    async def open_pages(self, pages: PageCache) -> int:
        """Read the page of the case under the cursor, and return its row; do it again if the cursor moves meanwhile.

        Raises:
            WorkbenchError: If it cannot be read.
        """
        while True:
            case, cursor = self.current, self.cursor
            at = await pages.open_at(case.id if case is not None else None, cursor)
            if cursor == self.cursor:
                return at

    def show(self, pages: PageCache, cursor: int) -> None:
        """Show newly loaded pages.

        A list that shows its first row goes on showing it. Otherwise the cursor stays on its line of the window.
        """
        from_top = self.cursor - self.scroll_offset.y if self.pages is not None else cursor
        # With the mouse, a person may have scrolled the cursor out of view.
        is_visible = self.pages is None or 0 <= from_top < self.size.height
        self.pages, self.range_from = pages, None
        self.cursor = max(0, min(cursor, pages.length - 1))
        self.fit()
        top = max(0, self.cursor - from_top) if self.scroll_offset.y else 0
        self.scroll_to(y=top, animate=False, immediate=True)
        if is_visible:
            self._follow()
        self.refresh()

    def fit(self) -> None:
        """Adjust the cursor and the scroll area to the known length, and redraw."""
        self.cursor = max(0, min(self.cursor, self.length - 1))
        self.virtual_size = Size(max(1, self.size.width), self.length)
        self.refresh()

    def move_to(self, row: int) -> None:
        """Move the cursor to a row and scroll to it."""
        before, self.cursor = self.cursor, max(0, min(row, self.length - 1))
        self._follow()
        first, last = self.selected_range or (self.cursor, self.cursor)
        start = min(first, before)
        self.refresh_lines(start, max(last, before) - start + 1)
        self.post_message(self.Moved())

    def mark(self, case_ids: Iterable[int]) -> None:
        """Mark cases."""
        self.marks.update(case_ids)
        self.refresh()

    def toggle(self) -> None:
        """Mark or unmark the row under the cursor and move to the next."""
        row = self.current
        if row is not None:
            self.marks.symmetric_difference_update({row.id})
            self.move_to(self.cursor + 1)

    def clear(self) -> None:
        """Remove all marks and the range."""
        self.marks.clear()
        self.range_from = None
        self.refresh()

    def render_line(self, y: int) -> Strip:
        index = self.scroll_offset.y + y
        width = self.size.width
        if self.pages is None or index >= self.length:
            return Strip.blank(width, self.visual_style.rich_style)
        row, selected = self.pages.row(index), self.selected_range
        is_selected = selected is not None and selected[0] <= index <= selected[1]
        is_marked = is_selected or (row is not None and row.id in self.marks)
        line = self._draw(row, is_marked)
        style = self.visual_style
        if is_marked:
            style = self.get_visual_style("paged-list--marked")
        if index == self.cursor:
            style = self.get_visual_style("paged-list--cursor")
        strips = Visual.to_strips(self, line, width, 1, style, pad=True, apply_selection=False)
        return strips[0].crop(0, width) if strips else Strip.blank(width, style.rich_style)

    def on_resize(self) -> None:
        self.fit()
        self._follow()
        self.post_message(self.Moved())

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        if round(old_value) != round(new_value):
            self.post_message(self.Moved())

    async def on_click(self, event: events.Click) -> None:
        """Move the cursor to the clicked row; a click on the cursor opens it."""
        index = self.scroll_offset.y + event.y
        if index >= self.length:
            return
        if index == self.cursor:
            self.post_message(self.RowClicked())
        else:
            self.move_to(index)

    def _follow(self) -> None:
        """Scroll the cursor into view."""
        first = self.scroll_offset.y
        nearest = min(max(first, self.cursor - max(1, self.size.height) + 1), self.cursor)
        if nearest != first:
            self.scroll_to(y=nearest, animate=False, immediate=True)
