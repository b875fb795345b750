"""The terminal interface: shows the desk at once, then opens the office behind it."""

import asyncio
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import events, work
from textual.app import App
from textual.binding import Binding, BindingType

from screens.bindings import bind
from screens.clock import Clock, machine_time
from screens.desk import DeskScreen
from screens.terminal import Terminal
from screens.theme import DARK, LIGHT
from workbench.commands import GO, GO_CHECKS, GO_DESK, HELP, PALETTE, QUIT, THEME
from workbench.errors import ExitCode, WorkbenchError
from workbench.i18n import _

if TYPE_CHECKING:
    from textual.screen import Screen

    from workbench.services.office import Office

_AT_ONCE = frozenset(QUIT.keys)
_FIGURES_AFTER_S = 0.3


class WorkbenchApp(App[None], inherit_bindings=False):
    """The workbench in a terminal.

    `open_office` is called in a thread once the first frame is painted; keys pressed before it is done act when
    it is. `now` and `monotonic` are the clocks; `symbols` is auto or ascii. `return_code` is the exit code.
    """

    CSS_PATH = Path(__file__).with_name("app.tcss")
    ENABLE_COMMAND_PALETTE = False
    DEFAULT_MODE = "desk"
    BINDINGS: ClassVar[list[BindingType]] = [
        bind(GO, "which"),
        bind(HELP, "help"),
        bind(THEME, "turn_theme"),
        Binding(PALETTE.keys[0], "palette", PALETTE.label, id=PALETTE.id, show=False),
        Binding(PALETTE.twin, "palette", PALETTE.label, id=PALETTE.id, show=False, priority=True),
        Binding(QUIT.keys[0], "quit", QUIT.label, id=QUIT.id, show=False),
        Binding(",".join(QUIT.keys[1:]), "quit", QUIT.label, id=QUIT.id, show=False, priority=True),
    ]

    def __init__(
        self,
        open_office: "Callable[[], Office]",
        *,
        now: Callable[[], datetime] = machine_time,
        monotonic: Callable[[], float] = time.monotonic,
        symbols: str = "auto",
    ) -> None:
        super().__init__()
        self.register_theme(DARK)
        self.register_theme(LIGHT)
        # Nothing is drawn yet, so nothing has to be drawn again.
        self.set_reactive(App.theme, DARK.name)
        self.clock = Clock(now=now, monotonic=monotonic)
        self.desk = DeskScreen(self.clock)
        self.office: Office | None = None
        self.error: WorkbenchError | None = None
        self._open_office = open_office
        self._early: list[events.Key] = []
        self._terminal = Terminal(self.end)
        self.set_class(symbols == "ascii", "-ascii")
        self.add_mode("desk", lambda: self.desk)
        self.add_mode("checks", self._checks)

    def on_mount(self) -> None:
        self.call_after_refresh(self.open_up)
        if not self.is_headless:
            self._terminal.watch(self)

    async def on_event(self, event: events.Event) -> None:
        """Keep keys that come before the office is open; take note of activity."""
        if isinstance(event, events.Key) and not event.is_forwarded:
            if self.office is None and self.error is None and event.key not in _AT_ONCE:
                self._early.append(event)
                return
            self.desk.touched()
        await super().on_event(event)

    @work(group="open")
    async def open_up(self) -> None:
        """Open the office, then let the keys that came early act."""
        try:
            office = await asyncio.to_thread(self._open_office)
        except WorkbenchError as error:
            self.error = error
            self._early.clear()
            self.desk.break_down(error)
            return
        await self.desk.begin(office).wait()
        self.office = office
        self.desk.refresh_bindings()
        # Who pressed a key already waits for what it does, not for figures.
        self.desk.set_timer(_FIGURES_AFTER_S if self._early else 0.001, self.desk.count)
        for event in self._early:
            self.post_message(events.Key(event.key, event.character))
        self._early.clear()

    @work(group="go")
    async def ask_where(self) -> None:
        """Show what may follow `g`, and go there."""
        from screens.which_key import WhichKey

        chosen = await self.push_screen_wait(WhichKey((GO_DESK, GO_CHECKS)))
        if chosen is not None:
            await self.action_go(chosen)

    @work(exclusive=True, group="leave")
    async def ask_leave(self) -> None:
        """Leave, after asking if a case is held."""
        from screens.leaving import Leaving
        from workbench.domain.case_id import format_case

        case = self.desk.case
        if self.desk.is_held and case is not None and case.header.held_until is not None:
            until = self.desk.view().instant(case.header.held_until)
            choice = await self.push_screen_wait(Leaving(format_case(case.header.id), until))
            if choice is None:
                return
            if choice == "release" and not await self.desk.release_now():
                return
        await self.end(self.error.exit_code if self.error is not None else ExitCode.OK)

    async def end(self, return_code: int) -> None:
        """Save what was typed and leave; the hold is kept."""
        try:
            await self.desk.flush()
        except WorkbenchError as error:
            # Leaving is asked for, perhaps by a terminal that is gone; the exit says that something was lost.
            self.exit(return_code=error.exit_code, message=str(error))
            return
        self.exit(return_code=return_code)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's signature
        if action == "quit":
            return not self.screen.has_class("-leaving")
        if action in {"which", "go"}:
            return self.office is not None
        if action in {"palette", "help"}:
            return hasattr(self.screen, "PLACE")
        return True

    async def action_go(self, command_id: str) -> None:
        """Go to a mode."""
        await self.switch_mode(command_id.removeprefix("go."))

    def action_which(self) -> None:
        self.ask_where()

    def action_help(self) -> None:
        from screens.help import key_sheet

        self.push_screen(key_sheet(self.screen, getattr(self.screen, "PLACE", "desk")))

    def action_palette(self) -> None:
        from textual.command import CommandPalette

        from screens.palette import Commands

        self.push_screen(CommandPalette([Commands], placeholder=_("Find a command …")))

    def action_turn_theme(self) -> None:
        self.theme = LIGHT.name if self.theme == DARK.name else DARK.name

    async def action_quit(self) -> None:
        self.ask_leave()

    def _checks(self) -> "Screen[None]":
        from screens.checks import ChecksScreen

        assert self.office is not None  # noqa: S101 - check_action lets nobody go before the office is open
        return ChecksScreen(self.clock, self.office)

    def _fatal_error(self) -> None:
        """Leave after a fault of the program; the trace shows no values, for they may be personal."""
        from rich.segment import Segments
        from rich.traceback import Traceback

        self.bell()
        traceback = Traceback(show_locals=False, width=None)
        self._exit_renderables.append(Segments(self.console.render(traceback, self.console.options)))
        self._close_messages_no_wait()
