"""The queue as a list, in the order of `next`, and what the head of the desk counts."""

from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from db.columns import from_us, to_us
from db.enums import ApplicantKind, CaseState, Priority
from workbench.domain.casefile import CaseRowView, DeskCounts
from workbench.services.context import Context
from workbench.services.masking import public_name

_PUBLISHED = "EXISTS (SELECT 1 FROM import_batch b WHERE b.id = c.batch_id AND b.published_at IS NOT NULL)"
_OPEN = "c.state NOT IN ('passed', 'failed', 'lapsed', 'withdrawn')"

# The states that `next` serves come first, in its own order; the rest follows by state.
_ROWS = f"""
SELECT c.id, c.agent, c.application_no, c.applicant_name, a.applicant_kind, c.round,
       c.priority, c.due_at, c.is_due_provisional,
       c.block_count, c.warn_count, c.received_at, c.held_until, assignee.login AS assignee, holder.login AS holder,
       CASE WHEN c.state = 'in_review' AND c.held_until <= :now THEN 'queued' ELSE c.state END AS state
FROM "case" c
JOIN application a ON a.id = c.application_id
LEFT JOIN reviewer assignee ON assignee.id = c.assignee_id
LEFT JOIN reviewer holder ON holder.id = c.held_by_id
WHERE {_PUBLISHED} AND {{where}}
ORDER BY CASE c.state WHEN 'queued' THEN 0 WHEN 'in_review' THEN 0 WHEN 'awaiting_check' THEN 1 WHEN 'pending' THEN 2
                      WHEN 'rectifying' THEN 3 WHEN 'appealed' THEN 4 ELSE 5 END,
         CASE WHEN c.due_at <= :now THEN 0 WHEN c.due_at <= :day_end THEN 1 ELSE 2 END,
         c.priority_rank DESC, c.due_at, c.id
LIMIT :limit
"""  # noqa: S608 - made of constants of this file; values are bound

_TOTAL = f'SELECT count(*) FROM "case" c WHERE {_PUBLISHED} AND {_OPEN}'  # noqa: S608 - made of constants of this file


class Queue:
    """The lists of cases."""

    def __init__(self, context: Context) -> None:
        self.context = context

    def rows(self, limit: int = 50) -> tuple[CaseRowView, ...]:
        """Return the open cases in the order of `next`."""
        return self._list(_OPEN, limit)

    def in_state(self, state: CaseState, limit: int = 200) -> tuple[CaseRowView, ...]:
        """Return the cases in one state, the first due first."""
        return self._list("c.state = :state", limit, state=state.value)

    def total(self) -> int:
        """Count the open cases."""
        with self.context.read() as session:
            return int(session.execute(text(_TOTAL)).scalar_one())

    def counts(self) -> DeskCounts:
        """Return what the head of the desk counts."""
        with self.context.read() as session:
            return DeskCounts(**self._counts(session))

    def _counts(self, session: Session) -> dict[str, int]:
        now, day_end = self.context.now(), self.context.end_of_today(session)
        row = session.execute(
            text(
                """SELECT
                (SELECT count(*) FROM "case" WHERE state = 'queued' AND is_listed = 1)
                + (SELECT count(*) FROM "case" WHERE state = 'in_review' AND held_until <= :now) AS queued,
                (SELECT count(*) FROM "case" WHERE state = 'queued' AND is_listed = 1
                    AND due_at > :now AND due_at <= :day_end) AS due_today,
                (SELECT count(*) FROM "case" WHERE state = 'queued' AND is_listed = 1 AND due_at <= :now) AS breached,
                (SELECT count(*) FROM "case" WHERE state = 'in_review' AND held_by_id = :me AND held_until > :now)
                    AS held_by_me,
                (SELECT count(*) FROM "case" WHERE state = 'awaiting_check') AS to_check"""
            ),
            {"now": to_us(now), "day_end": to_us(day_end), "me": self.context.actor.id},
        ).one()
        return {name: int(value) for name, value in row._mapping.items()}  # noqa: SLF001 - SQLAlchemy's public name

    def _list(self, where: str, limit: int, **values: Any) -> tuple[CaseRowView, ...]:
        with self.context.read() as session:
            now, day_end = to_us(self.context.now()), to_us(self.context.end_of_today(session))
            rows = session.execute(
                text(_ROWS.format(where=where)), {"now": now, "day_end": day_end, "limit": limit, **values}
            ).all()
        return tuple(_view(row, now) for row in rows)


def _view(row: Any, now_us: int) -> CaseRowView:
    holds = row.state == CaseState.IN_REVIEW
    return CaseRowView(
        id=row.id,
        agent=row.agent,
        application_no=row.application_no,
        applicant_name=public_name(ApplicantKind(row.applicant_kind), row.applicant_name),
        state=CaseState(row.state),
        round=row.round,
        priority=Priority(row.priority),
        due_at=None if row.due_at is None else from_us(row.due_at),
        is_due_provisional=bool(row.is_due_provisional),
        is_breached=row.due_at is not None and row.due_at <= now_us,
        assignee=row.assignee,
        held_by=row.holder if holds else None,
        held_until=from_us(row.held_until) if holds and row.held_until else None,
        blocks=row.block_count,
        warns=row.warn_count,
        received_at=from_us(row.received_at),
    )
