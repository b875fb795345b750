"""Deadlines of applicants: properties on generated calendars and suspensions, and the cases of the law by example."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import assume, given
from hypothesis import strategies as st

from db.enums import DayStatus
from tests.domain.clock.clock_cases import FIRST, calendars, instants
from workbench.domain.case.appeal import last_filing_day
from workbench.domain.clock.calendar import CalendarDay, DayKind, WorkingCalendar
from workbench.domain.clock.due import (
    feasible_deadline,
    latest_receipt,
    moved_deadline,
    open_day_from,
    open_suspension_start,
    short_deadline_problem,
)
from workbench.domain.clock.spans import NEVER, TimeSpan, merge_spans, subtract_spans
from workbench.domain.clock.suspension import Suspension
from workbench.services.time.calendar.public_holidays import seed_days

ZONE = ZoneInfo("Asia/Shanghai")
HOURS = ((time(9), time(12)), (time(13), time(18)))
DAYS = list(seed_days("CN", range(2026, 2028)))
CALENDAR = WorkingCalendar(DAYS, hours=HOURS, zone="Asia/Shanghai")
GIVEN = datetime(2026, 11, 23, 10, tzinfo=ZONE)


def at(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=ZONE)


def suspended(*spans: TimeSpan) -> tuple[Suspension, ...]:
    return tuple(Suspension(id=number, span=span, reason="flood") for number, span in enumerate(spans, 1))


@st.composite
def spans(draw: st.DrawFn, most: int = 4) -> tuple[TimeSpan, ...]:
    pairs = draw(st.lists(st.tuples(instants(), instants()), max_size=most))
    return tuple(TimeSpan(min(pair), max(pair)) for pair in pairs if pair[0] != pair[1])


class TestAnyDeadline:
    @given(calendars(), instants(), spans())
    def test_it_is_never_earlier_and_never_on_a_day_off_or_in_a_suspension(
        self, calendar: WorkingCalendar, told: datetime, off: tuple[TimeSpan, ...]
    ) -> None:
        moved = moved_deadline(told, FIRST, suspended(*off), calendar)
        assert moved >= told
        assert calendar.is_working(calendar.local_day(moved))
        assert not any(span.start < moved < span.end for span in off)

    @given(calendars(), instants(), spans())
    def test_it_moves_on_by_exactly_the_working_time_suspended(
        self, calendar: WorkingCalendar, told: datetime, off: tuple[TimeSpan, ...]
    ) -> None:
        assume(calendar.is_working(calendar.local_day(told)))
        moved = moved_deadline(told, FIRST, suspended(*off), calendar)
        left = (part for span in off for part in [TimeSpan(span.start, min(span.end, moved))] if span.start < moved)
        lost = sum(calendar.working_seconds_between(span.start, span.end) for span in merge_spans(left))
        assert calendar.working_seconds_between(told, moved) == lost

    @given(calendars(), instants(), spans(), spans(1))
    def test_another_suspension_never_makes_it_earlier_and_taking_it_back_restores_it(
        self, calendar: WorkingCalendar, told: datetime, off: tuple[TimeSpan, ...], more: tuple[TimeSpan, ...]
    ) -> None:
        without = moved_deadline(told, FIRST, suspended(*off), calendar)
        assert moved_deadline(told, FIRST, suspended(*off, *more), calendar) >= without
        called_off = tuple(TimeSpan(span.start, span.start) for span in more)
        assert moved_deadline(told, FIRST, suspended(*off, *called_off), calendar) == without

    @given(calendars(), instants(), spans(), instants())
    def test_only_what_was_suspended_since_it_was_given_counts(
        self, calendar: WorkingCalendar, told: datetime, off: tuple[TimeSpan, ...], since: datetime
    ) -> None:
        later = [part for span in off for part in subtract_spans(span, [TimeSpan(FIRST - timedelta(days=1), since)])]
        assert moved_deadline(told, since, suspended(*off), calendar) == moved_deadline(
            told, FIRST, suspended(*later), calendar
        )


def test_a_suspension_moves_a_deadline() -> None:
    for told, off, moved in [
        (at(27, 18), [(at(25, 0), at(27, 0))], at(1, 18, month=12)),  # two days, over a weekend
        (at(27, 18), [(at(25, 9), at(25, 12))], at(30, 12)),  # three hours
        (at(27, 18), [(at(20, 0), at(24, 0))], at(30, 17)),  # begun before the deadline was given
        (at(27, 18), [(at(27, 9), at(1, 0, month=12))], at(1, 18, month=12)),  # ends after the deadline
        (at(27, 18), [(at(27, 18), at(1, 0, month=12))], at(27, 18)),  # begins when it has passed
        (at(27, 18), [(at(28, 0), at(30, 0))], at(27, 18)),  # on days off only
        (at(24, 22), [(at(24, 20), at(26, 0))], at(26, 9)),  # hours that end at night
        (at(24, 22), [(at(24, 20), at(24, 22))], at(24, 22)),  # ends with the deadline
        (at(27, 18), [(at(25, 0), at(26, 0)), (at(25, 9), at(26, 12))], at(1, 12, month=12)),  # overlap
    ]:
        assert moved_deadline(told, GIVEN, suspended(*(TimeSpan(*pair) for pair in off)), CALENDAR) == moved


def test_a_day_that_is_set_off_moves_its_deadlines_to_the_next_working_day() -> None:
    off = CalendarDay(on=date(2026, 11, 27), working=False, kind=DayKind.OVERRIDE, name="", status=DayStatus.OFFICIAL)
    half = replace(off, on=date(2026, 11, 30), working=True, hours=HOURS[:1])
    calendar = WorkingCalendar([*DAYS, off, half], hours=HOURS, zone="Asia/Shanghai")
    for told, moved in [(at(27, 18), at(30, 12)), (at(27, 22, 15), at(30, 22, 15)), (at(26, 18), at(26, 18))]:
        assert moved_deadline(told, GIVEN, (), calendar) == moved


def test_no_deadline_passes_while_the_end_of_a_suspension_is_unknown() -> None:
    open_end = suspended(TimeSpan(at(26, 9), NEVER))
    assert moved_deadline(at(27, 18), GIVEN, open_end, CALENDAR) == at(27, 18)
    held = open_suspension_start(at(27, 18), open_end)
    assert held == at(26, 9)
    assert latest_receipt(at(27, 18), held) == NEVER
    for earlier in (at(25, 18), at(26, 9)):
        assert open_suspension_start(earlier, open_end) is None
        assert latest_receipt(earlier, held) == earlier
    assert latest_receipt(at(27, 18), None) == at(27, 18)


def test_a_last_day_moves_by_whole_days() -> None:
    three_hours = suspended(TimeSpan(at(25, 9), at(25, 12)))
    assert last_filing_day(GIVEN, 4, CALENDAR) == date(2026, 11, 27)
    assert last_filing_day(GIVEN, 4, CALENDAR, three_hours) == date(2026, 11, 30)
    from_closing_to_closing = suspended(TimeSpan(at(26, 18), at(27, 18)))
    for day, open_day in ((26, 26), (27, 30)):
        assert open_day_from(date(2026, 11, day), from_closing_to_closing, CALENDAR) == date(2026, 11, open_day)


def test_a_deadline_leaves_two_working_hours() -> None:
    assert short_deadline_problem(at(27, 18), at(27, 16), CALENDAR) is None
    assert feasible_deadline(at(27, 11), at(27, 9), CALENDAR) == at(27, 11)
    assert feasible_deadline(at(27, 10, 59), at(27, 9), CALENDAR) == at(27, 18)
