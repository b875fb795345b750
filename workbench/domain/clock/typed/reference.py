"""The reference point of typed dates and times, and the errors about unclear ones."""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date, datetime

from workbench.domain.clock.calendar import WorkingCalendar
from workbench.domain.clock.typed.tense import DateOrder, Tense, current_date_order
from workbench.errors import WrongUsage
from workbench.i18n import _

_MAX_LENGTH, _MAX_QUOTED = 60, 24
"""The most characters of a typed time, and of a typed text in a message."""

_NUMERAL = re.compile(r"(?<![周期拜])[零一二两三四五六七八九十]{1,3}(?=[月日号点时分天周]|星期|小时|个|工作日|钟头)")
_DIGIT = {char: str(value) for value, char in enumerate("零一二三四五六七八九")} | {"两": "2"}
_EQUIVALENTS = {
    "：": ":",
    "半个小时": "30分钟",
    "个半小时": ".5小时",
    "半小时": "30分钟",
    "half an hour": "30 min",
    "an hour": "1 h",
    "今早": "今天早上",
    "今晚": "今天晚上",
    "明早": "明天早上",
    "明晚": "明天晚上",
    "星期": "周",
    "礼拜": "周",
}
"""Words, with the equivalents that the grammar understands."""


class UnclearTime(WrongUsage):
    """A typed date or time that is not understood, ambiguous, or on the wrong side of now."""


class NotUnderstood(UnclearTime):
    """A text that is no date or time in any known form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DateReference:
    """The current time, the calendar and the field for which a typed date is read.

    Attributes:
        now: The current time.
        calendar: The calendar.
        tense: The tense of the field.
        order: The order of day and month, by default that of the user's settings; if it is None, 3/4 is ambiguous.
        takes_time: Whether the field takes a time of day.
        deadline_at: The deadline by which the applicant's answer must be received, None without one.
    """

    now: datetime
    calendar: WorkingCalendar
    tense: Tense = Tense.FUTURE
    order: DateOrder | None = field(default_factory=current_date_order)
    takes_time: bool = True
    deadline_at: datetime | None = None

    @property
    def today(self) -> date:
        """The local day."""
        return self.calendar.local_day(self.now)

    @property
    def local_now(self) -> datetime:
        """The local time, to the second."""
        return self.now.astimezone(self.calendar.zone).replace(microsecond=0)


def normal_text(text: str, reference: DateReference) -> str:
    """Return a typed text in half width and lower case, with digits for Chinese numerals.

    Raises:
        UnclearTime: If the text is far too long.
    """
    if len(text) > _MAX_LENGTH:
        raise not_understood(text, takes_time=reference.takes_time)
    plain = " ".join(unicodedata.normalize("NFKC", text).casefold().replace("，", ",").split())
    for words, equivalent in _EQUIVALENTS.items():
        plain = plain.replace(words, equivalent)
    return _NUMERAL.sub(lambda match: _digits(match[0]), plain)


def _digits(numeral: str) -> str:
    """Return a Chinese numeral below 100 in digits; anything else as it is."""
    if numeral in _DIGIT:
        return _DIGIT[numeral]
    tens, ten, ones = numeral.partition("十")
    if not ten or len(tens) > 1 or len(ones) > 1 or "十" in ones:
        return numeral
    return f"{_DIGIT.get(tens, '1')}{_DIGIT.get(ones, '0')}"


def short_quotation(text: str) -> str:
    """Return a typed text for a message, truncated if it is long."""
    return text if len(text) <= _MAX_QUOTED else f"{text[: _MAX_QUOTED - 1]}…"


def not_understood(text: str, *, takes_time: bool) -> NotUnderstood:
    """Return the error for a text in no known form, with how to write one."""
    message = _("“{text}” is not a date; write 3 Dec, +5 or 2026-12-03.")
    if takes_time:
        message = _("“{text}” is not a date or time; write 3 Dec, 2h or tomorrow 9:00.")
    return NotUnderstood(message.format(text=short_quotation(text)))


def ambiguous(text: str, first: str, second: str) -> UnclearTime:
    """Return the error for a text with two readings, with both."""
    message = _("“{text}” could be {first} or {second}; write one of them.")
    return UnclearTime(message.format(text=short_quotation(text), first=first, second=second))
