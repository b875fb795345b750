"""Parses the dates and instants of imported files."""

import re
import unicodedata
from calendar import monthrange
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from workbench.domain.evidence.evidence import LONG_TERM
from workbench.domain.values.bad_value import BadValue
from workbench.domain.values.values import SHORT_LENGTH, check_length, folded_word
from workbench.i18n import _

FIRST_YEAR = 1900
LAST_YEAR = 2199

FUTURE_TOLERANCE = timedelta(days=1)
"""How far in the future the time of a past event may be, because files do not always name their time zone."""

Moment = TypeVar("Moment", date, datetime)

_ISO_LENGTH = 10
_ISO_SECONDS_LENGTH = 19
_ISO_MINUTES = re.compile(r"(?:19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}[ T](?:[01][0-9]|2[0-3]):[0-5][0-9]")

_DAY = re.compile(r"(\d{4})(?:-(\d{1,2})-|/(\d{1,2})/|\.(\d{1,2})\.|年(\d{1,2})月)(\d{1,2})[日号]?")
_COMPACT_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})")
_COMPACT_INSTANT = re.compile(r"\d{14}")
_DAY_FIRST = re.compile(r"(\d{1,2})-(\d{1,2})-(\d{4})")
"""Accepted only with a time of day; alone, it could be two different days."""

_CLOCK = re.compile(r"(\d{1,2})[:时点](\d{1,2})(?:[:分](?:(\d{1,2})(?:\.(\d{1,9}))?秒?)?)?\s?(Z|z|[+-]\d{2}:?\d{2})?")
_SPREADSHEET_NUMBER = re.compile(r"[2-8]\d{4}(\.\d+)?|\d(\.\d+)?[eE]\+?\d+")
"""A day count from 1954 to 2146, or a compact date that a spreadsheet wrote with an exponent."""

_YEAR_LAST = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}(\s.*)?")
_LONG_TERM_WORDS = frozenset({"long-term", "long term", "longterm", "长期", "长期有效", "9999-12-31"})


class _UnreadableMoment(BadValue):
    """A text that is not a date or time in any known form."""


def parse_day(raw: str) -> date:
    """Return a date written as 2026-11-03, 2026/11/3, 2026.11.3, 20261103 or 2026年11月3日.

    A time of day is accepted only if it is midnight, as spreadsheets add it.

    Raises:
        BadValue: If it is in none of these forms, not in the calendar, or a day count of a spreadsheet.
    """
    try:
        return _day(raw)
    except _UnreadableMoment:
        raise BadValue(_("“{value}” is not a valid date; write it like 2026-11-03."), raw) from None


def _day(raw: str) -> date:
    if len(raw) == _ISO_LENGTH and raw[4] == raw[7] == "-" and raw.isascii():
        return _checked_day(raw, raw[:4], raw[5:7], raw[8:])
    return _other_day(raw, raw)


def parse_day_or_long_term(raw: str) -> date:
    """Return the last day of a validity; `long-term` and 长期 mean an unlimited validity.

    Raises:
        BadValue: If it is neither a date nor one of these words.
    """
    if len(raw) <= SHORT_LENGTH and folded_word(raw).split(" 00:00")[0] in _LONG_TERM_WORDS:
        return LONG_TERM
    if len(raw) <= SHORT_LENGTH and not any(map(str.isdigit, raw)):
        raise BadValue(_("“{value}” is not a valid date; write it like 2026-11-03, or long-term."), raw)
    return parse_day(raw)


def parse_instant(raw: str, zone: ZoneInfo) -> datetime:
    """Return an instant in UTC; a text without a zone is local to `zone`.

    Accepted are ISO 8601, `2026/11/3 9:05`, `2026年11月3日 9:05`, `20261103090500`, and `03-11-2026 09:05:00` as 3
    November.

    Raises:
        BadValue: If it is unreadable, has no time of day, or is ambiguous.
    """
    moment = _moment(raw)
    if moment is None:
        _day(raw)  # raises if it is not a date either
        raise BadValue(_("“{value}” has no time of day; write it like 2026-11-03 09:05."), raw)
    return _in_utc(moment, zone)


def parse_instant_or_day(raw: str, zone: ZoneInfo) -> datetime:
    """Return an instant in UTC; a date alone means midnight in `zone`.

    Raises:
        BadValue: If it is neither an instant nor a date.
    """
    moment = _moment(raw)
    if moment is None:
        moment = datetime.combine(_day(raw), time())
    return _in_utc(moment, zone)


def parse_past_moment(raw: str, parse: Callable[[str], Moment], latest: Moment) -> Moment:
    """Return the date or time of a past event.

    Raises:
        BadValue: If it cannot be parsed, or is later than `latest`.
    """
    moment = parse(raw)
    if moment > latest:
        message = _("“{value}” is in the future; correct it, or check the clock of this computer.")
        raise BadValue(message.format(value=raw))
    return moment


def _in_utc(moment: datetime, zone: ZoneInfo) -> datetime:
    """Return a moment in UTC; a moment without a zone is local to `zone`."""
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def _moment(raw: str) -> datetime | None:
    """Return the date and time of a text, with its zone if it has one; None for a date alone."""
    # The two usual forms first, because most values have them.
    is_in_seconds = len(raw) == _ISO_SECONDS_LENGTH and raw[4] == "-" and raw[16] == ":" and raw[10] in " T"
    if (is_in_seconds and raw.isascii()) or _ISO_MINUTES.fullmatch(raw):
        with suppress(ValueError):
            moment = datetime.fromisoformat(raw)
            if FIRST_YEAR <= moment.year <= LAST_YEAR:
                return moment
    return _other_moment(raw)


def _other_moment(raw: str) -> datetime | None:
    """Return the date and time of a text in a less common form; None for a date alone."""
    plain = _plain(raw)
    if _COMPACT_INSTANT.fullmatch(plain):
        plain = f"{plain[:8]} {plain[8:10]}:{plain[10:12]}:{plain[12:]}"
    date_part, _blank, clock_part = _split_moment(plain)
    if not clock_part:
        return None
    match = _CLOCK.fullmatch(clock_part)
    if match is None:
        raise _unreadable(raw)
    day_first = _DAY_FIRST.fullmatch(date_part)
    on = _checked_day(raw, day_first[3], day_first[2], day_first[1]) if day_first else _other_day(date_part, raw)
    hour, minute, second, fraction, offset = match.groups()
    clock = f"{hour:0>2}:{minute:0>2}:{second or '0':0>2}.{(fraction or '')[:6]:0<6}{(offset or '').upper()}"
    try:
        return datetime.fromisoformat(f"{on.isoformat()}T{clock}")
    except ValueError:
        raise _unreadable(raw) from None


def _split_moment(plain: str) -> tuple[str, str, str]:
    """Split a text into its date and its time of day."""
    if "T" in plain[:11]:
        return plain.partition("T")
    date_part, blank, clock_part = plain.partition(" ")
    if not blank and "日" in plain:
        date_part, blank, clock_part = plain.partition("日")
        date_part += "日"
    return date_part, blank, clock_part.strip()


def _other_day(text: str, raw: str) -> date:
    """Return a date in one of the less common forms; the error names the raw text."""
    plain = _plain(text)
    date_part, blank, clock_part = _split_moment(plain)
    if blank and clock_part and not clock_part.strip("0:."):
        plain = date_part
    match = _DAY.fullmatch(plain)
    if match is not None:
        month = next(part for part in match.groups()[1:5] if part)
        return _checked_day(raw, match[1], month, match[6])
    match = _COMPACT_DAY.fullmatch(plain)
    if match is not None:
        return _checked_day(raw, match[1], match[2], match[3])
    raise _unreadable(raw)


def _checked_day(raw: str, year: str, month: str, day_of_month: str) -> date:
    """Return the day if it exists in the calendar."""
    try:
        checked = date(int(year), int(month), int(day_of_month))
    except ValueError:
        raise _missing_day(raw, year, month) from None
    if not FIRST_YEAR <= checked.year <= LAST_YEAR:
        raise _unreadable(raw)
    return checked


def _missing_day(raw: str, year: str, month: str) -> BadValue:
    """Return the error for a day that is not in the calendar."""
    try:
        days = monthrange(int(year), int(month))[1]
    except ValueError:
        return _unreadable(raw)
    if not FIRST_YEAR <= int(year) <= LAST_YEAR:
        return _unreadable(raw)
    sentence = _("There is no such day as “{value}”; month {month} of that year has {days} days.")
    return BadValue(sentence, raw, month=str(int(month)), days=str(days))


def _plain(raw: str) -> str:
    """Return a short text in half width with single blanks."""
    check_length(raw)
    plain = " ".join(unicodedata.normalize("NFKC", raw).split())
    if any(character.isdecimal() and not character.isascii() for character in plain):
        raise _unreadable(raw)
    return plain


def _unreadable(raw: str) -> BadValue:
    """Return the error for a text that is not a date or time, with how to write one."""
    if _SPREADSHEET_NUMBER.fullmatch(raw):
        sentence = _("“{value}” is a spreadsheet's day count; format the column as text and write 2026-11-03.")
        return BadValue(sentence, raw)
    if _YEAR_LAST.fullmatch(raw):
        return BadValue(_("“{value}” has its year at the end; write the year first, like 2026-11-03."), raw)
    sentence = _("“{value}” is not a valid date or time; write it like 2026-11-03 09:05.")
    return _UnreadableMoment(sentence, raw)
