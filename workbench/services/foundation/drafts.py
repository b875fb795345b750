"""What a reviewer has typed and not yet decided."""

import json
from collections.abc import Mapping
from typing import Any

from sqlmodel import Session, select

from db.models import CaseRow, DraftRow
from workbench.services.foundation.context import Context


class Drafts:
    """The drafts of one person; saving one is no act on the case and writes no event."""

    def __init__(self, context: Context) -> None:
        self.context = context

    def save(self, case_id: int, body: Mapping[str, Any]) -> None:
        """Keep what was typed, over what was kept before."""
        with self.context.write() as session:
            me = self.context.actor.id
            draft = find_draft(session, case_id, me) or DraftRow(case_id=case_id, reviewer_id=me)
            if draft.decision_id is not None and session.get_one(CaseRow, case_id).held_by_id != me:
                # What was decided with it is over; a late save must not bring it into the next round.
                return
            draft.body = json.dumps(body, ensure_ascii=False)
            draft.decision_id = None
            draft.saved_at = self.context.now()
            session.add(draft)


def find_draft(session: Session, case_id: int, reviewer_id: int) -> DraftRow | None:
    """Return a person's draft of a case, also one that a decision has put away."""
    return session.exec(
        select(DraftRow).where(DraftRow.case_id == case_id, DraftRow.reviewer_id == reviewer_id)
    ).one_or_none()


def draft_body(session: Session, case_id: int, reviewer_id: int) -> dict[str, Any]:
    """Return what a person has typed on a case and not decided."""
    draft = find_draft(session, case_id, reviewer_id)
    if draft is None or draft.decision_id is not None:
        return {}
    return dict(json.loads(draft.body))
