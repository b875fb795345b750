"""Time counted in working days agrees with the calendar."""

from datetime import UTC, date, datetime, time, timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from db.enums import DayStatus
from workbench.domain.clock.calendar import CalendarDay, WorkingCalendar
from workbench.domain.forecast.working_time import WorkingTime

HOURS = ((time(9), time(12)), (time(13), time(18)))
FIRST = date(2026, 9, 1)
OFF = {date(2026, 10, day) for day in range(1, 8)}
MADE_UP = {date(2026, 9, 27), date(2026, 10, 10)}


def _day(on: date) -> CalendarDay:
    working = on in MADE_UP or (on.weekday() < 5 and on not in OFF)
    return CalendarDay(on=on, working=working, kind="workday", name="", status=DayStatus.OFFICIAL)


CALENDAR = WorkingCalendar(
    [_day(FIRST + timedelta(days=number)) for number in range(120)], hours=HOURS, zone="Asia/Shanghai"
)
TIME = WorkingTime(CALENDAR, FIRST, FIRST + timedelta(days=119))
INSTANTS = st.floats(0, 109 * 86_400).map(lambda seconds: datetime(2026, 9, 2, tzinfo=UTC) + timedelta(seconds=seconds))


@given(INSTANTS, INSTANTS)
def test_working_time_grows_like_working_seconds(one: datetime, other: datetime) -> None:
    passed_s = (TIME.from_instant(other) - TIME.from_instant(one)) * 8 * 3600

    assert abs(passed_s - CALENDAR.working_seconds_between(one, other)) < 0.01


@given(st.floats(0.5, 60))
def test_the_day_of_a_working_time_is_a_working_day(at: float) -> None:
    assert CALENDAR.is_working(TIME.date_of(at))


def test_a_finished_day_ends_at_its_closing_and_not_the_next_morning() -> None:
    closing = CALENDAR.closing(date(2026, 9, 30))

    at = TIME.from_instant(closing)

    assert at == int(at)
    assert TIME.date_of(at) == date(2026, 9, 30)
    assert TIME.date_of(at + 0.01) == date(2026, 10, 8)


def test_a_future_event_is_not_on_a_finished_day() -> None:
    before_opening = TIME.from_instant(datetime(2026, 9, 3, 0, 35, tzinfo=UTC))
    day_before = before_opening - 0.5

    days = TIME.coming_dates(np.array([day_before, before_opening, before_opening + 0.5]), before_opening)

    assert days == [date(2026, 9, 2), date(2026, 9, 3), date(2026, 9, 3)]
    assert TIME.dates_of(np.array([before_opening])) == [date(2026, 9, 2)]


def test_nights_and_holidays_take_no_time() -> None:
    evening = datetime(2026, 9, 30, 12, 0, tzinfo=UTC)
    after_the_holiday = datetime(2026, 10, 8, 0, 30, tzinfo=UTC)

    assert TIME.from_instant(evening) == TIME.from_instant(after_the_holiday)


def test_a_day_off_has_the_number_of_the_next_working_day() -> None:
    assert (
        TIME.number_of_day(date(2026, 10, 3))
        == TIME.number_of_day(date(2026, 10, 8))
        == TIME.number_of_day(date(2026, 9, 30)) + 1
    )
    assert TIME.weekdays[TIME.number_of_day(date(2026, 10, 10))] == 5
