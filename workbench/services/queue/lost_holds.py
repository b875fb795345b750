"""Holds that ended without their holder's doing, seen from who held the case."""

import json
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from db.enums import CaseState
from db.models import CaseRow
from workbench.services.foundation.case_access import last_taking
from workbench.services.foundation.context import Context


@dataclass(frozen=True, slots=True, kw_only=True)
class LostHold:
    """How a hold ended: the act of the log, who did it, to whom the case went (empty if to nobody), and when."""

    case_id: int
    action: str
    by: str
    to: str
    at: datetime


def loss_of(session: Session, context: Context, case_id: int, fence: int) -> LostHold | None:
    """Say how a person's hold on a case ended, None while it is in force or merely over and taken by nobody."""
    case = session.get(CaseRow, case_id)
    if case is None:
        return None
    is_mine = case.state == CaseState.IN_REVIEW and case.held_by_id == context.actor.id
    if is_mine and case.fence == fence:
        return None
    event = last_taking(session, case_id)
    if event is None:
        return None
    to = str(json.loads(event.body).get("to", "")) if event.action == "assign" else ""
    return LostHold(case_id=case_id, action=event.action, by=event.actor_login, to=to, at=event.at)
