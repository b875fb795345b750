"""UTC offsets of a time zone as SQL, so that the database engine needs no time zone data of its own."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, tzinfo

DAY_US = 86_400_000_000
_SECOND_US = 1_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH_ORDINAL = _EPOCH.toordinal()
"""The ordinal (`date.toordinal`) of 1970-01-01, the day that instants count from."""


def _offset_us(zone: tzinfo, instant_us: int) -> int:
    """Return the UTC offset of a zone at an instant, in microseconds."""
    offset = (_EPOCH + timedelta(microseconds=instant_us)).astimezone(zone).utcoffset()
    return (offset or timedelta()) // timedelta(microseconds=1)


def _time_of_change(zone: tzinfo, before_us: int, after_us: int) -> int:
    """Return when the offset of a zone changes between two instants: the first whole second with the later offset."""
    changed = _offset_us(zone, after_us)
    # The second division rounds up.
    early, late = before_us // _SECOND_US, -(-after_us // _SECOND_US)
    while late - early > 1:
        middle = (early + late) // 2
        if _offset_us(zone, middle * _SECOND_US) == changed:
            late = middle
        else:
            early = middle
    return late * _SECOND_US


def utc_offsets(zone: tzinfo, first_us: int, last_us: int) -> list[tuple[int, int]]:
    """Return the offsets between two instants as pairs (start, offset), in microseconds.

    One look at each day is enough, because no zone changes its clocks twice within a day.
    """
    offsets = [(first_us, _offset_us(zone, first_us))]
    at_us = first_us
    while at_us < last_us:
        next_us = min(at_us + DAY_US, last_us)
        offset = _offset_us(zone, next_us)
        if offset != offsets[-1][1]:
            offsets.append((_time_of_change(zone, at_us, next_us), offset))
        at_us = next_us
    return offsets


def utc_offset_sql(instant: str, offsets: Sequence[tuple[int, int]]) -> str:
    """Return the SQL of the offset at an instant, given pairs (start, offset)."""
    cases = "".join(f" WHEN {instant} >= {from_us} THEN {offset}" for from_us, offset in reversed(offsets[1:]))
    first = offsets[0][1] if offsets else 0
    return f"CASE{cases} ELSE {first} END" if cases else str(first)
