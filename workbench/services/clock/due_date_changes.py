"""Computes and writes the due dates that move when the calendar changes.

Deadlines of applicants are not among them; such a deadline moves only if its day becomes a day off.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import bindparam, func, select, text
from sqlmodel import Session, col

from db.enums import CaseState
from db.models import CaseRow
from db.models.life_cycle import OPEN_APPEAL
from db.queries.published import APPEAL, CASE, NOTICE, chunks, is_published
from workbench.domain.case.lifecycle import OPEN_STATES, Action
from workbench.domain.case.running import clock_runs
from workbench.domain.clock.calendar import WorkingCalendar
from workbench.services.clock.case_clocks import EVENT, Clocks, clock_events
from workbench.services.foundation import audit_log
from workbench.services.foundation.context import Context

CalendarOf = Callable[[int], WorkingCalendar]
"""A function that returns the calendar under a version of the policy."""

_STATES_WITH_CLOCK = tuple(state.value for state in OPEN_STATES - {CaseState.INCOMPLETE})

_LETTERS_ABOUT_DUE_DATES = (
    *("receipt", "re-review", "delay", "resumed", "expired", "policy", "reopened", "lapse-undone", "waived"),
    *("appeal-received", "appeal-decided"),
)
_DUE_DATE_OR_DEADLINE = ("lapse-undone", "waived")
"""The letters that state the due date of a case, or its deadline if the case is still rectifying."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DueChange:
    """A due date before and after a change of the calendar; if they are equal, only its provisional mark changes."""

    case_id: int
    before: datetime
    after: datetime
    is_provisional: bool
    is_notified: bool = False
    """Whether the applicant gets a notice: the date is in the future and later than stated, and the clock runs."""

    @property
    def is_date_moved(self) -> bool:
        """Whether the date itself changes, not only its provisional mark."""
        return self.before != self.after


def due_changes_of_days(
    session: Session, context: Context, calendar_of: CalendarOf, days: Sequence[date]
) -> tuple[DueChange, ...]:
    """Return how due dates of open cases move when `days` of the calendar change, the earliest due date first."""
    if not days:
        return ()
    zone = context.zone(session)
    end = datetime.combine(max(days) + timedelta(days=1), time(), tzinfo=zone).astimezone(UTC)
    statement = (
        select(CASE.c.id)
        .where(
            CASE.c.state.in_(_STATES_WITH_CLOCK),
            # A case that became complete after the last changed day keeps its due date. A case that was due before
            # the first changed day may get another one, because the working time of a later pause moves it.
            CASE.c.due_at.is_not(None),
            CASE.c.complete_at < end,
            is_published(CASE.c.batch_id),
        )
        .order_by(CASE.c.due_at, CASE.c.id)
    )
    return due_changes_of_cases(session, context, session.execute(statement).scalars().all(), calendar_of)


def due_changes_of_cases(
    session: Session, context: Context, case_ids: Sequence[int], calendar_of: CalendarOf | None = None
) -> tuple[DueChange, ...]:
    """Return how the due dates of some cases move, in the order given, by default under the stored calendar."""
    return tuple(change for chunk in chunks(case_ids) for change in _due_changes(session, context, chunk, calendar_of))


def _due_changes(
    session: Session, context: Context, case_ids: Sequence[int], calendar_of: CalendarOf | None
) -> Iterator[DueChange]:
    """Compute the due dates of a chunk of cases again, and yield those that change."""
    clocks = Clocks(session, context, clock_events(session, case_ids), calendar_of)
    now = context.now()
    rows = session.execute(select(CaseRow).where(col(CaseRow.id).in_(case_ids))).scalars()
    cases, stated = {case.id: case for case in rows}, stated_due_dates(session, case_ids)
    for case_id in case_ids:
        case = cases[case_id]
        state = clocks.state(case)
        if state is None or case.due_at is None:
            continue
        if (state.due_at, state.is_due_provisional) != (case.due_at, case.is_due_provisional):
            yield DueChange(
                case_id=case_id,
                before=case.due_at,
                after=state.due_at,
                is_provisional=state.is_due_provisional,
                is_notified=state.due_at > now
                and is_later_than_stated(state.due_at, stated.get(case_id), case.due_at, clocks.calendar(case))
                and clock_runs(CaseState(case.state), case.waits_for),
            )


def stated_due_dates(session: Session, case_ids: Sequence[int]) -> dict[int, datetime]:
    """Return the due date that the last letter about due dates stated, by case; cases without one are left out.

    Letters from before a case was opened again do not count, because the new review has its own due date.
    """
    # An act logs its event before it writes a letter, so the last event up to a letter has the state at that time.
    up_to_letter = (EVENT.c.case_id == NOTICE.c.case_id, EVENT.c.state != "", EVENT.c.at <= NOTICE.c.created_at)
    state = select(EVENT.c.state).where(*up_to_letter).order_by(EVENT.c.seq.desc()).limit(1).scalar_subquery()
    is_deadline = state == CaseState.RECTIFYING.value
    is_about_due_date = NOTICE.c.kind.in_(_LETTERS_ABOUT_DUE_DATES) & NOTICE.c.told_due_at.is_not(None)
    is_about_due_date &= ~(NOTICE.c.kind.in_(_DUE_DATE_OR_DEADLINE) & is_deadline)
    reopened = (
        EVENT.c.case_id == NOTICE.c.case_id,
        EVENT.c.action == Action.REOPEN.value,
        EVENT.c.is_refused.is_(False),
    )
    reopened_at = select(func.max(EVENT.c.at)).where(*reopened).scalar_subquery()
    is_of_this_review = reopened_at.is_(None) | (NOTICE.c.created_at >= reopened_at)
    is_valid = NOTICE.c.case_id.in_(case_ids) & NOTICE.c.cancelled_at.is_(None) & is_of_this_review
    columns = (NOTICE.c.case_id, NOTICE.c.told_due_at)
    rows = session.execute(select(*columns).where(is_valid, is_about_due_date).order_by(NOTICE.c.id))
    return {row.case_id: row.told_due_at for row in rows}


def is_later_than_stated(
    due_at: datetime, told_due_at: datetime | None, before: datetime, calendar: WorkingCalendar
) -> bool:
    """Say whether a changed due date is a later day than the last letter stated.

    Without a letter, it is compared with the due date before the change. A due date that did not move is not later.
    """
    if told_due_at is None:
        return due_at > before
    return due_at != before and calendar.local_day(due_at) > calendar.local_day(told_due_at)


def write_due_changes(session: Session, context: Context, changes: Sequence[DueChange]) -> None:
    """Write changed due dates of cases and their open appeals, and an event for each date that moves.

    The version of a case stays the same, so that its holder can continue.
    """
    update_case = CASE.update().where(CASE.c.id == bindparam("of_case"))
    update_appeal = APPEAL.update().where(APPEAL.c.case_id == bindparam("of_case"), text(OPEN_APPEAL))
    for chunk in chunks(changes):
        due_dates = [{"of_case": one.case_id, "due_at": one.after} for one in chunk]
        marked = [due | {"is_due_provisional": one.is_provisional} for due, one in zip(due_dates, chunk, strict=True)]
        session.connection().execute(update_case, marked)
        session.connection().execute(update_appeal, due_dates)
    zone = context.zone(session)

    def local(at: datetime) -> str:
        return at.astimezone(zone).isoformat()

    bodies = (
        (one.case_id, {"from": local(one.before), "due": local(one.after), "why": "calendar"})
        for one in changes
        if one.is_date_moved
    )
    audit_log.append_many(session, context.actor, "due", context.now(), bodies)
