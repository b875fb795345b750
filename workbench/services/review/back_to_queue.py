"""Returns cases to the queue, in the same round or the next, voids staged verdicts, and closes the work on a case."""

from collections.abc import Iterable

from sqlalchemy import exists, update
from sqlmodel import Session

from db.enums import AppealStatus, CaseState, InquiryStatus, Measure, WaitsFor
from db.models import CaseRow
from db.queries.published import DECISION, INQUIRY, NOTICE, RECTIFICATION
from workbench.domain.findings.finding import Finding
from workbench.services.acts.act import finish_act
from workbench.services.case.decisions import decision_in_effect, newest_appeal, newest_decision
from workbench.services.case.drafts import copy_draft, reopen_draft
from workbench.services.foundation.context import Context
from workbench.services.notices.letter_facts import AppealLetterKind
from workbench.services.review.appeals.acts import return_to_decider
from workbench.services.review.rectifying.rectification import close_rectification, reopen_inquiries
from workbench.services.site.presence import stand_in, works_on


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


def queue_if_none_open(session: Session, context: Context, case: CaseRow) -> bool:
    """Queue a case that is pending on a department if no inquiry about it is open; return whether it was queued."""
    session.flush()
    is_pending = case.state == CaseState.PENDING and case.waits_for == WaitsFor.DEPARTMENT
    open_inquiries = INQUIRY.select().where(INQUIRY.c.case_id == case.id, INQUIRY.c.status == InquiryStatus.OPEN.value)
    if not is_pending or session.execute(open_inquiries.limit(1)).first() is not None:
        return False
    assign_to_substitute(session, context, case)
    queue_again(case)
    return True


def requeue(session: Session, context: Context, case: CaseRow, action: str) -> None:
    """Put a case into the queue for everybody, and write one event."""
    assign_to_substitute(session, context, case)
    queue_again(case)
    finish_act(session, context, case, action, {"round": case.round})


def void_verdict(session: Session, context: Context, case: CaseRow) -> None:
    """Void the verdict that waits for its check, queue the case for its maker, and write one event."""
    void_staged(session, context, case)
    requeue(session, context, case, "void")


def void_staged(session: Session, context: Context, case: CaseRow) -> None:
    """Void the staged verdict of a case, or the staged answer to its appeal, if there is one.

    The case is queued for its owner, see `return_to_owner`. An appeal goes back to its decider.
    """
    if (appeal := newest_appeal(session, case.id or 0, AppealStatus.STAGED)) is not None:
        return_to_decider(case, appeal)
    elif (staged := newest_decision(session, case.id or 0, "staged")) is not None:
        staged.status = "void"
        return_to_owner(session, context, case, staged.maker_id)
        move_to_queue(case)


def return_to_owner(session: Session, context: Context, case: CaseRow, maker_id: int) -> int:
    """Assign a case whose verdict ended, with the draft, to its owner; return who gets it.

    The owner is the maker of the verdict, or the person to whom the case was moved. The substitute of a person who is
    away gets it instead.
    """
    owner_id = stand_in(session, case.returned_to_id or maker_id, context.today(session))
    reopen_draft(session, case.id or 0, maker_id)
    copy_draft(session, case.id or 0, maker_id, owner_id)
    case.returned_to_id = case.assignee_id = owner_id
    return owner_id


def assign_to_substitute(session: Session, context: Context, case: CaseRow) -> None:
    """Assign a pending case that comes back to the substitute of its owner, if the owner is away."""
    decision = decision_in_effect(session, case.id or 0)
    if case.state == CaseState.PENDING and decision is not None:
        owner_id = case.assignee_id or decision.maker_id
        substitute_id = stand_in(session, owner_id, context.today(session))
        if substitute_id != owner_id:
            case.assignee_id = substitute_id


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


def start_next_round(session: Session, context: Context, case: CaseRow, findings: Iterable[Finding]) -> None:
    """Close the rectification of a case, and assign its next round to the maker of the last verdict.

    During an absence, the substitute gets it. If that person does not work today, nobody is assigned. If the case had
    lapsed, the inquiries that the lapse ended are opened again.
    """
    if case.state == CaseState.LAPSED:
        reopen_inquiries(session, case)
    close_rectification(session, context, case, findings)
    case.round += 1
    decision = decision_in_effect(session, case.id or 0)
    today = context.today(session)
    owner_id = None if decision is None else stand_in(session, decision.maker_id, today)
    case.assignee_id = owner_id if owner_id is not None and works_on(session, owner_id, today) else None
