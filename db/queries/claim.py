"""The one statement that claims the next case: an indexed branch for each rank, never a sort of the whole queue."""

from datetime import datetime

from sqlalchemy import text
from sqlmodel import Session

from db.columns import to_us

_NOT_SKIPPED = """NOT EXISTS (SELECT 1 FROM skip WHERE skip.case_id = c.id AND skip.reviewer_id = :me
                              AND skip.evidence_no >= c.evidence_no)"""
# A CASE, so that the planner starts from who has it and not from all that is queued.
_FREE = """c.assignee_id IS NOT NULL AND c.state IN ('queued', 'in_review')
            AND CASE c.state WHEN 'queued' THEN c.is_listed ELSE c.held_until <= :now END"""
_URGENCY = "CASE WHEN c.due_at <= :now THEN 0 WHEN c.due_at <= :day_end THEN 1 ELSE 2 END"
_DUE_RANGES = ("c.due_at <= :now", "c.due_at > :now AND c.due_at <= :day_end", "c.due_at > :day_end")


def _computed(rank: int, where: str, source: str = '"case" AS c') -> str:
    """Return a branch over few rows, whose order may be computed."""
    return f"""SELECT * FROM (
        SELECT c.id AS id, {rank} AS rank, CASE WHEN c.returned_to_id = :me THEN 0 ELSE 1 END AS returned,
               {_URGENCY} AS urgency, -c.priority_rank AS priority, c.due_at AS due
        FROM {source} WHERE {where} AND {_NOT_SKIPPED}
        ORDER BY returned, urgency, priority, due, c.id LIMIT 1)"""  # noqa: S608 - made of constants of this file; values are bound


def _indexed(urgency: int, priority: int) -> str:
    """Return a branch over the common queue, which the index answers in order."""
    return f"""SELECT * FROM (
        SELECT c.id AS id, 1 AS rank, 1 AS returned, {urgency} AS urgency, {-priority} AS priority, c.due_at AS due
        FROM "case" AS c
        WHERE c.state = 'queued' AND c.is_listed = 1 AND c.assignee_id IS NULL
              AND c.priority_rank = {priority} AND {_DUE_RANGES[urgency]} AND {_NOT_SKIPPED}
        ORDER BY c.due_at, c.id LIMIT 1)"""  # noqa: S608 - made of constants of this file; values are bound


# A cross join keeps this order: first the few who are away, then what is assigned to them.
_AWAY = """(SELECT DISTINCT reviewer_id FROM absence WHERE from_on <= :today AND (to_on IS NULL OR to_on >= :today))
           AS away CROSS JOIN "case" AS c"""

_BRANCHES = (
    _computed(0, f"c.assignee_id = :me AND {_FREE}"),
    *(_indexed(urgency, priority) for urgency in range(3) for priority in range(4)),
    _computed(1, "c.state = 'in_review' AND c.held_until <= :now AND c.assignee_id IS NULL"),
    _computed(1, f"c.assignee_id = away.reviewer_id AND c.assignee_id <> :me AND {_FREE}", _AWAY),
)

_ORDERED = "\nUNION ALL\n".join(_BRANCHES)

_CLAIM = text(
    f"""UPDATE "case" SET state = 'in_review', held_by_id = :me, held_until = :until, aside_until = NULL,
            returned_to_id = NULL, fence = fence + 1, version = version + 1
        WHERE id = (SELECT id FROM ({_ORDERED}) ORDER BY rank, returned, urgency, priority, due, id LIMIT 1)
        RETURNING id, fence"""  # noqa: S608 - made of constants of this file; values are bound
)


def claim_next(
    session: Session, *, reviewer_id: int, now: datetime, day_end: datetime, until: datetime
) -> tuple[int, int] | None:
    """Take the next free case for a reviewer and return its id and fence, or None if there is none.

    The order: returned to me, assigned to me, then the common queue by (breached, due today, priority, due date,
    id). `day_end` is the end of the local day, whose zone gives today's date.
    """
    row = session.execute(
        _CLAIM,
        {
            "me": reviewer_id,
            "now": to_us(now),
            "day_end": to_us(day_end),
            "until": to_us(until),
            "today": day_end.date().isoformat(),
        },
    ).first()
    return (int(row.id), int(row.fence)) if row else None
