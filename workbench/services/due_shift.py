"""Which due dates move when the calendar changes, and moving them.

What is promised to an appellant (`due_at` of an appealed case) and the deadlines of rectifications were told as dates,
and stay.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import Session

from db.enums import CaseState, ServiceClass
from db.queries.published import CASE, is_published
from workbench.domain.calendar import WorkingCalendar
from workbench.domain.due import Due, due_at
from workbench.domain.lifecycle import OPEN_STATES
from workbench.services import log
from workbench.services.context import Context

CalendarOf = Callable[[int], WorkingCalendar]
"""Gives the calendar under a version of the policy."""

_TOGETHER = 1_000
_STATES = tuple(state.value for state in OPEN_STATES - {CaseState.APPEALED, CaseState.INCOMPLETE})


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedDue:
    """The due date of a case before and after; one that `moves` not is only no longer, or newly, provisional."""

    case_id: int
    before: datetime
    after: datetime
    was_provisional: bool
    is_provisional: bool

    @property
    def moves(self) -> bool:
        """Say whether the date itself is another."""
        return self.before != self.after


def moved_dues(
    session: Session, context: Context, old: CalendarOf, new: CalendarOf, days: Sequence[date]
) -> tuple[MovedDue, ...]:
    """Return which due dates of open cases are others once some days have changed, the earliest first."""
    if not days:
        return ()
    zone = context.zone(session)
    begin = datetime.combine(min(days), time(), tzinfo=zone).astimezone(UTC)
    end = datetime.combine(max(days) + timedelta(days=1), time(), tzinfo=zone).astimezone(UTC)
    statement = (
        select(
            CASE.c.id,
            CASE.c.complete_at,
            CASE.c.due_at,
            CASE.c.is_due_provisional,
            CASE.c.service_class,
            CASE.c.policy_version_id,
        )
        .where(
            CASE.c.state.in_(_STATES),
            # What was due before the first of the days, or came after the last, leans on none of them.
            CASE.c.due_at >= begin,
            CASE.c.complete_at < end,
            is_published(CASE.c.batch_id),
        )
        .order_by(CASE.c.due_at, CASE.c.id)
    )
    found = (_moved(session, context, row, old, new) for row in session.execute(statement))
    return tuple(moved for moved in found if moved is not None)


def _moved(session: Session, context: Context, row: Any, old: CalendarOf, new: CalendarOf) -> MovedDue | None:
    version = row.policy_version_id
    class_days = context.policy(session, version).class_days[ServiceClass(row.service_class)]
    due = _recomputed(row.complete_at, row.due_at, class_days, old(version), new(version))
    if due is None or (due.at == row.due_at and due.provisional == row.is_due_provisional):
        return None
    return MovedDue(
        case_id=row.id,
        before=row.due_at,
        after=due.at,
        was_provisional=row.is_due_provisional,
        is_provisional=due.provisional,
    )


def _recomputed(
    complete_at: datetime, stored: datetime, class_days: int, old: WorkingCalendar, new: WorkingCalendar
) -> Due | None:
    """Return the due date under another calendar, with the pauses that moved the stored one on; None if none did.

    A stored date earlier than the promise was set by nobody's rule, and stays.
    """
    paused_s = old.working_seconds_between(due_at(complete_at, class_days, old).at, stored)
    if paused_s < 0:
        return None
    promised = due_at(complete_at, class_days, new)
    moved = new.add_working_seconds(promised.at, paused_s)
    first, last = new.local_day(promised.at), new.local_day(moved)
    is_provisional = promised.provisional or (moved != promised.at and new.leans_on_provisional(first, last))
    return Due(at=moved, provisional=is_provisional)


def write_dues(session: Session, context: Context, moved: Sequence[MovedDue], why: str) -> None:
    """Write due dates, in the caller's transaction; each case whose date moves has an event that says so.

    The version of a case stays, so that who holds it can go on.
    """
    statement = (
        CASE.update()
        .where(CASE.c.id == bindparam("case_id"))
        .values(due_at=bindparam("after"), is_due_provisional=bindparam("provisional"))
    )
    for chunk in _chunks(moved):
        session.connection().execute(
            statement,
            [{"case_id": one.case_id, "after": one.after, "provisional": one.is_provisional} for one in chunk],
        )
    zone = context.zone(session)
    bodies = (
        (
            one.case_id,
            {
                "from": one.before.astimezone(zone).isoformat(),
                "due": one.after.astimezone(zone).isoformat(),
                "why": why,
            },
        )
        for one in moved
        if one.moves
    )
    log.append_many(session, context.actor, "due", context.now(), bodies)


def _chunks(moved: Sequence[MovedDue]) -> Iterator[Sequence[MovedDue]]:
    for start in range(0, len(moved), _TOGETHER):
        yield moved[start : start + _TOGETHER]
