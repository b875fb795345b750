"""The queue as a list, in the order of `next`, and what the head of the desk counts."""

from typing import Any

from sqlalchemy import bindparam, text
from sqlmodel import Session

from db.columns import from_us, to_us
from db.enums import ApplicantKind, CaseState, Priority, WaitsFor
from db.queries import case_pages
from db.queries.case_list import CaseList
from workbench.domain.case.casefile import CaseRowView, DeskCounts
from workbench.domain.case.running import is_overdue
from workbench.services.case.masking import public_name
from workbench.services.foundation.context import Context
from workbench.services.queue.own_cases import assigned_to, put_aside_by

_ROWS = text(
    """SELECT c.id, c.agent, c.application_no, c.applicant_name, a.applicant_kind, c.round,
       c.priority, c.due_at, c.is_due_provisional, c.suspended_from, c.waits_for,
       c.block_count, c.warn_count, c.received_at, c.held_until, assignee.login AS assignee, holder.login AS holder,
       CASE WHEN c.state = 'in_review' AND c.held_until <= :now THEN 'queued' ELSE c.state END AS state
FROM "case" c
JOIN application a ON a.id = c.application_id
LEFT JOIN reviewer assignee ON assignee.id = c.assignee_id
LEFT JOIN reviewer holder ON holder.id = c.held_by_id
WHERE c.id IN :ids"""
).bindparams(bindparam("ids", expanding=True))

_READ_TOGETHER = 1_000


class Queue:
    """The lists of cases.

    Each takes a filter; an empty one is all open cases. Every method raises FilterProblem for one that cannot be
    understood.
    """

    def __init__(self, context: Context) -> None:
        self.context = context

    def count(self, filter_text: str = "") -> int:
        """Count the cases of a filter; where no index knows them this takes longer than a page."""
        with self.context.read() as session:
            return case_pages.count(session, self._list(session, filter_text))

    def page(
        self, filter_text: str = "", *, start: int = 0, limit: int = 100, total: int | None = None
    ) -> tuple[CaseRowView, ...]:
        """Return the cases from place `start` on, in the order of `next`.

        With the `total` that `count` gave a page of the second half is read from the end.
        """
        with self.context.read() as session:
            wanted = self._list(session, filter_text)
            if total is not None and start > total // 2:
                limit = min(limit, total - start)
                ids = case_pages.page(session, wanted, skip=total - start - limit, limit=limit, from_end=True)
            else:
                ids = case_pages.page(session, wanted, skip=start, limit=limit)
            return _rows(session, ids, wanted.now)

    def ids(self, filter_text: str, limit: int) -> tuple[int, ...]:
        """Return the numbers of the first cases of a filter."""
        with self.context.read() as session:
            wanted = self._list(session, filter_text)
            return tuple(case_pages.page(session, wanted, skip=0, limit=limit))

    def place_of(self, filter_text: str, case_id: int) -> int | None:
        """Return how many cases of a filter come before one of them.

        None if it is none of them, or if to tell takes long.
        """
        with self.context.read() as session:
            return case_pages.place_of(session, self._list(session, filter_text), case_id)

    def counts(self) -> DeskCounts:
        """Return what the head of the desk counts."""
        with self.context.read() as session:
            me, now = self.context.actor.id, self.context.now()
            return DeskCounts(
                **self._counts(session),
                assigned=assigned_to(session, me, now),
                aside=put_aside_by(session, me, now),
            )

    def _counts(self, session: Session) -> dict[str, Any]:
        row = session.execute(
            text(
                """SELECT
                (SELECT count(*) FROM "case" WHERE state = 'queued' AND is_listed = 1)
                + (SELECT count(*) FROM "case" WHERE state = 'in_review' AND held_until <= :now) AS queued,
                (SELECT count(*) FROM "case" WHERE state = 'in_review' AND held_by_id = :me AND held_until > :now)
                    AS held_by_me,
                (SELECT count(*) FROM "case" WHERE state = 'awaiting_check') AS to_check"""
            ),
            {"now": to_us(self.context.now()), "me": self.context.actor.id},
        ).one()
        counted = {name: int(value) for name, value in row._mapping.items()}  # noqa: SLF001 - SQLAlchemy's public name
        # What the head of the desk says is what the filter of the queue finds.
        for name, wanted in (("due_today", "due:today"), ("breached", "due:overdue")):
            counted[name] = case_pages.count(session, self._list(session, wanted))
        return counted

    def _list(self, session: Session, filter_text: str) -> CaseList:
        """Return the list of a filter; what reads filters is imported here, for the first case needs none."""
        from workbench.services.queue.filters import list_of

        return list_of(session, self.context, filter_text)


def _rows(session: Session, ids: list[int], now_us: int) -> tuple[CaseRowView, ...]:
    """Return cases as a list shows them, in the order of their numbers given."""
    found: dict[int, Any] = {}
    for start in range(0, len(ids), _READ_TOGETHER):
        portion = ids[start : start + _READ_TOGETHER]
        found |= {row.id: row for row in session.execute(_ROWS, {"now": now_us, "ids": portion})}
    return tuple(_view(found[case_id], now_us) for case_id in ids)


def _view(row: Any, now_us: int) -> CaseRowView:
    holds = row.state == CaseState.IN_REVIEW
    due_at = None if row.due_at is None else from_us(row.due_at)
    suspended_from = None if row.suspended_from is None else from_us(row.suspended_from)
    return CaseRowView(
        id=row.id,
        agent=row.agent,
        application_no=row.application_no,
        applicant_name=public_name(ApplicantKind(row.applicant_kind), row.applicant_name),
        state=CaseState(row.state),
        round=row.round,
        priority=Priority(row.priority),
        due_at=due_at,
        is_due_provisional=bool(row.is_due_provisional),
        is_breached=is_overdue(due_at, from_us(now_us), CaseState(row.state), row.waits_for, suspended_from),
        suspended_from=suspended_from,
        waits_for=WaitsFor(row.waits_for) if row.waits_for else None,
        assignee=row.assignee,
        held_by=row.holder if holds else None,
        held_until=from_us(row.held_until) if holds and row.held_until else None,
        blocks=row.block_count,
        warns=row.warn_count,
        received_at=from_us(row.received_at),
    )
