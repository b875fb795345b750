"""What a field with a date is about, and how a person writes dates; a module of its own, because it is cheap."""

from enum import Enum


class Aim(Enum):
    """What a field is about. It decides the year of a date without one, and the week of a weekday."""

    FUTURE = "future"
    PAST = "past"
    ANY = "any"


class DateOrder(Enum):
    """How a person writes a date in numbers only."""

    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"


_used: DateOrder | None = None


def use_order(name: str) -> None:
    """Set how the user of this process writes dates: day_first, month_first, or '' if that is not known."""
    global _used  # noqa: PLW0603 - one process has one user, as with the language
    _used = DateOrder(name) if name else None


def used_order() -> DateOrder | None:
    """Return how the user of this process writes dates, None if that is not known."""
    return _used
