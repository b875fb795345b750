"""The queue as it is seen: head, filter line, rows or a page instead; and how it is read."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from textual import getters, on, work
from textual.app import ComposeResult
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from screens.queue.filter_bar import FilterBar
from screens.queue.messages import broken_page, empty_page, head_line, reading_page
from screens.queue.row_text import Seen, coming_line, heading_line, row_line
from screens.shell.base_screen import TooSmall, WorkScreen
from screens.shell.clock import ZONE, Clock
from screens.shell.footer import Hints
from screens.shell.header import Head
from screens.shell.symbols import symbols_of
from screens.shell.view import View
from screens.widgets.page_cache import PAGE, RowPages
from screens.widgets.paged_list import RowLook, RowView
from workbench.errors import WorkbenchError
from workbench.i18n import _

if TYPE_CHECKING:
    from screens.service_protocols import ScreenServices
    from workbench.domain.case.casefile import CaseRowView

TICK_S = 1.0
LOOK_EVERY_TICKS = 60
"""A tick is a second; each minute it is looked whether the list has changed."""

_READING_AFTER_S = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """A list of its own: its message in the head, the filter that it begins with and comes back to."""

    id: str
    name: str
    filter_text: str


class QueueFace(WorkScreen):
    """A list of cases of any length, read page by page."""

    CSS_PATH = Path(__file__).with_name("queue.tcss")
    AUTO_FOCUS = "#rows"

    rows = getters.query_one("#rows", RowView)
    bar = getters.query_one(FilterBar)
    page = getters.query_one("#page", Static)

    def __init__(self, clock: Clock, services: "ScreenServices", preset: Preset) -> None:
        super().__init__()
        self.clock = clock
        self.services = services
        self.preset = preset
        self.filter_text = preset.filter_text
        self.all_count: int | None = None
        self.is_changed = False
        self.wants_end = False
        self._is_filling = False
        self._is_covered = False
        self._shown_minute = ""
        self._ticks = 0

    def compose(self) -> ComposeResult:
        yield Head()
        yield FilterBar()
        yield Static(id="titles", markup=False)
        yield RowView(self._line, id="rows")
        yield Static(id="page", markup=False)
        yield Hints()
        yield TooSmall()

    def on_mount(self) -> None:
        self.set_interval(TICK_S, self.tick)
        self.show_head()

    def on_resize(self) -> None:
        self.show_head()

    def on_screen_suspend(self) -> None:
        self._is_covered = isinstance(self.app.screen, ModalScreen)

    def on_screen_resume(self) -> None:
        # A dialog over the list changed nothing that is seen; whoever was elsewhere wants it as it is now.
        if not self._is_covered:
            self.load()

    @work(exclusive=True, group="list")
    async def load(self) -> None:
        """Read the list again, the cursor on the case where it was."""
        rows, pages = self.rows, RowPages(self.services.queue, self.filter_text)
        if rows.pages is None:
            self.set_timer(_READING_AFTER_S, self._say_reading)
        case = rows.current
        try:
            at = await pages.begin(case.id if case is not None else None, rows.cursor)
            rows.show(pages, at)
            self.is_changed = False
            self._show("rows" if pages.length else "nothing")
            await pages.count_all()
            self._take_count(pages)
            self.all_count = await asyncio.to_thread(self.services.queue.count) if self.filter_text else pages.count
        except WorkbenchError as error:
            self.break_down(error)
            return
        self.show_head()

    def _take_count(self, pages: RowPages) -> None:
        rows = self.rows
        rows.fit()
        if self.wants_end:
            rows.move_to(rows.length - 1)
        self._show("rows" if pages.length else "nothing")
        self.show_head()

    @on(RowView.Moved)
    def fill(self) -> None:
        """Read what is seen and not there yet."""
        if not self._is_filling:
            self._is_filling = True
            self._fill()

    @work(group="fill")
    async def _fill(self) -> None:
        rows = self.rows
        try:
            while (wanted := self._wanted()) is not None:
                pages, number = wanted
                await pages.read(number)
                rows.fit()
        except WorkbenchError as error:
            self.complain(error)
        finally:
            self._is_filling = False

    def _wanted(self) -> tuple[RowPages, int] | None:
        """Return the page to read next: one that is seen, else the one below."""
        pages = self.rows.pages
        if pages is None:
            return None
        first, last = self.rows.window
        pages.touch(first, last)
        number = pages.missing(first, last + self.rows.size.height)
        return (pages, number) if number is not None else None

    @work(exclusive=True, group="look")
    async def look(self) -> None:
        """Look at what is seen again: take it if nothing moves by that, else say that it has changed."""
        pages = self.rows.pages
        if pages is None or self.is_changed:
            return
        first, last = self.rows.window
        try:
            found = [(number, await pages.fetch(number)) for number in range(first // PAGE, last // PAGE + 1)]
            count = await asyncio.to_thread(self.services.queue.count, self.filter_text)
        except WorkbenchError:
            # It shows at the next act; a list that stands still is no failure.
            return
        if pages is not self.rows.pages:
            return
        stays = count == pages.count and all(_has_same(pages, number, fresh) for number, fresh in found)
        if stays:
            for number, fresh in found:
                pages.put(number, fresh)
            self.rows.refresh()
        else:
            self.is_changed = True
            self.show_head()

    def tick(self) -> None:
        """Let time pass."""
        self._ticks += 1
        view = self.view()
        if view.clock(view.now) != self._shown_minute:
            self.show_head()
            self.rows.refresh()
        if self._ticks % LOOK_EVERY_TICKS == 0 and self.is_current:
            self.look()

    def complain(self, error: WorkbenchError) -> None:
        """Say what could not be done."""
        self.notify(str(error), severity="error", markup=False, timeout=8)

    def break_down(self, error: WorkbenchError) -> None:
        """Say that the list cannot be read; what was read before stays."""
        if self.rows.pages is not None:
            self.complain(error)
            return
        self.page.update(broken_page(error))
        self._show("broken")

    def view(self) -> View:
        """Return from where the list is looked at now."""
        return View(now=self.clock.now(), zone=ZONE, symbols=symbols_of(self))

    def show_head(self) -> None:
        """Show the line above and the titles of the columns."""
        view, width = self.view(), max(10, self.size.width - 2)
        self._shown_minute = view.clock(view.now)
        self.query_one(Head).update(head_line(self, view, width))
        self.query_one("#titles", Static).update(heading_line(self._row_width(), view.symbols))
        self.refresh_bindings()

    def _say_reading(self) -> None:
        if self.rows.pages is None and not self.has_class("-page"):
            self.page.update(reading_page())
            self.add_class("-page")

    def _show(self, what: Literal["rows", "nothing", "broken"]) -> None:
        if what == "nothing":
            self.page.update(empty_page(self.preset.id, self.filter_text, is_preset=self.is_preset))
        self.set_class(what != "rows", "-page")
        if what == "rows" and not self.bar.is_open:
            self.rows.focus()
        self.refresh_bindings()

    @property
    def title_words(self) -> str:
        """What the list is called."""
        return _(self.preset.name)

    @property
    def is_preset(self) -> bool:
        """Whether the filter is the one that the list begins with."""
        return self.filter_text == self.preset.filter_text

    def _row_width(self) -> int:
        # Without the cell of the scroll bar, whether it is there or not: columns must not jump.
        return max(10, self.size.width - 2)

    def _line(self, row: "CaseRowView | None", look: RowLook) -> Content:
        view = self.view()
        if row is None:
            return Content.assemble(" ", coming_line(view.symbols))
        seen = Seen(row=row, view=view, login=self.services.actor.login, is_marked=look.is_marked)
        return Content.assemble(" ", row_line(seen, self._row_width()))


def _has_same(pages: RowPages, number: int, fresh: "tuple[CaseRowView, ...]") -> bool:
    """Say whether a page shows the same cases in the same order as before."""
    before = [pages.row(number * PAGE + at) for at in range(len(fresh))]
    return [row.id if row is not None else None for row in before] == [row.id for row in fresh]
