"""How a person lost the hold on a case."""

import json
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from db.enums import CaseState
from db.models import CaseRow
from workbench.services.foundation.case_access import last_hold_event
from workbench.services.foundation.context import Context


@dataclass(frozen=True, slots=True, kw_only=True)
class LostHold:
    """The event that ended a hold: its action, actor, new assignee ("" if none) and time."""

    case_id: int
    action: str
    by: str
    to: str
    at: datetime


def loss_of(session: Session, context: Context, case_id: int, fence: int) -> LostHold | None:
    """Return how this person's hold with a fence ended, None while it counts; an expired one does until it is taken."""
    case = session.get(CaseRow, case_id)
    is_held = case is not None and case.state == CaseState.IN_REVIEW
    if case is None or (is_held and case.held_by_id == context.actor.id and case.fence == fence):
        return None
    event = last_hold_event(session, case_id)
    if event is None:
        return None
    to = str(json.loads(event.body).get("to", "")) if event.action == "assign" else ""
    return LostHold(case_id=case_id, action=event.action, by=event.actor_login, to=to, at=event.at)
