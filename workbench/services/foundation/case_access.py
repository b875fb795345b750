"""Who holds a case, and the refusals of those who do not."""

from sqlalchemy import select
from sqlmodel import Session, col

from db.enums import CaseState
from db.models import CaseRow, EventRow, ImportBatchRow, ReviewerRow
from workbench.domain.case.case_id import format_case
from workbench.domain.case.lifecycle import Action
from workbench.errors import Busy, NotAllowed, NotFound
from workbench.i18n import _
from workbench.services.foundation.context import Context

# What a verdict brings about later, by evidence or by its check, is no doing of who has the case.
_TAKING = tuple(
    action.value
    for action in (
        Action.NEXT,
        Action.RELEASE,
        Action.SKIP,
        Action.DECIDE,
        Action.UNDO,
        Action.ASSIGN,
        Action.WITHDRAW,
    )
)


def visible_case(session: Session, case_id: int) -> CaseRow:
    """Return a published case.

    Raises:
        NotFound: If there is none of this number.
    """
    case = session.get(CaseRow, case_id)
    if case is None or session.get_one(ImportBatchRow, case.batch_id).published_at is None:
        raise NotFound(_("There is no case {case}.").format(case=format_case(case_id)))
    return case


def last_taking(session: Session, case_id: int) -> EventRow | None:
    """Return the newest act by which somebody took a case or let it go, None if nobody did."""
    return session.execute(
        select(EventRow)
        .where(col(EventRow.case_id) == case_id, col(EventRow.is_refused).is_(False))
        .where(col(EventRow.action).in_(_TAKING))
        .order_by(col(EventRow.seq).desc())
        .limit(1)
    ).scalar_one_or_none()


def held_case(session: Session, context: Context, case_id: int, fence: int | None = None) -> CaseRow:
    """Return a case that this person holds.

    With a fence a hold whose time is over is still good while nobody else has taken the case.

    Raises:
        NotFound: If there is no such case.
        Busy: If another holds it or took it since, naming who and when.
        NotAllowed: If nobody holds it.
    """
    case = visible_case(session, case_id)
    now = context.now()
    is_mine = case.state == CaseState.IN_REVIEW and case.held_by_id == context.actor.id
    runs = case.held_until is not None and case.held_until > now
    if is_mine and fence is not None and fence == case.fence:
        return case
    if is_mine and runs and fence is None:
        return case
    raise _not_held(session, context, case, fence)


def _not_held(session: Session, context: Context, case: CaseRow, fence: int | None) -> Busy | NotAllowed:
    """Return the refusal that says who has the case, or that nobody has."""
    name = format_case(case.id or 0)
    zone = context.zone(session)
    is_held = case.state == CaseState.IN_REVIEW and case.held_until is not None and case.held_until > context.now()
    if is_held and case.held_by_id != context.actor.id:
        login = session.get_one(ReviewerRow, case.held_by_id).login
        until = case.held_until.astimezone(zone).strftime("%H:%M") if case.held_until else ""
        return Busy(
            _("{case} is held by {login} until {until}; your draft is kept.").format(
                case=name, login=login, until=until
            )
        )
    if fence is not None:
        last = last_taking(session, case.id or 0)
        if last is None:
            return NotAllowed(_("Nobody holds {case}; take it with `next` first.").format(case=name))
        return Busy(
            _("{case} was taken over by {login} at {time}; your draft is kept.").format(
                case=name, login=last.actor_login, time=last.at.astimezone(zone).strftime("%H:%M")
            )
        )
    return NotAllowed(_("Nobody holds {case}; take it with `next` first.").format(case=name))
