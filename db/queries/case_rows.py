"""Cases as a list shows them, with the logins of their assignee and holder."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, text
from sqlmodel import Session

from db.queries.chunks import chunks

_ROWS = text(
    """SELECT c.id, c.agent, c.application_no, c.applicant_name, a.applicant_kind, c.round,
       c.priority, c.due_at, c.is_due_provisional, c.suspended_from, c.waits_for, c.reopen_for,
       c.block_count, c.warn_count, c.received_at, c.held_until, assignee.login AS assignee, holder.login AS holder,
       CASE WHEN c.state = 'in_review' AND c.held_until <= :now THEN 'queued' ELSE c.state END AS state
FROM "case" c
JOIN application a ON a.id = c.application_id
LEFT JOIN reviewer assignee ON assignee.id = c.assignee_id
LEFT JOIN reviewer holder ON holder.id = c.held_by_id
WHERE c.id IN :ids"""
).bindparams(bindparam("ids", expanding=True))


def case_rows(session: Session, ids: Sequence[int], now_us: int) -> list[Any]:
    """Return the rows of these cases in the order of `ids`; instants are microseconds, as stored."""
    found = {row.id: row for chunk in chunks(ids) for row in session.execute(_ROWS, {"now": now_us, "ids": chunk})}
    return [found[case_id] for case_id in ids]
