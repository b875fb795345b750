"""Files, withdraws and limits appeals in the caller's transaction, and says who may get, decide or check them."""

import json
from datetime import datetime
from functools import partial

from sqlalchemy import exists, func, select
from sqlmodel import Session, col

from db.enums import AppealStatus, CaseState, Role
from db.models import AbsenceRow, AppealRow, CaseRow, DecisionRow, EventRow, ReviewerRoleRow, ReviewerRow
from db.queries.published import last_seq
from workbench.domain.case.appeal import AppealResult
from workbench.domain.case.case_id import format_case
from workbench.domain.case.lifecycle import Action
from workbench.errors import NotAllowed, WrongUsage
from workbench.i18n import _
from workbench.services.acts.act import ActInProgress, act_in, finish_act
from workbench.services.case import decisions
from workbench.services.case.assessment import reassess, record_evidence
from workbench.services.foundation.case_access import EVENTS_OF_CASE, refuse_second_case
from workbench.services.foundation.context import Context
from workbench.services.foundation.input_checks import check_not_blank
from workbench.services.foundation.row_values import from_row
from workbench.services.notices.letter_facts import AppealLetterKind
from workbench.services.notices.result_letters import notify_of_appeal
from workbench.services.review.rectifying.late_letters import take_back_early_lapse
from workbench.services.site.people import is_same_person, skip_refusal, solo_reason

_NOT_COUNTED = (Action.REVEAL, Action.DOCUMENTS, Action.FORECAST, Action.DOSSIER, Action.APPEAL)
_ACTS = [*(action.value for action in Action if action not in _NOT_COUNTED), "extend-deadline"]
"""The events of acts of people; the event of a moved deadline has a name of its own."""


def deciding_refusal(session: Session, context: Context, case: CaseRow) -> str | None:
    """Return why this person may not decide the appeal of a case, None if they may.

    Only a person who never acted on the case may decide it, or one who reviews alone.
    """
    case_id = case.id or 0
    earlier = people_who_acted(session, case_id, _filing_seq(session, case_id))
    if solo_reason(session) or not any(is_same_person(session, context, case_id, one) for one in earlier):
        return None
    message = _("You worked on {case} before the appeal; a supervisor who never did must decide it.")
    return message.format(case=format_case(case.id or 0))


def _filing_seq(session: Session, case_id: int) -> int | None:
    """Return the number of the event that filed the open appeal of a case, None if there is none.

    Later appeals of the case may have been filed and undone.
    """
    appeal = decisions.newest_appeal(session, case_id, AppealStatus.OPEN, AppealStatus.STAGED)
    is_later = (col(AppealRow.case_id) == case_id, col(AppealRow.id) > (appeal.id if appeal else 0))
    later_count = session.execute(select(func.count()).where(*is_later)).scalar_one()
    # The filings are newest first; those of the later appeals are skipped.
    filings = session.execute(EVENTS_OF_CASE, {"case": case_id, "actions": [Action.APPEAL]}).scalars().all()
    return filings[later_count].seq if later_count < len(filings) else None


def checking_refusal(session: Session, context: Context, appeal: AppealRow) -> str | None:
    """Return why this person may not check the decision of an appeal, None if they may."""
    name, is_same = format_case(appeal.case_id), partial(is_same_person, session, context, appeal.case_id)
    if appeal.decided_by_id is not None and is_same(appeal.decided_by_id):
        return _("You decided the appeal of {case}; another person must check it.").format(case=name)
    decision = session.get(DecisionRow, appeal.decision_id) if appeal.decision_id else None
    deciders = () if decision is None else (decision.maker_id, decision.checker_id)
    if any(is_same(one) for one in deciders if one is not None):
        message = _("You made or checked the verdict on {case} that is appealed; another person must check the answer.")
        return message.format(case=name)
    return skip_refusal(session, context, appeal.case_id)


def people_who_acted(session: Session, case_id: int, before_seq: int | None = None) -> set[int]:
    """Return the people who acted on a case, before an event if one is given.

    Changes by imports and by the tick are not acts, nor are reading a case and recording an appeal.
    """
    events = select(col(EventRow.actor_id), col(EventRow.body)).where(
        col(EventRow.case_id) == case_id,
        col(EventRow.is_refused).is_(False),
        col(EventRow.batch_id).is_(None),
        col(EventRow.action).in_(_ACTS),
        *([] if before_seq is None else [col(EventRow.seq) < before_seq]),
    )
    deciders = select(col(DecisionRow.maker_id), col(DecisionRow.checker_id)).where(col(DecisionRow.case_id) == case_id)
    # The undo of an appeal names it as its `act`, and is not an act on the case either.
    actors = {row.actor_id for row in session.execute(events) if json.loads(row.body).get("act") != Action.APPEAL}
    return {one for one in actors.union(*session.execute(deciders)) if one is not None}


def appeal_assignee(session: Session, context: Context, case: CaseRow) -> int | None:
    """Return the supervisor who gets the appeal of a case that is about to be filed; None if nobody qualifies.

    The supervisor is active and present, and never acted on the case or reviews alone. Among several, it is the one
    with the fewest open appeals.
    """
    today, earlier = context.today(session), people_who_acted(session, case.id or 0)
    absent = exists().where(
        col(AbsenceRow.reviewer_id) == col(ReviewerRow.id),
        col(AbsenceRow.from_on) <= today,
        col(AbsenceRow.to_on).is_(None) | (col(AbsenceRow.to_on) >= today),
    )
    open_appeals = (
        select(func.count())
        .where(col(CaseRow.assignee_id) == col(ReviewerRow.id), col(CaseRow.state) == CaseState.APPEALED.value)
        .scalar_subquery()
    )
    candidates = (
        select(col(ReviewerRow.id))
        .join(ReviewerRoleRow, col(ReviewerRoleRow.reviewer_id) == col(ReviewerRow.id))
        .where(col(ReviewerRoleRow.role) == Role.SUPERVISOR.value, col(ReviewerRow.is_active), ~absent)
        .where(col(ReviewerRow.id).not_in(() if solo_reason(session) else earlier))
        .order_by(open_appeals, col(ReviewerRow.id))
    )
    return session.execute(candidates).scalars().first()


MOST_CHARACTERS = 4_000
"""The most characters of grounds and of an answer."""


def file_appeal(
    session: Session, context: Context, case: CaseRow, grounds: str, received_at: datetime, batch_id: int | None = None
) -> tuple[AppealRow, str]:
    """File an appeal in the caller's write transaction; return it with its letter, personal values masked.

    Raises:
        NotAllowed: If the appeal is late, was answered before, or another case of the application is open.
        WrongUsage: If the grounds are missing or too long, or it was received in the future or before the notice.
    """
    check_grounds(grounds)
    refuse_second_case(session, case)
    case_id = case.id or 0
    check_received(session, context, case, received_at)
    decision = decisions.decision_in_effect(session, case_id)
    with act_in(session, context, case, Action.APPEAL) as act:
        appeal = AppealRow(
            case_id=case_id,
            decision_id=decision.id if decision else None,
            state_before=case.state,
            grounds=grounds.strip(),
            received_at=received_at,
            filed_at=context.now(),
            filed_by_id=context.actor.id,
            due_at=received_at,
            status=AppealStatus.OPEN.value,
            release_at=act.undo_until,
            before=json.dumps({"assignee_id": case.assignee_id, "returned_to_id": case.returned_to_id}),
        )
        session.add(appeal)
        session.flush()
        case.assignee_id, case.returned_to_id = appeal_assignee(session, context, case), None
        case.state = CaseState.APPEALED.value
        # A closed case gets no new evidence, but the person who decides the appeal needs all of it.
        record_evidence(session, case, last_seq(session))
        reassess(session, context, case)
        # An appeal counts from its receipt, not from its entry.
        act.finish(batch_id=batch_id, counted_at=received_at)
        appeal.due_at = case.due_at or received_at
        return appeal, notify_of_appeal(session, context, case, appeal, AppealLetterKind.RECEIVED)


def withdraw_appeal(act: ActInProgress, appeal: AppealRow) -> None:
    """End an appeal that the applicant withdrew: restore the state before it, or continue the rectification."""
    session, context, case = act.session, act.context, act.case
    appeal.status, appeal.release_at = AppealStatus.WITHDRAWN.value, act.undo_until
    restore_state_before(case, appeal)
    act.finish({"kind": "appeal"})
    is_rectifying = take_back_early_lapse(session, context, case)
    notice = None if is_rectifying else decisions.result_notice(session, case)
    notify_of_appeal(session, context, case, appeal, AppealLetterKind.WITHDRAWN, result_notice=notice)


def check_received(session: Session, context: Context, case: CaseRow, received_at: datetime) -> None:
    """Refuse an appeal that was received too late, before the notice of the result, or after an answered appeal.

    Raises:
        NotAllowed: If it is late, or the same result was already appealed and stands.
        WrongUsage: If it was received in the future or before the day of the notice.
    """
    name, calendar = format_case(case.id or 0), context.calendar(session, case.policy_version_id)
    last_day = decisions.appeal_filing_day(session, context, case)
    notified_at = decisions.result_notified_at(session, context, case)
    if received_at > context.now():
        raise WrongUsage(_("The appeal was received in the future; correct the date."))
    if calendar.local_day(received_at) < calendar.local_day(notified_at):
        message = _("The appeal against {case} was received before its notice of {day}; correct the date.")
        raise WrongUsage(message.format(case=name, day=calendar.local_day(notified_at).isoformat()))
    if calendar.local_day(received_at) > last_day:
        message = _("The last day to appeal against {case} was {day}; a supervisor can still reopen the case.")
        raise NotAllowed(message.format(case=name, day=last_day.isoformat()))
    if decisions.is_appeal_answered(session, case):
        message = _(
            "An appeal against this result of {case} was answered already; a supervisor can still reopen the case."
        )
        raise NotAllowed(message.format(case=name))


def restore_state_before(case: CaseRow, appeal: AppealRow) -> None:
    """Restore the state and the assignee that a case had before an appeal."""
    case.state = appeal.state_before
    for name, value in json.loads(appeal.before).items():
        setattr(case, name, value)


def return_to_decider(case: CaseRow, appeal: AppealRow) -> None:
    """Return an appeal to the person who decided it."""
    appeal.status = AppealStatus.OPEN.value
    case.state, case.assignee_id = CaseState.APPEALED.value, appeal.decided_by_id


def void_answer(session: Session, context: Context, case: CaseRow, appeal: AppealRow) -> None:
    """Void an unchecked answer, return the appeal to the person who decided it, and write one event."""
    return_to_decider(case, appeal)
    # A larger evidence number offers the case again, even to a person who skipped it.
    case.evidence_no += 1
    finish_act(session, context, case, "void", {"round": case.round})


def appeal_result(session: Session, case: CaseRow, appeal: AppealRow, notice: str | None = None) -> AppealResult:
    """Return the result of an act on an appeal, after `case` and `appeal` were changed."""
    assignee = session.get(ReviewerRow, case.assignee_id) if case.assignee_id else None
    return from_row(
        AppealResult,
        appeal,
        appeal_id=appeal.id or 0,
        state=CaseState(case.state),
        due_at=case.due_at,
        assignee=assignee.login if assignee else None,
        waived=decisions.waived_rules(appeal),
        reasons=decisions.reasons_of(session, appeal.decision_id),
        notice=notice,
    )


def check_grounds(grounds: str) -> None:
    """Refuse grounds that are blank or too long.

    Raises:
        WrongUsage: If they are.
    """
    check_text(grounds, _("An appeal needs grounds."))


def check_text(text: str, missing: str) -> None:
    """Refuse grounds or an answer that are blank or too long.

    Raises:
        WrongUsage: If they are, with the message `missing` if they are blank.
    """
    check_not_blank(text, missing)
    if len(text) > MOST_CHARACTERS:
        raise WrongUsage(_("The text has at most {most} characters; shorten it.").format(most=MOST_CHARACTERS))
