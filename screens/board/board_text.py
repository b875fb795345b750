"""The page of the board: the office, the people, and arrivals against verdicts."""

from collections.abc import Sequence

from textual.content import Content

from screens.shell.view import View
from screens.widgets.plots import column_rows
from screens.widgets.safe_text import ACCENT, MUTED, Part, flowing, joined, plain
from workbench.domain.filter.figures import OFFICE_FIGURES, PERSON_FIGURES, Board, BoardDay, BoardPerson, PersonFigure
from workbench.domain.text.safe import cells, pad_left, pad_right
from workbench.i18n import _
from workbench.wording.amounts import away_words, commas, day_on_screen

_NAME_CELLS, _MINUTES_CELLS, _AWAY_CELLS = 12, 9, 16
_LEFT_OUT = ("returned", "aside", "staged", "pending", "decided_today", "due_today")
"""The columns that a narrow window leaves out, the first ones first."""

_PLOT_LINES = 5
_CURSOR = "reverse"

Cell = tuple[int, int]
"""A place of the cursor: row 0 has the figures of the office, the other rows those of the people."""


def columns(width: int) -> list[PersonFigure]:
    """Return the figures of people that a window has room for."""
    shown = list(PERSON_FIGURES)
    for name in _LEFT_OUT:
        if sum(map(_width, shown)) + _NAME_CELLS + _MINUTES_CELLS + _AWAY_CELLS > width:
            shown = [figure for figure in shown if figure.name != name]
    return shown


def page_lines(board: Board, people: Sequence[BoardPerson], cursor: Cell, view: View, width: int) -> list[Content]:
    """Return the page; `people` are its rows in their order, and the figure of the cursor is marked."""
    lines = flowing([_office_cell(board, index, cursor) for index in range(len(OFFICE_FIGURES))], width)
    lines.append(Content())
    shown = columns(width)
    heading = "".join(pad_left(_(figure.label), _width(figure)) for figure in shown)
    heading += pad_left(_("minutes"), _MINUTES_CELLS)
    lines.append(plain(pad_right(_("Reviewer"), _NAME_CELLS) + heading, MUTED))
    for number, row in enumerate(people, 1):
        lines.append(_person_line(row, shown, cursor[1] if cursor[0] == number else None, view))
    return [*lines, Content(), *_plot(board.days, view)]


def _width(figure: PersonFigure) -> int:
    return max(6, cells(_(figure.label)) + 2)


def _office_cell(board: Board, index: int, cursor: Cell) -> Content:
    figure = OFFICE_FIGURES[index]
    number = board.counts[figure.name]
    style = _CURSOR if cursor == (0, index) else ("bold" if number else MUTED)
    return joined((f"{_(figure.label)} ", MUTED), (commas(number), style), ("   ", ""))


def _person_line(row: BoardPerson, shown: Sequence[PersonFigure], column: int | None, view: View) -> Content:
    name = _("nobody") if row.is_nobody else row.login
    parts: list[Part] = [(pad_right(name, _NAME_CELLS), MUTED if row.is_away else "bold")]
    for index, figure in enumerate(shown):
        number = row.counts[figure.name]
        text = commas(number) if number else "–"
        parts.append((" " * (_width(figure) - cells(text)), ""))
        parts.append((text, _CURSOR if index == column else ("" if number else MUTED)))
    minutes = "" if row.median_minutes is None else f"{row.median_minutes:.0f}"
    parts.append((pad_left(minutes, _MINUTES_CELLS), ""))
    parts.append((f"  {away_words(is_away=row.is_away, until=row.away_until, today=view.today)}", MUTED))
    return joined(*parts)


def _plot(days: Sequence[BoardDay], view: View) -> list[Content]:
    """Return a column for each working day: what arrived at the left, the verdicts at the right, on one scale."""
    arrived, decided = [day.arrived for day in days], [day.decided for day in days]
    greatest = max(*arrived, *decided, 1)
    # The largest column of both sets the scale, so that they can be compared.
    rows = [column_rows([*figures, greatest], _PLOT_LINES, view.symbols.bars) for figures in (arrived, decided)]
    width = len(days)
    titles = [f"{_('arrived')} {commas(sum(arrived))}", f"{_('decided')} {commas(sum(decided))}"]
    first, last = day_on_screen(days[0].on, view.today), day_on_screen(days[-1].on, view.today)
    scale = pad_right(first, width - cells(last)) + last
    lines = [plain("    ".join(pad_right(title, width) for title in titles), ACCENT)]
    lines += [plain("    ".join(row[:width] for row in pair)) for pair in zip(*rows, strict=True)]
    return [*lines, plain(f"{scale}    {scale}", MUTED)]
