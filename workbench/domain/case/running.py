"""When the clock of a case runs, and so when the case is overdue."""

from datetime import datetime

from db.enums import CaseState, WaitsFor

RUNNING_STATES = frozenset(
    {CaseState.QUEUED, CaseState.IN_REVIEW, CaseState.AWAITING_CHECK, CaseState.PENDING, CaseState.APPEALED}
)
"""The states in which the clock runs; pending cases run only where another than the applicant is waited for."""


def clock_runs(state: CaseState, waits_for: WaitsFor | str | None = None) -> bool:
    """Say whether the clock of a case runs: not before it is complete, while the applicant has it, nor when it is over.

    Source: DESIGN, section 13.
    """
    return state in RUNNING_STATES and not is_with_applicant(state, waits_for)


def is_with_applicant(state: CaseState, waits_for: WaitsFor | str | None = None) -> bool:
    """Say whether it is the applicant who has to act, so that the clock pauses."""
    return state is CaseState.RECTIFYING or (state is CaseState.PENDING and waits_for == WaitsFor.APPLICANT)


def is_overdue(
    due_at: datetime | None,
    now: datetime,
    state: CaseState,
    waits_for: WaitsFor | str | None,
    suspended_from: datetime | None = None,
) -> bool:
    """Say whether a case is overdue: its due time has come and its clock runs, or ran until an open suspension."""
    if due_at is None or due_at > now or not clock_runs(state, waits_for):
        return False
    return suspended_from is None or due_at <= suspended_from
