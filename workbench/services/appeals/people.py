"""Determines who may decide an appeal, who may check the decision, and who gets a new appeal."""

import json
from functools import partial

from sqlalchemy import exists, func, select
from sqlmodel import Session, col

from db.enums import CaseState, Role
from db.models import AbsenceRow, AppealRow, CaseRow, DecisionRow, EventRow, ReviewerRoleRow, ReviewerRow
from workbench.domain.case.case_id import format_case
from workbench.domain.case.lifecycle import Action
from workbench.i18n import _
from workbench.services.foundation.case_access import last_event
from workbench.services.foundation.context import Context
from workbench.services.site.people import solo_reason
from workbench.services.site.separation import is_same_person

_NO_ACTS = (Action.REVEAL, Action.DOCUMENTS, Action.FORECAST, Action.DOSSIER, Action.APPEAL)
_ACTS = [*(action.value for action in Action if action not in _NO_ACTS), "extend-deadline"]
"""The events of acts of people; the event of a moved deadline has a name of its own."""


def deciding_refusal(session: Session, context: Context, case: CaseRow) -> str | None:
    """Return why this person may not decide the appeal of a case, None if they may.

    Only a person who never acted on the case may decide it, or one who reviews alone.
    """
    case_id = case.id or 0
    filed = last_event(session, case_id, (Action.APPEAL,))
    earlier = people_who_acted(session, case_id, filed.seq if filed else None)
    if solo_reason(session) or not any(is_same_person(session, context, case_id, one) for one in earlier):
        return None
    message = _("You worked on {case} before the appeal; a supervisor who never did must decide it.")
    return message.format(case=format_case(case.id or 0))


def checking_refusal(session: Session, context: Context, appeal: AppealRow) -> str | None:
    """Return why this person may not check the decision of an appeal, None if they may."""
    name, is_same = format_case(appeal.case_id), partial(is_same_person, session, context, appeal.case_id)
    if appeal.decided_by_id is not None and is_same(appeal.decided_by_id):
        return _("You decided the appeal of {case}; another person must check it.").format(case=name)
    decision = session.get(DecisionRow, appeal.decision_id) if appeal.decision_id else None
    parts = () if decision is None else (decision.maker_id, decision.checker_id)
    if any(is_same(one) for one in parts if one is not None):
        message = _("You made or checked the verdict on {case} that is appealed; another person must check the answer.")
        return message.format(case=name)
    return None


def people_who_acted(session: Session, case_id: int, before_seq: int | None = None) -> set[int]:
    """Return the people who acted on a case, up to an event; changes by imports and by the tick are not acts.

    Reading a case and recording an appeal are not acts either.
    """
    events = select(col(EventRow.actor_id), col(EventRow.body)).where(
        col(EventRow.case_id) == case_id,
        col(EventRow.is_refused).is_(False),
        col(EventRow.batch_id).is_(None),
        col(EventRow.action).in_(_ACTS),
        *([] if before_seq is None else [col(EventRow.seq) < before_seq]),
    )
    deciders = select(col(DecisionRow.maker_id), col(DecisionRow.checker_id)).where(col(DecisionRow.case_id) == case_id)
    actors = {row.actor_id for row in session.execute(events) if json.loads(row.body).get("act") != Action.APPEAL}
    return {one for one in actors.union(*session.execute(deciders)) if one is not None}


def handler_for(session: Session, context: Context, case: CaseRow) -> int | None:
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
