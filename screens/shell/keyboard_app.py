"""An app that acts on keys only if they were pressed on purpose, and not as part of a text."""

import asyncio
import gc
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import partial
from itertools import groupby
from typing import Any

from textual import events
from textual._styles_cache import StylesCache
from textual.dom import DOMNode
from textual.screen import Screen

from screens.shell.base_screen import is_too_small, run_in_worker
from screens.shell.key_guard import FINAL_AGAIN_AFTER_S, KeyPressLog
from screens.shell.protocols import HasPlace
from screens.shell.resilient_app import ResilientApp
from screens.terminal.ascii_filter import AsciiFilter
from screens.terminal.burst_driver import BurstDriver, ProbingDriver
from screens.terminal.input_bursts import InputBurst, takes_text
from screens.terminal.width_probe import is_wide, is_worth_asking
from workbench.domain.text.safe import fold_key
from workbench.i18n import _
from workbench.keys.registry import FINAL, QUIT
from workbench.settings.symbols import SymbolSet, use_symbols

_EXPLAIN_EVERY_S = 3.0
"""Within this time, only one text is explained."""

COLLECT_EVERY_S, _IDLE_AFTER_S = 0.7, 0.3
"""How often garbage is collected, if no key was pressed within the second time."""

_FROZEN_COLLECTIONS = 5
"""After each of so many first collections, the objects that survived it are frozen."""

_COMPOSED_WITHIN_S, _COMPOSED_EVERY_S = 2.0, 0.005
"""How long a key waits for the widgets of an opened screen, and how often it looks for them."""

_ANSWER_WITHIN_S = 0.5
"""How long one widget is given to handle its messages."""

_PRESSED_TWICE = frozenset({"enter", "f1", *"0123456789"})
"""Keys that people press twice on purpose: the second press acts in the new window, or is a digit."""

_KEYS_WHEN_TOO_SMALL = frozenset(QUIT.keys)
"""The keys that act in a window that is too small."""


def collect_if_idle(presses: KeyPressLog) -> None:
    """Collect garbage if nobody types: a full collection takes longer than most keys, and would delay one.

    The objects that survive the first collections are mostly modules, which later collections need not scan.
    """
    if gc.get_count()[-1] and presses.monotonic() - presses.last_at >= _IDLE_AFTER_S:
        # This cache of Textual keeps the drawn lines of up to a thousand closed widgets.
        StylesCache.get_inner_outer.cache_clear()
        gc.collect()
        if gc.get_stats()[-1]["collections"] <= _FROZEN_COLLECTIONS:
            gc.freeze()
        _return_memory()


def _return_memory() -> None:
    """Return freed memory to the system, which the C library of Linux otherwise keeps. It takes less than 1 ms."""
    # Imported on first use, because it takes as long as a key.
    import ctypes

    with suppress(AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


def _parts(text: Sequence[events.Key], *, takes_lines: bool) -> Iterator[tuple[bool, list[events.Key]]]:
    """Yield the runs of a text that go into a field as they are, and the keys between them.

    In a field of several lines, an Enter that more text follows begins a line of that text.
    """
    for is_text, keys in groupby(
        text, lambda key: key.is_printable or (takes_lines and key.key == "enter" and key is not text[-1])
    ):
        yield is_text, list(keys)


class KeyboardApp(ResilientApp, inherit_bindings=False):
    """Distinguishes keys from text, and new presses from a key held down; draws with the terminal's symbols."""

    def __init__(self, presses: KeyPressLog, symbols: str) -> None:
        super().__init__()
        self.presses = presses
        self.pressed_on: object = None
        """The screen on which the last key was pressed; a key that repeats because it is held down does not count."""
        self.second_press: events.Key | None = None
        """The second press of the key of a fail, which waits until it is known that the key is not held down."""
        self._explained_at = -_EXPLAIN_EVERY_S
        self._ascii = AsciiFilter(enabled=False)
        self._filters.append(self._ascii)
        self._awaits_width = symbols == "auto" and is_worth_asking(os.environ)
        self.driver_class = ProbingDriver if self._awaits_width else BurstDriver
        self.use_symbols("ascii" if symbols == "ascii" else "auto")

    def use_symbols(self, symbols: SymbolSet) -> None:
        """Draw with these symbols from now on."""
        use_symbols(symbols)
        self._ascii.enabled = symbols == "ascii"
        self.set_class(symbols == "ascii", "-ascii")

    async def on_event(self, event: events.Event) -> None:
        """Handle keys that were pressed on purpose; explain why a text does nothing."""
        if isinstance(event, InputBurst):
            await self._insert_text(event)
        elif isinstance(event, events.CursorPosition):
            self._use_ascii_if_wide(event)
        elif isinstance(event, events.Paste) and not event.is_forwarded and not takes_text(self.focused):
            self.explain_text(_("Pasted text is no command."))
        elif not isinstance(event, events.Key):
            await super().on_event(event)
        elif event.is_forwarded or await self._is_on_purpose(event):
            await self.wait_until_composed()
            await super().on_event(event)
        elif event.key in _PRESSED_TWICE and self.presses.may_be_new_press:
            # In a worker, because only the time after it tells whether the key is held down.
            run_in_worker(self, partial(_repeat_key, self, event, self.screen, self.presses.count), "keys")

    async def wait_until_composed(self) -> None:
        """Wait until the screen on top has its widgets, because a key that opened it may be followed by another."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_COMPOSED_WITHIN_S):
                while self.screen_stack and not self.screen.is_mounted:  # noqa: ASYNC110 - Textual has no event for it
                    await asyncio.sleep(_COMPOSED_EVERY_S)

    def explain_text(self, message: str) -> None:
        """Explain why a text does nothing here, once for each text."""
        now = self.presses.monotonic()
        if now - self._explained_at >= _EXPLAIN_EVERY_S:
            self._explained_at = now
            self.notify(message, timeout=_EXPLAIN_EVERY_S)

    async def _insert_text(self, text: InputBurst) -> None:
        """Pass a text to the focused field; if no field has the focus, ignore the text."""
        if not takes_text(self.focused):
            self.second_press = None
            for key in text.keys:
                self.presses.note(key.key, max(0.0, time.monotonic() - key.time))
            if not all((key.character or "").isascii() for key in text.keys):
                self.explain_text(_("An input method is on; press Shift to switch."))
            elif len({key.key for key in text.keys}) > 1:
                # Many times the same key is not text: it was held down while the machine was busy.
                self.explain_text(_("Pasted text is no command."))
            return
        # Imported here, because the fields are not needed for the first frame.
        from screens.widgets.text_fields import MultilineField

        for is_text, keys in _parts(text.keys, takes_lines=isinstance(self.focused, MultilineField)):
            if is_text and len(keys) > 1 and takes_text(self.focused):
                # One by one, each character would be drawn before the next.
                for key in keys:
                    self.presses.note(key.key, max(0.0, time.monotonic() - key.time))
                typed = "".join(key.character or "" for key in keys)
                await super().on_event(events.Paste(typed.replace("\r", "\n")))
            else:
                for key in keys:
                    await self.on_event(key)

    def _use_ascii_if_wide(self, answer: events.CursorPosition) -> None:
        """Switch to ASCII if the answer of the terminal shows that it draws the symbols two cells wide."""
        if self._awaits_width and is_wide(answer.x, answer.y):
            self.use_symbols("ascii")
            for screen in self.screen_stack:
                for widget in screen.query("*"):
                    # Widgets cache what they drew with the other symbols.
                    widget.notify_style_update()
                    widget.refresh()
            self.refresh_css(animate=False)
        self._awaits_width = False

    async def _is_on_purpose(self, key: events.Key) -> bool:
        """Record a key, and return whether it was pressed for the screen that it would act on.

        A key that is still held down does nothing in the screen that it opened, except in a text field.
        """
        char = key.character
        if char is not None and not char.isascii() and fold_key(char).isascii():
            # The screen posts it again as the key that it stands for.
            return True
        self.presses.note(key.key, max(0.0, time.monotonic() - key.time))
        if self.second_press is not None and (not self.presses.is_repeat or self.presses.may_be_new_press):
            await _repeat_fail_key(self, self.second_press)
        if not self.presses.is_repeat:
            self.pressed_on = self.screen
        elif key.key in FINAL.keys and not takes_text(self.focused, key) and _gives_verdicts(self.screen):
            self.second_press = key if self.presses.may_be_new_press else None
            run_in_worker(self, partial(_repeat_fail_key, self, self.second_press, after_s=FINAL_AGAIN_AFTER_S), "keys")
            return False
        if is_too_small(self.screen):
            # Only quitting works in a covered screen; a text field still takes letters, so that none is lost.
            return key.key in _KEYS_WHEN_TOO_SMALL or takes_text(self.focused, key)
        return self.screen is self.pressed_on or key.key == "escape" or takes_text(self.focused, key)


async def _repeat_fail_key(app: KeyboardApp, key: events.Key | None, after_s: float = 0.0) -> None:
    """Handle the second press of the key of a fail, unless the key turns out to be held down meanwhile."""
    await asyncio.sleep(after_s)
    if key is not None and key is app.second_press and app.screen_stack:
        app.second_press = None
        if after_s:
            await wait_until_handled(app.focused or app.screen)
        with suppress(TimeoutError):
            # The app must not wait for long, unlike a worker.
            async with asyncio.timeout(None if after_s else _COMPOSED_WITHIN_S):
                # The first press may still be opening the dialog.
                while not app.screen.is_modal and any(worker.group == "dialog" for worker in app.workers):  # noqa: ASYNC110 - Textual has no event for it
                    await asyncio.sleep(_COMPOSED_EVERY_S)
        await app.wait_until_composed()
        app.pressed_on = app.screen
        await ResilientApp.on_event(app, key)


def _gives_verdicts(screen: Screen[Any]) -> bool:
    """Return whether the key of a fail opens its dialog on this screen, or changes its kind in it."""
    return isinstance(screen, HasPlace) and screen.PLACE in {"desk", "verdict"}


async def _repeat_key(app: KeyboardApp, key: events.Key, screen: Screen[Any], number: int) -> None:
    """Handle the second press of a key whose first press opened the screen, unless the key is held down.

    The `number` of the press tells whether another key follows it.
    """
    if await app.presses.is_alone(number) and app.screen is screen:
        app.pressed_on = screen
        await ResilientApp.on_event(app, key)


async def wait_until_handled(start: DOMNode) -> None:
    """Wait until a node and its ancestors, up to the app, have handled their messages."""
    for node in start.ancestors_with_self:
        is_handled = asyncio.Event()
        node.call_later(is_handled.set)
        # A screen that was closed does not answer.
        with suppress(TimeoutError):
            await asyncio.wait_for(is_handled.wait(), _ANSWER_WITHIN_S)
