from datetime import UTC, date, datetime, time

import pytest

from workbench.domain.clock.calendar import WorkingCalendar
from workbench.services.calendar.public_holidays import seed_days
from workbench.services.demo.dates import DemoDates, around

CALENDAR = WorkingCalendar(
    seed_days("CN", range(2025, 2029)),
    hours=((time(9), time(12)), (time(13), time(18))),
    zone="Asia/Shanghai",
)


def test_working_days_are_counted_back_over_a_holiday() -> None:
    dates = DemoDates(date(2026, 10, 9), CALENDAR)

    assert (dates.workday(1), dates.workday(2)) == (date(2026, 10, 8), date(2026, 9, 30))
    assert dates.workdays_from(2, 2) == (date(2026, 9, 30), date(2026, 9, 29))
    assert dates.at(1, 18 * 60 + 30) == datetime(2026, 10, 8, 10, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "is_open", "opening"),
    [
        (datetime(2026, 11, 25, 2, tzinfo=UTC), True, datetime(2026, 11, 26, 1, tzinfo=UTC)),
        (datetime(2026, 11, 25, 4, 30, tzinfo=UTC), False, datetime(2026, 11, 26, 1, tzinfo=UTC)),
        (datetime(2026, 11, 24, 16, 5, tzinfo=UTC), False, datetime(2026, 11, 25, 1, tzinfo=UTC)),
        (datetime(2026, 10, 3, 2, tzinfo=UTC), False, datetime(2026, 10, 8, 1, tzinfo=UTC)),
    ],
)
def test_the_office_is_open_in_working_hours_only(at: datetime, is_open: bool, opening: datetime) -> None:
    dates = DemoDates(CALENDAR.local_day(at), CALENDAR)

    assert (dates.is_open(at), dates.opening_after(at)) == (is_open, opening)


def test_dates_lie_around_a_receipt() -> None:
    received = date(2026, 11, 25)

    assert around("{received} {received+46} {received-20-24y}", received) == "2026-11-25 2027-01-10 2002-11-05"
    assert around("{received-90+9y} {workday-1} {}", received) == "2035-08-27 {workday-1} {}"
    assert around("{received+0+3y}", date(2028, 2, 29)) == "2031-02-28"
