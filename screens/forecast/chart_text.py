"""What the forecast screen says: how the queue goes, and how sure that is, as a picture."""

from collections.abc import Sequence

from textual.content import Content

from screens.shell.view import View
from screens.widgets.plots import column_rows
from screens.widgets.safe_text import BAD, FAINT, MINE, TOLD, UNEASY, Part, joined, plain, wrapped
from workbench.domain.forecast.result import QueueForecast
from workbench.errors import WorkbenchError
from workbench.i18n import _, ngettext
from workbench.wording.amounts import count
from workbench.wording.forecast import figure, queue_lines, whole_days

_WIDEST = 96
_LEAST_SPAN_DAYS = 1.0
_WORDS_LINES = 17
"""So many lines are words, marks and scale; the picture has the rest."""

_HIGHEST, _LOWEST = 14, 4


def reading_page() -> Content:
    """Say that the history is being read."""
    return joined((_("Reading the history …"), FAINT))


def broken_page(error: WorkbenchError) -> Content:
    """Say what happened and how to go on."""
    return Content("\n").join([joined((str(error), BAD)), joined((_("n looks again."), FAINT))])


def forecast_lines(forecast: QueueForecast, view: View, width: int, height: int) -> Content:
    """Return the screen: what is asked, how the queue goes, the picture, and what it leans on."""
    room = min(width, _WIDEST)
    lines = [_asked(forecast), Content()]
    for sentence in queue_lines(forecast, view.today):
        lines += [plain(part) for part in wrapped(sentence, room)]
    if forecast.days:
        lines += [Content(), *_picture(forecast, view, room, min(_HIGHEST, max(_LOWEST, height - _WORDS_LINES)))]
        lines += [Content(), *(plain(part, FAINT) for part in wrapped(_leans_on(forecast), room))]
    return Content("\n").join(lines)


def _asked(forecast: QueueForecast) -> Content:
    """Return with how many reviewers this counts, and with how many it would as things are."""
    words = (
        ngettext("{count} reviewer", "{count} reviewers", forecast.reviewers).format(count=count(forecast.reviewers))
        if forecast.reviewers
        else _("nobody is there")
    )
    parts: list[Part] = [(words, MINE)]
    if forecast.reviewers == forecast.usual_reviewers:
        parts.append((f"  {_('as it is')}", FAINT))
    else:
        parts.append((f"  {_('what if; as it is: {count}').format(count=count(forecast.usual_reviewers))}", UNEASY))
    return joined(*parts)


def _picture(forecast: QueueForecast, view: View, width: int, height: int) -> list[Content]:
    """Return how the simulated courses are spread over the days that they take, with marks under it."""
    first, last = _span(forecast.days)
    cells = [min(int((day - first) / (last - first) * width), width - 1) for day in forecast.days]
    figures = [0] * width
    for cell in cells:
        figures[cell] += 1
    told = (forecast.p50_days, forecast.p90_days)
    marks = {min(int((at - first) / (last - first) * width), width - 1) for at in told}
    rows = column_rows(_smoothed(figures), height, view.symbols.bars)
    scale = "".join(view.symbols.up if cell in marks else view.symbols.rule for cell in range(width))
    left, right = figure(first), figure(last)
    middle = _("working days: {p50} for one of two, {p90} for nine of ten").format(
        p50=count(whole_days(forecast.p50_days)), p90=count(whole_days(forecast.p90_days))
    )
    return [
        joined((_("How many simulated courses clear the queue in how many working days"), FAINT)),
        *(joined((row, TOLD)) for row in rows),
        joined((scale, FAINT)),
        _scale_words(left, middle, right, width),
    ]


def _scale_words(left: str, middle: str, right: str, width: int) -> Content:
    words = joined((middle, ""))
    gap = width - len(left) - len(right) - words.cell_length
    if gap < 2:  # noqa: PLR2004 - a blank on either side
        return joined((left, FAINT), (" " * max(1, width - len(left) - len(right)), ""), (right, FAINT))
    before = gap // 2
    return Content.assemble(joined((left, FAINT)), " " * before, words, " " * (gap - before), joined((right, FAINT)))


def _span(days: Sequence[float]) -> tuple[float, float]:
    """Return from where to where the picture goes: at least a day."""
    first, last = min(days), max(days)
    spare = max(0.0, _LEAST_SPAN_DAYS - (last - first)) / 2
    return max(0.0, first - spare), last + spare + 1e-6


def _smoothed(figures: Sequence[int]) -> list[int]:
    """Return figures with those beside them: a few courses on many cells would be a comb."""
    reach = max(1, len(figures) // 24)
    return [sum(figures[max(0, at - reach) : at + reach + 1]) for at in range(len(figures))]


def _leans_on(forecast: QueueForecast) -> str:
    if forecast.is_thin:
        return _("Simulated {count} times from what the policy assumes a reviewer decides a day.").format(
            count=count(len(forecast.days))
        )
    return _("Simulated {count} times from what was decided on recent days, the newest most, and who is away.").format(
        count=count(len(forecast.days))
    )
