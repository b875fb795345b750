"""Guards a verdict against a key that is held down: the confirming key must be pressed on purpose and alone."""

import asyncio
from collections.abc import Callable
from typing import Any, Protocol, runtime_checkable

from textual.screen import Screen
from textual.widget import Widget

from workbench.keys.registry import CONFIRM

FIRST_LOOK_S = 0.3
"""How long after its first paint a dialog refuses a confirmation."""

BETWEEN_S = 0.7
"""The same key within this time counts as one press that is held down."""

AGAIN_AFTER_S = 0.2
"""The same key after this time may be pressed again, if it is alone: a key that is held down repeats faster."""

ALONE_S = 0.05
"""A confirmation counts if no other key follows within this time; keys that queued up arrive together."""

_MOST_WAITS = 20


class KeyPressLog:
    """Records the last key presses, on any screen; `monotonic` returns seconds.

    Only the time between presses distinguishes a key that is held down from one that is pressed again.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self.monotonic = monotonic
        self.count = 0
        self.is_repeat = False
        self.may_be_again = False
        self.confirmed_at: float | None = None
        self.confirmed_before: float | None = None
        self.last_at = 0.0
        self._key = ""

    def note(self, key: str, age_s: float = 0.0) -> None:
        """Record a press that arrived `age_s` seconds ago."""
        at = self.monotonic() - age_s
        self.is_repeat = key == self._key and at - self.last_at < BETWEEN_S
        self.may_be_again = self.is_repeat and at - self.last_at >= AGAIN_AFTER_S
        self.count += 1
        self._key, self.last_at = key, at
        if key in CONFIRM.keys:
            self.confirmed_before, self.confirmed_at = self.confirmed_at, at

    async def is_alone(self, pressed: int = 0) -> bool:
        """Wait a moment, and say whether no key came after the press with this number, by default the last one.

        After the machine was busy or stopped, keys typed over a long time arrive together, and each alone looks
        deliberate. So the wait is repeated until one wait takes no longer than it should.
        """
        pressed, loop = pressed or self.count, asyncio.get_running_loop()
        for _round in range(_MOST_WAITS):
            started = loop.time()
            await asyncio.sleep(ALONE_S)
            if self.count != pressed:
                return False
            if loop.time() - started < 2 * ALONE_S:
                return True
        return False


@runtime_checkable
class HasPresses(Protocol):
    """An app that records which keys were pressed."""

    presses: KeyPressLog


def presses_of(widget: Widget) -> KeyPressLog:
    """Return the presses that the app of a widget records."""
    app: object = widget.app
    if not isinstance(app, HasPresses):
        raise TypeError(app)
    return app.presses


class ConfirmationGuard:
    """Decides whether a press of a confirming key counts in one dialog."""

    def __init__(self, presses: KeyPressLog) -> None:
        self._presses = presses
        self._painted_at: float | None = None

    def watch(self, dialog: Screen[Any]) -> None:
        """Note when a mounted dialog is painted first."""
        # Textual sometimes makes a call after a refresh only when the next key comes.
        dialog.screen_layout_refresh_signal.subscribe(dialog, lambda _screen: self.note_paint(), immediate=True)

    def note_paint(self) -> None:
        """Record that the dialog has been painted."""
        if self._painted_at is None:
            self._painted_at = self._presses.monotonic()

    def accepts_press(self) -> bool:
        """Say whether the press came long enough after the first paint and after the last confirmation."""
        at, before = self._presses.confirmed_at, self._presses.confirmed_before
        if at is None or self._painted_at is None or at - self._painted_at < FIRST_LOOK_S:
            return False
        return before is None or at - before >= BETWEEN_S
