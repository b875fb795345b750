"""Who is told what of suspensions: that one is entered, and that one is over."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session

from db.enums import CaseState
from db.models import CaseRow
from workbench.domain.case.lifecycle import Action
from workbench.domain.case.running import RUNNING_STATES, clock_runs
from workbench.domain.clock.clock import ClockState, affects_due_date, is_suspended
from workbench.domain.clock.spans import NEVER, Span
from workbench.domain.clock.suspension import Suspension
from workbench.services.clock.case_clocks import EVENT, Clocks, suspension_of
from workbench.services.foundation.context import Context
from workbench.services.notices.due_date_letter import ClockLetterKind
from workbench.services.notices.due_date_notices import NOTICE, DueNews, tell_due

MOVED = "due-moved"
"""The event of a lot of cases that took suspensions in.

It says which of them were told of which (`told`), and which letters wait for the end of which (`held_up`).
"""

TOLD_STATES = RUNNING_STATES | {CaseState.RECTIFYING}
"""The states in which an applicant waits for an answer, and so hears of its date."""

_ACTIONS = (Action.SUSPEND.value, Action.RESUME.value, MOVED)
_MENTIONING = (ClockLetterKind.RECEIPT.value, ClockLetterKind.DELAY.value, ClockLetterKind.RESUMED.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Of which suspensions an applicant was told, and by which, still in force, that letter is held up."""

    of: tuple[int, ...] = ()
    held_up_by: tuple[int, ...] = ()


NOTHING = Told()


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipients:
    """Who was told of a suspension: `told` for certain, `written_to` if it stopped their clocks before they were due.

    While an open suspension stops a clock every letter about the due date says so. `done` were told of its end, before
    telling them was broken off. `until` is when it would have ended, None if nobody knew.
    """

    told: frozenset[int]
    written_to: frozenset[int]
    done: frozenset[int]
    until: datetime | None

    def has(self, case_id: int, stop: Suspension, due_before: datetime) -> bool:
        """Say whether the applicant of a case is among them, which was due then before the suspension was over."""
        return case_id in self.told or (case_id in self.written_to and due_before > stop.span.start)


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspensionLetters:
    """The letters that are owed while due dates take in suspensions, some entered and some over.

    Those that are `entered` have the cases whose applicants were told before this was broken off. `since` is when the
    first of all these was written, `seq` the last event that was read.
    """

    context: Context
    since: datetime
    seq: int
    entered: Mapping[Suspension, frozenset[int]] = field(default_factory=dict)
    ended: Mapping[Suspension, Recipients] = field(default_factory=dict)

    @property
    def numbers(self) -> frozenset[int]:
        """The suspensions that these letters are about."""
        return frozenset(one.id for one in (*self.entered, *self.ended))

    def answered(self, case_id: int, meanwhile: Mapping[int, frozenset[int]]) -> frozenset[int]:
        """Return the numbers of those that the applicant of a case was told of, before this began or since."""
        said = {one.id for one, case_ids in self.entered.items() if case_id in case_ids}
        done = {one.id for one, hearers in self.ended.items() if case_id in hearers.done}
        return frozenset(said | done | {number for number, case_ids in meanwhile.items() if case_id in case_ids})

    def stops_before(self, stops: Sequence[Suspension], answered: frozenset[int]) -> tuple[Suspension, ...]:
        """Return the suspensions as they were before: without what is entered, and what is over as it was to last.

        Those that are `answered` stay as they are.
        """
        entered = {one.id for one in self.entered} - answered
        until = {one.id: hearers.until for one, hearers in self.ended.items() if one.id not in answered}
        return tuple(
            replace(one, span=Span(one.span.start, until[one.id] or NEVER)) if one.id in until else one
            for one in stops
            if one.id not in entered
        )

    def has_receipt(self, session: Session, case_id: int) -> bool:
        """Say whether the applicant had the receipt since: its due date has taken these suspensions in."""
        receipt = select(NOTICE.c.id).where(
            NOTICE.c.case_id == case_id,
            NOTICE.c.kind == ClockLetterKind.RECEIPT.value,
            NOTICE.c.created_at > self.since,
        )
        return session.execute(receipt).first() is not None

    def told_meanwhile(self, session: Session) -> Mapping[int, frozenset[int]]:
        """Return which cases' applicants others told since, by suspension: whoever starts goes on where one ended."""
        statement = select(EVENT.c.body).where(EVENT.c.seq > self.seq, EVENT.c.action == MOVED)
        found: dict[int, frozenset[int]] = {}
        for text in session.execute(statement).scalars():
            for number, case_ids in json.loads(text).get("told", {}).items():
                found[int(number)] = found.get(int(number), frozenset()) | frozenset(case_ids)
        return found

    def tell(self, clocks: Clocks, case: CaseRow, before: datetime, answered: frozenset[int]) -> Told:
        """Write what one applicant is owed, in the transaction of the clocks, and return of which suspensions.

        Args:
            clocks: The clocks with the suspensions.
            case: The case.
            before: Its due date before it took them in.
            answered: The numbers of those that its applicant was told of already.
        """
        standing = kept(case)
        if standing is None or CaseState(case.state) not in TOLD_STATES:
            return NOTHING
        concerning = clocks.concerning(case)
        case_id, ids = case.id or 0, {one.id for one in concerning} - answered
        heard = [one for one, hearers in self.ended.items() if one.id in ids and hearers.has(case_id, one, before)]
        # That work goes on is told once it does.
        held_up_by = stopping(concerning, self.context.now()) if heard else ()
        told = [] if held_up_by else heard
        if told:
            self._write(clocks.session, case, ClockLetterKind.RESUMED, told)
        # Whose clock stood still for another cause when it began was not told of it, and is of what it did.
        unheard = () if heard else tuple(one for one in self.ended if one.id not in answered)
        unsaid = [one for one in self.entered if one.id not in answered]
        late = [one for one in (*unsaid, *unheard) if is_owed(clocks, case, before, one, standing)]
        if len(late) > 1:
            late = [one for one in late if one.span.is_open or _moves(clocks, case, one, standing)] or late
        if late:
            self._write(clocks.session, case, ClockLetterKind.DELAY, late)
        return Told(of=tuple(one.id for one in (*told, *late)), held_up_by=held_up_by)

    def _write(self, session: Session, case: CaseRow, kind: ClockLetterKind, stops: Sequence[Suspension]) -> None:
        is_called_off = kind is ClockLetterKind.RESUMED and all(one.span.is_empty for one in stops)
        cause = "\n".join(dict.fromkeys(one.reason for one in stops))
        tell_due(session, self.context, case, DueNews(kind=kind, cause=cause, is_called_off=is_called_off))


def is_owed(clocks: Clocks, case: CaseRow, before: datetime, stop: Suspension, standing: ClockState) -> bool:
    """Say whether an applicant is to be told of a suspension.

    Args:
        clocks: The clocks with the suspension.
        case: The case.
        before: Its due date without the suspension.
        stop: The suspension.
        standing: Where the clock of the case stands with it.
    """
    state = CaseState(case.state)
    if state not in TOLD_STATES or stop.id not in {one.id for one in clocks.concerning(case)}:
        return False
    return affects_due_date(stop, before, standing, runs=clock_runs(state, case.waits_for))


def _moves(clocks: Clocks, case: CaseRow, stop: Suspension, standing: ClockState) -> bool:
    """Say whether a suspension moves the due date, beside the others."""
    without = tuple(one for one in clocks.suspensions if one.id != stop.id)
    other = replace(clocks, stops=without).standing(case)
    return other is not None and other.due_at < standing.due_at


def kept(case: CaseRow) -> ClockState | None:
    """Return what a case keeps of its clock, None before it has one."""
    if case.due_at is None:
        return None
    return ClockState(due_at=case.due_at, is_provisional=case.is_due_provisional, suspended_from=case.suspended_from)


def letters_about(session: Session, context: Context, waiting: Iterable[Any]) -> SuspensionLetters:
    """Return the letters about rows of the suspensions that due dates do not lean on yet."""
    entered: dict[Suspension, frozenset[int]] = {}
    ended: dict[Suspension, Recipients] = {}
    since = context.now()
    for row in waiting:
        said = _SuspensionHistory.of(session, row.id)
        since = min(since, row.resumed_at or row.entered_at)
        if said.is_resumed:
            ended[suspension_of(row)] = _hearers(session, row, said)
        else:
            entered[suspension_of(row)] = frozenset(said.told)
    seq = session.execute(select(func.max(EVENT.c.seq))).scalar_one() or 0
    return SuspensionLetters(context=context, since=since, seq=seq, entered=entered, ended=ended)


def told_of(session: Session, number: int) -> frozenset[int]:
    """Return which cases' applicants are to be told that a suspension is over, by its number."""
    said = _SuspensionHistory.of(session, number)
    return frozenset(said.told | said.held_up)


def stopping(suspensions: Iterable[Suspension], now: datetime) -> tuple[int, ...]:
    """Return the numbers of those of some suspensions that are in force now."""
    return tuple(one.id for one in suspensions if is_suspended([one], now))


@dataclass(slots=True)
class _SuspensionHistory:
    """What the log says of one suspension.

    `told` are the cases whose applicants were told that it is entered, `told_since` those told since it was ended last,
    and `held_up` those that are told when it is over of the end of another. `until` is its end before that last one.
    """

    was_open: bool = False
    is_resumed: bool = False
    told: set[int] = field(default_factory=set)
    told_since: set[int] = field(default_factory=set)
    held_up: set[int] = field(default_factory=set)
    until: datetime | None = None

    @classmethod
    def of(cls, session: Session, number: int) -> "_SuspensionHistory":
        said, end = cls(), None
        statement = (
            select(EVENT.c.action, EVENT.c.body)
            .where(EVENT.c.case_id.is_(None), EVENT.c.action.in_(_ACTIONS), EVENT.c.is_refused.is_(False))
            .order_by(EVENT.c.seq)
        )
        for action, text in session.execute(statement):
            body = json.loads(text)
            told = body.get("told", {}).get(str(number), ())
            said.told.update(told)
            said.told_since.update(told)
            said.held_up.update(body.get("held_up", {}).get(str(number), ()))
            if body.get("suspension") != number or action == MOVED:
                continue
            said.was_open |= action == Action.SUSPEND.value and "until" not in body
            if action == Action.RESUME.value:
                said.is_resumed, said.until = True, end
                said.told_since.clear()
            end = datetime.fromisoformat(body["until"]) if "until" in body else None
        return said


def _hearers(session: Session, row: Any, said: _SuspensionHistory) -> Recipients:
    told, done = frozenset(said.told | said.held_up), frozenset(said.told_since)
    if not said.was_open:
        return Recipients(told=told, written_to=frozenset(), done=done, until=said.until)
    written = select(NOTICE.c.case_id).where(
        NOTICE.c.kind.in_(_MENTIONING),
        NOTICE.c.created_at >= row.entered_at,
        NOTICE.c.created_at < row.resumed_at,
    )
    written_to = frozenset(session.execute(written).scalars())
    return Recipients(told=told, written_to=written_to, done=done, until=said.until)
