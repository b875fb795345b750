"""Working days that are closed by a suspension of all work are left out of the forecast."""

from datetime import UTC, date, datetime, timedelta

from tests.domain.forecast.test_working_time import CALENDAR, FIRST
from workbench.domain.clock.spans import NEVER, TimeSpan
from workbench.domain.clock.suspension import Suspension
from workbench.domain.forecast.closed_days import closed_days, is_all_work_suspended
from workbench.domain.forecast.working_time import WorkingTime

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
"""Tuesday, 10:00 in Shanghai; the hours are 9 to 12 and 13 to 18."""
LAST = FIRST + timedelta(days=119)
NINE, SIX = 1, 10


def at(day: int, hour_utc: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour_utc, minute, tzinfo=UTC)


def closed(*spans: TimeSpan, now: datetime = NOW, province: str | None = None) -> set[int]:
    stops = [
        Suspension(id=number, span=span, reason="台风", province=province) for number, span in enumerate(spans, start=1)
    ]
    return {on.day for on in closed_days(stops, CALENDAR, now, FIRST, LAST)}


def test_a_day_without_any_open_hour_is_closed() -> None:
    for span, days in [
        (TimeSpan(at(25, NINE), at(26, SIX)), {25, 26}),
        (TimeSpan(at(25, NINE, 1), at(26, SIX)), {26}),
        (TimeSpan(at(25, NINE), at(26, SIX) - timedelta(minutes=1)), {25}),
        (TimeSpan(at(27, 0), at(30, 0)), {27}),
        (TimeSpan(at(19, NINE), at(20, SIX)), {19, 20}),
        (TimeSpan(at(24, 1, 30), at(24, SIX)), {24}),
        (TimeSpan(at(24, 3), at(24, SIX)), set()),
    ]:
        assert closed(span) == days


def test_two_adjoining_suspensions_close_a_day_together() -> None:
    assert closed(TimeSpan(at(25, NINE), at(25, 5)), TimeSpan(at(25, 4), at(25, SIX))) == {25}


def test_an_open_suspension_lasts_for_today() -> None:
    assert closed(TimeSpan(at(23, NINE))) == {23, 24}
    assert closed(TimeSpan(at(23, NINE)), now=at(25, 12)) == {23, 24, 25}


def test_a_suspension_that_begins_after_closing_leaves_the_day_open() -> None:
    assert closed(TimeSpan(at(24, 11)), now=at(24, 12)) == set()


def test_a_future_open_suspension_lasts_for_its_first_working_day() -> None:
    for start, days in [
        (at(26, NINE), {26}),
        (at(25, SIX + 1), {26}),
        (at(28, 0), {30}),
        (at(26, 4), set()),
    ]:
        assert closed(TimeSpan(start)) == days


def test_a_limited_suspension_closes_no_day() -> None:
    assert closed(TimeSpan(at(25, NINE), at(26, SIX)), province="四川") == set()


def test_work_is_suspended_while_an_open_suspension_lasts() -> None:
    for span, is_so in [
        (TimeSpan(at(24, 1)), True),
        (TimeSpan(at(24, 3)), False),
        (TimeSpan(at(24, 1), at(25, 1)), False),
    ]:
        assert is_all_work_suspended([Suspension(id=1, span=span, reason="台风")], NOW) is is_so
        assert span.end == NEVER or not is_so


def test_working_time_skips_closed_days() -> None:
    usual = WorkingTime(CALENDAR, FIRST, LAST)
    shorter = WorkingTime(CALENDAR, FIRST, LAST, frozenset({date(2026, 11, 25), date(2026, 11, 26)}))

    assert shorter.day_count == usual.day_count - 2
    assert shorter.from_instant(NOW) == usual.from_instant(NOW)
    assert shorter.date_of(shorter.from_instant(NOW) + 1) == date(2026, 11, 27)
