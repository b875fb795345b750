"""The instants of an event log, with or without a zone."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from workbench.domain.values.moments import FIRST_YEAR, LAST_YEAR, instant_or_day

_UTC = ZoneInfo("UTC")
_SHORTEST = len("2026-11-03T09:05")


def seconds(raw: str) -> float:
    """Return an instant in seconds since 1970 in UTC; without a zone it counts as UTC.

    Only the time between events counts, so that a log without zones loses nothing by that, but an hour where its
    clock was put back or on.

    Raises:
        BadValue: If it is no instant and no date.
    """
    text = raw.strip()
    if len(text) >= _SHORTEST and text.isascii():
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            moment = None
        if moment is not None and FIRST_YEAR <= moment.year <= LAST_YEAR:
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    return instant_or_day(text, _UTC).timestamp()
