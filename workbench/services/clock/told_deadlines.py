"""The deadlines of applicants as they were told, and the moves that suspensions and days off cause.

A deadline is stored with its moves, so that lists and timers can compare it. The event of a move has the deadline as it
was told, from which every later move is computed again: nothing is accumulated. Each date that the applicant was told
is a promise, and the deadline is the latest of them after its moves.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import bindparam, select
from sqlmodel import Session

from db.columns import from_us, to_us
from db.enums import CaseState, WaitsFor
from db.models import CaseRow, RectificationItemRow, RectificationRow
from db.queries.published import DECISION, ITEM, RECTIFICATION
from workbench.domain.clock.calendar import WorkingCalendar
from workbench.domain.clock.due import feasible_deadline, moved_deadline, open_suspension_start
from workbench.domain.clock.suspension import Suspension, as_known, unknown_parts
from workbench.services.case.decisions import last_appeal_day, told_filing_day
from workbench.services.clock.case_clocks import EVENT, Clocks

MOVED_ACTION = "deadline-moved"
"""The event of a case whose deadlines moved because of a suspension or a day off."""

_MICROSECOND = timedelta(microseconds=1)
_GIVING = ("extend-deadline", "sent-late", MOVED_ACTION)
_EVENTS = (
    select(EVENT.c.case_id, EVENT.c.at, EVENT.c.action, EVENT.c.body)
    .where(EVENT.c.case_id.in_(bindparam("cases", expanding=True)), EVENT.c.action.in_(_GIVING))
    .where(EVENT.c.is_refused.is_(False))
    .order_by(EVENT.c.seq)
)

DeadlineRow = RectificationRow | RectificationItemRow | CaseRow
"""A row with a deadline; that of a pending case is the closing time of its day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldDeadline:
    """A deadline as an applicant was told it.

    Attributes:
        what: What the applicant has to do until then.
        told_at: The deadline, without later moves.
        since: When it was told.
        was_at: The deadline that was in force when this value was read.
        given_at: When an event put `was_at` into force, None without one.
        promised: Later dates that the applicant was told and that stay, each with when.
        row: The row with the deadline in force; None for the last day to appeal, which is computed when it is read.
        items: The open items of a rectification.
    """

    what: Literal["rectify", "answer", "appeal"]
    told_at: datetime
    since: datetime
    was_at: datetime
    given_at: datetime | None = None
    promised: tuple[tuple[datetime, datetime], ...] = ()
    row: DeadlineRow | None = None
    items: Sequence[RectificationItemRow] = ()

    def moved(self, suspensions: Iterable[Suspension], calendar: WorkingCalendar) -> datetime:
        """Return the deadline after the moves by suspensions and days off."""
        found = tuple(suspensions)
        told = ((self.told_at, self.since), *self.promised)
        moved_at = max(moved_deadline(at, since, self._counted(found, since), calendar) for at, since in told)
        return calendar.closing(calendar.local_day(moved_at)) if isinstance(self.row, CaseRow) else moved_at

    def held_from(self, suspensions: Sequence[Suspension], calendar: WorkingCalendar) -> datetime | None:
        """Return when the open suspension began that keeps the deadline from passing, None without one."""
        return open_suspension_start(self.moved(suspensions, calendar), suspensions)

    def current(self, calendar: WorkingCalendar) -> datetime:
        """Return the deadline in force that the row holds."""
        if isinstance(self.row, CaseRow):
            return self.told_at if self.row.next_action_on is None else calendar.closing(self.row.next_action_on)
        return self.told_at if self.row is None else self.row.deadline_at or self.told_at

    def _counted(self, suspensions: Sequence[Suspension], since: datetime) -> Sequence[Suspension]:
        # The last day to appeal counts from the notice, whatever was known then.
        return suspensions if self.row is None else unknown_parts(suspensions, since)


def told_deadlines(clocks: Clocks, cases: Iterable[CaseRow]) -> dict[int, list[ToldDeadline]]:
    """Return the deadlines of applicants by case, the one that a letter states first; cases without one are left out.

    A lapsed case has the deadlines of its rectification, which a suspension may still move.
    """
    asked = [case for case in cases if case.state == CaseState.PENDING and case.waits_for == WaitsFor.APPLICANT]
    rows: dict[int, list[DeadlineRow]] = {case.id or 0: [case] for case in asked if case.next_action_on is not None}
    items: dict[int, list[RectificationItemRow]] = defaultdict(list)
    _add_rectified(clocks.session, [case.id for case in cases if case.state in _RECTIFIED], rows, items)
    columns = (DECISION.c.case_id, DECISION.c.decided_at, DECISION.c.checked_at)
    decided = select(*columns).where(DECISION.c.case_id.in_(list(rows)))
    in_force = decided.where(DECISION.c.status.in_(("applied", "approved"))).order_by(DECISION.c.id)
    found_since = clocks.session.execute(in_force) if rows else ()
    since = {row.case_id: row.checked_at or row.decided_at for row in found_since}
    moves: dict[int, list[list[Any]]] = defaultdict(list)
    extended: dict[tuple[str, int], datetime] = {}
    for event in clocks.session.execute(_EVENTS, {"cases": list(rows)}) if rows else ():
        body = json.loads(event.body)
        moves[event.case_id][:0] = [[event.at, *move] for move in body.get("deadlines", ())]
        extended |= dict.fromkeys(map(tuple, body.get("extended", ())), event.at)
    found = {}
    for case in cases:
        case_id, calendar = case.id or 0, clocks.calendar(case)
        given_at = since.get(case_id, case.opened_at)
        told = [
            _told(row, moves[case_id], extended.get((row.__tablename__, row.id or 0), given_at), calendar)
            for row in rows.get(case_id, ())
        ]
        told = [_with_kept_date(one, clocks.suspensions_of(case), calendar) for one in told]
        told[:1] = [replace(one, items=items[case_id]) for one in told[:1]]
        if case.state in _APPEALABLE and last_appeal_day(clocks.session, clocks.context, case) is not None:
            day, told_at, stated_on = told_filing_day(clocks.session, clocks.context, case, calendar)
            closing, was_at = calendar.closing(day), calendar.closing(stated_on or day)
            told.append(ToldDeadline(what="appeal", told_at=closing, since=told_at, was_at=was_at))
        if told:
            found[case_id] = told
    return found


def current_deadline(case: CaseRow, told: Sequence[ToldDeadline], clocks: Clocks) -> ToldDeadline | None:
    """Return the deadline that a letter to the applicant states; a lapse that came too early does not count."""
    is_over = case.state == CaseState.LAPSED and not has_lapsed_early(case, told, clocks)
    if is_over or case.state == CaseState.APPEALED:
        told = [one for one in told if one.what == "appeal"]
    return told[0] if told else None


def has_lapsed_early(case: CaseRow, told: Iterable[ToldDeadline], clocks: Clocks) -> bool:
    """Say whether the deadlines of a lapsed case were moved into the future or cannot pass yet."""
    rows, calendar = [one for one in told if one.what == "rectify"], clocks.calendar(case)
    suspensions, now = clocks.suspensions_of(case), clocks.context.now()
    return bool(rows) and all(
        one.moved(suspensions, calendar) >= now or one.held_from(suspensions, calendar) for one in rows
    )


def _with_kept_date(told: ToldDeadline, suspensions: Iterable[Suspension], calendar: WorkingCalendar) -> ToldDeadline:
    """Return a deadline whose date in force stays promised if the calendar that made it so late was changed since."""
    if told.given_at is None:
        return told
    known = as_known(suspensions, told.given_at + _MICROSECOND)
    moved_at = told.moved(known, calendar)
    latest = feasible_deadline(moved_at, told.given_at, calendar)
    if isinstance(told.row, CaseRow):
        latest = calendar.closing(calendar.local_day(latest))
    return with_promise(told) if told.was_at > latest else told


def with_promise(told: ToldDeadline) -> ToldDeadline:
    """Return a deadline whose date in force, if it was moved, stays promised, because a sent letter states it."""
    if told.row is None or told.given_at is None:
        return told
    # The date includes the suspensions of the moment in which it was given.
    promised = dict.fromkeys((*told.promised, (told.was_at, told.given_at + _MICROSECOND)))
    return replace(told, promised=tuple(promised))


def move_deadlines(
    case: CaseRow,
    told: list[ToldDeadline],
    clocks: Clocks,
    *,
    relied_on: Sequence[Suspension] = (),
    may_shorten: bool = False,
    leaves_time: bool = True,
) -> Mapping[str, Any]:
    """Store the moves of deadlines, and return the body of their event; it is empty if nothing changes.

    `is_kept` in the body says that every deadline stays and is promised from now on as it was told last. No deadline is
    put before what the suspensions of which the applicant was told make it (`relied_on`), nor before what it is, unless
    `may_shorten`. With `leaves_time`, a deadline that moves leaves enough time after a letter of now. `told` gets the
    new promises.
    """
    calendar, now, moves, is_kept = clocks.calendar(case), clocks.context.now(), [], True
    for index, one in enumerate(told):
        row, before, after = one.row, one.current(calendar), one.moved(clocks.suspensions_of(case), calendar)
        if row is None:
            continue
        if leaves_time and after > max(before, now):
            after = feasible_deadline(after, now, calendar)
        told_at = one.moved(relied_on, calendar)
        kept = told_at if may_shorten else max(told_at, before)
        if isinstance(row, CaseRow):
            after = calendar.closing(calendar.local_day(after))
        if after < kept:
            # The applicant was told the later date.
            told[index] = replace(one, promised=(*one.promised, (kept, now))) if kept > before else with_promise(one)
            after = max(kept, told[index].moved(clocks.suspensions_of(case), calendar))
        elif after == before:
            continue
        if isinstance(row, CaseRow):
            row.next_action_on = calendar.local_day(after)
        else:
            row.deadline_at = after
        promised = [list(map(to_us, promise)) for promise in told[index].promised]
        moves.append([row.__tablename__, row.id, to_us(one.told_at), to_us(one.since), to_us(after), *promised])
        is_kept = is_kept and after == before
    return {"deadlines": moves, **({"is_kept": True} if is_kept else {})} if moves else {}


_RECTIFIED = {CaseState.RECTIFYING, CaseState.LAPSED, CaseState.APPEALED}
_APPEALABLE = {CaseState.FAILED, CaseState.LAPSED}


def _add_rectified(
    session: Session,
    case_ids: Sequence[int | None],
    rows: dict[int, list[DeadlineRow]],
    items: Mapping[int, list[RectificationItemRow]],
) -> None:
    """Add the open rectification of each case with its open items, and the rows that have a deadline of their own."""
    if not case_ids:
        return
    is_open = (RECTIFICATION.c.case_id.in_(case_ids), RECTIFICATION.c.is_open, RECTIFICATION.c.deadline_at.is_not(None))
    by_id = {row.id: row for row in session.execute(select(RectificationRow).where(*is_open)).scalars()}
    rows |= {row.case_id: [row] for row in by_id.values()}
    asked = select(RectificationItemRow).where(ITEM.c.rectification_id.in_(list(by_id)))
    still_open = asked.where(ITEM.c.satisfied_at.is_(None), ITEM.c.waived_at.is_(None)).order_by(ITEM.c.id)
    for item in session.execute(still_open).scalars():
        case_id = by_id[item.rectification_id].case_id
        items[case_id].append(item)
        rows[case_id] += [item] if item.deadline_at is not None else []


def _told(row: DeadlineRow, moves: Iterable[Sequence[Any]], since: datetime, calendar: WorkingCalendar) -> ToldDeadline:
    """Return a deadline as it was told: from the last event that moved it, unless an act gave it another one since."""
    what: Literal["answer", "rectify"] = "answer" if isinstance(row, CaseRow) else "rectify"
    told = ToldDeadline(what=what, told_at=since, since=since, was_at=since, row=row)
    current = told.current(calendar)
    told = replace(told, told_at=current, was_at=current)
    key = [row.__tablename__, row.id]
    for at, name, row_id, told_us, since_us, after_us, *promised in moves:
        if [name, row_id] == key and after_us == to_us(current):
            promises = tuple((from_us(day), from_us(told_at)) for day, told_at in promised)
            return replace(told, told_at=from_us(told_us), since=from_us(since_us), given_at=at, promised=promises)
    return told
