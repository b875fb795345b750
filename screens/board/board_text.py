"""The page of the board: the office, the people, arrivals against verdicts, and the ages of open cases."""

from collections.abc import Sequence

from textual.content import Content

from screens.shell.view import View
from screens.widgets.plots import column_rows
from screens.widgets.safe_text import ACCENT, MUTED, Part, flowing, joined, plain
from workbench.domain.filter.figures import OFFICE_FIGURES, PERSON_FIGURES, Board, BoardPerson, PersonFigure
from workbench.domain.forecast.result import QueueForecast
from workbench.domain.text.safe import cells, pad_left, pad_right
from workbench.i18n import _
from workbench.wording.amounts import away_words, commas, day_on_screen

_NAME_CELLS, _MINUTES_CELLS, _AWAY_CELLS = 12, 9, 16
_LEFT_OUT = ("returned", "aside", "staged", "pending", "decided_today", "due_today")
"""The columns that a narrow window leaves out, the first ones first."""

_PLOT_LINES = 5
_GAP = 4
_UNKNOWN = "…"
_CURSOR = "reverse"

Cell = tuple[int, int]
"""A place of the cursor: row 0 has the figures of the office, the other rows those of the people."""


def fitting_figures(width: int) -> list[PersonFigure]:
    """Return the figures of people for which the window has room, each a column."""
    shown = list(PERSON_FIGURES)
    for name in _LEFT_OUT:
        if sum(map(_width, shown)) + _NAME_CELLS + _MINUTES_CELLS + _AWAY_CELLS > width:
            shown = [figure for figure in shown if figure.name != name]
    return shown


def page_lines(
    board: Board, people: Sequence[BoardPerson], clearing: QueueForecast | None, cursor: Cell, view: View, width: int
) -> list[Content]:
    """Return the page; `people` are its rows in their order, and the figure of the cursor is marked."""
    lines = flowing([_office_cell(board, index, cursor) for index in range(len(OFFICE_FIGURES))], width)
    lines.append(Content())
    shown = fitting_figures(width)
    heading = "".join(pad_left(_(figure.label), _width(figure)) for figure in shown)
    heading += pad_left(_("minutes"), _MINUTES_CELLS)
    lines.append(plain(pad_right(_("Reviewer"), _NAME_CELLS) + heading, MUTED))
    cursor_row, cursor_column = cursor
    for number, row in enumerate(people, 1):
        lines.append(_person_line(row, shown, cursor_column if cursor_row == number else None, view))
    return [*lines, Content(), *_clearing_lines(clearing), *_plots(board, view, width)]


def _clearing_lines(clearing: QueueForecast | None) -> list[Content]:
    """Return in how many working days the queue is cleared, nothing until it is known."""
    if clearing is None:
        return []
    days, reviewers = f"{clearing.p50_days:.1f}   ", commas(clearing.reviewers)
    label = _("working days to clear the queue")
    line = joined((f"{label} ", MUTED), (days, "bold"), (f"{_('with reviewers')} ", MUTED), (reviewers, "bold"))
    return [line, Content()]


def _width(figure: PersonFigure) -> int:
    """Return the width of the column of a figure."""
    return max(6, cells(_(figure.label)) + 2)


def _office_cell(board: Board, index: int, cursor: Cell) -> Content:
    figure = OFFICE_FIGURES[index]
    number = board.counts.get(figure.name)
    style = "bold" if number else MUTED
    if cursor == (0, index):
        style = _CURSOR
    return joined((f"{_(figure.label)} ", MUTED), (_figure_words(number), style), ("   ", ""))


def _figure_words(number: int | None) -> str:
    """Return a figure, or a sign for one that is not counted yet."""
    return _UNKNOWN if number is None else commas(number)


def _person_line(row: BoardPerson, shown: Sequence[PersonFigure], column: int | None, view: View) -> Content:
    name = _("nobody") if row.is_nobody else row.login
    parts: list[Part] = [(pad_right(name, _NAME_CELLS), MUTED if row.is_away else "bold")]
    for index, figure in enumerate(shown):
        number = row.counts.get(figure.name)
        text = "–" if number == 0 else _figure_words(number)
        style = "" if number else MUTED
        parts.append((" " * (_width(figure) - cells(text)), ""))
        parts.append((text, _CURSOR if index == column else style))
    minutes = "" if row.median_minutes is None else f"{row.median_minutes:.0f}"
    parts.append((pad_left(minutes, _MINUTES_CELLS), ""))
    parts.append((f"  {away_words(is_away=row.is_away, until=row.away_until, today=view.today)}", MUTED))
    return joined(*parts)


def _plots(board: Board, view: View, width: int) -> list[Content]:
    """Return columns for the working days, arrivals and verdicts on one scale, and for the ages of the open cases."""
    days = board.days
    ends = day_on_screen(days[0].on, view.today), day_on_screen(days[-1].on, view.today)
    arrived, decided = [day.arrived for day in days], [day.decided for day in days]
    greatest = max(*arrived, *decided, 1)
    flow = [_plot(_("arrived"), arrived, greatest, ends, view), _plot(_("verdicts"), decided, greatest, ends, view)]
    oldest = _("{days} days and more").format(days=len(board.ages) - 1)
    ages = _plot(_("age of open cases"), board.ages, max(board.ages), (_("today"), oldest), view)
    if sum(cells(plot[0]) + _GAP for plot in (*flow, ages)) <= width:
        return _beside([*flow, ages])
    return [*_beside(flow), Content(), *_beside([ages])]


def _plot(title: str, figures: Sequence[int], greatest: int, ends: tuple[str, str], view: View) -> list[str]:
    """Return the lines of one plot, all of one width; the words for both ends of its axis are below it."""
    # The greatest figure of all plots with this scale is drawn too and cut off.
    rows = [row[: len(figures)] for row in column_rows([*figures, greatest], _PLOT_LINES, view.symbols.bars)]
    first, last = ends
    axis = pad_right(first, len(figures) - cells(last)) + last
    lines = [f"{title} {commas(sum(figures))}", *rows, axis]
    return [pad_right(line, max(map(cells, lines))) for line in lines]


def _beside(plots: Sequence[Sequence[str]]) -> list[Content]:
    title, *rows = ((" " * _GAP).join(lines) for lines in zip(*plots, strict=True))
    return [plain(title, ACCENT), *map(plain, rows[:-1]), plain(rows[-1], MUTED)]
