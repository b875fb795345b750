"""The app of the terminal interface: it paints its first frame at once, then opens the database."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import events, work
from textual.binding import BindingType
from textual.worker import WorkerError

from screens.app_base import AppBase, save_draft_now
from screens.app_commands import COMMANDS, add_modes, catch_up, go, is_available, notify_waiting, show_inquiries
from screens.desk.start_screen import StartScreen
from screens.shell.bindings import bind, bind_key
from screens.shell.change_poll import POLL_EVERY_S, ChangePoll
from screens.shell.key_guard import KeyPressLog
from screens.shell.keyboard_app import COLLECT_EVERY_S, KeyboardApp, collect_if_idle, wait_until_handled
from screens.shell.protocols import RevealsFields
from screens.shell.theme import THEMES
from screens.shell.view import Clock, machine_time
from screens.terminal.hangup_watch import HangupWatch
from screens.widgets.stylesheet import CachedStylesheet
from workbench.errors import PassphraseNeeded, StorageFailed, WorkbenchError
from workbench.keys.desk import NEXT
from workbench.keys.registry import COPY, GO, HELP, PALETTE, QUIT, STOP, TEXTS, THEME
from workbench.settings.look import Look
from workbench.settings.saved_views import SavedViews
from workbench.settings.user_settings import LoadedSettings

if TYPE_CHECKING:
    from workbench.services.wiring import Services

UNSAVED_LOOK = Look(None)
DEFAULT_SETTINGS = LoadedSettings(file=Path())
PROBLEM_SHOWN_S = 20.0
"""How long a problem of the user settings is shown."""

CATCH_UP_AFTER_S = 2.0
CATCH_UP_EVERY_S = 600.0
"""How long after the start the tasks of `workbench tick` run first, and how often after that."""

_FOCUS_ROUNDS = 3


class WorkbenchApp(AppBase, inherit_bindings=False):
    """The workbench in a terminal.

    `open_services` runs in a thread after the first frame is painted. Until it returns, `desk` is None, and the keys
    that are pressed are kept for the desk.
    """

    CSS_PATH = "app.tcss"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        # Priority: otherwise `g` bubbles through the panels,
        # and a second key typed immediately after it is handled first.
        bind(GO, "act('go')", priority=True),
        bind(HELP, "act('help')"),
        bind(THEME, "act('theme')"),
        # Priority: a text field would delete the rest of its line.
        bind(COPY, "act('copy')", priority=True),
        bind(TEXTS, "act('texts')", priority=True),
        # Priority: it also works in dialogs.
        bind(STOP, "suspend_process", priority=True),
        # Priority: the permanent keys also act in text fields and dialogs; any other key is a character of the text.
        *(
            bind_key(command, key, f"act('{command.id}')", priority=key in command.permanent_keys)
            for command in (PALETTE, QUIT)
            for key in command.keys
        ),
    ]

    def __init__(
        self,
        open_services: Callable[[], "Services"],
        *,
        now: Callable[[], datetime] = machine_time,
        monotonic: Callable[[], float] = time.monotonic,
        symbols: str = "auto",
        look: Look = UNSAVED_LOOK,
        settings: LoadedSettings = DEFAULT_SETTINGS,
    ) -> None:
        super().__init__(KeyPressLog(monotonic), symbols)
        for theme in THEMES.values():
            self.register_theme(theme)
        # Set without a redraw, since nothing is drawn yet.
        theme = THEMES.get(settings.values.theme or look.theme().removeprefix("desk-"), THEMES["dark"])
        self.set_reactive(KeyboardApp.theme, theme.name)
        self.stylesheet = CachedStylesheet(variables=self.get_css_variables())
        self.look = look
        self.settings = settings.values
        self.viewer_command = settings.values.viewer
        # Without a name there is no file, as in tests.
        self.views = SavedViews(settings.file if settings.file.name else None, settings.values.views)
        self._settings_problems = settings.problems
        self.clock = Clock(now=now, monotonic=monotonic)
        self._open_services = open_services
        self.start_screen = StartScreen(self.clock)
        self._hangup_watch = HangupWatch(self.end, partial(save_draft_now, self))

    def get_default_screen(self) -> StartScreen:
        # A screen of a mode would be drawn one frame later.
        return self.start_screen

    def on_ready(self) -> None:
        if not self.is_headless:
            self._hangup_watch.watch()
            self.set_interval(COLLECT_EVERY_S, partial(collect_if_idle, self.presses))
        self.open_desk()

    async def on_event(self, event: events.Event) -> None:
        """Keep keys that are typed before the desk is open; afterwards, typing renews the hold."""
        if isinstance(event, events.Key) and not event.is_forwarded:
            if self.start_screen.keep(event):
                return
            if isinstance(self.screen, RevealsFields):
                self.screen.revealed.note_key()
            if self.desk is not None and self.desk.session.note_key():
                self.desk.renew()
        await super().on_event(event)

    @work(group="open")
    async def open_desk(self) -> None:
        """Open the database, show the desk, then run the keys that were typed before."""
        try:
            self.services = services = await asyncio.to_thread(self._open_services)
            services.notify_waiting = partial(notify_waiting, self)
        except PassphraseNeeded as error:
            # The caller asks for it in the plain terminal, and opens the workbench again.
            self.error = error
            self.exit()
            return
        except WorkbenchError as error:
            self._show_failure(error)
            return
        try:
            await self._show_desk(services)
        finally:
            self.start_screen.is_waiting = False

    async def _show_desk(self, services: "Services") -> None:
        from screens.desk.screen import DeskScreen

        if services.actor.is_only_verifier:
            await show_inquiries(self, services)
            await self.start_screen.remove()
            while self.start_screen.keys:
                await self._run_key(self.start_screen.keys.pop(0))
            return
        desk, keys = DeskScreen(self.clock, services), self.start_screen.keys
        desk.session.auto_next = self.settings.auto_next
        add_modes(self, desk)
        await self.switch_mode("desk")
        self.desk = desk
        self.changes = ChangePoll(self, desk, services.is_changed_elsewhere, self.clock)
        await self.changes.poll_if_changed()
        desk.begin(takes_next=bool(keys) and keys[0].key in NEXT.keys)
        self.set_timer(CATCH_UP_AFTER_S, partial(catch_up, self, desk))
        self.set_interval(CATCH_UP_EVERY_S, partial(catch_up, self, desk))
        if not self.is_headless:
            self.set_interval(POLL_EVERY_S, self.changes.poll_if_changed)
        await self.start_screen.remove()
        for problem in (*self._settings_problems, *filter(None, [services.clock_note])):
            self.notify(problem, severity="warning", timeout=PROBLEM_SHOWN_S)
        while keys:
            await self._run_key(keys.pop(0))

    async def _run_key(self, key: events.Key) -> None:
        """Run a kept key, and wait until its effect is shown, since the next key may depend on it."""
        before = self.focused or self.screen
        await super().on_event(events.Key(key.key, key.character))
        await wait_until_handled(before)
        with suppress(WorkerError):
            await self.workers.wait_for_complete([command for command in self.workers if command.group == "claim"])
        # Showing a case posts focus messages in up to this many rounds; wait for each.
        for _round in range(_FOCUS_ROUNDS):
            await wait_until_handled(self.focused or self.screen)

    def report_failure(self, error: StorageFailed) -> None:
        """Report a failure: as a notification, or on the start screen if there is no desk."""
        if self.desk is None and self.error is None:
            self._show_failure(error)
        else:
            super().report_failure(error)

    def _show_failure(self, error: WorkbenchError) -> None:
        self.error = error
        self.start_screen.show_failure(error)

    def terminal_gone(self, code: int) -> None:
        """End the program, because the terminal is gone."""
        self._hangup_watch.end_program(code)

    def hide_revealed_fields(self) -> None:
        """Hide revealed fields; called before the process is stopped and after it continues."""
        for screen in (*self.screen_stack, self.desk):
            if isinstance(screen, RevealsFields):
                screen.hide_fields()

    def after_resume(self) -> None:
        """Continue after the process was stopped; the hold may have ended meanwhile."""
        self.hide_revealed_fields()
        if self.desk is not None:
            self.desk.renew()
            self.desk.read_again()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "act":
            return is_available(self, str(parameters[0]))
        if action == "suspend_process":
            # A text of several lines takes back its last change with the same key.
            return not hasattr(self.focused, "undo")
        return action != "go" or self.desk is not None

    async def action_act(self, command_id: str) -> None:
        await COMMANDS[command_id](self)

    async def action_go(self, command_id: str) -> None:
        await go(self, command_id.removeprefix("go."))
