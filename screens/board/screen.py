"""The screen of the board: a figure under the cursor, and the list of exactly the cases that it counts."""

import asyncio
from collections.abc import Callable, Set
from functools import partial, partialmethod
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import BindingType
from textual.content import Content

from screens.board.board_text import Cell, fitting_figures, page_lines
from screens.shell.base_screen import attempt, in_thread, unreported
from screens.shell.bindings import bind, bind_key
from screens.shell.page_screen import PageScreen
from screens.shell.view import Clock
from workbench.domain.filter.figures import (
    FORECAST_FIGURES,
    LIKELY_LATE,
    NOBODY,
    OFFICE_FIGURES,
    Board,
    BoardPerson,
    movable_filter,
)
from workbench.domain.forecast.result import QueueForecast
from workbench.i18n import N_, _
from workbench.keys import board as keys
from workbench.keys.command import Place
from workbench.services.wiring import Services

if TYPE_CHECKING:
    from screens.dialogs.assign import CaseChoice

MOST_REVIEWERS = 999
"""The most reviewers for whom the forecast of the queue can be asked."""

MOST_CHOSEN = 5_000
"""The most cases of a person that are read to move them."""

_STEPS = {"up": (-1, 0), "down": (1, 0), "left": (0, -1), "right": (0, 1)}
"""How many rows and columns each arrow key moves the cursor."""


class BoardScreen(PageScreen):
    """Shows the figures of the office, of each reviewer and of the last working days."""

    PLACE: ClassVar[Place] = "board"
    READING = N_("Counting …")
    RELOAD = keys.RELOAD
    BINDINGS: ClassVar[list[BindingType]] = [
        bind(keys.OPEN_FIGURE, "open_figure"),
        *(bind_key(keys.MOVE, key, f"move('{key}')", priority=True) for key in keys.MOVE.keys),
        bind(keys.SORT, "sort"),
        bind(keys.MORE, "change(1)"),
        bind(keys.FEWER, "change(-1)"),
        bind(keys.MOVE_CASES, "move_cases"),
        bind(keys.UNDO_MOVE, "undo_move"),
        bind(keys.RELOAD, "load"),
        bind(keys.LEAVE_BOARD, "desk"),
    ]
    footer_commands = (keys.OPEN_FIGURE, keys.MOVE_CASES, keys.SORT, keys.RELOAD, keys.LEAVE_BOARD)
    """The commands in the footer, the most important first."""

    def __init__(self, clock: Clock, services: Services, show_list: Callable[[str], object]) -> None:
        super().__init__(clock, services)
        self.board: Board | None = None
        self._is_read = asyncio.Event()
        self.clearing: QueueForecast | None = None
        self._reviewers: int | None = None
        self.cursor: Cell = (0, 0)
        self._sorted_by = ""
        self._show_list = show_list

    def on_screen_resume(self) -> None:
        self.draw()
        self.action_load()

    @work(exclusive=True, group="board")
    async def action_load(self, *, is_again: bool = False) -> None:
        """Count again, first without what needs a forecast; the cursor stays on its person."""
        show_failure = unreported if is_again else self.show_failure
        for without in (FORECAST_FIGURES, frozenset[str]()) if self.board is None else (frozenset[str](),):
            found = await attempt(self, in_thread(self._read, without), show_failure)
            if found is None:
                return
            row, column = self.cursor
            person = self._people()[row - 1].login if row and self.board is not None else None
            self.board = found
            self._is_read.set()
            logins = [each.login for each in self._people()]
            self.cursor = (logins.index(person) + 1 if person in logins else row, column)
            self.draw()
        await self._compute_clearing().wait()

    read_again = partialmethod(action_load, is_again=True)

    def _read(self, without: Set[str]) -> Board:
        """Count the figures, except those with the names `without`."""
        # In the thread, because the service is imported when it is first used.
        return self.services.boards.read(without=without)

    @work(exclusive=True, group="clearing")
    async def _compute_clearing(self) -> None:
        compute = in_thread(lambda: self.services.boards.clearing(self._reviewers))
        self.clearing = await attempt(self, compute, unreported)
        self.draw()

    def action_change(self, by: int) -> None:
        if self.clearing is not None:
            self._reviewers = min(max(1, (self._reviewers or self.clearing.reviewers) + by), MOST_REVIEWERS)
            self._compute_clearing()

    def content(self) -> Content | None:
        """Return the figures, with the cursor on one of them."""
        if self.board is None:
            return None
        self.cursor = self._clamped(self.cursor)
        lines = page_lines(self.board, self._people(), self.clearing, self.cursor, self.view(), self._page_width())
        return Content("\n").join(lines)

    def _page_width(self) -> int:
        return max(10, self.size.width - 4)

    def _people(self) -> list[BoardPerson]:
        """Return the rows in the order of the screen; nobody stays last."""
        people = [] if self.board is None else list(self.board.people)
        if self._sorted_by:
            people.sort(key=lambda row: (row.is_nobody, -row.counts.get(self._sorted_by, 0)))
        return people

    def _clamped(self, cursor: Cell) -> Cell:
        """Return the figure at the cursor, or the nearest one if there is none."""
        if self.board is None:
            # Keys that are pressed before the board is read count too.
            return max(cursor[0], 0), max(cursor[1], 0)
        row = min(max(cursor[0], 0), len(self._people()))
        last = len(OFFICE_FIGURES) if row == 0 else len(fitting_figures(self._page_width()))
        return row, min(max(cursor[1], 0), last - 1)

    def action_move(self, key: str) -> None:
        rows, columns = _STEPS[key]
        self.cursor = self._clamped((self.cursor[0] + rows, self.cursor[1] + columns))
        self.draw()

    def action_sort(self) -> None:
        if self.cursor[0]:
            self._sorted_by = fitting_figures(self._page_width())[self.cursor[1]].name
            self.draw()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's signature
        command = {"move_cases": keys.MOVE_CASES, "undo_move": keys.UNDO_MOVE}.get(action)
        return (command is None or command.refusal(self.services.actor) is None) or None

    @work(exclusive=True, group="dialog")
    async def action_move_cases(self) -> None:
        from screens.dialogs.assign import assign_cases

        # The key may come before the board is read.
        await self._is_read.wait()
        row = self.cursor[0]
        if not row:
            self.notify(_("Choose a person with the arrows first."), timeout=4)
            return
        choices = partial(self._cases_of, self._people()[row - 1].login)
        if await assign_cases(self, self.services, choices, self.view()):
            self.action_load()

    def _cases_of(self, login: str) -> "list[CaseChoice]":
        """Return the likely late cases of a person, if there are any, and all open ones."""
        queue, of_person = self.services.queue, movable_filter(login)
        wanted = [(_("likely late"), f"{LIKELY_LATE} {of_person}"), (_("all open"), of_person)]
        choices = [(words, queue.ids(filter_text, MOST_CHOSEN)) for words, filter_text in wanted]
        name = _("nobody") if login == NOBODY else login
        return [(_("{which} of {login}").format(which=words, login=name), cases) for words, cases in choices if cases]

    @work(exclusive=True, group="dialog")
    async def action_undo_move(self) -> None:
        from screens.dialogs.assign import undo_move

        if await undo_move(self, self.services):
            self.action_load()

    def action_open_figure(self) -> None:
        row, column = self.cursor
        if self.board is None:
            return
        if row:
            filter_text: str | None = fitting_figures(self._page_width())[column].filter_of(
                self._people()[row - 1].login
            )
        else:
            filter_text = OFFICE_FIGURES[column].filter
        if filter_text is None:
            self.notify(_("This figure counts no cases, so there is no list of it."), timeout=4)
        else:
            self._show_list(filter_text)
