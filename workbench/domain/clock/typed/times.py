"""Reads typed times of day and spans of time."""

import re
from datetime import time, timedelta

from workbench.domain.clock.typed.reference import ambiguous

_NOON = 12
_HOURS = 24
_MINUTES = 60
_FIRST_CLEAR_HOUR = 7
"""From this hour on, a bare number means the morning."""

_NOON_WORDS = frozenset({"noon", "中午"})
_MORNING = frozenset({"a", "上午", "早上", "凌晨"})
_AFTERNOON = frozenset({"p", "下午", "晚上", "中午"})
_IMPOSSIBLE = {**dict.fromkeys(_MORNING, range(13, 24)), "中午": (0, *range(3, 11), *range(15, 24)), "晚上": (12,)}
"""The hours that a part of the day cannot have: 晚上12点 could be the midnight at either end of the day."""

_CLOCK = re.compile(
    r"(上午|早上|凌晨|中午|下午|晚上)? ?([0-9]{1,2})"
    r"(?::([0-9]{2})(?::([0-9]{2}))?|[点时](?:([0-9]{1,2})分?|(半)|钟|整)?)? ?(am|pm|a\.m\.|p\.m\.)?"
)
_SPAN = re.compile(
    r"(in |\+)?(?=[0-9])"
    r"(?:([0-9]{1,3}(?:\.5)?) ?(?:hours?|hrs?|h|个?小时|个?钟头)"
    r"(?: ?(?:and )?([0-9]{1,3}) ?(?:minutes?|mins?|m|分钟?)?)?"
    r"|([0-9]{1,4}) ?(?:minutes?|mins?|m|分钟?))"
    r"(?: ?(ago|later|from now|[之以]?前|[之以]?后))?"
)


def is_clock(text: str) -> bool:
    """Say whether a text in normal form is written like a time of day."""
    return text in _NOON_WORDS or _CLOCK.fullmatch(text) is not None


def read_clock(text: str) -> time | None:
    """Return the time of day of a text in normal form; None if the text is not a time of day.

    Raises:
        UnclearTime: If it could be in the morning or in the afternoon.
    """
    if text in _NOON_WORDS:
        return time(_NOON)
    match = _CLOCK.fullmatch(text)
    if match is None:
        return None
    chinese_part, hours, minutes, seconds, chinese_minutes, half, am_or_pm = match.groups()
    part_of_day = chinese_part or (am_or_pm or "")[:1]
    hour, minute, second = int(hours), int(minutes or chinese_minutes or (30 if half else 0)), int(seconds or 0)
    is_possible = hour not in _IMPOSSIBLE.get(part_of_day, ()) and not (chinese_part and am_or_pm)
    if not is_possible or hour >= _HOURS or minute >= _MINUTES or second >= _MINUTES:
        return None
    if not part_of_day and minutes is None and 0 < hour < _FIRST_CLEAR_HOUR:
        raise ambiguous(text, f"{hour:02}:{minute:02}", f"{hour + _NOON:02}:{minute:02}")
    is_before_noon = part_of_day == "中午" and hour == _NOON - 1
    if part_of_day in _AFTERNOON and hour < _NOON and not is_before_noon:
        hour += _NOON
    elif part_of_day in _MORNING and hour == _NOON:
        hour = 0
    return time(hour, minute, second)


def read_span(text: str, *, goes_back: bool) -> timedelta | None:
    """Return a span of hours and minutes, negative if it goes back; None if the text is not a span.

    A span without a direction goes back if `goes_back`.
    """
    match = _SPAN.fullmatch(text)
    if match is None:
        return None
    prefix, hours, minutes, minutes_without_hours, suffix = match.groups()
    span = timedelta(hours=float(hours or 0), minutes=int(minutes or minutes_without_hours or 0))
    goes_back = goes_back and not prefix
    if suffix:
        goes_back = suffix == "ago" or suffix.endswith("前")
    return -span if goes_back else span
