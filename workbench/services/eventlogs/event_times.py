"""Parses the times of events, with or without a zone."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from workbench.domain.values.moments import FIRST_YEAR, LAST_YEAR, instant_or_day

_UTC = ZoneInfo("UTC")
_SHORTEST = len("2026-11-03T09:05")


def epoch_seconds(raw: str) -> float:
    """Return an instant in seconds since 1970 in UTC; a time without a zone is taken as UTC.

    Only the time between events matters. A log without zones is therefore wrong by at most one hour, between events
    before and after a change to or from summer time.

    Raises:
        BadValue: If the text is neither an instant nor a date.
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
