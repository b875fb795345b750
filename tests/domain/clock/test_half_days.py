"""Days with their own hours: half days, short days, and days with three intervals."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from db.enums import DayStatus
from tests.sizes import sized
from workbench.domain.clock.calendar import CalendarDay, DayKind, WorkingCalendar
from workbench.domain.clock.due import counted_from, due_at
from workbench.domain.clock.hours import Hours, format_hours, parse_hours
from workbench.errors import BadConfiguration

SHANGHAI = ZoneInfo("Asia/Shanghai")
POLICY = ((time(9), time(12)), (time(13), time(18)))
MORNING = ((time(9), time(12)),)
THURSDAY = date(2026, 11, 26)


def a_day(on: date, *, working: bool = True, hours: Hours = ()) -> CalendarDay:
    return CalendarDay(
        on=on,
        working=working,
        kind=DayKind.OVERRIDE,
        name="",
        status=DayStatus.OFFICIAL,
        hours=hours if working else (),
    )


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=SHANGHAI)


def with_half_thursday() -> WorkingCalendar:
    """A calendar in which Thursday, 26 November 2026, ends at noon."""
    return WorkingCalendar([a_day(THURSDAY, hours=MORNING)], hours=POLICY, zone="Asia/Shanghai")


def test_only_a_half_day_closes_at_noon() -> None:
    calendar = with_half_thursday()

    assert calendar.closing(THURSDAY) == at(26, 12)
    assert calendar.closing(date(2026, 11, 25)) == at(25, 18)
    assert calendar.hours_of(THURSDAY) == MORNING


def test_a_receipt_after_a_half_day_closes_counts_from_the_next_opening() -> None:
    calendar = with_half_thursday()

    assert counted_from(at(26, 12), calendar) == at(26, 12)
    assert counted_from(at(26, 12, 1), calendar) == at(27, 9)
    assert due_at(at(26, 12, 1), 1, calendar) == at(30, 18)


def test_the_afternoon_of_a_half_day_is_not_working_time() -> None:
    calendar = with_half_thursday()

    assert calendar.working_seconds_between(at(26, 9), at(26, 18)) == 3 * 3600
    assert calendar.working_seconds_between(at(25, 17), at(27, 10)) == 5 * 3600
    assert calendar.add_working_seconds(at(26, 11), 2 * 3600) == at(27, 10)
    assert calendar.add_working_seconds(at(26, 12), 0) == at(26, 12)


def test_a_working_day_may_be_longer_than_that_of_the_policy() -> None:
    late = ((time(8), time(12)), (time(13), time(18)), (time(19), time(21)))
    calendar = WorkingCalendar([a_day(THURSDAY, hours=late)], hours=POLICY, zone="Asia/Shanghai")

    assert calendar.opening(THURSDAY) == at(26, 8)
    assert calendar.closing(THURSDAY) == at(26, 21)
    assert calendar.working_seconds_between(at(26, 0), at(26, 23)) == 11 * 3600


def test_hours_are_read_in_their_usual_forms() -> None:
    for text, read in [
        ("09:00-12:00", MORNING),
        (" 9:00 - 12:00 , 13:00-18:00", POLICY),
        ("09：00-12：00，13：00-18：00", POLICY),
        ("09:00–12:00、13:00–18:00", POLICY),
    ]:
        assert parse_hours(text) == read
        assert parse_hours(format_hours(read)) == read


def test_a_text_that_gives_no_hours_is_refused() -> None:
    for text in ["", "9-12", "09:00", "12:00-09:00", "09:00-25:00", "09:00-12:00,11:00-13:00", "九点"]:
        with pytest.raises(BadConfiguration, match="hours"):
            parse_hours(text)


FIRST = date(2026, 9, 1)
MINUTES = st.integers(0, 23 * 60 + 59)


def _hours(edges: list[int]) -> Hours:
    instants = [time(edge // 60, edge % 60) for edge in sorted(edges)]
    return tuple(zip(instants[::2], instants[1::2], strict=True))


HOURS = st.sampled_from([2, 4, 6]).flatmap(lambda n: st.lists(MINUTES, min_size=n, max_size=n, unique=True).map(_hours))


@st.composite
def calendars(draw: st.DrawFn) -> WorkingCalendar:
    """Draw sixty days, each off, with the hours of the policy, or with its own hours."""
    kinds = draw(st.lists(st.sampled_from(["off", "work", "own"]), min_size=60, max_size=60))
    own = draw(st.lists(HOURS, min_size=1, max_size=4))
    days = [
        a_day(FIRST + timedelta(days=n), working=kind != "off", hours=own[n % len(own)] if kind == "own" else ())
        for n, kind in enumerate(kinds)
    ]
    zone = draw(st.sampled_from(["Asia/Shanghai", "America/New_York", "Europe/Berlin"]))
    return WorkingCalendar(days, hours=draw(HOURS), zone=zone)


INSTANTS = st.datetimes(datetime(2026, 8, 28), datetime(2026, 11, 10), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis takes naive bounds and adds the zone
MICROSECONDS = st.integers(0, 20 * 8 * 3600 * 10**6)


def _instant(calendar: WorkingCalendar, day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, tzinfo=calendar.zone).astimezone(UTC)


def check_adding(calendar: WorkingCalendar, start: datetime, micros: int, more: int) -> None:
    """Check that adding is the inverse of counting, keeps the order of instants, and ends within working hours."""
    seconds = micros / 10**6
    reached = calendar.add_working_seconds(start, seconds)

    assert calendar.working_seconds_between(start, reached) == pytest.approx(seconds, abs=1e-6)
    assert reached >= start
    assert reached <= calendar.add_working_seconds(start + timedelta(microseconds=more), seconds)
    assert reached <= calendar.add_working_seconds(start, seconds + more / 10**6)
    local = reached.astimezone(calendar.zone)
    assert calendar.is_working(local.date())
    opened = [
        (_instant(calendar, local.date(), a), _instant(calendar, local.date(), b))
        for a, b in calendar.hours_of(local.date())
    ]
    assert any(opens <= reached <= closes for opens, closes in opened)


def check_due(calendar: WorkingCalendar, start: datetime, days: int) -> None:
    """Check that a due date is the closing of the right working day, and that a later receipt is not due earlier."""
    due = due_at(start, days, calendar)
    day_zero, due_day = calendar.local_day(counted_from(start, calendar)), calendar.local_day(due)

    assert counted_from(start, calendar) >= start
    assert due == calendar.closing(due_day)
    assert calendar.is_working(due_day)
    assert calendar.working_days_left(day_zero, due_day) == days
    assert due <= due_at(start + timedelta(hours=7), days, calendar)
    assert due < due_at(start, days + 1, calendar)


@settings(max_examples=sized(ci=40, full=10_000))
@given(calendars(), INSTANTS, MICROSECONDS, st.integers(0, 10**11), st.integers(1, 10))
def test_adding_counting_and_due_dates_agree_on_days_with_their_own_hours(
    calendar: WorkingCalendar, start: datetime, micros: int, more: int, days: int
) -> None:
    check_adding(calendar, start, micros, more)
    check_due(calendar, start, days)
