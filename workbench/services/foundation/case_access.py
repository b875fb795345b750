"""Finds a case for an action, refuses the action if the case's state or hold forbids it, and finds how a hold ended."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, insert, select
from sqlmodel import Session, col

from db.enums import FINAL_STATES, CaseState
from db.models import CaseRow, CommentRow, EventRow, ReviewerRow
from db.queries.published import BATCH, CASE, is_open_case, is_published, table_of
from workbench.domain.case.case_id import format_case
from workbench.domain.case.lifecycle import PERMISSIONS, STATE_WORDS, Action, erased_refusal, state_refusal
from workbench.errors import Busy, NotAllowed, NotFound
from workbench.i18n import _
from workbench.services.foundation.context import READ_BLINDLY, Context

# The actions by which a person takes or gives up a case. New evidence and checks do so too, but as a side effect.
_HOLD_ACTIONS = (
    *(Action.NEXT, Action.TAKE, Action.RELEASE, Action.SKIP, Action.DECIDE),
    *(Action.UNDO, Action.ASSIGN, Action.WITHDRAW),
)

_REVIEWER = table_of(ReviewerRow)
_ADD_COMMENT = insert(table_of(CommentRow))
_LOGINS = select(_REVIEWER.c.id, _REVIEWER.c.login)
_CASE = select(CASE).where(CASE.c.id == bindparam("case"))
_PUBLISHED = select(BATCH.c.id).where(BATCH.c.id == bindparam("batch"), BATCH.c.published_at.is_not(None))
EVENTS_OF_CASE = (
    select(EventRow)
    .where(col(EventRow.case_id) == bindparam("case"), col(EventRow.is_refused).is_(False))
    .where(col(EventRow.action).in_(bindparam("actions", expanding=True)))
    .order_by(col(EventRow.seq).desc())
)
"""The events of some actions on a case, the newest first."""
_LAST_HOLD_EVENT = EVENTS_OF_CASE.limit(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class LostHold:
    """The end of a hold, with the action and time of the event that ended it."""

    case_id: int
    action: str
    by: str
    """The login of the person who acted."""
    to: str
    """The login of the person who got the case by an assignment or undo, "" for other actions."""
    at: datetime


def visible_case(session: Session, case_id: int) -> CaseRow:
    """Return a case whose batch is published.

    Raises:
        NotFound: If there is no such case.
    """
    return _checked_published(session, case_id, session.get(CaseRow, case_id))


def unerased_case(session: Session, context: Context, case_id: int) -> CaseRow:
    """Return a case whose batch is published, and that retention has not erased.

    Raises:
        NotFound: If there is no such case.
        NotAllowed: If the case was erased.
    """
    case = visible_case(session, case_id)
    if case.erased_at is not None:
        day = case.erased_at.astimezone(context.zone(session)).date()
        raise NotAllowed(erased_refusal(format_case(case_id), day))
    return case


def read_case(session: Session, case_id: int) -> CaseRow:
    """Return a case whose batch is published as a plain row, which is read faster than a model but cannot be changed.

    Raises:
        NotFound: If there is no such case.
    """
    # The first object of a model configures all models, which would delay the first case.
    row: Any = session.connection().execute(_CASE, {"case": case_id}).first()
    return _checked_published(session, case_id, row)


def _checked_published(session: Session, case_id: int, case: CaseRow | None) -> CaseRow:
    """Return a case that was looked up by its number, after checking that this person may see it."""
    refuse_while_reading(session, case_id)
    if case is None or not is_batch_published(session, case.batch_id):
        raise NotFound(_("There is no case {case}.").format(case=format_case(case_id)))
    return case


def refuse_while_reading(session: Session, case_id: int | None = None) -> None:
    """Refuse a case, or without a number any list with verdicts, to a person who reads it for a second opinion.

    Raises:
        NotAllowed: If the person must not know yet what was decided.
    """
    reading = session.info.get(READ_BLINDLY)
    if reading and case_id in {None, reading}:
        message = _("You read {case} for a second opinion. Give it, or the case back, with `workbench quality review`.")
        raise NotAllowed(message.format(case=format_case(reading)))


def is_batch_published(session: Session, batch_id: int) -> bool:
    """Say whether a batch, and so its cases, is visible; it is read once in each transaction."""
    published: set[int] = session.info.setdefault("published", set())
    if batch_id not in published and session.connection().execute(_PUBLISHED, {"batch": batch_id}).first():
        published.add(batch_id)
    return batch_id in published


def logins_of(session: Session) -> dict[int, str]:
    """Return the logins of all people by their ids."""
    return {row.id: row.login for row in session.connection().execute(_LOGINS)}


def case_in_state_for(session: Session, context: Context, action: Action, case_id: int) -> CaseRow:
    """Return a published case whose state allows an action.

    Raises:
        NotFound: If there is no such case.
        NotAllowed: If the state does not allow the action, or the case was erased.
    """
    case = unerased_case(session, context, case_id)
    if CaseState(case.state) not in PERMISSIONS[action].states:
        raise NotAllowed(state_refusal(action, shown_state(case, context.now()), format_case(case_id)) or "")
    return case


def superseding_case(session: Session, case: CaseRow) -> CaseRow | None:
    """Return the case of the same application that is open, or that has a later result; None if there is none.

    Every act that reopens a closed case calls this, because an application has at most one open case.
    """
    is_later = (col(CaseRow.id) > case.id) & (col(CaseRow.state) != CaseState.WITHDRAWN.value)
    return session.execute(
        select(CaseRow)
        .where(col(CaseRow.agent) == case.agent, col(CaseRow.application_no) == case.application_no)
        .where(col(CaseRow.id) != case.id, is_published(CASE.c.batch_id), is_open_case() | is_later)
        .order_by(is_open_case().desc(), col(CaseRow.id).desc())
        .limit(1)
    ).scalar_one_or_none()


def refuse_second_case(session: Session, case: CaseRow) -> None:
    """Refuse to open a closed case again while another case of its application is open, or has the later result.

    Raises:
        NotAllowed: If there is such a case; the message names it and the way out.
    """
    other = superseding_case(session, case)
    if other is None:
        return
    if other.state in FINAL_STATES:
        message = _(
            "The application of {case} has a later result in {other}, which is {state}; act on {other} instead."
        )
    else:
        message = _(
            "An application has only one open case, and that of {case} is {other}, which is {state};"
            " act on {other} instead, or withdraw it first."
        )
    state = _(STATE_WORDS[CaseState(other.state)])
    raise NotAllowed(message.format(case=format_case(case.id or 0), other=format_case(other.id or 0), state=state))


def add_comment(session: Session, context: Context, case_id: int, text: str) -> None:
    """Write an internal comment of the acting person."""
    row = {"case_id": case_id, "author_id": context.actor.id, "written_at": context.now(), "body": text}
    # Not as a model, because a move of many cases writes as many comments.
    session.connection().execute(_ADD_COMMENT, row)


def grace_period_end(session: Session, context: Context, case: CaseRow) -> datetime:
    """Return the end of the grace period, until which an act can be undone and its letter is not released."""
    return context.now() + timedelta(seconds=context.policy(session, case.policy_version_id).desk.grace_s)


def is_held(case: CaseRow, now: datetime) -> bool:
    """Say whether a person holds a case, and the hold has not expired."""
    return case.state == CaseState.IN_REVIEW and case.held_until is not None and case.held_until > now


def shown_state(case: CaseRow, now: datetime) -> CaseState:
    """Return the state of a case as lists show it: a case with an expired hold is queued."""
    state = CaseState(case.state)
    return CaseState.QUEUED if state is CaseState.IN_REVIEW and not is_held(case, now) else state


def _last_hold_event(session: Session, case_id: int) -> EventRow | None:
    """Return the newest event that took or gave up a case."""
    return session.execute(_LAST_HOLD_EVENT, {"case": case_id, "actions": _HOLD_ACTIONS}).scalar_one_or_none()


def lost_hold(session: Session, context: Context, case_id: int, fence: int) -> LostHold | None:
    """Return how this person's hold with a fence number ended, None while the hold is valid.

    An expired hold stays valid until another person takes the case.
    """
    case = session.get(CaseRow, case_id)
    is_in_review = case is not None and case.state == CaseState.IN_REVIEW
    if case is None or (is_in_review and case.held_by_id == context.actor.id and case.fence == fence):
        return None
    event = _last_hold_event(session, case_id)
    if event is None:
        return None
    to = str(json.loads(event.body).get("to", "")) if event.action == "assign" else ""
    if event.action == Action.UNDO and is_in_review and case.held_by_id == context.actor.id:
        to = context.actor.login
    return LostHold(case_id=case_id, action=event.action, by=event.actor_login, to=to, at=event.at)


def held_case(session: Session, context: Context, case_id: int, fence: int | None) -> CaseRow:
    """Return a case that this person holds.

    With `fence`, the hold with that number is valid even after it expired, until another person takes the case.

    Raises:
        NotFound: If there is no such case.
        Busy: If another person holds the case or took it over; the message says who and when.
        NotAllowed: If nobody holds the case.
    """
    case = visible_case(session, case_id)
    is_mine = case.state == CaseState.IN_REVIEW and case.held_by_id == context.actor.id
    is_held_now = is_held(case, context.now())
    is_valid = is_held_now if fence is None else fence == case.fence
    if is_mine and is_valid:
        return case
    name, zone = format_case(case.id or 0), context.zone(session)
    if is_held_now and is_mine:
        message = _("You hold {case} with fence {fence} now; look at it again. Your draft is kept.")
        raise Busy(message.format(case=name, fence=case.fence))
    if is_held_now:
        login = session.get_one(ReviewerRow, case.held_by_id).login
        until = case.held_until.astimezone(zone).strftime("%H:%M") if case.held_until else ""
        message = _("{case} is held by {login} until {until}; your draft is kept.")
        raise Busy(message.format(case=name, login=login, until=until))
    last = None if fence is None else _last_hold_event(session, case.id or 0)
    if last is None:
        if case.state not in {CaseState.QUEUED, CaseState.IN_REVIEW}:
            raise NotAllowed(state_refusal(Action.DECIDE, CaseState(case.state), name) or "")
        if case.assignee_id not in {None, context.actor.id}:
            login = session.get_one(ReviewerRow, case.assignee_id).login
            message = _("{case} is assigned to {login}; `workbench take` takes it nevertheless, with a reason.")
            raise NotAllowed(message.format(case=name, login=login))
        message = _("Nobody holds {case}; take it first with `workbench next`, or out of turn with `workbench take`.")
        raise NotAllowed(message.format(case=name))
    message = _("{case} was taken over by {login} at {time}; your draft is kept.")
    raise Busy(message.format(case=name, login=last.actor_login, time=last.at.astimezone(zone).strftime("%H:%M")))
