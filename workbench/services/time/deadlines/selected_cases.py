"""Changes all cases that meet some conditions, a few in each transaction, so that other writers wait briefly."""

from collections.abc import Callable, Sequence

from sqlalchemy import ColumnElement, select
from sqlmodel import Session

from db.models import CaseRow
from db.queries.published import CASE, chunks, is_published
from workbench.domain.clock.clock import is_suspended
from workbench.services.foundation.calendar_days import suspensions_concerning
from workbench.services.foundation.context import Context
from workbench.services.time.deadlines.recompute import CASES_PER_TRANSACTION

Act = Callable[[Session, CaseRow], bool]
"""A function that changes one case if needed, and returns whether it did."""

Conditions = Sequence[ColumnElement[bool]]
"""SQL conditions on published cases."""


def act_on_all(context: Context, conditions: Conditions, act: Act, per_transaction: int | None = None) -> int:
    """Call `act` with each published case that meets some conditions, and return how many cases it changed."""
    return act_on_cases(context, matching_case_ids(context, conditions), conditions, act, per_transaction)


def act_unless_suspended(context: Context, conditions: Conditions, act: Act) -> int:
    """Call `act` as `act_on_all` does, but not with the cases that a suspension concerns now."""
    now = context.now()
    is_stopped = CASE.c.suspended_from.is_not(None) & (CASE.c.suspended_from <= now)

    def act_if_not_suspended(session: Session, case: CaseRow) -> bool:
        return not is_suspended(suspensions_concerning(session, case), now) and act(session, case)

    return act_on_all(context, (*conditions, ~is_stopped), act_if_not_suspended)


def matching_case_ids(context: Context, conditions: Conditions) -> Sequence[int]:
    """Return the ids of the published cases that meet some conditions."""
    with context.read() as session:
        statement = select(CASE.c.id).where(is_published(CASE.c.batch_id), *conditions)
        return session.execute(statement.order_by(CASE.c.id)).scalars().all()


def act_on_cases(
    context: Context, case_ids: Sequence[int], conditions: Conditions, act: Act, per_transaction: int | None = None
) -> int:
    """Call `act` with the given cases that still meet the conditions, and return how many cases it changed.

    One transaction has at most `per_transaction` cases, by default `CASES_PER_TRANSACTION`. If the program closes, the
    work stops between two transactions.
    """
    changed_count = 0
    for portion in chunks(case_ids, per_transaction or CASES_PER_TRANSACTION):
        if context.cache.is_closing.is_set():
            break
        with context.write() as session:
            statement = select(CaseRow).where(CASE.c.id.in_(portion), is_published(CASE.c.batch_id), *conditions)
            cases = session.execute(statement.order_by(CASE.c.id)).scalars().all()
            changed_count += sum(act(session, case) for case in cases)
    return changed_count
