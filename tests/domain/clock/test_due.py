"""Due dates: where they start, when they fall, and when they are provisional."""

import time as clock
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from workbench.domain.clock.calendar import WorkingCalendar, assumed_day
from workbench.domain.clock.clock import ClockBudget, ClockState, clock_state
from workbench.domain.clock.due import (
    counted_from,
    due_at,
    last_overdue_receipt,
    natural_deadline,
    postponed_deadline,
    working_days_late,
)
from workbench.services.time.calendar.public_holidays import seed_days

SHANGHAI = ZoneInfo("Asia/Shanghai")
CALENDAR = WorkingCalendar(
    seed_days("CN", range(2024, 2028)),
    hours=((time(9), time(12)), (time(13), time(18))),
    zone="Asia/Shanghai",
)


def at(year: int, month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=SHANGHAI)


def clock_of(received: datetime, days: int, calendar: WorkingCalendar = CALENDAR) -> ClockState:
    return clock_state(ClockBudget(start=received, days=days), (), calendar)


@pytest.fixture(params=["UTC", "Asia/Shanghai", "America/Los_Angeles", "Pacific/Kiritimati"])
def machine_zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("TZ", request.param)
    clock.tzset()
    yield request.param
    monkeypatch.undo()
    clock.tzset()


def test_a_receipt_counts_from_the_next_opening() -> None:
    for received, counted in [
        (at(2026, 11, 24, 10), at(2026, 11, 24, 10)),  # within the hours
        (at(2026, 11, 24, 12, 30), at(2026, 11, 24, 12, 30)),  # in the midday break
        (at(2026, 11, 24, 18), at(2026, 11, 24, 18)),  # at closing
        (at(2026, 11, 24, 18, 1), at(2026, 11, 25, 9)),  # a minute after closing
        (at(2026, 11, 24, 6), at(2026, 11, 24, 9)),  # before opening
        (at(2026, 11, 27, 20), at(2026, 11, 30, 9)),  # Friday evening
        (at(2026, 10, 3, 10), at(2026, 10, 8, 9)),  # on a holiday
        (at(2026, 10, 10, 10), at(2026, 10, 10, 10)),  # on a make-up Saturday
        (at(2026, 10, 9, 19), at(2026, 10, 10, 9)),  # in the evening before a make-up Saturday
    ]:
        assert counted_from(received, CALENDAR) == counted


def test_a_case_is_due_at_closing() -> None:
    for received, days, due in [
        (at(2026, 11, 24, 10), 3, at(2026, 11, 27, 18)),  # a plain week
        (at(2026, 11, 24, 18), 1, at(2026, 11, 25, 18)),  # exactly at closing
        (at(2026, 11, 24, 18, 1), 1, at(2026, 11, 26, 18)),  # a minute after closing
        (at(2026, 11, 24, 22), 7, at(2026, 12, 4, 18)),  # decided in the evening
        (at(2026, 9, 29, 10), 3, at(2026, 10, 9, 18)),  # over the National Day week
        (at(2026, 9, 30, 19), 1, at(2026, 10, 9, 18)),  # in the evening before National Day
        (at(2026, 10, 5, 10), 3, at(2026, 10, 12, 18)),  # within the National Day week
        (at(2026, 10, 10, 10), 1, at(2026, 10, 12, 18)),  # on a make-up Saturday
        (at(2025, 1, 24, 10), 1, at(2025, 1, 26, 18)),  # a make-up Sunday is day 1
        (at(2026, 2, 13, 17), 7, at(2026, 3, 2, 18)),  # over the Spring Festival
        (at(2026, 12, 22, 10), 7, at(2026, 12, 31, 18)),  # to the last day that is published
    ]:
        found = due_at(received, days, CALENDAR)

        assert found == due
        assert found.tzinfo is UTC
        assert not clock_of(received, days).is_due_provisional


def test_one_provisional_day_before_it_makes_a_due_date_provisional() -> None:
    days = {day.on: day for day in seed_days("CN", [2026])}
    days[date(2026, 11, 25)] = assumed_day(date(2026, 11, 25))
    calendar = WorkingCalendar(days.values(), hours=CALENDAR.hours, zone="Asia/Shanghai")

    assert clock_of(at(2026, 11, 24, 10), 3, calendar).is_due_provisional
    assert clock_of(at(2026, 11, 25, 10), 3, calendar).is_due_provisional
    assert not clock_of(at(2026, 11, 26, 10), 3, calendar).is_due_provisional


@pytest.mark.usefixtures("machine_zone")
def test_the_due_date_does_not_depend_on_the_time_zone_of_the_machine() -> None:
    received = datetime(2026, 11, 24, 16, 30, tzinfo=UTC)  # half past midnight of the 25th in Shanghai

    due = due_at(received, 3, CALENDAR)

    assert CALENDAR.local_day(counted_from(received, CALENDAR)) == date(2026, 11, 25)
    assert due == at(2026, 11, 30, 18)


SOME_TIME = st.integers(0, 110 * 24 * 60).map(lambda minutes: at(2026, 9, 1, 0) + timedelta(minutes=minutes))


@given(received=SOME_TIME, now=SOME_TIME, days=st.integers(1, 5))
@example(received=at(2026, 11, 24, 10), now=at(2026, 11, 27, 18), days=3)
def test_the_last_overdue_receipt_divides_overdue_receipts_from_others(
    received: datetime, now: datetime, days: int
) -> None:
    is_overdue = due_at(received, days, CALENDAR) < now

    assert is_overdue is (received <= last_overdue_receipt(now, days, CALENDAR))


def test_a_letter_is_late_by_the_working_days_after_its_release() -> None:
    for released, sent, days in [
        (at(2026, 11, 24, 10), at(2026, 11, 24, 17, 59), 0),  # the same day
        (at(2026, 11, 24, 19), at(2026, 11, 25, 10), 0),  # after closing, sent the next morning
        (at(2026, 11, 24, 10), at(2026, 11, 25, 9), 1),  # the next day
        (at(2026, 11, 27, 10), at(2026, 11, 29, 10), 0),  # on a Sunday
        (at(2026, 11, 28, 10), at(2026, 11, 30, 10), 0),  # released on a Saturday, sent on Monday
        (at(2026, 11, 24, 17), at(2026, 11, 24, 23), 0),  # in the evening of the same day
        (at(2026, 9, 30, 10), at(2026, 10, 8, 10), 1),  # after a holiday
        (at(2026, 11, 24, 10), at(2026, 11, 20, 10), 0),  # before the release
    ]:
        assert working_days_late(released, sent, CALENDAR) == days


@given(received=SOME_TIME, days=st.integers(1, 15), late=st.integers(1, 10))
def test_a_deadline_moved_on_is_the_deadline_of_so_many_more_days(received: datetime, days: int, late: int) -> None:
    assert postponed_deadline(due_at(received, days, CALENDAR), late, CALENDAR) == due_at(
        received, days + late, CALENDAR
    )


def test_a_deadline_in_natural_hours_keeps_its_time_of_day() -> None:
    assert postponed_deadline(at(2026, 11, 27, 10, 30), 1, CALENDAR) == at(2026, 11, 30, 10, 30)


@given(
    seconds=st.integers(0, 1350 * 86_400),
    hours=st.integers(1, 168),
    ends_on_days_off=st.booleans(),
)
def test_a_deadline_in_hours_leaves_them_all_and_ends_on_a_working_day(
    seconds: int, hours: int, ends_on_days_off: bool
) -> None:
    start = at(2024, 1, 2, 0) + timedelta(seconds=seconds)
    end = natural_deadline(start, hours, CALENDAR, ends_on_days_off=ends_on_days_off)
    earliest = start + timedelta(hours=hours, seconds=-seconds % 60)
    local = end.astimezone(SHANGHAI)

    assert ends_on_days_off or CALENDAR.is_working(local.date())
    # It is moved on by whole days off only.
    days = [local.date() - timedelta(days=n) for n in range(1, (local.date() - earliest.date()).days + 1)]
    assert end - earliest == timedelta(days=len(days))
    assert not any(ends_on_days_off or CALENDAR.is_working(day) for day in days)
