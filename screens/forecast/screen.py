"""The forecast screen: when the queue is cleared, with the current number of reviewers or another."""

import asyncio
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import getters, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from screens.forecast.chart_text import forecast_lines
from screens.shell.base_screen import ModeScreen, attempt, report
from screens.shell.bindings import bind
from screens.shell.clock import Clock
from screens.shell.header import HeaderBar, title_line, who_line
from screens.widgets.safe_text import ERROR, MUTED, plain
from workbench.errors import WorkbenchError
from workbench.i18n import _
from workbench.keys import forecast as keys
from workbench.keys.command import Command, Place
from workbench.services.wiring import Services

if TYPE_CHECKING:
    from workbench.domain.forecast.result import QueueForecast

MOST_REVIEWERS = 99
_PAGE_PADDING = 4


class ForecastScreen(ModeScreen):
    """Shows the forecast of the queue for a number of reviewers."""

    CSS_PATH = "forecast.tcss"
    PLACE: ClassVar[Place] = "forecast"
    AUTO_FOCUS = "#page"
    BINDINGS: ClassVar[list[BindingType]] = [
        bind(keys.MORE, "change(1)"),
        bind(keys.FEWER, "change(-1)"),
        bind(keys.ACTUAL_REVIEWERS, "as_it_is"),
        bind(keys.RELOAD, "load"),
        bind(keys.LEAVE_FORECAST, "desk"),
    ]

    page = getters.query_one("#page > Static", Static)

    def __init__(self, clock: Clock, services: Services) -> None:
        super().__init__(clock, services)
        self.forecast: QueueForecast | None = None
        self.reviewers: int | None = None

    def parts(self) -> ComposeResult:
        with VerticalScroll(id="page"):
            yield Static(plain(_("Loading the history …"), MUTED), markup=False)

    def on_screen_resume(self) -> None:
        self.show_header()
        self.action_load()

    def on_resize(self) -> None:
        self.show_header()
        self.show_forecast()

    @property
    def footer_commands(self) -> tuple[Command, ...]:
        """The commands in the footer."""
        return (keys.MORE, keys.FEWER, keys.ACTUAL_REVIEWERS, keys.LEAVE_FORECAST)

    @work(exclusive=True, group="forecast")
    async def action_load(self) -> None:
        """Compute the forecast for the selected number of reviewers."""
        # The thread also imports the modules of the forecast.
        compute = partial(asyncio.to_thread, lambda: self.services.forecasts.of_queue(self.reviewers))
        found = await attempt(self, compute, self._show_failure)
        if found is not None:
            self.forecast = found
            self.show_forecast()

    def _show_failure(self, error: WorkbenchError) -> None:
        """Show an error; a forecast that was shown before stays."""
        if self.forecast is None:
            self.page.update(Content("\n").join([plain(str(error), ERROR), plain(_("Press n to reload."), MUTED)]))
        else:
            report(self, error)

    def show_header(self) -> None:
        """Show the header."""
        view = self.view()
        right = who_line(self.services.actor.login, None, view)
        self.query_one(HeaderBar).update(title_line(_("Forecast"), None, right, view, max(10, self.size.width - 2)))

    def show_forecast(self) -> None:
        """Show the forecast."""
        if self.forecast is not None:
            width = max(10, self.size.width - 2 * _PAGE_PADDING + 2)
            self.page.update(forecast_lines(self.forecast, self.view(), width, self.size.height))
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "change":
            if self.forecast is None:
                return None
            wanted = self._reviewers() + (1 if parameters == (1,) else -1)
            return True if 1 <= wanted <= MOST_REVIEWERS else None
        if action == "as_it_is":
            return True if self.reviewers is not None else None
        return True

    def action_change(self, by: int) -> None:
        self.reviewers = self._reviewers() + by
        self.action_load()
        self.refresh_bindings()

    def action_as_it_is(self) -> None:
        self.reviewers = None
        self.action_load()

    def _reviewers(self) -> int:
        """Return the selected number of reviewers; key presses add up before the forecast is computed."""
        if self.reviewers is not None:
            return self.reviewers
        return self.forecast.usual_reviewers if self.forecast is not None else 1
