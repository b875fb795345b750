"""Returns cases to the queue, and voids staged verdicts and answers to appeals."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from db.enums import AppealStatus, CaseState
from db.models import CaseRow
from workbench.services.appeals.acts import return_to_decider
from workbench.services.case.decisions import newest_appeal, newest_decision
from workbench.services.clock.case_clocks import update_due_date
from workbench.services.foundation.context import Context
from workbench.services.foundation.drafts import link_draft


def move_to_queue(case: CaseRow) -> None:
    """Put a case into the queue and end its hold; its assignee and the person it was returned to stay."""
    case.state = CaseState.QUEUED.value
    case.waits_for = ""
    case.next_action_on = case.held_by_id = case.held_until = case.aside_until = None


def requeue(
    session: Session, context: Context, case: CaseRow, action: str, record: Mapping[str, Any] | None = None
) -> None:
    """Put a case into the queue for everybody, also for those who skipped it, and log the action with its record."""
    move_to_queue(case)
    case.evidence_no += 1
    case.version += 1
    case.is_listed = True
    context.log_case(session, action, case, {"round": case.round, **(record or {})})
    update_due_date(session, context, case)


def void_verdict(session: Session, context: Context, case: CaseRow) -> None:
    """Void the verdict that waits for its check, queue the case for its maker, and write one event."""
    void_staged(session, case)
    requeue(session, context, case, "void")


def void_staged(session: Session, case: CaseRow) -> None:
    """Void the staged verdict or answer to an appeal of a case, if there is one; its maker then decides again.

    The case is queued for the maker of the verdict. An appeal goes back to the person who decided it.
    """
    if (appeal := newest_appeal(session, case.id or 0, AppealStatus.STAGED)) is not None:
        return_to_decider(case, appeal)
    elif (staged := newest_decision(session, case.id or 0, "staged")) is not None:
        staged.status = "void"
        case.returned_to_id = case.assignee_id = staged.maker_id
        link_draft(session, staged.case_id, staged.maker_id, None)
        move_to_queue(case)
