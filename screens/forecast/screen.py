"""The forecast screen: when the queue is cleared, with the current number of reviewers or another."""

from collections.abc import Sequence
from datetime import timedelta
from typing import ClassVar

from textual import work
from textual.binding import BindingType
from textual.content import Content
from textual.worker import Worker

from screens.shell.base_screen import attempt, in_thread
from screens.shell.bindings import bind
from screens.shell.page_screen import PageScreen
from screens.shell.view import Clock, View
from screens.widgets.plots import column_rows
from screens.widgets.safe_text import ACCENT, INFO, MUTED, WARNING, Part, joined, wrapped_lines
from workbench.domain.forecast.result import QueueForecast
from workbench.i18n import N_, _, ngettext
from workbench.keys import forecast as keys
from workbench.keys.command import Place
from workbench.services.wiring import Services
from workbench.wording.amounts import commas, short_figure
from workbench.wording.forecast import queue_lines, whole_days

MOST_REVIEWERS = 99
"""The most reviewers for whom the forecast can be asked."""

COMPUTE_EVERY = timedelta(minutes=10)
"""The shortest time between two forecasts that nobody asked for."""

_PAGE_PADDING = 4
_MAX_TEXT_CELLS = 96
"""The greatest width of a sentence; the histogram takes the whole window."""

_MIN_SPAN_DAYS = 1.0
"""The least range of the horizontal axis."""

_FRAME_LINES = 9
"""The lines around the texts: header, footer and padding of the screen, blanks, title and scale of the histogram."""

_MAX_BAR_LINES, _MIN_BAR_LINES = 24, 4
"""The greatest and the least height of the histogram."""


class ForecastScreen(PageScreen):
    """Shows the forecast of the queue for a number of reviewers."""

    PLACE: ClassVar[Place] = "forecast"
    READING = N_("Loading the history …")
    RELOAD = keys.RELOAD
    BINDINGS: ClassVar[list[BindingType]] = [
        bind(keys.MORE, "change(1)"),
        bind(keys.FEWER, "change(-1)"),
        bind(keys.ACTUAL_REVIEWERS, "as_it_is"),
        bind(keys.RELOAD, "load"),
        bind(keys.LEAVE_FORECAST, "desk"),
    ]

    def __init__(self, clock: Clock, services: Services) -> None:
        super().__init__(clock, services)
        self.forecast: QueueForecast | None = None
        self.reviewers: int | None = None
        self._computed_at = clock.now()

    def on_screen_resume(self) -> None:
        self.draw()
        self.action_load()

    @work(exclusive=True, group="forecast")
    async def action_load(self) -> None:
        """Compute the forecast for the selected number of reviewers."""
        self._computed_at = self.clock.now()
        # The thread also imports the modules of the forecast.
        compute = in_thread(lambda: self.services.forecasts.of_queue(self.reviewers))
        forecast = await attempt(self, compute, self.show_failure)
        if forecast is not None:
            self.forecast = forecast
            self.draw()

    def read_again(self) -> Worker[None] | None:
        """Compute the forecast again after ten minutes: it takes long, and one act of a colleague hardly changes it."""
        return self.action_load() if self.clock.now() - self._computed_at >= COMPUTE_EVERY else None

    def content(self) -> Content | None:
        """Return the forecast."""
        if self.forecast is None:
            return None
        width = max(10, self.size.width - 2 * _PAGE_PADDING + 2)
        return forecast_lines(self.forecast, self.view(), width, self.size.height)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "change":
            if self.forecast is None:
                return None
            reviewers = self._effective_reviewers() + (1 if parameters == (1,) else -1)
            return True if 1 <= reviewers <= MOST_REVIEWERS else None
        if action == "as_it_is":
            return True if self.reviewers is not None else None
        return True

    def action_change(self, by: int) -> None:
        self.reviewers = self._effective_reviewers() + by
        self.action_load()
        self.refresh_bindings()

    def action_as_it_is(self) -> None:
        self.reviewers = None
        self.action_load()

    def _effective_reviewers(self) -> int:
        """Return the selected number of reviewers, by default the usual one.

        The selected number counts before its forecast is computed, so that key presses add up.
        """
        if self.reviewers is not None:
            return self.reviewers
        return self.forecast.usual_reviewers if self.forecast is not None else 1


def forecast_lines(forecast: QueueForecast, view: View, width: int, height: int) -> Content:
    """Return the page: the number of reviewers, the forecast, the histogram and the data it is based on."""
    room = min(width, _MAX_TEXT_CELLS)
    lines = [_reviewers_line(forecast), Content()]
    for sentence in queue_lines(forecast, view.today):
        lines += wrapped_lines(sentence, room)
    if forecast.days:
        basis = wrapped_lines(_basis(forecast), room, MUTED)
        bars = min(_MAX_BAR_LINES, max(_MIN_BAR_LINES, height - _FRAME_LINES - len(lines) - len(basis)))
        lines += [Content(), *_histogram(forecast, view, width, bars), Content(), *basis]
    return Content("\n").join(lines)


def _reviewers_line(forecast: QueueForecast) -> Content:
    """Return the number of reviewers the forecast assumes, and the current number if it differs."""
    words = _("no reviewers")
    if forecast.reviewers:
        words = ngettext("{count} reviewer", "{count} reviewers", forecast.reviewers)
    words = words.format(count=commas(forecast.reviewers))
    beside: Part = (f"  {_('as it is')}", MUTED)
    if forecast.reviewers != forecast.usual_reviewers:
        beside = (f"  {_('what if; currently: {count}').format(count=commas(forecast.usual_reviewers))}", WARNING)
    return joined((words, ACCENT), beside)


def _histogram(forecast: QueueForecast, view: View, width: int, height: int) -> list[Content]:
    """Return the histogram of the simulations by working days, with marks at the two quantiles."""
    first, last = _span(forecast.days)

    def column(days: float) -> int:
        return min(int((days - first) / (last - first) * width), width - 1)

    figures = [0] * width
    for days in forecast.days:
        figures[column(days)] += 1
    marks = {column(forecast.p50_days), column(forecast.p90_days)}
    rows = column_rows(_smoothed(figures), height, view.symbols.bars)
    scale = "".join(view.symbols.up if cell in marks else view.symbols.rule for cell in range(width))
    left, right = short_figure(first), short_figure(last)
    middle = _("working days: {p50} in half of the runs, {p90} in nine of ten").format(
        p50=commas(whole_days(forecast.p50_days)), p90=commas(whole_days(forecast.p90_days))
    )
    return [
        joined((_("Simulation runs by the working days until the queue is cleared"), MUTED)),
        *(joined((row, INFO)) for row in rows),
        joined((scale, MUTED)),
        _scale_text(left, middle, right, width),
    ]


def _scale_text(left: str, middle: str, right: str, width: int) -> Content:
    """Return the line below the scale: the ends of the axis, and between them the quantiles if there is room."""
    words = joined((middle, ""))
    gap = width - len(left) - len(right) - words.cell_length
    if gap < 2:  # noqa: PLR2004 - a blank on either side
        return joined((left, MUTED), (" " * max(1, width - len(left) - len(right)), ""), (right, MUTED))
    before = gap // 2
    return Content.assemble(joined((left, MUTED)), " " * before, words, " " * (gap - before), joined((right, MUTED)))


def _span(days: Sequence[float]) -> tuple[float, float]:
    """Return the range of the horizontal axis, at least a day."""
    first, last = min(days), max(days)
    spare = max(0.0, _MIN_SPAN_DAYS - (last - first)) / 2
    return max(0.0, first - spare), last + spare + 1e-6


def _smoothed(figures: Sequence[int]) -> list[int]:
    """Return a moving sum: few simulations on many columns would leave gaps."""
    reach = max(1, len(figures) // 24)
    return [sum(figures[max(0, at - reach) : at + reach + 1]) for at in range(len(figures))]


def _basis(forecast: QueueForecast) -> str:
    """Return on what data the forecast is based."""
    message = _("Based on {count} simulations of recent daily decisions (latest days weigh most) and absences.")
    if forecast.is_thin:
        message = _("Based on {count} simulations of the daily decisions per reviewer that the policy assumes.")
    return message.format(count=commas(len(forecast.days)))
