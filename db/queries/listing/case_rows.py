"""Cases as a list shows them, with the logins of their assignee and holder."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Boolean, Date, bindparam, text
from sqlmodel import Session

from db.columns import Instant
from db.queries.published import chunks

_INSTANTS = ("due_at", "suspended_from", "received_at", "held_until", "aside_until", "deadline_at", "erased_at")
_FLAGS = ("is_due_provisional", "is_returned", "is_skipped")
_SQL = """SELECT c.id, c.agent, c.application_no, c.applicant_name, a.applicant_kind, c.round,
       c.priority, c.service_class, c.risk, a.province, c.returned_to_id IS NOT NULL AS is_returned,
       c.due_at, c.is_due_provisional, c.suspended_from, c.waits_for, c.reopen_for, c.received_at,
       c.block_count AS blocks, c.warn_count AS warns, assignee.login AS assignee, holder.login AS held_by,
       CASE WHEN holder.id IS NULL THEN NULL ELSE c.held_until END AS held_until,
       CASE WHEN holder.id IS NULL THEN NULL ELSE c.aside_until END AS aside_until,
       c.next_action_on, c.erased_at, holder.id IS NULL AND c.state IN ('queued', 'in_review') AND EXISTS (
           SELECT 1 FROM skip WHERE skip.case_id = c.id AND skip.reviewer_id = :me AND skip.evidence_no >= c.evidence_no
       ) AS is_skipped,
       CASE WHEN c.state = 'rectifying' THEN (
           SELECT min(coalesce(i.deadline_at, r.deadline_at)) FROM rectification r
           JOIN rectification_item i ON i.rectification_id = r.id
           WHERE r.case_id = c.id AND r.is_open AND i.satisfied_at IS NULL AND i.waived_at IS NULL
       ) END AS deadline_at,
       CASE WHEN c.state = 'in_review' AND c.held_until <= :now THEN 'queued' ELSE c.state END AS state
FROM "case" c
JOIN application a ON a.id = c.application_id
LEFT JOIN reviewer assignee ON assignee.id = c.assignee_id
LEFT JOIN reviewer holder ON holder.id = c.held_by_id AND c.state = 'in_review' AND c.held_until > :now
WHERE c.id IN :ids"""
_ROWS = (
    text(_SQL)
    .bindparams(bindparam("ids", expanding=True))
    .columns(**dict.fromkeys(_FLAGS, Boolean), next_action_on=Date, **dict.fromkeys(_INSTANTS, Instant))
)


def case_rows(session: Session, ids: Sequence[int], now_us: int, reviewer_id: int) -> list[Any]:
    """Return the rows of these cases in the order of `ids`, with which of them a person skipped."""
    values = {"now": now_us, "me": reviewer_id}
    row_by_id = {row.id: row for chunk in chunks(ids) for row in session.execute(_ROWS, {**values, "ids": chunk})}
    return [row_by_id[case_id] for case_id in ids]
