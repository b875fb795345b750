"""Generates the call records of the demo from the calling profiles of its cards."""

from collections.abc import Iterator, Mapping
from datetime import datetime, time, timedelta

from stdnum import luhn

from workbench.services.demo.relative_dates import RelativeDates

COLUMNS = ("caller", "callee", "start_at", "duration_s", "answered", "direction", "imei")
_STEP = 37
"""Each card starts to call this many seconds after the card before it, and this many callees further on."""

_LATEST_START_S = 600
"""A card starts to call less than this many seconds late; greater delays wrap around."""

Row = Mapping[str, str]


def calls_of(msisdn: str, number: int, profile: Row, dates: RelativeDates) -> Iterator[tuple[str, ...]]:
    """Yield the calls that a card makes or receives according to one row of its profile.

    The columns of the row mean: on each working day from `first` to `last`, the card has `calls` calls, from `start` on
    one every `every_s` seconds. They go to one `callee`, or to a number of `callees` in turn. `seconds` are the
    durations of the calls in turn. Each day the card is in the next of its `handsets`.

    Args:
        msisdn: The card.
        number: The number of the card, so that its calls differ from those of other cards.
        profile: The row.
        dates: Turns working days into dates.
    """
    first, last = (int(profile[name].removeprefix("w")) for name in ("first", "last"))
    count, callees, handsets = (int(profile[name]) for name in ("calls", "callees", "handsets"))
    seconds = profile["seconds"].split()
    for day, workday in enumerate(range(first, last + 1)):
        begin = datetime.combine(dates.workday(workday), time.fromisoformat(profile["start"]))
        imei = _imei(msisdn, day % handsets)
        for call in range(count):
            position = number * _STEP + day * count + call
            at = begin + timedelta(seconds=call * int(profile["every_s"]) + number * _STEP % _LATEST_START_S)
            callee = profile["callee"] or f"170991{number % 100:02d}{position % callees:03d}"
            duration_s = seconds[position % len(seconds)]
            numbers = (msisdn, callee) if profile["direction"] == "out" else (callee, msisdn)
            answered = "no" if duration_s == "0" else "yes"
            yield (*numbers, at.isoformat(sep=" "), duration_s, answered, profile["direction"], imei)


def _imei(msisdn: str, handset: int) -> str:
    """Return the IMEI of a handset, from the range for tests, with its check digit."""
    body = f"00{msisdn[-6:]}{handset:06d}"
    return body + str(luhn.calc_check_digit(body))
