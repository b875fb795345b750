"""The tense of a date field, and the user's order of day and month; a small module that is fast to import."""

from enum import Enum


class Tense(Enum):
    """Whether a field takes future times, past times or both. This decides the year or week of an incomplete date."""

    FUTURE = "future"
    PAST = "past"
    ANY = "any"


class DateOrder(Enum):
    """The order of day and month in a date that is written in numbers."""

    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"


_date_order: DateOrder | None = None


def set_date_order(name: str) -> None:
    """Set the date order of the user of this process: day_first, month_first, or '' if it is unknown."""
    global _date_order  # noqa: PLW0603 - one process has one user, as with the language
    _date_order = DateOrder(name) if name else None


def current_date_order() -> DateOrder | None:
    """Return the date order of the user of this process, None if it is unknown."""
    return _date_order
