"""Guards a verdict against a key that is held down: the confirming key must be pressed on purpose and alone."""

import asyncio
from collections.abc import Callable
from typing import Any, Protocol, runtime_checkable

from textual.screen import Screen
from textual.widget import Widget

from workbench.keys.registry import CONFIRM, FINAL

REFUSES_FOR_S = 0.3
"""A dialog refuses confirmations within this time after its first paint."""

HELD_WITHIN_S = 0.7
"""Presses of the same key within this time count as one key that is held down."""

NEW_PRESS_AFTER_S = 0.2
"""After this time, the same key may be a new press, if it is alone: a key that is held down repeats faster."""

FINAL_AGAIN_AFTER_S = 0.14
"""The same for the key that fails a case and, pressed again, makes the fail final; people need about 0.15 s."""

QUIET_S = 0.05
"""A confirmation counts if no other key follows within this time; keys that queued up arrive together."""

_MAX_WAITS = 20
"""After so many waits that took too long, a press does not count."""


class KeyPressLog:
    """Records the last key presses, on any screen; `monotonic` returns seconds.

    Only the time between presses distinguishes a key that is held down from one that is pressed again.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self.monotonic = monotonic
        self.count = 0
        """The number of all presses, which is also the number of the last one."""
        self.is_repeat = False
        """Whether the last press came so soon after one of the same key that the key may be held down."""
        self.may_be_new_press = False
        """Whether such a repeat came late enough to be a press of its own."""
        self.confirmed_at: float | None = None
        """When a confirming key was last pressed, None if never."""
        self.previous_confirmed_at: float | None = None
        """When one was pressed before that."""
        self.last_at = 0.0
        """When the last key was pressed."""
        self._key = ""

    def note(self, key: str, age_s: float = 0.0) -> None:
        """Record a press that arrived `age_s` seconds ago."""
        at = self.monotonic() - age_s
        self.is_repeat = key == self._key and at - self.last_at < HELD_WITHIN_S
        new_after_s = FINAL_AGAIN_AFTER_S if key in FINAL.keys else NEW_PRESS_AFTER_S
        self.may_be_new_press = self.is_repeat and at - self.last_at >= new_after_s
        self.count += 1
        self._key, self.last_at = key, at
        if key in CONFIRM.keys:
            self.previous_confirmed_at, self.confirmed_at = self.confirmed_at, at

    async def is_alone(self, number: int = 0) -> bool:
        """Wait a moment, and return whether no key followed the press with this number, by default the last press.

        After the machine was busy or stopped, keys typed over a long time arrive together, and each alone looks
        deliberate. So the wait is repeated until one wait takes no longer than it should.
        """
        number, loop = number or self.count, asyncio.get_running_loop()
        for _round in range(_MAX_WAITS):
            started = loop.time()
            await asyncio.sleep(QUIET_S)
            if self.count != number:
                return False
            if loop.time() - started < 2 * QUIET_S:
                return True
        return False


@runtime_checkable
class RecordsKeyPresses(Protocol):
    """An app that records which keys were pressed."""

    presses: KeyPressLog


def key_presses_of(widget: Widget) -> KeyPressLog:
    """Return the presses that the app of a widget records."""
    app: object = widget.app
    if not isinstance(app, RecordsKeyPresses):
        raise TypeError(app)
    return app.presses


class ConfirmationGuard:
    """Decides whether a press of a confirming key counts in one dialog."""

    def __init__(self, presses: KeyPressLog) -> None:
        self._presses = presses
        self._painted_at: float | None = None

    def watch(self, dialog: Screen[Any]) -> None:
        """Record the first paint of a mounted dialog."""
        # Not `call_after_refresh`, which sometimes runs only when the next key comes.
        dialog.screen_layout_refresh_signal.subscribe(dialog, lambda _screen: self.note_paint(), immediate=True)

    def note_paint(self) -> None:
        """Record that the dialog has been painted."""
        if self._painted_at is None:
            self._painted_at = self._presses.monotonic()

    def accepts_press(self) -> bool:
        """Return whether the press came long enough after the first paint and after the last confirmation."""
        at, before = self._presses.confirmed_at, self._presses.previous_confirmed_at
        if at is None or self._painted_at is None or at - self._painted_at < REFUSES_FOR_S:
            return False
        return before is None or at - before >= HELD_WITHIN_S
