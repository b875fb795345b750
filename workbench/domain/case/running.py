"""When the clock of a case runs, when the case is overdue, and what a list says where the clock stands still."""

from datetime import datetime

from db.enums import FINAL_STATES, CaseState, WaitsFor
from workbench.domain.case.casefile import CaseRowView
from workbench.i18n import _

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


def is_suspended(row: CaseRowView, now: datetime) -> bool:
    """Say whether an open suspension stands over a case that was not overdue before."""
    began = row.suspended_from
    return began is not None and began <= now and not row.is_breached and row.state not in FINAL_STATES


def still_words(row: CaseRowView, now: datetime) -> str:
    """Return what a list says instead of the due date of a case whose clock stands still, nothing where it runs."""
    if is_with_applicant(row.state, row.waits_for):
        return _("with applicant")
    return _("suspended") if is_suspended(row, now) else ""
