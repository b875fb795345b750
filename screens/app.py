"""The terminal interface: shows the desk at once, then opens the office behind it."""

import asyncio
import time
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import events, work
from textual.binding import Binding, BindingType

from screens.desk.screen import DeskScreen
from screens.shell.bindings import bind
from screens.shell.clock import Clock, machine_time
from screens.shell.key_guard import Presses
from screens.shell.keyboard_app import KeyboardApp
from screens.shell.theme import DARK, LIGHT
from screens.terminal.hangup_watch import Terminal
from screens.terminal.input_bursts import is_written_in
from workbench.errors import ExitCode, StorageFailed, WorkbenchError
from workbench.i18n import _
from workbench.keys.desk import NEXT
from workbench.keys.registry import GO, HELP, MODES, PALETTE, QUIT, THEME
from workbench.look import Look
from workbench.signs import drawn

if TYPE_CHECKING:
    from textual.screen import Screen

    from screens.service_protocols import ScreenServices as Services

NOT_REMEMBERED = Look(None)

_AT_ONCE = frozenset(QUIT.keys)
_FIGURES_AFTER_S = 0.3
CATCH_UP_AFTER_S = 2.0
CATCH_UP_EVERY_S = 600.0


class WorkbenchApp(KeyboardApp, inherit_bindings=False):
    """The workbench in a terminal.

    `open_office` is called in a thread once the first frame is painted; keys pressed before it is done act when
    it is. `now` and `monotonic` are the clocks; `symbols` is auto or ascii; `look` remembers the theme;
    `return_code` is the exit code.
    """

    CSS_PATH = Path(__file__).with_name("app.tcss")
    ENABLE_COMMAND_PALETTE = False
    DEFAULT_MODE = "desk"
    BINDINGS: ClassVar[list[BindingType]] = [
        # Taken by the app itself: on its way through the panels the second key, if it comes at once, would overtake it.
        bind(GO, "which", priority=True),
        bind(HELP, "help"),
        bind(THEME, "turn_theme"),
        Binding(PALETTE.keys[0], "palette", PALETTE.label, id=PALETTE.id, show=False),
        Binding(PALETTE.twin, "palette", PALETTE.label, id=PALETTE.id, show=False, priority=True),
        Binding(QUIT.keys[0], "quit", QUIT.label, id=QUIT.id, show=False),
        Binding(",".join(QUIT.keys[1:]), "quit", QUIT.label, id=QUIT.id, show=False, priority=True),
    ]

    def __init__(
        self,
        open_services: "Callable[[], Services]",
        *,
        now: Callable[[], datetime] = machine_time,
        monotonic: Callable[[], float] = time.monotonic,
        symbols: str = "auto",
        look: Look = NOT_REMEMBERED,
    ) -> None:
        super().__init__(Presses(monotonic), symbols)
        self.register_theme(DARK)
        self.register_theme(LIGHT)
        # Nothing is drawn yet, so nothing has to be drawn again.
        self.set_reactive(KeyboardApp.theme, LIGHT.name if look.theme() == LIGHT.name else DARK.name)
        self._look = look
        self.clock = Clock(now=now, monotonic=monotonic)
        self.desk = DeskScreen(self.clock)
        self.services: Services | None = None
        self.error: WorkbenchError | None = None
        self._open_services = open_services
        self._early: list[events.Key] = []
        self._is_catching_up = False
        self._terminal = Terminal(self.end)
        self.add_mode("desk", lambda: self.desk)
        self.add_mode("checks", self._checks)
        self.add_mode("calendar", self._calendar)
        self.add_mode("forecast", self._forecast)
        for name in ("queue", "mine", "pending"):
            self.add_mode(name, partial(self._queue, name))

    def on_ready(self) -> None:
        if not self.is_headless:
            self._terminal.watch()
        self.open_up()

    async def on_event(self, event: events.Event) -> None:
        """Keep keys that come before the office is open; take note of activity."""
        if isinstance(event, events.Key) and not event.is_forwarded:
            if self.services is None and self.error is None and event.key not in _AT_ONCE:
                self._early.append(event)
                return
            self.desk.touched()
        await super().on_event(event)

    @work(group="open")
    async def open_up(self) -> None:
        """Open the office, then let the keys that came early act."""
        try:
            services = await asyncio.to_thread(self._open_services)
        except WorkbenchError as error:
            self._break_down(error)
            return
        is_claiming = bool(self._early) and self._early[0].key in NEXT.all_keys
        await self.desk.begin(services, is_claiming=is_claiming).wait()
        self.services = services
        self.desk.refresh_bindings()
        # Who pressed a key already waits for what it does, not for figures.
        self.desk.set_timer(_FIGURES_AFTER_S if self._early else 0.001, self.desk.count)
        for event in self._early:
            self.post_message(events.Key(event.key, event.character))
        self._early.clear()
        self.set_timer(CATCH_UP_AFTER_S, self.catch_up)
        self.set_interval(CATCH_UP_EVERY_S, self.catch_up)

    @work(group="time")
    async def catch_up(self) -> None:
        """Do what is due by now, as `workbench tick` does: no machine needs a timetable while somebody works."""
        services = self.services
        if services is None or self._is_catching_up:
            return
        self._is_catching_up = True
        try:
            ticked = await asyncio.to_thread(services.catch_up)
        except WorkbenchError as error:
            said = _("Deadlines could not be seen to now; it is tried again soon: {cause}").format(cause=error)
            self.notify(said, severity="warning", timeout=8)
        else:
            if ticked.is_anything:
                self.desk.count()
        finally:
            self._is_catching_up = False

    async def _go_where(self, chosen: str | None) -> None:
        """Go to the mode that followed `g`, if one did."""
        if chosen is not None:
            await self.action_go(chosen)

    @work(exclusive=True, group="leave")
    async def ask_leave(self) -> None:
        """Leave, after asking if a case is held."""
        from screens.dialogs.quit import QuitDialog
        from workbench.domain.case.case_id import format_case

        case = self.desk.case
        if self.desk.is_held and case is not None and case.header.held_until is not None:
            until = self.desk.view().instant(case.header.held_until)
            choice = await self.push_screen_wait(QuitDialog(format_case(case.header.id), until))
            if choice is None:
                return
            if choice == "release" and not await self.desk.release_now():
                return
        await self.end(self.error.exit_code if self.error is not None else ExitCode.OK)

    async def end(self, return_code: int) -> None:
        """Save what was typed and leave; the hold is kept."""
        if self.services is not None:
            self.services.leave()
        try:
            await self.desk.flush()
        except WorkbenchError as error:
            # Leaving is asked for, perhaps by a terminal that is gone; the exit says that something was lost.
            self.say_and_exit(error)
            return
        self.exit(return_code=return_code)

    def failed(self, error: StorageFailed) -> None:
        """Say what failed; without an office there is nothing behind the screen, and it says so."""
        if self.services is None and self.error is None:
            self._break_down(error)
        else:
            super().failed(error)

    def _break_down(self, error: WorkbenchError) -> None:
        self.error = error
        self._early.clear()
        self.desk.break_down(error)

    def hung_up(self, code: int) -> None:
        """Leave, for nobody is at the other end of the terminal."""
        self._terminal.leave(code)

    def go_to_sleep(self) -> None:
        """Mask what is revealed, before the process stands still."""
        self.hide_revealed()
        self.desk.show_revealed()

    def wake_up(self) -> None:
        """Go on after the process stood still: nothing is revealed, and the hold may be gone."""
        self.go_to_sleep()
        if self.desk.is_held:
            self.desk.renew()
        self.desk.count()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's signature
        if action == "quit":
            return not self.screen.has_class("-leaving")
        if action == "which":
            return self.services is not None and not self.screen.is_modal and not is_written_in(self.focused)
        if action in {"go", "find"}:
            return self.services is not None
        if action in {"palette", "help"}:
            return hasattr(self.screen, "PLACE")
        return True

    async def action_go(self, command_id: str) -> None:
        """Go to a mode."""
        await self.switch_mode(command_id.removeprefix("go."))

    async def action_find(self) -> None:
        """Go to the queue and its filter."""
        from screens.desk.read_only import ReadingScreen
        from screens.queue.screen import QueueScreen

        await self.switch_mode("queue")
        if isinstance(self.screen, ReadingScreen):
            await self.screen.leave().wait()
        if isinstance(self.screen, QueueScreen):
            self.screen.ask_filter()

    @work(exclusive=True, group="case")
    async def open_case(self, case_id: int) -> None:
        """Show a case to read; one that is held by who asks goes on the desk."""
        from screens.desk.read_only import ReadingScreen

        services = self.services
        assert services is not None  # noqa: S101 - lists of cases come from the office
        try:
            case = await asyncio.to_thread(services.casefiles.show, case_id)
            if case.header.held_by == services.actor.login:
                await self.desk.lay(case)
                await self.switch_mode("desk")
            else:
                self.push_screen(ReadingScreen(self.clock, services, case))
        except WorkbenchError as error:
            self.notify(str(error), severity="error", markup=False, timeout=8)

    def action_which(self) -> None:
        from screens.dialogs.go_menu import GoMenu

        # Not in a worker: the second key may be there already, and by itself it is another command.
        self.push_screen(GoMenu(MODES), self._go_where)

    def action_help(self) -> None:
        from screens.dialogs.help import key_sheet

        self.push_screen(key_sheet(self.screen, getattr(self.screen, "PLACE", "desk")))

    def action_palette(self) -> None:
        from textual.command import CommandPalette

        from screens.dialogs.palette import CommandProvider

        self.push_screen(CommandPalette([CommandProvider], placeholder=drawn(_("Find a command …"))))

    def action_turn_theme(self) -> None:
        self.theme = LIGHT.name if self.theme == DARK.name else DARK.name
        try:
            self._look.keep_theme(self.theme)
        except StorageFailed as error:
            self.failed(error)

    async def action_quit(self) -> None:
        self.ask_leave()

    def _checks(self) -> "Screen[None]":
        from screens.checks.screen import ChecksScreen

        assert self.services is not None  # noqa: S101 - check_action lets nobody go before the office is open
        return ChecksScreen(self.clock, self.services)

    def _calendar(self) -> "Screen[None]":
        from screens.calendar.screen import CalendarScreen

        assert self.services is not None  # noqa: S101 - check_action lets nobody go before the office is open
        return CalendarScreen(self.clock, self.services)

    def _forecast(self) -> "Screen[None]":
        from screens.forecast.screen import ForecastScreen

        assert self.services is not None  # noqa: S101 - check_action lets nobody go before the office is open
        return ForecastScreen(self.clock, self.services)

    def _queue(self, name: str) -> "Screen[None]":
        from screens.queue.screen import PRESETS, QueueScreen

        assert self.services is not None  # noqa: S101 - check_action lets nobody go before the office is open
        return QueueScreen(self.clock, self.services, PRESETS[name], self.open_case)
