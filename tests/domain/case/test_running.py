"""In which states the clock of a case runs."""

from datetime import UTC, datetime, timedelta

from db.enums import CaseState, WaitsFor
from workbench.domain.case.running import clock_runs, is_overdue, is_with_applicant

NOW = datetime(2026, 11, 24, 6, 32, tzinfo=UTC)
RUNNING = {"queued", "in_review", "awaiting_check", "appealed"}


def test_a_case_is_overdue_only_while_its_clock_runs() -> None:
    for state in CaseState:
        for waits_for in [None, *WaitsFor]:
            on_others = state is CaseState.PENDING and waits_for is not WaitsFor.APPLICANT
            runs = state.value in RUNNING or on_others

            assert clock_runs(state, waits_for) is runs
            assert is_overdue(NOW, NOW, state, waits_for) is is_overdue(NOW, NOW, state, waits_for, NOW) is runs
            assert not is_overdue(NOW + timedelta(microseconds=1), NOW, state, waits_for)
            assert not is_overdue(None, NOW, state, waits_for)


def test_a_case_is_with_the_applicant_in_rectification_or_pending_on_the_applicant() -> None:
    for state, waits_for, has_it in [
        (CaseState.RECTIFYING, None, True),
        (CaseState.PENDING, WaitsFor.APPLICANT, True),
        (CaseState.PENDING, WaitsFor.CARRIER, False),
        (CaseState.QUEUED, None, False),
        (CaseState.INCOMPLETE, None, False),
    ]:
        assert is_with_applicant(state, waits_for) is has_it
