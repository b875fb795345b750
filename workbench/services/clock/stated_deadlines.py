"""The deadlines of applicants as letters stated them, and the moves that suspensions and days off cause.

A deadline is stored after its moves, so that lists and timers can compare it. The event of a move has the deadline as
it was stated. Every later move is computed from that date, so moves do not accumulate. Each date that a letter stated
is a promise. The deadline is the latest of these dates after their moves.
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
from db.enums import IN_EFFECT, CaseState, WaitsFor
from db.models import CaseRow, RectificationItemRow, RectificationRow
from db.queries.published import DECISION, ITEM, RECTIFICATION
from workbench.domain.clock.calendar import WorkingCalendar
from workbench.domain.clock.due import feasible_deadline, moved_deadline, open_suspension_start
from workbench.domain.clock.suspension import Suspension, as_known, unknown_parts
from workbench.services.case.decisions import last_appeal_day, unmoved_filing_day
from workbench.services.clock.case_clocks import EVENT, Clocks

MOVED_ACTION = "deadline-moved"
"""The event of a case whose deadlines moved because of a suspension or a day off."""

_MICROSECOND = timedelta(microseconds=1)
"""Added to the time of a move, so that what was entered at that very time counts as known."""
_DEADLINE_ACTIONS = ("extend-deadline", "sent-late", MOVED_ACTION, "undo")
_EVENTS = (
    select(EVENT.c.seq, EVENT.c.case_id, EVENT.c.at, EVENT.c.body)
    .where(EVENT.c.case_id.in_(bindparam("cases", expanding=True)), EVENT.c.action.in_(_DEADLINE_ACTIONS))
    .where(EVENT.c.is_refused.is_(False))
    .order_by(EVENT.c.seq)
)

DeadlineRow = RectificationRow | RectificationItemRow | CaseRow
"""A row with a deadline; the deadline of a pending case is the closing time of its `next_action_on`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedDeadline:
    """A deadline as a letter stated it to the applicant.

    Attributes:
        what: What the applicant has to do until then.
        deadline_at: The deadline that the applicant was told, without later moves; the day to appeal without any.
        told_at: When the applicant was told this deadline.
        in_force_at: The deadline that was in force when this value was read; the day to appeal as a letter named it.
        moved_at: When an event moved the deadline to `in_force_at`, None if none did.
        promised: Later dates that the applicant was told, each with the time of the message; the deadline
            is never earlier than these.
        row: The row with the deadline in force; None for the last day to appeal, which no row stores.
        items: The open items of a rectification.
    """

    what: Literal["rectify", "answer", "appeal"]
    deadline_at: datetime
    told_at: datetime
    in_force_at: datetime
    moved_at: datetime | None = None
    promised: tuple[tuple[datetime, datetime], ...] = ()
    row: DeadlineRow | None = None
    items: Sequence[RectificationItemRow] = ()

    def moved(self, suspensions: Iterable[Suspension], calendar: WorkingCalendar) -> datetime:
        """Return the deadline after the moves by suspensions and days off."""
        listed = tuple(suspensions)
        dates = ((self.deadline_at, self.told_at), *self.promised)
        latest = max(moved_deadline(at, told_at, self._moving(listed, told_at), calendar) for at, told_at in dates)
        return calendar.closing(calendar.local_day(latest)) if isinstance(self.row, CaseRow) else latest

    def held_from(self, suspensions: Sequence[Suspension], calendar: WorkingCalendar) -> datetime | None:
        """Return the start of the suspension without an end that keeps the deadline from passing, None if none does."""
        return open_suspension_start(self.moved(suspensions, calendar), suspensions)

    def stored_at(self, calendar: WorkingCalendar) -> datetime:
        """Return the deadline that the row holds now."""
        stored = None if self.row is None else _stored_deadline(self.row, calendar)
        return stored or self.deadline_at

    def _moving(self, suspensions: Sequence[Suspension], told_at: datetime) -> Sequence[Suspension]:
        """Return the suspensions that move a date: the parts that were unknown when the applicant was told it."""
        # The last day to appeal is told without any suspension, so all of them move it.
        return suspensions if self.row is None else unknown_parts(suspensions, told_at)


def _stored_deadline(row: DeadlineRow, calendar: WorkingCalendar) -> datetime | None:
    """Return the deadline that a row holds, None if it has none."""
    if isinstance(row, CaseRow):
        return None if row.next_action_on is None else calendar.closing(row.next_action_on)
    return row.deadline_at


def stated_deadlines(clocks: Clocks, cases: Iterable[CaseRow]) -> dict[int, list[StatedDeadline]]:
    """Return the deadlines of applicants by case; cases without a deadline are left out.

    Letters state the first deadline of a case, which is the only one that has the items.

    A lapsed case has the deadlines of its rectification, which a suspension may still move.
    """
    pending = [case for case in cases if case.state == CaseState.PENDING and case.waits_for == WaitsFor.APPLICANT]
    rows: dict[int, list[DeadlineRow]] = {case.id or 0: [case] for case in pending if case.next_action_on is not None}
    items: dict[int, list[RectificationItemRow]] = defaultdict(list)
    _add_rectifications(clocks.session, [case.id for case in cases if case.state in _WITH_RECTIFICATION], rows, items)
    columns = (DECISION.c.case_id, DECISION.c.decided_at, DECISION.c.checked_at)
    is_in_force = DECISION.c.case_id.in_(list(rows)) & DECISION.c.status.in_(IN_EFFECT)
    verdicts = clocks.session.execute(select(*columns).where(is_in_force).order_by(DECISION.c.id)) if rows else ()
    verdicts_at = {row.case_id: row.checked_at or row.decided_at for row in verdicts}
    moves, extended_at = _moves_and_extensions(clocks.session, list(rows))
    found = {}
    for case in cases:
        case_id, calendar = case.id or 0, clocks.calendar(case)
        verdict_at = verdicts_at.get(case_id, case.opened_at)
        stated = [
            _stated(row, moves[case_id], extended_at.get((row.__tablename__, row.id or 0), verdict_at), calendar)
            for row in rows.get(case_id, ())
        ]
        stated = [_keep_date(one, clocks.suspensions_of(case), calendar) for one in stated]
        if stated:
            stated[0] = replace(stated[0], items=items[case_id])
        if case.state in _APPEALABLE and last_appeal_day(clocks.session, clocks.context, case) is not None:
            day, told_at, stated_on = unmoved_filing_day(clocks.session, clocks.context, case, calendar)
            closing, in_force_at = calendar.closing(day), calendar.closing(stated_on or day)
            stated.append(StatedDeadline(what="appeal", deadline_at=closing, told_at=told_at, in_force_at=in_force_at))
        if stated:
            found[case_id] = stated
    return found


def _moves_and_extensions(
    session: Session, case_ids: Sequence[int]
) -> tuple[defaultdict[int, list[list[Any]]], Mapping[tuple[str, int], datetime]]:
    """Return the moves of deadlines by case, the newest first, and when each extended row was extended last.

    A row is named by its table and its id.
    """
    moves = defaultdict[int, list[list[Any]]](list)
    extended_at: dict[tuple[str, int], datetime] = {}
    events = session.execute(_EVENTS, {"cases": case_ids}).all() if case_ids else ()
    bodies = {event.seq: json.loads(event.body) for event in events}
    undone = {body.get("undone") for body in bodies.values()}
    # The letter of an extension that was undone is cancelled, so nobody was told its date.
    for event in (one for one in events if one.seq not in undone):
        body = bodies[event.seq]
        # Events are read in the order of the log; each goes in front, so that the newest moves come first.
        moves[event.case_id][:0] = [[event.at, *move] for move in body.get("deadlines", ())]
        extended_at |= dict.fromkeys(map(tuple, body.get("extended", ())), event.at)
    return moves, extended_at


def deadline_in_letter(case: CaseRow, stated: Sequence[StatedDeadline], clocks: Clocks) -> StatedDeadline | None:
    """Return the deadline that a letter to the applicant states; a case that lapsed too early counts as rectifying."""
    is_over = case.state == CaseState.LAPSED and not has_lapsed_early(case, stated, clocks)
    if is_over or case.state == CaseState.APPEALED:
        stated = [one for one in stated if one.what == "appeal"]
    return stated[0] if stated else None


def has_lapsed_early(case: CaseRow, stated: Iterable[StatedDeadline], clocks: Clocks) -> bool:
    """Say whether a case is lapsed although its deadlines were moved into the future or cannot pass yet."""
    to_rectify, calendar = [one for one in stated if one.what == "rectify"], clocks.calendar(case)
    suspensions, now = clocks.suspensions_of(case), clocks.context.now()
    are_ahead = (one.moved(suspensions, calendar) >= now or one.held_from(suspensions, calendar) for one in to_rectify)
    return case.state == CaseState.LAPSED and bool(to_rectify) and all(are_ahead)


def _keep_date(stated: StatedDeadline, suspensions: Iterable[Suspension], calendar: WorkingCalendar) -> StatedDeadline:
    """Return a deadline; if the present calendar would move it less far, its date in force is a promise."""
    if stated.moved_at is None:
        return stated
    known_then = as_known(suspensions, stated.moved_at + _MICROSECOND)
    latest = feasible_deadline(stated.moved(known_then, calendar), stated.moved_at, calendar)
    if isinstance(stated.row, CaseRow):
        latest = calendar.closing(calendar.local_day(latest))
    return with_promise(stated) if stated.in_force_at > latest else stated


def with_promise(stated: StatedDeadline) -> StatedDeadline:
    """Return a deadline that promises its date in force, if it was moved, because a sent letter states that date."""
    if stated.row is None or stated.moved_at is None:
        return stated
    # The date in force already includes the suspensions that were known when it was moved.
    promised = dict.fromkeys((*stated.promised, (stated.in_force_at, stated.moved_at + _MICROSECOND)))
    return replace(stated, promised=tuple(promised))


def move_deadlines(
    case: CaseRow,
    stated: list[StatedDeadline],
    clocks: Clocks,
    *,
    relied_on: Sequence[Suspension] = (),
    may_shorten: bool = False,
    leaves_time: bool = True,
) -> Mapping[str, Any]:
    """Store the moves of deadlines, and return the body of their event; it is empty if nothing changes.

    `is_kept` in the body says that every deadline stays as it is and becomes a promise.

    Args:
        case: The case of the applicant.
        stated: The stated deadlines; those with a new promise replace the earlier ones in this list.
        clocks: The clocks of the case.
        relied_on: The suspensions that the applicant was told of; no deadline moves to before its date under them.
        may_shorten: Whether a deadline may move to before its date in force.
        leaves_time: Whether a deadline that moves leaves enough time to act after a letter that is written now.
    """
    calendar, now, moves, is_kept = clocks.calendar(case), clocks.context.now(), [], True
    for index, one in enumerate(stated):
        row, before, after = one.row, one.stored_at(calendar), one.moved(clocks.suspensions_of(case), calendar)
        if row is None:
            continue
        if leaves_time and after > max(before, now):
            after = feasible_deadline(after, now, calendar)
        # Not before the applicant's date, nor before the date in force unless that may be shortened.
        relied_on_at = one.moved(relied_on, calendar)
        earliest = relied_on_at if may_shorten else max(relied_on_at, before)
        if isinstance(row, CaseRow):
            after = calendar.closing(calendar.local_day(after))
        if after < earliest:
            # The applicant relies on the later date.
            with_new_date = replace(one, promised=(*one.promised, (earliest, now)))
            stated[index] = with_new_date if earliest > before else with_promise(one)
            after = max(earliest, stated[index].moved(clocks.suspensions_of(case), calendar))
        elif after == before:
            continue
        if isinstance(row, CaseRow):
            row.next_action_on = calendar.local_day(after)
        else:
            row.deadline_at = after
        promised = [list(map(to_us, promise)) for promise in stated[index].promised]
        moves.append([row.__tablename__, row.id, to_us(one.deadline_at), to_us(one.told_at), to_us(after), *promised])
        is_kept = is_kept and after == before
    if not moves:
        return {}
    return {"deadlines": moves, "is_kept": True} if is_kept else {"deadlines": moves}


_WITH_RECTIFICATION = {CaseState.RECTIFYING, CaseState.LAPSED, CaseState.APPEALED}
_APPEALABLE = {CaseState.FAILED, CaseState.LAPSED}


def _add_rectifications(
    session: Session,
    case_ids: Sequence[int | None],
    rows: dict[int, list[DeadlineRow]],
    items: Mapping[int, list[RectificationItemRow]],
) -> None:
    """Add the open rectification of each case to `rows` and its open items to `items`.

    An item with its own deadline is added to `rows` too.
    """
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
        if item.deadline_at is not None:
            rows[case_id].append(item)


def _stated(
    row: DeadlineRow, moves: Iterable[list[Any]], set_at: datetime, calendar: WorkingCalendar
) -> StatedDeadline:
    """Return the deadline of a row as the applicant was told it.

    The last event that moved the deadline to the date in the row says what was told. Without one, an act has set the
    date since; then it is the one that was told, at `set_at`.

    Args:
        row: The row with the deadline.
        moves: The moves of the deadlines of the case, the newest first.
        set_at: When an act set the deadline.
        calendar: The calendar of the case.
    """
    what: Literal["answer", "rectify"] = "answer" if isinstance(row, CaseRow) else "rectify"
    current = _stored_deadline(row, calendar) or set_at
    stated = StatedDeadline(what=what, deadline_at=current, told_at=set_at, in_force_at=current, row=row)
    key = [row.__tablename__, row.id]
    for at, name, row_id, deadline_us, told_us, after_us, *promised in moves:
        if [name, row_id] == key and after_us == to_us(current):
            promises = tuple((from_us(day), from_us(told_at)) for day, told_at in promised)
            return replace(
                stated, deadline_at=from_us(deadline_us), told_at=from_us(told_us), moved_at=at, promised=promises
            )
    return stated
