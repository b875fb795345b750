"""What waits for one person alone: cases assigned, and cases put aside."""

from datetime import datetime

from sqlalchemy import text
from sqlmodel import Session

from db.columns import from_us, to_us


def assigned_to(session: Session, reviewer_id: int, now: datetime) -> int:
    """Count the cases that are offered to a person and to nobody else."""
    found = session.execute(
        text(
            """SELECT count(*) FROM "case"
            WHERE assignee_id = :me AND state IN ('queued', 'in_review')
                AND CASE state WHEN 'queued' THEN is_listed ELSE held_until <= :now END"""
        ),
        {"me": reviewer_id, "now": to_us(now)},
    )
    return int(found.scalar_one())


def put_aside_by(session: Session, reviewer_id: int, now: datetime) -> tuple[tuple[int, datetime], ...]:
    """Return the cases that a person has put aside, with the end of each, the first to come back first."""
    rows = session.execute(
        text(
            """SELECT id, aside_until FROM "case"
            WHERE state = 'in_review' AND held_by_id = :me AND held_until > :now AND aside_until > :now
            ORDER BY aside_until, id"""
        ),
        {"me": reviewer_id, "now": to_us(now)},
    )
    return tuple((int(row.id), from_us(row.aside_until)) for row in rows)
