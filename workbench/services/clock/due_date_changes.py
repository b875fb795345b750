"""Which due dates move when the calendar changes, and moving them.

What is promised to an appellant (`due_at` of an appealed case) and the deadlines of rectifications were told as dates,
and stay.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import bindparam, select
from sqlmodel import Session, col

from db.enums import CaseState
from db.models import CaseRow
from db.queries.published import CASE, is_published
from workbench.domain.case.lifecycle import OPEN_STATES
from workbench.domain.case.running import clock_runs
from workbench.domain.clock.calendar import WorkingCalendar
from workbench.services.clock.case_clocks import Clocks, clock_events
from workbench.services.foundation import audit_log
from workbench.services.foundation.context import Context
from workbench.services.foundation.pacing import chunks

CalendarOf = Callable[[int], WorkingCalendar]
"""Gives the calendar under a version of the policy."""

_STATES = tuple(state.value for state in OPEN_STATES - {CaseState.APPEALED, CaseState.INCOMPLETE})


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedDue:
    """The due date of a case before and after; one that `moves` not is only no longer, or newly, provisional.

    `is_told` says that the applicant is told: of a date that is later and not past, while the clock runs.
    """

    case_id: int
    before: datetime
    after: datetime
    was_provisional: bool
    is_provisional: bool
    is_told: bool = False

    @property
    def moves(self) -> bool:
        """Say whether the date itself is another."""
        return self.before != self.after


def moved_dues(session: Session, context: Context, new: CalendarOf, days: Sequence[date]) -> tuple[MovedDue, ...]:
    """Return which due dates of open cases are others once some days have changed, the earliest first."""
    if not days:
        return ()
    zone = context.zone(session)
    end = datetime.combine(max(days) + timedelta(days=1), time(), tzinfo=zone).astimezone(UTC)
    statement = (
        select(CASE.c.id)
        .where(
            CASE.c.state.in_(_STATES),
            # What came after the last of the days leans on none of them. What was due before the first may: a pause
            # that began after the due date moves it by the working time in it.
            CASE.c.due_at.is_not(None),
            CASE.c.complete_at < end,
            is_published(CASE.c.batch_id),
        )
        .order_by(CASE.c.due_at, CASE.c.id)
    )
    found = [int(case_id) for case_id in session.execute(statement).scalars()]
    return tuple(moved for chunk in chunks(found) for moved in _moved(session, context, chunk, new))


def _moved(session: Session, context: Context, case_ids: Sequence[int], new: CalendarOf) -> Iterator[MovedDue]:
    """Yield which of some due dates would be others, in the order given."""
    clocks = Clocks(session, context, clock_events(session, case_ids), new)
    now = context.now()
    rows = session.execute(select(CaseRow).where(col(CaseRow.id).in_(case_ids))).scalars()
    cases = {case.id: case for case in rows}
    for case_id in case_ids:
        case = cases[case_id]
        standing = clocks.standing(case)
        if standing is None or case.due_at is None:
            continue
        if (standing.due_at, standing.is_provisional) != (case.due_at, case.is_due_provisional):
            yield MovedDue(
                case_id=case_id,
                before=case.due_at,
                after=standing.due_at,
                was_provisional=case.is_due_provisional,
                is_provisional=standing.is_provisional,
                is_told=standing.due_at > max(case.due_at, now) and clock_runs(CaseState(case.state), case.waits_for),
            )


def write_dues(session: Session, context: Context, moved: Sequence[MovedDue], why: str) -> None:
    """Write due dates, in the caller's transaction; each case whose date moves has an event that says so.

    The version of a case stays, so that who holds it can go on.
    """
    statement = (
        CASE.update()
        .where(CASE.c.id == bindparam("case_id"))
        .values(due_at=bindparam("after"), is_due_provisional=bindparam("provisional"))
    )
    for chunk in chunks(moved):
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
    audit_log.append_many(session, context.actor, "due", context.now(), bodies)
