"""What holds for every key of the app: it was pressed, on purpose, and is no part of a text."""

import os
import time
from typing import Any

from textual import events

from screens.shell.base_screen import is_too_small
from screens.shell.key_guard import Presses
from screens.shell.resilient_app import ResilientApp
from screens.terminal.ascii_filter import AsciiFilter
from screens.terminal.burst_driver import BurstDriver, ProbingDriver
from screens.terminal.input_bursts import InputBurst, is_written_in
from screens.terminal.width_probe import is_wide, is_worth_asking
from workbench import signs
from workbench.domain.text.safe import fold_key
from workbench.i18n import _
from workbench.keys.registry import QUIT

_SAID_S = 3.0
_UNSEEN = frozenset(QUIT.keys)
"""What acts in a window too small to see anything."""


class KeyboardApp(ResilientApp, inherit_bindings=False):
    """An app that tells keys from texts and presses from a key held down, and draws with the terminal's signs."""

    def __init__(self, presses: Presses, symbols: str) -> None:
        super().__init__()
        self.presses = presses
        self._pressed_on: object = None
        self._said_at = -_SAID_S
        self._ascii = AsciiFilter(enabled=False)
        self._filters.append(self._ascii)
        self._is_asked = symbols == "auto" and is_worth_asking(os.environ)
        self.driver_class = ProbingDriver if self._is_asked else BurstDriver
        self.use_symbols("ascii" if symbols == "ascii" else "auto")

    def use_symbols(self, symbols: signs.SymbolSet) -> None:
        """Draw with these signs from now on."""
        signs.use(symbols)
        self._ascii.enabled = symbols == "ascii"
        self.set_class(symbols == "ascii", "-ascii")

    async def on_event(self, event: events.Event) -> None:
        """Let keys act that were pressed on purpose; say why a text does nothing."""
        if isinstance(event, InputBurst):
            await self._take_text(event)
        elif isinstance(event, events.CursorPosition):
            self._take_width(event)
        elif isinstance(event, events.Paste) and not event.is_forwarded and not is_written_in(self.focused):
            self.say_text(_("Pasted text is no command."))
        elif not isinstance(event, events.Key) or event.is_forwarded or self._is_on_purpose(event):
            await super().on_event(event)

    def say_text(self, said: str) -> None:
        """Say why a text does nothing here; once, however long it is."""
        now = self.presses.monotonic()
        if now - self._said_at >= _SAID_S:
            self._said_at = now
            self.notify(said, timeout=_SAID_S)

    def notify(self, message: str, *, title: str = "", **options: Any) -> None:
        """Show a message in the signs of this terminal."""
        super().notify(signs.drawn(message), title=signs.drawn(title), **options)

    async def _take_text(self, text: InputBurst) -> None:
        """Put a text where it is written; nowhere else does any part of it act."""
        if not is_written_in(self.focused):
            for key in text.keys:
                self.presses.note(key.key, max(0.0, time.monotonic() - key.time))
            if not all((key.character or "").isascii() for key in text.keys):
                self.say_text(_("An input method is on; press Shift to switch."))
            elif len({key.key for key in text.keys}) > 1:
                # One key over and over was held down while the machine was busy.
                self.say_text(_("Pasted text is no command."))
            return
        for key in text.keys:
            await self.on_event(key)

    def _take_width(self, answer: events.CursorPosition) -> None:
        """Draw with ASCII where the terminal's own signs take two cells."""
        if self._is_asked and is_wide(answer.x, answer.y):
            self.use_symbols("ascii")
            for screen in self.screen_stack:
                for widget in screen.query("*"):
                    # What is drawn already is kept in the old signs.
                    widget.notify_style_update()
                    widget.refresh()
            self.refresh_css(animate=False)
        self._is_asked = False

    def _is_on_purpose(self, key: events.Key) -> bool:
        """Take note of a key, and say whether it was pressed for the screen that it would act on.

        A key still held down from before does nothing in what it opened, but for letters of a text.
        """
        char = key.character
        if char is not None and not char.isascii() and fold_key(char).isascii():
            # It comes back as the key that it stands for.
            return True
        self.presses.note(key.key, max(0.0, time.monotonic() - key.time))
        if not self.presses.is_repeat:
            self._pressed_on = self.screen
        if is_too_small(self.screen):
            # Nothing acts unseen but leaving; what is written goes on, so that no letter is lost.
            return key.key in _UNSEEN or is_written_in(self.focused, key)
        return self.screen is self._pressed_on or key.key == "escape" or is_written_in(self.focused, key)
