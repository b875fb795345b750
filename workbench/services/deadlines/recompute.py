"""Keeping the due dates of all open cases right when what they all lean on changes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, partial

from sqlalchemy import select
from sqlmodel import Session, col

from db.enums import FINAL_STATES
from db.models import CaseRow
from db.queries.published import CASE, is_published
from workbench.domain.clock.clock import ClockState, clock_state
from workbench.services.clock.case_clocks import Clocks, clock_events
from workbench.services.foundation.context import Context, details
from workbench.services.importing.writing import pause
from workbench.services.notices.suspension_notices import MOVED, NOTHING, SuspensionLetters, Told, kept

TOGETHER = 50
"""So many cases are looked at in one transaction: others wait for that long and no longer."""

_FINAL = [state.value for state in FINAL_STATES]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """How many due dates moved or are stopped by a suspension that is told, and how many applicants are told."""

    cases: int
    told: int


@dataclass(slots=True)
class _Lot:
    """What became of the cases of one transaction.

    `told` are the cases by the suspension that they are told of, `held_up` by that whose end they are told of later.
    """

    news: list[int] = field(default_factory=list)
    told: dict[int, list[int]] = field(default_factory=dict)
    held_up: dict[int, list[int]] = field(default_factory=dict)
    moved_count: int = 0
    told_count: int = 0


def settle_open_cases(context: Context, body: dict[str, object], letters: SuspensionLetters) -> Settled:
    """Compute every open case's due date again, one event for each lot of cases that have news of it.

    It can be broken off and begun again: who was told is not told again.
    """
    moved = told = 0
    for case_ids in portions(context):
        with context.write() as session:
            lot = _settle(session, context, case_ids, letters)
            if lot.news:
                counted = {**body, "cases": len(lot.news), "first": lot.news[0], "last": lot.news[-1]}
                context.log(session, MOVED, body={**counted, "told": lot.told, **details(held_up=lot.held_up or None)})
        moved, told = moved + lot.moved_count, told + lot.told_count
        pause()
    return Settled(cases=moved, told=told)


def portions(context: Context) -> Iterator[list[int]]:
    """Yield the numbers of the open cases that have a clock, a portion at a time."""
    last = 0
    while True:
        with context.read() as session:
            statement = (
                select(CASE.c.id)
                .where(CASE.c.id > last, CASE.c.complete_at.is_not(None), CASE.c.state.not_in(_FINAL))
                .order_by(CASE.c.id)
                .limit(TOGETHER)
            )
            case_ids = [int(row.id) for row in session.execute(statement)]
        if not case_ids:
            return
        last = case_ids[-1]
        yield case_ids


def published_of(session: Session, case_ids: Sequence[int]) -> set[int]:
    """Return which of some cases are published: nobody is told of the others."""
    shown = select(CASE.c.id).where(CASE.c.id.in_(case_ids), is_published(CASE.c.batch_id))
    return set(session.execute(shown).scalars())


def open_cases(session: Session, case_ids: Sequence[int]) -> Sequence[CaseRow]:
    """Return those of some cases that are open, in order."""
    found = select(CaseRow).where(col(CaseRow.id).in_(case_ids), col(CaseRow.state).not_in(_FINAL))
    return session.execute(found.order_by(col(CaseRow.id))).scalars().all()


def _settle(session: Session, context: Context, case_ids: list[int], letters: SuspensionLetters) -> _Lot:
    """Compute the due dates of some cases again, and return what became of them."""
    clocks = Clocks(session, context, clock_events(session, case_ids))
    shown, lot = published_of(session, case_ids), _Lot()
    meanwhile = cache(partial(letters.told_meanwhile, session))
    # The cases are written together at the end; nothing that is read between leans on them.
    with session.no_autoflush:
        for case in open_cases(session, case_ids):
            case_id, before = case.id or 0, case.due_at
            answered = letters.answered(case_id, {})
            if not clocks.settle(case):
                # Somebody acted on the case meanwhile, and it took the suspensions in then: nobody was told.
                answered = letters.answered(case_id, meanwhile())
                standing = _standing_before(clocks, case, letters, answered)
                if standing is None or standing == kept(case) or letters.has_receipt(session, case_id):
                    continue
                before = standing.due_at
            told = letters.tell(clocks, case, before or context.now(), answered) if case_id in shown else NOTHING
            _note(lot, case_id, told)
            lot.moved_count += bool(told.of) or case.due_at != before
    return lot


def _standing_before(
    clocks: Clocks, case: CaseRow, letters: SuspensionLetters, answered: frozenset[int]
) -> ClockState | None:
    """Return where a clock stood without what its applicant was not told of, None if it was told of all."""
    concerning = clocks.concerning(case)
    budget = clocks.budget(case)
    if budget is None or not letters.numbers & {one.id for one in concerning} - answered:
        return None
    return clock_state(budget, letters.stops_before(concerning, answered), clocks.calendar(case))


def _note(lot: _Lot, case_id: int, told: Told) -> None:
    lot.news.append(case_id)
    for number in told.of:
        lot.told.setdefault(number, []).append(case_id)
    for number in told.held_up_by:
        lot.held_up.setdefault(number, []).append(case_id)
    lot.told_count += bool(told.of)
