"""Shifts of local time agree with the zone at every instant."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from workbench.services.files.calls.local_time import utc_offsets

HOUR_US = 3_600_000_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def instant_us(year: int, month: int, day: int) -> int:
    return (datetime(year, month, day, tzinfo=UTC) - EPOCH) // timedelta(microseconds=1)


def test_the_clock_is_changed_at_the_very_second() -> None:
    assert utc_offsets(ZoneInfo("Asia/Shanghai"), 5, 5) == [(5, 8 * HOUR_US)], "a single instant has its shift"

    shifts = utc_offsets(ZoneInfo("America/New_York"), instant_us(2026, 1, 1), instant_us(2026, 12, 31))

    assert shifts[1:] == [
        (instant_us(2026, 3, 8) + 7 * HOUR_US, -4 * HOUR_US),
        (instant_us(2026, 11, 1) + 6 * HOUR_US, -5 * HOUR_US),
    ]


def test_every_quarter_of_an_hour_of_a_year_has_the_shift_of_the_zone() -> None:
    for name, year in [
        ("Australia/Lord_Howe", 2026),
        ("Pacific/Apia", 2011),
    ]:
        zone = ZoneInfo(name)
        first, last = instant_us(year, 1, 1) + 1, instant_us(year + 1, 1, 1)
        shifts = utc_offsets(zone, first, last)
        position = 0

        for at_us in range(first, last, HOUR_US // 4):
            while position + 1 < len(shifts) and shifts[position + 1][0] <= at_us:
                position += 1
            shift = (EPOCH + timedelta(microseconds=at_us)).astimezone(zone).utcoffset()
            assert shift is not None
            assert timedelta(microseconds=shifts[position][1]) == shift
