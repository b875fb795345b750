"""Returns cases to the queue, voids staged verdicts and answers to appeals, and closes the work on a case."""

from sqlalchemy import exists, update
from sqlmodel import Session

from db.enums import AppealStatus, CaseState, Measure
from db.models import CaseRow
from db.queries.published import DECISION, NOTICE, RECTIFICATION
from workbench.services.acts.act import finish_act
from workbench.services.appeals.acts import return_to_decider
from workbench.services.case.decisions import newest_appeal, newest_decision
from workbench.services.foundation.context import Context
from workbench.services.foundation.drafts import link_draft
from workbench.services.notices.verdict_letter import AppealLetterKind


def move_to_queue(case: CaseRow) -> None:
    """Put a case into the queue and end its hold; its assignee and the person it was returned to stay."""
    case.state = CaseState.QUEUED.value
    case.waits_for = ""
    case.next_action_on = case.held_by_id = case.held_until = case.aside_until = None


def queue_again(case: CaseRow) -> None:
    """Put a case into the queue for everybody, also for those who skipped it."""
    move_to_queue(case)
    case.evidence_no += 1
    case.is_listed = True


def requeue(session: Session, context: Context, case: CaseRow, action: str) -> None:
    """Put a case into the queue for everybody, and write one event."""
    queue_again(case)
    finish_act(session, context, case, action, {"round": case.round})


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


def close_work(session: Session, context: Context, case: CaseRow, *, keeps_measures: bool = True) -> None:
    """Cancel notices that are not released, close rectifications and void staged verdicts.

    With `keeps_measures`, a measure and the notice about it stay. A letter about an appeal always stays, because the
    applicant must get the answer.
    """
    now = context.now()
    has_measure = exists().where(DECISION.c.id == NOTICE.c.decision_id, DECISION.c.measure != Measure.NONE.value)
    is_unreleased = NOTICE.c.cancelled_at.is_(None) & (NOTICE.c.release_at > now)
    is_unreleased &= NOTICE.c.kind.not_in(list(AppealLetterKind))
    if keeps_measures:
        is_unreleased &= ~has_measure
    for table, is_open, values in (
        (NOTICE, is_unreleased, {"cancelled_at": now}),
        (RECTIFICATION, RECTIFICATION.c.is_open, {"is_open": False}),
        (DECISION, DECISION.c.status == "staged", {"status": "void"}),
    ):
        session.execute(update(table).where(table.c.case_id == case.id, is_open).values(values))
