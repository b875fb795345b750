"""Local time as shifts from UTC, so that the database engine needs no time zones of its own."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, tzinfo

DAY_US = 86_400_000_000
_SECOND_US = 1_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH_ORDINAL = _EPOCH.toordinal()
"""The ordinal (date.toordinal) of the first day of the instants."""


def _shift_us(zone: tzinfo, instant_us: int) -> int:
    """Return by how much local time is ahead of UTC at an instant, in microseconds."""
    shift = (_EPOCH + timedelta(microseconds=instant_us)).astimezone(zone).utcoffset()
    return (shift or timedelta()) // timedelta(microseconds=1)


def _changed_at(zone: tzinfo, before_us: int, after_us: int) -> int:
    """Return the first whole second after `before_us` with the shift of `after_us`."""
    changed = _shift_us(zone, after_us)
    early, late = before_us // _SECOND_US, -(-after_us // _SECOND_US)
    while late - early > 1:
        middle = (early + late) // 2
        if _shift_us(zone, middle * _SECOND_US) == changed:
            late = middle
        else:
            early = middle
    return late * _SECOND_US


def zone_shifts(zone: tzinfo, first_us: int, last_us: int) -> list[tuple[int, int]]:
    """Return pairs (from instant, shift), in microseconds, that hold from `first_us` to `last_us`.

    Looks at each day, since no zone changes its clocks twice within one.
    """
    shifts = [(first_us, _shift_us(zone, first_us))]
    at_us = first_us
    while at_us < last_us:
        next_us = min(at_us + DAY_US, last_us)
        shift = _shift_us(zone, next_us)
        if shift != shifts[-1][1]:
            shifts.append((_changed_at(zone, at_us, next_us), shift))
        at_us = next_us
    return shifts


def shift_sql(instant: str, shifts: Sequence[tuple[int, int]]) -> str:
    """Return the SQL of the shift at an instant, of pairs (from instant, shift)."""
    cases = "".join(f" WHEN {instant} >= {from_us} THEN {shift}" for from_us, shift in reversed(shifts[1:]))
    first = shifts[0][1] if shifts else 0
    return f"CASE{cases} ELSE {first} END" if cases else str(first)
