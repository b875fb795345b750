"""The screen of the report: a line for each figure, and the rows and the definition of the one under the cursor."""

from collections.abc import Iterator
from typing import ClassVar

from textual import work
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content

from screens.shell.base_screen import attempt, in_thread
from screens.shell.bindings import bind, bind_key
from screens.shell.page_screen import PageScreen
from screens.shell.view import Clock, View
from screens.widgets.safe_text import ACCENT, MUTED, joined, plain, wrapped_lines
from workbench.domain.quality.period import Period
from workbench.domain.quality.report import FIGURES, Report
from workbench.domain.text.safe import cells, fit, pad_left, pad_right
from workbench.i18n import N_, _
from workbench.keys import board as keys
from workbench.keys.command import Command, Place
from workbench.services.wiring import Services
from workbench.wording.case.report import FigureTable, figure_tables, period_words

_NAME_CELLS, _TITLE_CELLS, _TEXT_CELLS = 24, 50, 96
_LEAST_BAR, _MOST_BAR = 8, 40
_HEAD_LINES = 3
"""The lines above the first figure."""


def _steps(command: Command) -> Iterator[tuple[str, int]]:
    """Return both keys of a command, each with its direction."""
    return zip(command.keys, (-1, 1), strict=True)


class ReportScreen(PageScreen):
    """Shows the report of a period."""

    PLACE: ClassVar[Place] = "report"
    READING = N_("Counting …")
    RELOAD = keys.RELOAD_REPORT
    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            bind_key(keys.MOVE_FIGURE, key, f"move({by})", priority=True)
            for key, by in zip(keys.MOVE_FIGURE.keys, (-1, 1), strict=True)
        ),
        *(
            bind_key(keys.PERIOD, key, f"load({by})", priority=True)
            for key, by in zip(keys.PERIOD.keys, (-1, 1), strict=True)
        ),
        bind(keys.RELOAD_REPORT, "load(0)"),
        bind(keys.LEAVE_REPORT, "desk"),
    ]
    footer_commands = (keys.MOVE_FIGURE, keys.PERIOD, keys.RELOAD_REPORT, keys.LEAVE_REPORT)
    """The commands in the footer, the most important first."""

    def __init__(self, clock: Clock, services: Services) -> None:
        super().__init__(clock, services)
        self.report: Report | None = None
        self.period: Period | None = None
        self.cursor = 0

    def on_screen_resume(self) -> None:
        self.draw()
        self.action_load(0)

    @work(exclusive=True, group="report")
    async def action_load(self, by: int) -> None:
        """Count the period that is so many periods later."""
        if self.period is not None:
            self.period = self.period.moved(by)
        found = await attempt(self, in_thread(self._read), self.show_failure)
        if found is not None:
            self.report, self.period = found, found.period
            self.draw()

    def _read(self) -> Report:
        reports = self.services.reports
        return reports.read(self.period or reports.last_month())

    def content(self) -> Content | None:
        """Return the figures, with the one under the cursor unfolded."""
        if self.report is None:
            return None
        lines = page_lines(self.report, self.cursor, self.view(), max(10, self.size.width - 6))
        return Content("\n").join(lines)

    def action_move(self, by: int) -> None:
        self.cursor = min(max(self.cursor + by, 0), len(FIGURES) - 1)
        self.draw()
        self.query_one("#page", VerticalScroll).scroll_to(y=self.cursor and _HEAD_LINES + self.cursor, animate=False)


def page_lines(report: Report, cursor: int, view: View, width: int) -> Iterator[Content]:
    """Yield the lines of the page; the figure at the cursor is followed by its definition and its rows."""
    yield joined((f"{period_words(report.period)}   ", "bold"), (f"{_('before')} {period_words(report.before)}", MUTED))
    command = f"workbench report --period {report.period.first}..{report.period.last} --html FILE"
    yield plain(fit(_("As a file: {command}").format(command=command), width), MUTED)
    yield Content()
    title_cells = min(width // 2 + 6, _TITLE_CELLS)
    for index, table in enumerate(figure_tables(report)):
        first = table.rows[0] if table.rows else None
        value = "–" if first is None else f"{first.name} {first.cells[0]}"
        title = pad_right(fit(table.title, title_cells), title_cells)
        yield joined((title, "reverse" if index == cursor else "bold"), (f" {value}", MUTED))
        if index == cursor:
            yield from wrapped_lines(table.definition, min(width, _TEXT_CELLS), MUTED)
            yield from _rows(table, view, width)
            yield Content()


def _rows(table: FigureTable, view: View, width: int) -> Iterator[Content]:
    """Yield the rows of a figure with a bar each; columns for which the window has no room are left out."""
    columns = [[heading, *(row.cells[index] for row in table.rows)] for index, heading in enumerate(table.headings)]
    widths = [max(map(cells, column)) + 2 for column in columns]
    while len(widths) > 1 and _NAME_CELLS + sum(widths) + _LEAST_BAR > width:
        widths.pop()
    longest = min(width - _NAME_CELLS - sum(widths) - 2, _MOST_BAR)
    shown = list(zip(table.headings, widths, strict=False))
    yield plain(" " * _NAME_CELLS + "".join(pad_left(heading, size) for heading, size in shown), MUTED)
    for row in table.rows:
        numbers = "".join(pad_left(cell, size) for cell, size in zip(row.cells, widths, strict=False))
        bar = view.symbols.bars[-1] * round(row.bar * longest)
        yield joined((pad_right(fit(row.name, _NAME_CELLS - 1), _NAME_CELLS), ""), (numbers, ""), (f"  {bar}", ACCENT))
