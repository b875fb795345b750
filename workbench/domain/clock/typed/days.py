"""Reads typed days: dates, weekdays, and distances from today."""

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta

from workbench.domain.clock.typed.reference import DateReference, UnclearTime, ambiguous, short_quotation
from workbench.domain.clock.typed.tense import DateOrder, Tense
from workbench.domain.values import moments
from workbench.domain.values.bad_value import BadValue
from workbench.i18n import _, current_language

_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)
_JUST_MISSED = timedelta(days=60)
"""A date without a year that is this close to today in the wrong direction is refused, not moved by a year."""

_LEAP_CYCLE = 9
"""Within this many years, every date exists at least once."""

_MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEKDAYS_ZH = "一二三四五六日天"
_OFFSETS = {
    "today": 0,
    "tomorrow": 1,
    "tmr": 1,
    "day after tomorrow": 2,
    "the day after tomorrow": 2,
    "yesterday": -1,
    "今天": 0,
    "今日": 0,
    "明天": 1,
    "明日": 1,
    "后天": 2,
    "大后天": 3,
    "昨天": -1,
    "昨日": -1,
    "前天": -2,
}

_YEAR_FIRST = re.compile(r"[0-9]{4}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}[日号]?|[0-9]{8}")
_MONTH_DAY = re.compile(r"([0-9]{1,2})(?:-([0-9]{1,2})|月([0-9]{1,2})[日号]?)")
_EITHER_ORDER = re.compile(r"([0-9]{1,2})(?:/([0-9]{1,2})(?:/([0-9]{4}))?|[-.]([0-9]{1,2})[-.]([0-9]{4}))")
_NAMED_MONTH = re.compile(
    r"(?:([0-9]{1,2})(?:st|nd|rd|th)?(?: of)?[ .-]{0,2}([a-z]{3,9})|([a-z]{3,9})\.? ?([0-9]{1,2})(?:st|nd|rd|th)?)"
    r"\.?(?:[, -]{1,2}([0-9]{4}))?"
)
_DAY_OF_MONTH = re.compile(r"([0-9]{1,2})[日号]")
_MONTH_END = re.compile(r"(?:the )?end of (?:the |this )?month|[这本]?个?月[底末]")
_WEEKDAY = re.compile(r"(上|下|本|这|last |next |this |on )?(?:周([一二三四五六日天])|([a-z]{3,9}))")
_WORKING_DAYS = re.compile(
    r"(?:\+([1-9][0-9]{0,2})|(?:in |\+)?([1-9][0-9]{0,2}) ?(?:working days?|business days?|workdays?|wd|个?工作日))"
    r"(?: ?(ago|later|from now|[之以]?前|[之以]?后))?"
)
_NATURAL_DAYS = re.compile(
    r"(in |\+)?([1-9][0-9]{0,2}) ?(?:(days?|d|天)|weeks?|w|个?周)(?: ?(ago|later|from now|[之以]?前|[之以]?后))?"
)


def read_day(text: str, reference: DateReference) -> date | None:
    """Return the day of a text in normal form; None if it is not a day.

    Raises:
        UnclearTime: If the text could be two days.
    """
    if text in _OFFSETS:
        return reference.today + _OFFSETS[text] * _DAY
    for pattern, read in _READERS:
        match = pattern.fullmatch(text)
        if match is not None:
            # Some days do not exist, such as 31 June, and some are after the last year of Python.
            with suppress(ValueError, OverflowError, BadValue):
                day = read(match, reference)
                if day is not None and moments.FIRST_YEAR <= day.year <= moments.LAST_YEAR:
                    return day
    return None


def _month_day(match: re.Match[str], reference: DateReference) -> date:
    """Return a date as 12-03 or 12月3日; 24-12 can only be the 24th."""
    month, day = int(match[1]), int(match[2] or match[3])
    if match[2] and month > len(_MONTHS):
        month, day = day, month
    return _without_year(match[0], month, day, reference)


def _either_order(match: re.Match[str], reference: DateReference) -> date | None:
    """Return a date in numbers, in which either the day or the month comes first."""
    first, second, year = int(match[1]), int(match[2] or match[4]), int(match[3] or match[5] or 0)
    readings: dict[DateOrder, date] = {}
    for order, (day, month) in {DateOrder.DAY_FIRST: (first, second), DateOrder.MONTH_FIRST: (second, first)}.items():
        with suppress(ValueError):
            readings[order] = date(year, month, day) if year else _nearest_dates(month, day, reference)[1]
    if not readings:
        return None
    wanted = reference.order or (DateOrder.MONTH_FIRST if current_language() == "zh" and not year else None)
    if len(set(readings.values())) > 1 and wanted is None:
        raise ambiguous(match[0], *(day.isoformat() for day in readings.values()))
    chosen = readings.get(wanted or DateOrder.DAY_FIRST) or next(iter(readings.values()))
    return chosen if year else _without_year(match[0], chosen.month, chosen.day, reference)


def _named_month(match: re.Match[str], reference: DateReference) -> date | None:
    """Return the day of a date whose month is a word, such as `3 Dec`."""
    day, name, year = int(match[1] or match[4]), match[2] or match[3], int(match[5] or 0)
    month = next((number for number, word in enumerate(_MONTHS, start=1) if word.startswith(name)), 0)
    if not month:
        return None
    return date(year, month, day) if year else _without_year(match[0], month, day, reference)


def _day_of_month(match: re.Match[str], reference: DateReference) -> date | None:
    """Return the nearest day of a month with this number, in the tense of the field."""
    step = -_DAY if reference.tense is Tense.PAST else _DAY
    days = (reference.today + step * number for number in range(2 * 31 + 1))
    return next((day for day in days if day.day == int(match[1])), None)


def _month_end(_match: re.Match[str], reference: DateReference) -> date:
    return (reference.today.replace(day=28) + 4 * _DAY).replace(day=1) - _DAY


def _weekday(match: re.Match[str], reference: DateReference) -> date | None:
    """Return the day of a weekday, of this week or the one that the word before it names, in the tense of the field."""
    which, today = (match[1] or "").strip(), reference.today
    if match[2]:
        weekday = min(_WEEKDAYS_ZH.index(match[2]), len(_WEEKDAYS) - 1)
    else:
        weekday = next((number for number, word in enumerate(_WEEKDAYS) if word.startswith(match[3])), -1)
    if weekday < 0:
        return None
    of_this_week = today + (weekday - today.weekday()) * _DAY
    following = of_this_week if of_this_week > today else of_this_week + _WEEK
    previous = of_this_week if of_this_week < today else of_this_week - _WEEK
    if which in {"", "on"}:
        return previous if reference.tense is Tense.PAST else following
    if which in {"next", "last"}:
        # People mean the nearest one, or the one of the next or the last week.
        nearest, of_week = (following, of_this_week + _WEEK) if which == "next" else (previous, of_this_week - _WEEK)
        if nearest != of_week:
            raise ambiguous(match[0], nearest.isoformat(), of_week.isoformat())
    return of_this_week + {"上": -1, "last": -1, "下": 1, "next": 1}.get(which, 0) * _WEEK


def _working_days(match: re.Match[str], reference: DateReference) -> date:
    """Return the day that is a number of working days from today."""
    number, calendar, today = int(match[1] or match[2]), reference.calendar, reference.today
    if not _is_past(match[0], match[3], reference):
        return calendar.nth_working_day_after(today, number)
    for _number in range(number):
        today = calendar.working_day_until(today - _DAY)
    return today


def _natural_days(match: re.Match[str], reference: DateReference) -> date:
    distance = int(match[2]) * (_DAY if match[3] else _WEEK)
    return reference.today + (-distance if _is_past(match[0], match[4], reference) else distance)


def _is_past(text: str, suffix: str | None, reference: DateReference) -> bool:
    """Say whether a distance goes back. If its text does not say so, the tense of the field decides."""
    if suffix:
        return suffix == "ago" or suffix.endswith("前")
    return reference.tense is Tense.PAST and not text.startswith(("+", "in "))


def _without_year(text: str, month: int, day: int, reference: DateReference) -> date:
    """Return a date without a year, in the nearest year that fits the tense of the field.

    Raises:
        ValueError: If no year has the date.
        UnclearTime: If it is close to today, but on the wrong side of it.
    """
    nearest, meant = _nearest_dates(month, day, reference)
    if nearest == meant or abs(nearest - reference.today) > _JUST_MISSED:
        return meant
    message = _("“{text}” was {nearest}; for {other} write the year.")
    if reference.tense is Tense.PAST:
        message = _("“{text}” is {nearest}, in the future; for {other} write the year.")
    raise UnclearTime(message.format(text=short_quotation(text), nearest=nearest.isoformat(), other=meant.isoformat()))


def _nearest_dates(month: int, day: int, reference: DateReference) -> tuple[date, date]:
    """Return the nearest date with this month and day, and the nearest one in the tense of the field."""
    today = reference.today
    years = range(today.year - _LEAP_CYCLE, today.year + _LEAP_CYCLE + 1)
    days = [date(year, month, day) for year in years if _exists(year, month, day)]
    if not days:
        raise ValueError(month, day)
    nearest = min(days, key=lambda on: abs(on - today))
    if reference.tense is Tense.ANY:
        return nearest, nearest
    if reference.tense is Tense.PAST:
        return nearest, max(on for on in days if on <= today)
    return nearest, min(on for on in days if on >= today)


def _exists(year: int, month: int, day: int) -> bool:
    with suppress(ValueError):
        return bool(date(year, month, day))
    return False


_READERS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], DateReference], date | None]], ...] = (
    (_YEAR_FIRST, lambda match, _reference: moments.parse_day(match[0])),
    (_MONTH_DAY, _month_day),
    (_EITHER_ORDER, _either_order),
    (_NAMED_MONTH, _named_month),
    (_DAY_OF_MONTH, _day_of_month),
    (_MONTH_END, _month_end),
    (_WEEKDAY, _weekday),
    (_WORKING_DAYS, _working_days),
    (_NATURAL_DAYS, _natural_days),
)
