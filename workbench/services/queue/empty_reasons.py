"""Why there is no case to give."""

from datetime import datetime

from sqlalchemy import text
from sqlmodel import Session

from db.columns import from_us, to_us
from workbench.domain.case.casefile import Empty


def why_empty(session: Session, reviewer_id: int, now: datetime) -> Empty:
    """Say which empty it is to a person: others hold all, the rest was skipped, or nothing is queued."""
    skipped = session.execute(
        text(
            """SELECT count(*) FROM skip JOIN "case" c ON c.id = skip.case_id
               WHERE skip.reviewer_id = :me AND skip.evidence_no >= c.evidence_no
                     AND c.state = 'queued' AND c.is_listed = 1
                     AND (c.assignee_id IS NULL OR c.assignee_id = :me)"""
        ),
        {"me": reviewer_id},
    ).scalar_one()
    if skipped:
        return Empty(kind="skipped", count=int(skipped))
    holders = session.execute(
        text(
            """SELECT reviewer.login, min(c.held_until) AS until, count(*) AS cases FROM "case" c
               JOIN reviewer ON reviewer.id = c.held_by_id
               WHERE c.state = 'in_review' AND c.held_until > :now AND c.held_by_id <> :me
               GROUP BY reviewer.login ORDER BY until"""
        ),
        {"now": to_us(now), "me": reviewer_id},
    ).all()
    if holders:
        return Empty(
            kind="held",
            count=sum(row.cases for row in holders),
            who=tuple((row.login, from_us(row.until)) for row in holders),
        )
    return Empty(kind="none")
