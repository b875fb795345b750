"""Dates in letters: in full, with the weekday, in the applicant's language; and the names of days and months."""

from datetime import date, datetime, tzinfo
from zoneinfo import ZoneInfo

from db.enums import Language

WEEKDAYS_ZH = "一二三四五六日"
WEEKDAYS_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS_EN = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def letter_day(on: date, language: Language) -> str:
    """Return a day as 2026年11月27日（周五） or Friday, 27 November 2026."""
    if language is Language.ZH:
        return f"{on.year}年{on.month}月{on.day}日（周{WEEKDAYS_ZH[on.weekday()]}）"
    return f"{WEEKDAYS_EN[on.weekday()]}, {on.day} {MONTHS_EN[on.month - 1]} {on.year}"


def plain_day(on: date, language: Language) -> str:
    """Return a day without its weekday: 2026年11月27日 or 27 November 2026."""
    day = letter_day(on, language)
    return day.partition("（")[0] if language is Language.ZH else day.partition(", ")[2]


def letter_instant(at: datetime, zone: str, language: Language) -> str:
    """Return an instant as 2026年11月27日（周五）18:00 or Friday, 27 November 2026, 18:00, local to the zone.

    Raises:
        ValueError: If the instant has no zone.
    """
    local = local_time(at, ZoneInfo(zone))
    between = "" if language is Language.ZH else ", "
    return f"{letter_day(local.date(), language)}{between}{local:%H:%M}"


def local_time(at: datetime, zone: tzinfo) -> datetime:
    """Return an instant in a zone.

    Raises:
        ValueError: If the instant has no zone of its own.
    """
    if at.tzinfo is None:
        raise ValueError(at)
    return at.astimezone(zone)
