"""Properties of working time and due dates, on generated cases, pauses and calendars."""

import itertools
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from db.enums import CaseState
from tests.domain.clock.clock_cases import FIRST, GeneratedCase, cases, instants
from tests.lifecycle.clock_model import CaseClock, Hours
from tests.sizes import sized
from workbench.domain.clock.calendar import WorkingCalendar
from workbench.domain.clock.clock import (
    AppealDays,
    ClockEvent,
    affects_due_date,
    budget_of,
    clock_state,
    extension_s,
    is_suspended,
    version_at_filing,
)
from workbench.domain.clock.explanation import StepKind, explain_clock
from workbench.domain.clock.spans import NEVER, TimeSpan, merge_spans, subtract_spans
from workbench.domain.clock.suspension import Suspension
from workbench.services.time.calendar.public_holidays import seed_days

SECONDS = st.integers(0, 40 * 3600)
_APPEAL_DAYS = AppealDays(answer=7, cap=15)


def due_of(made: GeneratedCase) -> datetime:
    budget = budget_of(made.events, made.received_at, made.days, _APPEAL_DAYS)
    return clock_state(budget, made.suspensions, made.calendar).due_at


def check_arithmetic(calendar: WorkingCalendar, start: datetime, less: int, more: int) -> None:
    """Check that adding working time is monotonic, the inverse of counting it, and never ends on a day off."""
    less, more = sorted((less, more))
    earlier, later = calendar.add_working_seconds(start, less), calendar.add_working_seconds(start, more)
    assert earlier <= later
    assert later == calendar.add_working_seconds(earlier, more - less)
    assert calendar.working_seconds_between(start, later) == more
    assert calendar.working_seconds_between(later, start) == -more
    if more or calendar.is_working(calendar.local_day(start)):
        assert calendar.is_working(calendar.local_day(later))
    assert calendar.working_seconds_between(later, calendar.add_working_seconds(later, 1)) == 1


def check_steps(made: GeneratedCase) -> None:
    """Check that the steps go forward, leave nothing out and count nothing twice."""
    budget = budget_of(made.events, made.received_at, made.days, _APPEAL_DAYS)
    now = FIRST + timedelta(days=60)
    found = explain_clock(
        budget, made.suspensions, made.calendar, now, handed_in_at=made.received_at, runs=budget.open_pause is None
    )
    assert [step.start for step in found.steps] == sorted(step.start for step in found.steps)
    assert sum(step.what is StepKind.DUE for step in found.steps) == 1
    spans = sorted(TimeSpan(step.start, step.end or NEVER) for step in found.steps if step.end != step.start)
    assert all(before.end <= after.start for before, after in itertools.pairwise(spans))
    assert found.due_at is not None
    assert made.calendar.is_working(made.calendar.local_day(found.due_at))
    if not found.is_paused:
        promised = made.calendar.working_seconds_between(*_promise(made))
        counted = sum(step.working_s for step in found.steps if step.counts and step.what is not StepKind.LATE)
        late = [span for span in made.pauses if span.end > found.due_at or span.start > found.due_at]
        stopped = [one for one in made.suspensions if one.span.start >= found.due_at or one.span.end > found.due_at]
        # A pause after the due date also moves it, past time that already counted as late or as worked.
        if not late and not stopped:
            assert counted == promised


@given(made=cases(), on=st.integers(0, 120))
def test_an_extended_case_is_due_on_its_day_despite_suspensions_before(made: GeneratedCase, on: int) -> None:
    budget = budget_of(made.events, made.received_at, made.days, _APPEAL_DAYS)
    day = made.calendar.working_day_from(made.calendar.local_day(FIRST) + timedelta(days=on))
    until = made.calendar.closing(day)
    assume(not any(one.span.start < until <= one.span.end for one in made.suspensions))
    seconds = extension_s(budget, made.suspensions, made.calendar, until)

    if seconds > 0:
        extended = replace(budget, extended_s=seconds)
        assert clock_state(extended, made.suspensions, made.calendar).due_at == until
    else:
        assert due_of(made) >= until or not made.calendar.working_seconds_between(due_of(made), until)


def _promise(made: GeneratedCase) -> tuple[datetime, datetime]:
    plain = GeneratedCase(made.calendar, made.received_at, made.days, (), ())
    return made.received_at, due_of(plain)


@pytest.mark.proof
@settings(max_examples=sized(ci=60, full=10_000))
@given(made=cases(), start=instants(), less=SECONDS, more=SECONDS)
def test_ten_thousand_due_dates_keep_all_properties(made: GeneratedCase, start: datetime, less: int, more: int) -> None:
    check_arithmetic(made.calendar, start, less, more)
    check_steps(made)


@pytest.mark.proof
@settings(max_examples=sized(ci=60, full=2_000))
@given(made=cases(is_plain=True))
def test_due_dates_equal_those_of_the_clock_that_shares_no_code(made: GeneratedCase) -> None:
    pauses = tuple((pause.start, None if pause.is_open else pause.end) for pause in made.pauses)
    suspensions = [(one.span.start, one.span.end) for one in made.suspensions]
    clock = CaseClock(made.received_at, made.days, pauses)

    assert due_of(made) == clock.due_at(Hours(lambda day: made.calendar.day(day).working), suspensions)


@given(made=cases(), more=instants(), hours=st.integers(1, 30))
def test_another_suspension_never_brings_a_due_date_forward(made: GeneratedCase, more: datetime, hours: int) -> None:
    stop = Suspension(id=99, span=TimeSpan(more, more + timedelta(hours=hours)), reason="x")
    longer = GeneratedCase(made.calendar, made.received_at, made.days, made.pauses, (*made.suspensions, stop))

    assert due_of(longer) >= due_of(made)


@given(spans=st.lists(st.tuples(instants(), instants()).map(sorted).map(lambda pair: TimeSpan(*pair)), max_size=6))
def test_remaining_and_used_working_time_add_up(spans: list[TimeSpan]) -> None:
    whole = TimeSpan(FIRST, FIRST + timedelta(days=21))
    left = subtract_spans(whole, spans)

    assert merge_spans([*left, *spans]) == merge_spans([whole, *spans])
    assert all(before.end <= after.start for before, after in itertools.pairwise(left))


def test_a_suspension_of_another_province_or_agent_has_no_effect() -> None:
    stop = Suspension(id=1, span=TimeSpan(FIRST), reason="x", province="四川", agent="A")

    assert stop.concerns("四川省", "A")
    assert stop.concerns("Sichuan", "A")
    assert not stop.concerns("四川省", "B")
    assert not stop.concerns("", "A")
    assert replace(stop, province=None).concerns("", "A")
    assert replace(stop, agent=None).concerns("四川", "B")
    midnight = datetime(2026, 11, 24, tzinfo=UTC)
    of_a_day, days = (
        replace(stop, span=TimeSpan(midnight, midnight + timedelta(days=1))),
        [date(2026, 11, 23 + n) for n in range(3)],
    )
    assert [of_a_day.stops_days(day, day, ZoneInfo("UTC")) for day in days] == [False, True, False]


def test_a_case_late_before_a_suspension_stays_late() -> None:
    made = _plain(FIRST + timedelta(hours=2))
    due = due_of(made)
    after = Suspension(id=1, span=TimeSpan(due, due + timedelta(days=7)), reason="x")
    before = Suspension(id=2, span=TimeSpan(due - timedelta(minutes=1), due + timedelta(days=3)), reason="x")

    assert due_of(GeneratedCase(made.calendar, made.received_at, made.days, (), (after,))) == due
    assert due_of(GeneratedCase(made.calendar, made.received_at, made.days, (), (before,))) > due
    budget = budget_of((), made.received_at, made.days, _APPEAL_DAYS)
    endless = replace(after, span=TimeSpan(due))
    assert is_suspended((after,), due)
    assert not affects_due_date(endless, due, clock_state(budget, (endless,), made.calendar), runs=True)
    # An extension is right although a suspension begins at the due date before, and another at the new one.
    until = due + timedelta(days=15)
    stops = (after, Suspension(id=3, span=TimeSpan(until, until + timedelta(days=3)), reason="x"))
    extended = replace(budget, extended_s=extension_s(budget, stops, made.calendar, until))
    assert clock_state(extended, stops, made.calendar).due_at == until


def test_only_a_reopened_case_gets_a_new_time_budget() -> None:
    for states, is_renewed in [
        ((CaseState.PASSED, CaseState.QUEUED), True),
        ((CaseState.FAILED, CaseState.QUEUED), True),
        ((CaseState.FAILED, CaseState.APPEALED), True),
        ((CaseState.AWAITING_CHECK, CaseState.IN_REVIEW, CaseState.QUEUED), False),
        ((CaseState.RECTIFYING, CaseState.QUEUED), False),
    ]:
        events = [
            ClockEvent(at=FIRST + timedelta(days=day), action="x", state=state)
            for day, state in enumerate(states, start=1)
        ]

        assert budget_of(events, FIRST, 3, _APPEAL_DAYS).is_renewed is is_renewed

    held = [ClockEvent(at=FIRST + timedelta(days=day), action="x", state=CaseState.PASSED) for day in (1, 2)]
    assert budget_of(held, FIRST, 3, _APPEAL_DAYS).closed_at == held[0].at


def test_a_lapsed_case_continues_after_an_answer_in_time_and_restarts_if_reopened() -> None:
    for action, is_renewed in [("resubmit", False), ("reopen", True)]:
        events = [
            ClockEvent(at=FIRST, action="decide", state=CaseState.RECTIFYING),
            ClockEvent(at=FIRST + timedelta(days=9), action="lapse", state=CaseState.LAPSED),
            ClockEvent(at=FIRST + timedelta(days=3), action=action, state=CaseState.QUEUED, runs=True),
        ]
        budget = budget_of(events, FIRST, 3, _APPEAL_DAYS)

        assert budget.is_renewed is is_renewed
        assert budget.closed_at is None
        if not is_renewed:
            assert [pause.span for pause in budget.pauses] == [TimeSpan(FIRST, FIRST + timedelta(days=3))]


@pytest.mark.promise("D9")
def test_an_appeal_is_due_after_its_working_days_and_never_after_its_calendar_days() -> None:
    calendar = _plain(FIRST).calendar
    ordinary = datetime(2026, 3, 2, 10, tzinfo=calendar.zone)
    # The Spring Festival, 15 to 23 February, puts the seventh working day on the sixteenth day.
    before_the_festival = datetime(2026, 2, 11, 10, tzinfo=calendar.zone)
    # The fifteenth day after this one is a Sunday.
    until_a_sunday = datetime(2026, 2, 14, 10, tzinfo=calendar.zone)
    days = ("2026-03-11T18:00", "2026-02-26T18:00", "2026-02-28T18:00")
    for filed_at, due in zip((ordinary, before_the_festival, until_a_sunday), days, strict=True):
        filed = ClockEvent(at=filed_at, action="appeal", state=CaseState.APPEALED, runs=True)
        extended = ClockEvent(at=filed_at, action="extend", extended_s=30 * 8 * 3600)

        found = clock_state(budget_of(_failed(filed_at, filed), FIRST, 3, _APPEAL_DAYS), (), calendar)
        assert found.due_at == datetime.fromisoformat(due).replace(tzinfo=calendar.zone)
        later = clock_state(budget_of(_failed(filed_at, filed, extended), FIRST, 3, _APPEAL_DAYS), (), calendar)
        assert calendar.local_day(later.due_at) - calendar.local_day(filed_at) <= timedelta(days=15)


def test_an_appeal_keeps_its_budget_through_its_check_and_an_undo_restores_the_one_before() -> None:
    for acts, is_appeal, start_day in [
        ("appeal:appealed appeal-decide:awaiting_check return:appealed", True, 1),
        ("appeal:appealed undo:failed", False, 0),
        ("appeal:appealed appeal-decide:awaiting_check approve:queued", False, 3),
        ("appeal:appealed appeal-decide:awaiting_check approve:queued undo:awaiting_check", True, 1),
        ("appeal:appealed appeal-decide:awaiting_check approve:failed appeal:appealed", True, 4),
        ("appeal:appealed appeal-decide:awaiting_check approve:lapsed", True, 1),
    ]:
        steps = [act.split(":") for act in acts.split()]
        events = [
            ClockEvent(
                at=FIRST + timedelta(days=day),
                action=action,
                state=CaseState(state),
                runs=state not in {"failed", "lapsed"},
            )
            for day, (action, state) in enumerate(steps, start=1)
        ]
        budget = budget_of(_failed(FIRST, *events), FIRST, 3, _APPEAL_DAYS)

        assert (budget.cap_days is not None) is is_appeal
        assert (budget.start, budget.pauses) == (FIRST + timedelta(days=start_day), ())

    filed = ClockEvent(at=FIRST, action="appeal", state=CaseState.APPEALED)
    changed = ClockEvent(at=FIRST, action="policy", policy_from=1)
    assert [version_at_filing(events, 2) for events in ([filed, changed], [changed, filed])] == [1, 2]


def _failed(at: datetime, *later: ClockEvent) -> list[ClockEvent]:
    return [ClockEvent(at=at, action="decide", state=CaseState.FAILED), *later]


def _plain(received_at: datetime) -> GeneratedCase:
    calendar = WorkingCalendar(
        seed_days("CN", [2026]), hours=((time(9), time(12)), (time(13), time(18))), zone="Asia/Shanghai"
    )
    return GeneratedCase(calendar, received_at, 3, (), ())
