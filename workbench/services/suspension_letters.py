"""Who is told what of suspensions: that one is entered, and that one is over."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from db.enums import CaseState
from db.models import CaseRow
from workbench.domain.clock import Standing, is_felt, is_suspended
from workbench.domain.lifecycle import Action
from workbench.domain.running import RUNNING_STATES, clock_runs
from workbench.domain.suspension import Suspension
from workbench.services.clock_letters import ClockLetterKind
from workbench.services.clock_notices import NOTICE, DueNews, tell_due
from workbench.services.clocks import EVENT, Clocks, suspension_of
from workbench.services.context import Context

MOVED = "due-moved"
"""The event of a lot of cases that took suspensions in; it says which of them were told of which."""

TOLD_STATES = RUNNING_STATES | {CaseState.RECTIFYING}
"""The states in which an applicant waits for an answer, and so hears of its date."""

_ACTIONS = (Action.SUSPEND.value, Action.RESUME.value, MOVED)
_MENTIONING = (ClockLetterKind.RECEIPT.value, ClockLetterKind.DELAY.value, ClockLetterKind.RESUMED.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearers:
    """Who was told of a suspension: `told` for certain, `written_to` if it stopped their clocks before they were due.

    While an open suspension stops a clock every letter about the due date says so.
    """

    told: frozenset[int]
    written_to: frozenset[int]

    def has(self, case_id: int, stop: Suspension, due_before: datetime) -> bool:
        """Say whether the applicant of a case is among them, which was due then before the suspension was over."""
        return case_id in self.told or (case_id in self.written_to and due_before > stop.span.start)


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspensionLetters:
    """The letters that are owed while due dates take in suspensions, some entered and some over.

    Those that are `entered` have the cases whose applicants were told before this was broken off.
    """

    context: Context
    entered: Mapping[Suspension, frozenset[int]] = field(default_factory=dict)
    ended: Mapping[Suspension, Hearers] = field(default_factory=dict)

    def tell(self, clocks: Clocks, case: CaseRow, before: datetime) -> Sequence[int]:
        """Write what one applicant is owed, in the transaction of the clocks, and return of which suspensions."""
        standing = _kept(case)
        if standing is None or CaseState(case.state) not in TOLD_STATES:
            return ()
        concerning = clocks.concerning(case)
        case_id, ids = case.id or 0, {one.id for one in concerning}
        heard = [one for one, hearers in self.ended.items() if one.id in ids and hearers.has(case_id, one, before)]
        told = [] if is_suspended(concerning, self.context.now()) else heard
        if told:
            self._write(clocks.session, case, ClockLetterKind.RESUMED, told)
        # Whose clock stood still for another cause when it began was not told of it, and is of what it did.
        unheard = () if heard else tuple(self.ended)
        unsaid = [one for one, said in self.entered.items() if case_id not in said]
        late = [one for one in (*unsaid, *unheard) if is_owed(clocks, case, before, one, standing)]
        if len(late) > 1:
            late = [one for one in late if one.span.is_open or _moves(clocks, case, one, standing)] or late
        if late:
            self._write(clocks.session, case, ClockLetterKind.DELAY, late)
        return [one.id for one in (*told, *late)]

    def _write(self, session: Session, case: CaseRow, kind: ClockLetterKind, stops: Sequence[Suspension]) -> None:
        is_called_off = kind is ClockLetterKind.RESUMED and all(one.span.is_empty for one in stops)
        cause = "\n".join(dict.fromkeys(one.reason for one in stops))
        tell_due(session, self.context, case, DueNews(kind=kind, cause=cause, is_called_off=is_called_off))


def is_owed(clocks: Clocks, case: CaseRow, before: datetime, stop: Suspension, standing: Standing) -> bool:
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
    return is_felt(stop, before, standing, runs=clock_runs(state, case.waits_for))


def _moves(clocks: Clocks, case: CaseRow, stop: Suspension, standing: Standing) -> bool:
    """Say whether a suspension moves the due date, beside the others."""
    without = tuple(one for one in clocks.suspensions if one.id != stop.id)
    other = replace(clocks, stops=without).standing(case)
    return other is not None and other.due_at < standing.due_at


def _kept(case: CaseRow) -> Standing | None:
    if case.due_at is None:
        return None
    return Standing(due_at=case.due_at, is_provisional=case.is_due_provisional, suspended_from=case.suspended_from)


def letters_about(session: Session, context: Context, waiting: Iterable[Any]) -> SuspensionLetters:
    """Return the letters about rows of the suspensions that due dates do not lean on yet."""
    entered: dict[Suspension, frozenset[int]] = {}
    ended: dict[Suspension, Hearers] = {}
    for row in waiting:
        said = _Said.of(session, row.id)
        if said.is_resumed:
            ended[suspension_of(row)] = _hearers(session, row, said)
        else:
            entered[suspension_of(row)] = frozenset(said.told)
    return SuspensionLetters(context=context, entered=entered, ended=ended)


def told_of(session: Session, number: int) -> frozenset[int]:
    """Return which cases' applicants were sent the letter of a suspension, by its number."""
    return frozenset(_Said.of(session, number).told)


@dataclass(slots=True)
class _Said:
    """What the log says of one suspension, and which cases' applicants were told that it is entered."""

    was_open: bool = False
    is_resumed: bool = False
    told: set[int] = field(default_factory=set)

    @classmethod
    def of(cls, session: Session, number: int) -> "_Said":
        said = cls()
        statement = select(EVENT.c.action, EVENT.c.body).where(
            EVENT.c.case_id.is_(None), EVENT.c.action.in_(_ACTIONS), EVENT.c.is_refused.is_(False)
        )
        for action, text in session.execute(statement):
            body = json.loads(text)
            said.told.update(body.get("told", {}).get(str(number), ()))
            if body.get("suspension") != number:
                continue
            said.was_open |= action == Action.SUSPEND.value and "until" not in body
            said.is_resumed |= action == Action.RESUME.value
        return said


def _hearers(session: Session, row: Any, said: _Said) -> Hearers:
    if not said.was_open:
        return Hearers(told=frozenset(said.told), written_to=frozenset())
    written = select(NOTICE.c.case_id).where(
        NOTICE.c.kind.in_(_MENTIONING),
        NOTICE.c.created_at >= row.entered_at,
        NOTICE.c.created_at <= row.resumed_at,
    )
    return Hearers(told=frozenset(said.told), written_to=frozenset(session.execute(written).scalars()))
