"""How long closed cases are kept."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from db.enums import CaseState
from workbench.domain.policy.retention import (
    ApplicationAge,
    CaseAge,
    KeepReason,
    RetentionKind,
    RetentionOutcome,
    RetentionPeriod,
    RetentionPolicy,
    parse_period,
)

CLOSED = date(2024, 2, 29)
YEARS = RetentionPolicy(years=2)
SHORT = RetentionPolicy(
    periods={RetentionKind.FAILED: "30 days", RetentionKind.CALLS: "7 days", RetentionKind.DOCUMENTS: "7 days"}
)


def age(
    state: CaseState = CaseState.FAILED,
    *,
    closed_on: date = CLOSED,
    appeal_until: date | None = None,
    is_held: bool = False,
    is_owed: bool = False,
) -> CaseAge:
    return CaseAge(state=state, closed_on=closed_on, appeal_until=appeal_until, is_held=is_held, is_owed=is_owed)


def test_a_period_is_days_or_years() -> None:
    for text, period, after in [
        ("1 day", RetentionPeriod(1, is_in_years=False), date(2024, 3, 1)),
        ("90 days", RetentionPeriod(90, is_in_years=False), date(2024, 5, 29)),
        ("2 years", RetentionPeriod(2, is_in_years=True), date(2026, 3, 1)),
        ("4 years", RetentionPeriod(4, is_in_years=True), date(2028, 3, 1)),
        ("99999 years", RetentionPeriod(99999, is_in_years=True), None),
        *((text, None, None) for text in ("0 days", "2 weeks", "2", "two years", "-1 days", "1 year ", "")),
    ]:
        assert parse_period(text) == period
        assert period is None or period.after(CLOSED) == after


def test_the_last_day_whose_period_is_over_is_the_last_one() -> None:
    for text in ["1 day", "1 year", "4 years"]:
        period = parse_period(text)
        assert period is not None
        for today in (date(2027, 2, 28) + timedelta(days=number) for number in range(800)):
            last = period.latest_begin(today)
            assert last is not None
            after, next_after = period.after(last), period.after(last + timedelta(days=1))
            assert after is not None
            assert next_after is not None
            assert after <= today < next_after
        assert RetentionPeriod(9999, is_in_years=True).latest_begin(date(2027, 1, 1)) is None


Row = tuple[
    Sequence[CaseAge], Sequence[date | None], RetentionKind | None, RetentionPolicy, KeepReason | None, date | None
]


def test_a_case_goes_once_nothing_keeps_it() -> None:
    june, calls, documents = date(2024, 6, 1), RetentionKind.CALLS, RetentionKind.DOCUMENTS
    both, passed = replace(SHORT, periods={**SHORT.periods, RetentionKind.PASSED: "2 years"}), age(CaseState.PASSED)
    endless = replace(SHORT, periods={**SHORT.periods, RetentionKind.PASSED: "9999 years"})
    in_service = replace(YEARS, keep_in_service=(CaseState.PASSED,))
    rows: list[Row] = [
        ([age()], [], None, YEARS, None, date(2026, 3, 1)),
        ([age()], [None], None, YEARS, KeepReason.IN_SERVICE, None),
        ([age()], [None], None, in_service, None, date(2026, 3, 1)),
        ([age(), passed], [None], None, in_service, KeepReason.IN_SERVICE, None),
        ([age()], [june], None, YEARS, KeepReason.NOT_YET, date(2026, 6, 1)),
        ([age()], [june], calls, SHORT, None, date(2024, 3, 7)),
        ([age(appeal_until=date(2024, 4, 1))], [], None, YEARS, KeepReason.NOT_YET, date(2026, 4, 1)),
        ([age(appeal_until=date(2026, 3, 1))], [], None, YEARS, KeepReason.APPEALABLE, None),
        ([age(CaseState.APPEALED)], [], None, YEARS, KeepReason.OPEN, None),
        ([age(), age(CaseState.QUEUED)], [], None, YEARS, KeepReason.OPEN, None),
        ([age(), age(is_held=True)], [], None, YEARS, KeepReason.HELD, None),
        ([age(), age(is_owed=True)], [], None, YEARS, KeepReason.OWED, None),
        ([age()], [], None, RetentionPolicy(), KeepReason.NO_PERIOD, None),
        ([age(), passed], [], None, SHORT, KeepReason.NO_PERIOD, None),
        ([age(), passed], [], None, both, None, date(2026, 3, 1)),
        ([age(), passed], [], None, endless, KeepReason.NOT_YET, None),
        ([age()], [], RetentionKind.SNAPSHOTS, YEARS, KeepReason.NO_PERIOD, None),
        ([age()], [None], calls, SHORT, None, date(2024, 3, 7)),
        ([age()], [None], documents, SHORT, KeepReason.IN_SERVICE, None),
        ([age(is_held=True)], [], calls, SHORT, KeepReason.HELD, None),
    ]
    for cases, ends, part, policy, reason, due_on in rows:
        expected = RetentionOutcome(keep_reason=reason, due_on=due_on)
        assert ApplicationAge(cases=cases, service_ends=ends).outcome(part, policy, date(2026, 3, 1)) == expected


def test_the_shortest_period_counts_for_the_clock() -> None:
    assert [policy.shortest for policy in (SHORT, YEARS, RetentionPolicy())] == [timedelta(7), timedelta(730), None]
