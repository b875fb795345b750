"""Generates the call records of the demo from the calling profiles of its cards."""

from collections.abc import Iterator, Mapping
from datetime import datetime, time, timedelta

from stdnum import luhn

from workbench.services.demo.relative_dates import RelativeDates

COLUMNS = ("caller", "callee", "start_at", "duration_s", "answered", "direction", "imei")
_SPREAD = 37
"""Each card starts this many seconds after the card before it; it also spreads the callees."""

_START_WITHIN_S = 600
"""The delay of a card's start is below this many seconds; greater delays wrap around."""

Row = Mapping[str, str]


def calls_of(msisdn: str, number: int, profile: Row, dates: RelativeDates) -> Iterator[tuple[str, ...]]:
    """Yield the calls that a card makes or receives according to one row of its profile.

    Args:
        msisdn: The card.
        number: The number of the card, so that its calls differ from those of other cards.
        profile: A row of the profile. On each working day from `first` to `last` the card has `calls` calls, one each
            `every_s` seconds from `start` on, to `callees` numbers in turn or to the one `callee`. The calls last
            `seconds` in turn, and come from another of `handsets` devices each day.
        dates: Turns working days into dates.
    """
    first, last = (int(profile[name].removeprefix("w")) for name in ("first", "last"))
    count, callees, handsets = (int(profile[name]) for name in ("calls", "callees", "handsets"))
    seconds = profile["seconds"].split()
    for turn, workday in enumerate(range(first, last + 1)):
        begin = datetime.combine(dates.workday(workday), time.fromisoformat(profile["start"]))
        imei = _imei(msisdn, turn % handsets)
        for call in range(count):
            place = number * _SPREAD + turn * count + call
            at = begin + timedelta(seconds=call * int(profile["every_s"]) + number * _SPREAD % _START_WITHIN_S)
            callee = profile["callee"] or f"170991{number % 100:02d}{place % callees:03d}"
            lasts = seconds[place % len(seconds)]
            numbers = (msisdn, callee) if profile["direction"] == "out" else (callee, msisdn)
            answered = "no" if lasts == "0" else "yes"
            yield (*numbers, at.isoformat(sep=" "), lasts, answered, profile["direction"], imei)


def _imei(msisdn: str, handset: int) -> str:
    """Return a number of the test range with its check digit."""
    body = f"00{msisdn[-6:]}{handset:06d}"
    return body + str(luhn.calc_check_digit(body))
