"""The base of the screen of the queue: a filter line and a list of cases."""

from collections.abc import Callable
from functools import partial
from typing import ClassVar

from textual import getters, on
from textual.app import ComposeResult

from screens.queue.case_list import CaseList
from screens.queue.filter_bar import FilterBar
from screens.queue.header_line import header_line
from screens.queue.layout import Preset, usable_layout
from screens.shell.base_screen import ModeScreen
from screens.shell.header import HeaderBar
from screens.shell.view import Clock
from screens.widgets.paged_list import PagedList
from screens.widgets.time_field import time_reader
from workbench.domain.clock.typed.reading import read_date
from workbench.domain.clock.typed.tense import Tense
from workbench.keys.command import Place
from workbench.services.wiring import Services
from workbench.settings.look import Look
from workbench.settings.saved_views import SavedViews

TICK_S = 1.0


class ListScreen(ModeScreen):
    """Shows the cases of a preset with their header, both kept up to date; its subclass has the keys."""

    CSS_PATH = "queue.tcss"
    PLACE: ClassVar[Place] = "queue"
    AUTO_FOCUS = "#rows"

    cases = getters.query_one(CaseList)
    rows = getters.query_one("#rows", PagedList)
    bar = getters.query_one(FilterBar)

    def __init__(
        self,
        clock: Clock,
        services: Services,
        preset: Preset,
        open_case: Callable[[int], object],
        look: Look,
        views: SavedViews,
    ) -> None:
        super().__init__(clock, services)
        self.preset = preset
        self._open_case = open_case
        self.look = look
        self.views = views
        self._shown_minute = ""

    def parts(self) -> ComposeResult:
        load_reader = partial(time_reader, self.services, self.clock.now, read_date, Tense.ANY)
        yield FilterBar(load_reader, self.services.queue.filter_values)
        yield CaseList(self.view, self.services, self.preset, usable_layout(self.look.layout(self.preset.id)))

    def on_mount(self) -> None:
        self.set_interval(TICK_S, self.tick)
        self.show_header()

    def on_resize(self) -> None:
        self.show_header()

    def on_screen_resume(self) -> None:
        if not self.is_covered:
            self.cases.load()

    def tick(self) -> None:
        """Update the clock."""
        view = self.view()
        if view.time_of_day(view.now) != self._shown_minute:
            self.show_header()
            self.rows.refresh()

    @on(CaseList.Changed)
    def show_header(self) -> None:
        """Show the header, the titles of the columns and the keys that work."""
        view = self.view()
        self._shown_minute = view.time_of_day(view.now)
        line = header_line(self.cases, self.services.actor.login, view, max(10, self.size.width - 2))
        self.query_one(HeaderBar).update(line)
        self.cases.show_titles()
        self.refresh_bindings()
