"""Why the queue has no case for a person."""

from datetime import datetime

from sqlmodel import Session

from db.queries.workload import count_skipped, other_holders
from workbench.domain.case.casefile import NoNextCase


def why_empty(session: Session, reviewer_id: int, now: datetime) -> NoNextCase:
    """Return why a person gets no case: this person skipped the rest, others hold all cases, or nothing is queued."""
    skipped = count_skipped(session, reviewer_id)
    if skipped:
        return NoNextCase(kind="skipped", count=skipped)
    holders = other_holders(session, reviewer_id, now)
    if holders:
        return NoNextCase(
            kind="held",
            count=sum(holder.cases for holder in holders),
            who=tuple((holder.login, holder.until) for holder in holders),
        )
    return NoNextCase(kind="none")
