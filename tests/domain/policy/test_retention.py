"""How long closed cases are kept."""

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
            last = period.last_over(today)
            assert last is not None
            after, next_after = period.after(last), period.after(last + timedelta(days=1))
            assert after is not None
            assert next_after is not None
            assert after <= today < next_after
        assert RetentionPeriod(9999, is_in_years=True).last_over(date(2027, 1, 1)) is None


def test_a_case_goes_once_nothing_keeps_it() -> None:
    rows: list[tuple[list[CaseAge], list[date | None], RetentionKind | None, RetentionPolicy, RetentionOutcome]] = [
        ([age()], [], None, YEARS, RetentionOutcome(keep_reason=None, due_on=date(2026, 3, 1))),
        ([age()], [None], None, YEARS, RetentionOutcome(keep_reason=KeepReason.IN_SERVICE)),
        (
            [age()],
            [date(2024, 6, 1)],
            None,
            YEARS,
            RetentionOutcome(keep_reason=KeepReason.NOT_YET, due_on=date(2026, 6, 1)),
        ),
        (
            [age(appeal_until=date(2024, 4, 1))],
            [],
            None,
            YEARS,
            RetentionOutcome(keep_reason=KeepReason.NOT_YET, due_on=date(2026, 4, 1)),
        ),
        ([age(appeal_until=date(2026, 3, 1))], [], None, YEARS, RetentionOutcome(keep_reason=KeepReason.APPEALABLE)),
        ([age(CaseState.APPEALED)], [], None, YEARS, RetentionOutcome(keep_reason=KeepReason.OPEN)),
        ([age(), age(CaseState.QUEUED)], [], None, YEARS, RetentionOutcome(keep_reason=KeepReason.OPEN)),
        ([age(), age(is_held=True)], [], None, YEARS, RetentionOutcome(keep_reason=KeepReason.HELD)),
        ([age(is_owed=True)], [], None, YEARS, RetentionOutcome(keep_reason=KeepReason.OWED)),
        ([age()], [], None, RetentionPolicy(), RetentionOutcome(keep_reason=KeepReason.NO_PERIOD)),
        ([age(), age(CaseState.PASSED)], [], None, SHORT, RetentionOutcome(keep_reason=KeepReason.NO_PERIOD)),
        ([age()], [], RetentionKind.SNAPSHOTS, YEARS, RetentionOutcome(keep_reason=KeepReason.NO_PERIOD)),
        ([age()], [None], RetentionKind.CALLS, SHORT, RetentionOutcome(keep_reason=None, due_on=date(2024, 3, 7))),
        ([age()], [None], RetentionKind.DOCUMENTS, SHORT, RetentionOutcome(keep_reason=KeepReason.IN_SERVICE)),
        ([age(is_held=True)], [], RetentionKind.CALLS, SHORT, RetentionOutcome(keep_reason=KeepReason.HELD)),
    ]
    for cases, ends, part, policy, expected in rows:
        assert ApplicationAge(cases=cases, service_ends=ends).outcome(part, policy, date(2026, 3, 1)) == expected


def test_a_result_that_may_go_in_service_does() -> None:
    policy = RetentionPolicy(years=2, keep_in_service=(CaseState.PASSED,))
    failed = ApplicationAge(cases=[age()], service_ends=[None])

    assert failed.outcome(None, policy, date(2026, 3, 1)).keep_reason is None
