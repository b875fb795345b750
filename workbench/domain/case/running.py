"""When the clock of a case runs, and when the case is overdue."""

from datetime import datetime

from db.enums import CaseState, WaitsFor

RUNNING_STATES = frozenset(
    {CaseState.QUEUED, CaseState.IN_REVIEW, CaseState.AWAITING_CHECK, CaseState.PENDING, CaseState.APPEALED}
)
"""The states in which the clock can run. The clock of a pending case stops while it waits for the applicant."""


def clock_runs(state: CaseState, waits_for: WaitsFor | str | None = None) -> bool:
    """Say whether the clock of a case runs.

    The clock stops while the case is incomplete, while the applicant must act, and when the case is closed.
    """
    return state in RUNNING_STATES and not is_with_applicant(state, waits_for)


def is_with_applicant(state: CaseState, waits_for: WaitsFor | str | None = None) -> bool:
    """Say whether the applicant must act next, so that the clock stops."""
    return state is CaseState.RECTIFYING or (state is CaseState.PENDING and waits_for == WaitsFor.APPLICANT)


def is_overdue(
    due_at: datetime | None,
    now: datetime,
    state: CaseState,
    waits_for: WaitsFor | str | None,
    suspended_from: datetime | None = None,
) -> bool:
    """Say whether a case is overdue: its due time passed while the clock ran, or before an open suspension began."""
    if due_at is None or due_at > now or not clock_runs(state, waits_for):
        return False
    return suspended_from is None or due_at <= suspended_from
