"""The working calendar: kinds of days, opening hours and working time."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from db.enums import DayStatus
from workbench.domain.clock.calendar import CalendarDay, DayKind, WorkingCalendar, assumed_day
from workbench.errors import BadConfiguration

MORNING_AND_AFTERNOON = ((time(9), time(12)), (time(13), time(18)))
SHANGHAI = ZoneInfo("Asia/Shanghai")


def official(on: date, *, working: bool) -> CalendarDay:
    kind = DayKind.WORKDAY if working else DayKind.HOLIDAY
    return CalendarDay(on=on, working=working, kind=kind, name="", status=DayStatus.OFFICIAL)


def national_day_2026() -> list[CalendarDay]:
    """A calendar from 14 September to 18 October 2026: 1 to 7 October are off, and there are two make-up days."""
    off = {date(2026, 9, 25)} | {date(2026, 10, day) for day in range(1, 8)}
    make_up = {date(2026, 9, 20), date(2026, 10, 10)}
    days = [date(2026, 9, 14) + timedelta(days=n) for n in range(35)]
    return [official(day, working=day in make_up or (day.weekday() < 5 and day not in off)) for day in days]


def a_calendar(
    days: list[CalendarDay] | None = None,
    hours: tuple[tuple[time, time], ...] = MORNING_AND_AFTERNOON,
    zone: str = "Asia/Shanghai",
) -> WorkingCalendar:
    return WorkingCalendar(national_day_2026() if days is None else days, hours=hours, zone=zone)


def at(month: int, day: int, hour: int, minute: int = 0, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=SHANGHAI)


def test_a_make_up_sunday_is_a_working_day_and_a_holiday_is_not() -> None:
    calendar = a_calendar()

    assert calendar.is_working(date(2026, 9, 20))
    assert not calendar.is_working(date(2026, 10, 7))
    assert calendar.day(date(2026, 10, 7)).status is DayStatus.OFFICIAL


def test_outside_the_table_weekdays_are_working_days_and_provisional() -> None:
    calendar = a_calendar()

    assert calendar.is_working(date(2026, 12, 31))
    assert not calendar.is_working(date(2027, 1, 2))
    assert calendar.day(date(2026, 12, 31)).status is DayStatus.PROVISIONAL
    assert calendar.day(date(2027, 1, 2)).kind == DayKind.WEEKEND


def test_a_gap_in_the_table_counts_like_the_days_outside() -> None:
    monday, wednesday = date(2026, 9, 14), date(2026, 9, 16)
    calendar = a_calendar([official(monday, working=True), official(wednesday, working=False)])

    assert calendar.nth_working_day_after(monday, 1) == date(2026, 9, 15)
    assert calendar.nth_working_day_after(monday, 2) == date(2026, 9, 17)
    assert calendar.depends_on_provisional(monday, wednesday)
    assert not any(calendar.depends_on_provisional(day, day) for day in (monday, wednesday))


def test_the_zeroth_working_day_is_refused() -> None:
    with pytest.raises(ValueError, match="0"):
        a_calendar().nth_working_day_after(date(2026, 9, 30), 0)


def test_working_days_left_excludes_today_and_includes_the_due_day() -> None:
    calendar = a_calendar()

    assert calendar.working_days_left(date(2026, 10, 9), date(2026, 10, 9)) == 0
    assert calendar.working_days_left(date(2026, 10, 12), date(2026, 10, 9)) == 0


@given(
    start=st.dates(date(2026, 8, 1), date(2026, 12, 1)),
    n=st.integers(1, 60),
)
def test_the_nth_working_day_is_the_one_found_day_by_day(start: date, n: int) -> None:
    calendar = a_calendar()
    walked, left = start, n
    while left:
        walked += timedelta(days=1)
        left -= calendar.is_working(walked)

    assert calendar.nth_working_day_after(start, n) == walked
    assert calendar.working_days_left(start, walked) == n


@given(start=st.dates(date(2026, 9, 7), date(2026, 10, 25)), span=st.integers(-3, 40))
@example(start=date(2026, 10, 1), span=0)
@example(start=date(2026, 9, 14), span=9)
@example(start=date(2026, 10, 17), span=1)
def test_a_span_with_one_provisional_day_is_provisional(start: date, span: int) -> None:
    doubtful = [assumed_day(day) for day in (date(2026, 9, 14), date(2026, 10, 1), date(2026, 10, 18))]
    calendar = a_calendar(national_day_2026() + doubtful)
    end = start + timedelta(days=span)
    walked = any(calendar.day(start + timedelta(days=n)).status is DayStatus.PROVISIONAL for n in range(span + 1))

    assert calendar.depends_on_provisional(start, end) is walked


def test_an_instant_without_a_zone_is_refused() -> None:
    naive = at(9, 30, 9).replace(tzinfo=None)

    with pytest.raises(ValueError, match="2026"):
        a_calendar().local_day(naive)


def test_working_seconds_skip_the_midday_break_the_night_and_the_holidays() -> None:
    calendar = a_calendar()

    assert calendar.working_seconds_between(at(9, 30, 11), at(9, 30, 14)) == 2 * 3600
    assert calendar.working_seconds_between(at(9, 30, 17), at(10, 8, 10)) == 2 * 3600
    assert calendar.working_seconds_between(at(10, 1, 9), at(10, 7, 18)) == 0
    assert calendar.working_seconds_between(at(10, 8, 10), at(9, 30, 17)) == -2 * 3600


def test_adding_negative_working_time_is_refused() -> None:
    with pytest.raises(ValueError, match="-1"):
        a_calendar().add_working_seconds(at(9, 30, 9), -1)


def test_hours_that_end_before_they_begin_are_refused() -> None:
    for hours in [
        (),
        ((time(12), time(9)),),
        ((time(9), time(9)),),
        ((time(13), time(18)), (time(9), time(12))),
        ((time(9), time(14)), (time(13), time(18))),
    ]:
        with pytest.raises(BadConfiguration, match="hours"):
            a_calendar(hours=hours)


def test_the_refusal_of_an_unknown_time_zone_names_it() -> None:
    with pytest.raises(BadConfiguration, match="Asia/Nowhere"):
        a_calendar(zone="Asia/Nowhere")
