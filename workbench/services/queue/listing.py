"""The queue as a list, in the order of `next`, and what the head of the desk counts."""

from typing import Any

from sqlmodel import Session

from db.columns import from_us
from db.enums import ApplicantKind, CaseState, Priority, WaitsFor
from db.queries import case_pages, workload
from db.queries.case_list import CaseList
from db.queries.case_rows import case_rows
from workbench.domain.case.casefile import CaseRowView, DeskCounts
from workbench.domain.case.running import is_overdue
from workbench.services.case.masking import public_name
from workbench.services.foundation.context import Context


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
            return tuple(_view(row, wanted.now) for row in case_rows(session, ids, wanted.now))

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
        me, now = self.context.actor.id, self.context.now()
        with self.context.read() as session:
            return DeskCounts(
                **workload.open_counts(session, me, now),
                # What the head of the desk says is what the filter of the queue finds.
                due_today=case_pages.count(session, self._list(session, "due:today")),
                breached=case_pages.count(session, self._list(session, "due:overdue")),
                assigned=workload.count_assigned(session, me, now),
                aside=workload.put_aside_by(session, me, now),
            )

    def _list(self, session: Session, filter_text: str) -> CaseList:
        """Return the list of a filter; what reads filters is imported here, for the first case needs none."""
        from workbench.services.queue.filters import list_of

        return list_of(session, self.context, filter_text)


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
