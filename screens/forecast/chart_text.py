"""The lines of the forecast screen: the forecast of the queue and the histogram of its simulations."""

from collections.abc import Sequence

from textual.content import Content

from screens.shell.view import View
from screens.widgets.plots import column_rows
from screens.widgets.safe_text import ACCENT, INFO, MUTED, WARNING, Part, joined, wrapped_lines
from workbench.domain.forecast.result import QueueForecast
from workbench.i18n import _, ngettext
from workbench.wording.amounts import count
from workbench.wording.forecast import figure, queue_lines, whole_days

_WIDEST = 96
_LEAST_SPAN_DAYS = 1.0
_TEXT_LINES = 17
"""The number of lines of text around the histogram, which takes the remaining height."""

_HIGHEST, _LOWEST = 14, 4


def forecast_lines(forecast: QueueForecast, view: View, width: int, height: int) -> Content:
    """Return the page: the number of reviewers, the forecast, the histogram and the data it is based on."""
    room = min(width, _WIDEST)
    lines = [_reviewers_line(forecast), Content()]
    for sentence in queue_lines(forecast, view.today):
        lines += wrapped_lines(sentence, room)
    if forecast.days:
        lines += [Content(), *_histogram(forecast, view, room, min(_HIGHEST, max(_LOWEST, height - _TEXT_LINES)))]
        lines += [Content(), *wrapped_lines(_basis(forecast), room, MUTED)]
    return Content("\n").join(lines)


def _reviewers_line(forecast: QueueForecast) -> Content:
    """Return the number of reviewers the forecast assumes, and the current number if it differs."""
    words = (
        ngettext("{count} reviewer", "{count} reviewers", forecast.reviewers).format(count=count(forecast.reviewers))
        if forecast.reviewers
        else _("no reviewers")
    )
    parts: list[Part] = [(words, ACCENT)]
    if forecast.reviewers == forecast.usual_reviewers:
        parts.append((f"  {_('as it is')}", MUTED))
    else:
        parts.append((f"  {_('what if; currently: {count}').format(count=count(forecast.usual_reviewers))}", WARNING))
    return joined(*parts)


def _histogram(forecast: QueueForecast, view: View, width: int, height: int) -> list[Content]:
    """Return the histogram of the simulations by working days, with marks at the two quantiles."""
    first, last = _span(forecast.days)
    cells = [min(int((day - first) / (last - first) * width), width - 1) for day in forecast.days]
    figures = [0] * width
    for cell in cells:
        figures[cell] += 1
    quantiles = (forecast.p50_days, forecast.p90_days)
    marks = {min(int((at - first) / (last - first) * width), width - 1) for at in quantiles}
    rows = column_rows(_smoothed(figures), height, view.symbols.bars)
    scale = "".join(view.symbols.up if cell in marks else view.symbols.rule for cell in range(width))
    left, right = figure(first), figure(last)
    middle = _("working days: {p50} in half of the runs, {p90} in nine of ten").format(
        p50=count(whole_days(forecast.p50_days)), p90=count(whole_days(forecast.p90_days))
    )
    return [
        joined((_("Simulation runs by the working days until the queue is cleared"), MUTED)),
        *(joined((row, INFO)) for row in rows),
        joined((scale, MUTED)),
        _scale_text(left, middle, right, width),
    ]


def _scale_text(left: str, middle: str, right: str, width: int) -> Content:
    words = joined((middle, ""))
    gap = width - len(left) - len(right) - words.cell_length
    if gap < 2:  # noqa: PLR2004 - a blank on either side
        return joined((left, MUTED), (" " * max(1, width - len(left) - len(right)), ""), (right, MUTED))
    before = gap // 2
    return Content.assemble(joined((left, MUTED)), " " * before, words, " " * (gap - before), joined((right, MUTED)))


def _span(days: Sequence[float]) -> tuple[float, float]:
    """Return the range of the horizontal axis, at least a day."""
    first, last = min(days), max(days)
    spare = max(0.0, _LEAST_SPAN_DAYS - (last - first)) / 2
    return max(0.0, first - spare), last + spare + 1e-6


def _smoothed(figures: Sequence[int]) -> list[int]:
    """Return a moving sum: few simulations on many columns would leave gaps."""
    reach = max(1, len(figures) // 24)
    return [sum(figures[max(0, at - reach) : at + reach + 1]) for at in range(len(figures))]


def _basis(forecast: QueueForecast) -> str:
    message = _("Based on {count} simulations of recent daily decisions (latest days weigh most) and absences.")
    if forecast.is_thin:
        message = _("Based on {count} simulations of the daily decisions per reviewer that the policy assumes.")
    return message.format(count=count(len(forecast.days)))
