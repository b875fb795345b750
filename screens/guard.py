"""Against a verdict from a held-down key: what confirms must be pressed on purpose."""

from collections.abc import Callable

FIRST_LOOK_S = 0.3
"""So long after its first paint a dialog takes no confirmation."""

BETWEEN_S = 0.7
"""A confirmation so soon after the last press counts as the same press, held down."""


class Guard:
    """Says whether a press of the confirming key counts; `monotonic` gives seconds."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._painted_at: float | None = None
        self._pressed_at: float | None = None

    def painted(self) -> None:
        """Take note that the dialog can be seen from now on."""
        if self._painted_at is None:
            self._painted_at = self._monotonic()

    def counts(self) -> bool:
        """Take note of a press and say whether it counts."""
        now = self._monotonic()
        before, self._pressed_at = self._pressed_at, now
        if self._painted_at is None or now - self._painted_at < FIRST_LOOK_S:
            return False
        return before is None or now - before >= BETWEEN_S
