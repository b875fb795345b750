"""The list of cases on the queue screen: reads its rows page by page, refreshes them and marks cases."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Literal

from textual import getters, on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input

from screens.queue.columns import RowContext
from screens.queue.layout import Preset
from screens.queue.notices import empty_notice, failure_notice
from screens.queue.row_text import heading_line, row_line
from screens.shell.base_screen import attempt, in_thread, report
from screens.shell.view import View
from screens.widgets.page_cache import PAGE_ROWS, PageCache
from screens.widgets.paged_list import PagedList
from screens.widgets.safe_text import MUTED, Static, key_hints, plain
from workbench.domain.filter.case_row import CaseRowView
from workbench.domain.filter.ordering import DEFAULT_LAYOUT, ListLayout, shown_layout
from workbench.errors import WorkbenchError
from workbench.i18n import _
from workbench.keys import queue
from workbench.keys.registry import with_keys
from workbench.services.wiring import Services
from workbench.wording.amounts import commas

if TYPE_CHECKING:
    from workbench.settings.queue_view import QueueView

MAX_MARKED = 5_000
"""The most cases that can be marked at once; of these, fewer can be moved at once."""

_READING_AFTER_S = 0.3


class CaseList(Vertical):
    """Shows the cases of a filter, or a notice that says why there are none."""

    rows = getters.query_one("#rows", PagedList)
    notice = getters.query_one("#notice", Static)

    class Changed(Message):
        """The rows, their count, the filter or the marks changed."""

    def __init__(
        self, view: Callable[[], View], services: Services, preset: Preset, layout: ListLayout = DEFAULT_LAYOUT
    ) -> None:
        super().__init__()
        self.preset = preset
        self.chosen_layout = layout
        self.filter_text = preset.filter_text
        self.open_count: int | None = None
        """The number of all open cases, None until they are counted."""
        self.is_stale = False
        """Whether the list has changed, but is not read again because a range is selected."""
        self.wants_end = False
        """Whether the cursor goes to the last row once the rows are counted."""
        self.counted_by = "state"
        """The property by which the cases were last counted."""
        self.view_name = ""
        """The name of the saved view that is shown, "" for the usual list."""
        self._view = view
        self._services = services
        self._is_filling = False

    def compose(self) -> ComposeResult:
        yield Static(id="titles", markup=False)
        yield PagedList(self._draw_row, id="rows")
        yield Static(id="notice", markup=False)

    @property
    def is_preset(self) -> bool:
        """Whether the filter is that of the preset."""
        return self.filter_text == self.preset.filter_text

    @property
    def shown_layout(self) -> ListLayout:
        """The order and the columns that are drawn: the chosen ones, or those of a list about lateness."""
        return shown_layout(self.chosen_layout, self.filter_text)

    def show_titles(self) -> None:
        """Show the titles of the columns."""
        self.query_one("#titles", Static).update(heading_line(self.row_width, self._view().symbols, self.shown_layout))

    @work(exclusive=True, group="list")
    async def load(self) -> None:
        """Reload the list and keep the cursor on its case."""
        rows, pages = self.rows, PageCache(self._services.queue, self.filter_text, self.shown_layout)
        if rows.pages is None:
            self.set_timer(_READING_AFTER_S, self._show_reading)
        try:
            at = await rows.open_pages(pages)
            rows.show(pages, at)
            self.is_stale = False
            self._show("rows" if pages.length else "nothing")
            await pages.count_all()
            rows.fit()
            if self.wants_end:
                rows.move_to(rows.length - 1)
                self.wants_end = False
            self._show("rows" if pages.length else "nothing")
            self.open_count = await asyncio.to_thread(self._services.queue.count) if self.filter_text else pages.count
        except WorkbenchError as error:
            self._show_failure(error)
            return
        self.post_message(self.Changed())

    @on(PagedList.Moved)
    def fill(self) -> None:
        """Read the visible pages that have not been read yet."""
        if not self._is_filling:
            self._is_filling = True
            self._fill()

    @work(group="fill")
    async def _fill(self) -> None:
        rows = self.rows
        try:
            while (missing := self._missing_page()) is not None:
                pages, number = missing
                await pages.read(number)
                rows.fit()
        except WorkbenchError as error:
            report(self, error)
        finally:
            self._is_filling = False

    def _missing_page(self) -> tuple[PageCache, int] | None:
        """Return the next page to read: first the visible pages, then the page below."""
        pages = self.rows.pages
        if pages is None:
            return None
        first, last = self.rows.visible_rows
        pages.mark_used(first, last)
        number = pages.missing(first, last + self.rows.size.height)
        return (pages, number) if number is not None else None

    @work(exclusive=True, group="refresh")
    async def read_again(self) -> None:
        """Read the visible rows again; load the list again if its order changed, but not while a range is selected."""
        pages = self.rows.pages
        if pages is None:
            return
        first, last = self.rows.visible_rows
        numbers = {*range(first // PAGE_ROWS, last // PAGE_ROWS + 1), self.rows.cursor // PAGE_ROWS}
        try:
            fetched = {number: await pages.fetch(number) for number in numbers}
            total = await asyncio.to_thread(self._services.queue.count, self.filter_text)
        except WorkbenchError:
            return
        if pages is not self.rows.pages:
            return
        if total == pages.count and all(pages.has_same_order(number, fresh) for number, fresh in fetched.items()):
            pages.replace(fetched)
            self.rows.refresh()
            self.fill()
        elif self.rows.range_from is None:
            await self.load().wait()
        else:
            self.is_stale = True
            self.post_message(self.Changed())

    def filter_by(self, text: str) -> None:
        """Show the cases of a filter; an empty text means the filter of the preset."""
        self.view_name = ""
        self.filter_text = text or self.preset.filter_text
        self.rows.clear()
        self._start_over()

    def show_view(self, view: "QueueView") -> None:
        """Show the cases of a saved view in its layout."""
        self.chosen_layout = view.layout
        self.filter_by(view.filter_text)
        self.view_name = view.shown_name
        self.post_message(self.Changed())

    def show_layout(self, layout: ListLayout) -> None:
        """Show the list in another order, or with other columns; the marks stay on their cases."""
        before, self.chosen_layout = self.chosen_layout, layout
        if layout.order == before.order:
            self.rows.refresh()
            self.post_message(self.Changed())
        else:
            self.rows.range_from = None
            self._start_over()

    def _start_over(self) -> None:
        """Read the list again from its first row."""
        # A worker that still runs would mark cases of the previous list.
        self.workers.cancel_group(self, "mark")
        self.rows.cursor = 0
        self.rows.pages = None
        self.wants_end = False
        self.rows.focus()
        self.load()

    def move(self, key: str) -> None:
        """Move the cursor for a movement key."""
        rows, page = self.rows, max(1, self.rows.size.height - 1)
        at = rows.cursor
        targets = {"up": at - 1, "down": at + 1, "pageup": at - page, "pagedown": at + page, "home": 0}
        self.wants_end = key == "end" and rows.pages is not None and rows.pages.count is None
        rows.move_to(targets.get(key, rows.length - 1))

    @work(exclusive=True, group="mark")
    async def mark_all(self) -> None:
        """Mark every case of the filter and show how many there are."""
        read = in_thread(self._services.queue.ids, self.filter_text, MAX_MARKED, self.chosen_layout.order)
        case_ids = await attempt(self, read)
        if case_ids is not None:
            self.rows.mark(case_ids)
            self._notify_marked(len(case_ids))

    @work(exclusive=True, group="mark")
    async def mark_range(self) -> None:
        """Mark the cases of the selected range, unless the order changed after the range was started."""
        selected, pages = self.rows.selected_range, self.rows.pages
        if selected is None or pages is None:
            return
        first, last = selected
        count = min(last - first + 1, MAX_MARKED)
        known_rows = [pages.row(index) for index in range(first, first + count)]
        case_ids = [row.id for row in known_rows if row is not None]
        if len(case_ids) < count:
            read = partial(
                self._services.queue.page, order=pages.layout.order, start=first, limit=count, total=pages.count
            )
            rows = await attempt(self, in_thread(read, self.filter_text))
            if rows is None:
                return
            case_ids = [row.id for row in rows]
            has_same_order = len(case_ids) == count and all(
                row is None or row.id == case_id for row, case_id in zip(known_rows, case_ids, strict=True)
            )
            if not has_same_order:
                message = _(
                    "The list changed while you selected the range, so nothing was marked. "
                    "Press {queue.again} to reload."
                )
                self.notify(with_keys(message), severity="warning")
                return
        self.rows.range_from = None
        self.rows.mark(case_ids)
        if last - first + 1 > count:
            self._notify_marked(len(case_ids))
        self.post_message(self.Changed())

    def _notify_marked(self, number: int) -> None:
        message = _("{count} marked.").format(count=commas(number))
        if number >= MAX_MARKED:
            message = _("Marked the first {count}, the most that can be marked at once.").format(count=commas(number))
        self.notify(message, timeout=5)
        self.post_message(self.Changed())

    def _show_failure(self, error: WorkbenchError) -> None:
        """Show that the list cannot be read; rows that were read before stay."""
        if self.rows.pages is not None:
            report(self, error)
        else:
            self.notice.update(failure_notice(error))
            self._show("broken")

    def _show_reading(self) -> None:
        if self.rows.pages is None and not self.has_class("-notice"):
            hint = key_hints((queue.RELOAD.key, _("reload the list")))
            self.notice.update(Content.assemble(plain(_("Loading the list …"), MUTED), "   ", hint))
            self.add_class("-notice")

    def _show(self, content: Literal["rows", "nothing", "broken"]) -> None:
        if content == "nothing":
            self.notice.update(empty_notice(self.preset.id, self.filter_text, is_preset=self.is_preset))
        self.set_class(content != "rows", "-notice")
        if content == "rows":
            # Later, as `focus` does, because a text field that was just opened must get the focus first.
            self.app.call_later(self._focus_rows)
        self.post_message(self.Changed())

    def _focus_rows(self) -> None:
        if not isinstance(self.screen.focused, Input):
            self.screen.set_focus(self.rows)

    @property
    def row_width(self) -> int:
        """The cells of a row."""
        # Always leave a cell for the scroll bar, so that columns do not shift when it appears.
        return max(10, self.screen.size.width - 2)

    def _draw_row(self, row: CaseRowView | None, is_marked: bool) -> Content:  # noqa: FBT001 - the list draws both
        view = self._view()
        if row is None:
            return plain(f"    {view.symbols.ellipsis}", MUTED)
        context = RowContext(row=row, view=view, login=self._services.actor.login, is_marked=is_marked)
        return Content.assemble(" ", row_line(context, self.row_width, self.shown_layout.columns))
