"""Reads a date or time as people type it: `3 Dec`, `+5`, `2h`, `tomorrow 9`, 明天9点, 周三.

The grammar is our own, because the library dateparser guesses silently: it reads 03/04/2026 as one of its two days,
`tomorrow 9` as tomorrow at the present time, `+5` as a day in May, and 12月3日 and 明天9点 not at all. Here a text with
two readings is refused with both, and what a text means does not depend on the locale.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from workbench.domain.clock.calendar import WorkingCalendar
from workbench.domain.clock.typed.days import read_day
from workbench.domain.clock.typed.reference import (
    DateReference,
    NotUnderstood,
    UnclearTime,
    normal_text,
    not_understood,
    short_quotation,
)
from workbench.domain.clock.typed.tense import Tense
from workbench.domain.clock.typed.times import is_clock, read_clock, read_span
from workbench.domain.values import moments
from workbench.domain.values.bad_value import BadValue
from workbench.i18n import _

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedTime:
    """A typed day, and its time of day if one was typed."""

    on: date
    at: time | None = None

    def instant(self, reference: DateReference) -> datetime:
        """Return the instant in UTC.

        A day alone means its opening if the field is about the future, else its beginning.
        """
        if self.at is None and reference.tense is Tense.FUTURE:
            return reference.calendar.opening(self.on)
        return datetime.combine(self.on, self.at or time(), tzinfo=reference.calendar.zone).astimezone(UTC)


def read_time(text: str, reference: DateReference) -> TypedTime:
    """Return a typed day or time.

    Raises:
        UnclearTime: If it is not understood, has two readings, or is on the wrong side of now; the message says so.
    """
    typed = _read_any_form(text.strip(), reference)
    _check_side(text.strip(), typed, reference)
    return typed


def read_date(text: str, reference: DateReference) -> date:
    """Return a typed day.

    Raises:
        UnclearTime: As `read_time`, or if it has a time of day, which would be ignored.
    """
    typed = read_time(text, replace(reference, takes_time=False))
    if typed.at is not None:
        message = _("“{text}” has a time of day; only a day counts here, such as 3 Dec or +5.")
        raise UnclearTime(message.format(text=short_quotation(text.strip())))
    return typed.on


def is_like_a_date(text: str) -> bool:
    """Say whether a text has the form of a day.

    A text with two readings counts too. Any day serves as today, because the form does not depend on it.
    """
    calendar = WorkingCalendar((), hours=((time(9), time(18)),), zone="UTC")
    try:
        read_date(text, DateReference(now=datetime(2026, 1, 5, tzinfo=UTC), calendar=calendar, tense=Tense.ANY))
    except UnclearTime as problem:
        return not isinstance(problem, NotUnderstood)
    return True


def read_instant(text: str, reference: DateReference) -> datetime:
    """Return a typed time in UTC; for a day alone see `TypedTime.instant`.

    Raises:
        UnclearTime: As `read_time`, or if it is today without a time of day and work has begun already.
    """
    typed = read_time(text, reference)
    at = typed.instant(reference)
    if typed.at is None and reference.tense is Tense.FUTURE:
        _check_side(text.strip(), _from_local(at.astimezone(reference.calendar.zone)), reference)
    return at


def read_end(text: str, reference: DateReference) -> datetime:
    """Return a typed time in UTC; a day alone means its end.

    Raises:
        UnclearTime: As `read_time`.
    """
    typed = read_time(text, reference)
    if typed.at is not None:
        return typed.instant(reference)
    return datetime.combine(typed.on + _DAY, time(), tzinfo=reference.calendar.zone).astimezone(UTC)


def read_receipt(text: str, reference: DateReference) -> datetime:
    """Return when something was received, in UTC. A working day alone means its closing time, but not after now.

    So it counts from that day; later on the day, it would count from the next one. If the deadline is on that day, the
    result is at most the deadline, so that a missing time of day never makes an answer late.

    Raises:
        UnclearTime: As `read_time`.
    """
    typed = read_time(text, reference)
    if typed.at is not None:
        return typed.instant(reference)
    last, deadline_at = reference.calendar.closing(typed.on), reference.deadline_at
    if deadline_at is not None and reference.calendar.local_day(deadline_at) == typed.on:
        last = min(last, deadline_at)
    return min(last, reference.now)


def _read_any_form(text: str, reference: DateReference) -> TypedTime:
    """Read a time: now, a span from now, a day, a time of day, both, or the form that files have."""
    plain = normal_text(text, reference)
    if plain in {"now", "现在"}:
        return _from_local(reference.local_now)
    span = read_span(plain, goes_back=reference.tense is Tense.PAST)
    if span is not None:
        return _from_local(reference.local_now + span)
    day = read_day(plain, reference)
    if day is not None:
        return TypedTime(on=day)
    clock = read_clock(plain)
    if clock is not None:
        return _next_clock(clock, reference)
    for day_part, clock_part in _day_and_clock_splits(plain):
        day = read_day(day_part, reference) if is_clock(clock_part) else None
        clock = read_clock(clock_part) if day is not None else None
        if day is not None and clock is not None:
            return TypedTime(on=day, at=clock)
    return _read_file_form(text, reference)


def _day_and_clock_splits(plain: str) -> Iterator[tuple[str, str]]:
    """Yield each split of a text into a day and a time of day, in both orders, without splitting a number."""
    for at in range(1, len(plain)):
        if plain[at - 1].isdecimal() and plain[at].isdecimal():
            continue
        first, second = plain[:at].strip(" ,"), plain[at:].strip(" ,")
        yield first.removesuffix(" at"), second.removeprefix("at ").removeprefix("t")
        yield second.removeprefix("on "), first


def _read_file_form(text: str, reference: DateReference) -> TypedTime:
    """Read a text in one of the complete forms that files have, such as ISO 8601 with an offset."""
    if text[:4].isdecimal():
        with suppress(BadValue):
            at = moments.parse_instant(text, reference.calendar.zone)
            return _from_local(at.astimezone(reference.calendar.zone))
    raise not_understood(text, takes_time=reference.takes_time)


def _from_local(at: datetime) -> TypedTime:
    return TypedTime(on=at.date(), at=at.time())


def _next_clock(clock: time, reference: DateReference) -> TypedTime:
    """Return the next or the previous moment with this time of day, in the direction of the field."""
    now, on = reference.local_now, reference.today
    if reference.tense is Tense.FUTURE and clock <= now.time():
        on += _DAY
    elif reference.tense is Tense.PAST and clock > now.time():
        on -= _DAY
    return TypedTime(on=on, at=clock)


def _check_side(text: str, typed: TypedTime, reference: DateReference) -> None:
    """Refuse a day or time in the wrong direction of the field. The day of today is both past and future."""
    if typed.at is None:
        is_future, is_past = typed.on >= reference.today, typed.on <= reference.today
    else:
        at = typed.instant(reference)
        is_future, is_past = at > reference.now, at <= reference.now
    if reference.tense is Tense.FUTURE and not is_future:
        message = _("“{text}” is in the past; it must be in the future.")
    elif reference.tense is Tense.PAST and not is_past:
        message = _("“{text}” is in the future; it must be in the past.")
    else:
        return
    day = typed.on.isoformat() if typed.at is None else f"{typed.on.isoformat()} {typed.at:%H:%M}"
    raise UnclearTime(message.format(text=day if text == day else f"{short_quotation(text)} = {day}"))
