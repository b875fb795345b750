"""The personal values that are revealed, each for a limited time."""

from collections.abc import Callable, Mapping

ONE_FIELD_S = 15.0
"""How long a single field stays revealed."""

ALL_IDLE_S = 60.0
"""How long all fields stay revealed without a key."""

TWICE_WITHIN_S = 1.0
"""Two presses within this time ask for all fields."""

HINT_S = 5.0
"""How long the hint to choose a field is shown."""


class RevealedFields:
    """The revealed values of one case; `monotonic` returns seconds."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._single_fields: dict[str, tuple[str, float]] = {}
        """By field: its value, and the time until which it stays revealed."""
        self._all: dict[str, str] = {}
        self._all_until = 0.0
        self._pressed_at: float | None = None
        self._hint_until = 0.0
        self.generation = 0
        """Grows whenever all fields are hidden: a value that was requested before is not shown afterwards."""

    @property
    def is_all(self) -> bool:
        """Whether all fields are revealed now."""
        return bool(self._all) and self._monotonic() < self._all_until

    @property
    def is_hinting(self) -> bool:
        """Whether the hint to choose a field is shown now."""
        return self._monotonic() < self._hint_until

    def hint(self) -> None:
        """Show the hint for a while, because a press found no field to reveal."""
        self._hint_until = self._monotonic() + HINT_S

    def is_second_press(self) -> bool:
        """Record a press; return whether it is the second within a second."""
        now = self._monotonic()
        before, self._pressed_at = self._pressed_at, now
        return before is not None and now - before <= TWICE_WITHIN_S

    def reveal(self, field: str, value: str) -> None:
        """Reveal the value of one field for a while."""
        self._hint_until = 0.0
        self._single_fields[field] = (value, self._monotonic() + ONE_FIELD_S)

    def reveal_all(self, values: Mapping[str, str]) -> None:
        """Reveal all fields while the reviewer is active."""
        self._hint_until = 0.0
        self._all = dict(values)
        self._all_until = self._monotonic() + ALL_IDLE_S

    def note_key(self) -> None:
        """Record that a key was pressed."""
        if self.is_all:
            self._all_until = self._monotonic() + ALL_IDLE_S

    def hide_all(self) -> None:
        """Hide all fields."""
        self.generation += 1
        self._single_fields, self._all, self._all_until, self._pressed_at = {}, {}, 0.0, None
        self._hint_until = 0.0

    def values(self) -> dict[str, str]:
        """Return the values that are revealed now, by field."""
        now = self._monotonic()
        self._single_fields = {field: (value, end) for field, (value, end) in self._single_fields.items() if end > now}
        if not self.is_all:
            self._all, self._all_until = {}, 0.0
        return {**self._all, **{field: value for field, (value, _end) in self._single_fields.items()}}
