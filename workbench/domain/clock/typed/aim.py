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
