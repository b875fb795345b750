"""Recomputes the due dates of all open cases when a suspension starts or ends."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlmodel import Session

from db.enums import FINAL_STATES
from db.models import CaseRow
from db.queries import suspension_notices
from db.queries.published import CASE, is_published
from workbench.domain.clock.suspension import Suspension
from workbench.services.clock.case_clocks import Clocks, clock_events, stored_standing, suspensions
from workbench.services.clock.due_date_changes import chunks
from workbench.services.foundation.context import Context
from workbench.services.foundation.pacing import pause
from workbench.services.notices.suspension_notices import SuspensionLetters

TOGETHER = 50
"""The number of cases in one transaction: another writer waits for one batch at most."""

_MOVED = "due-moved"
_FINAL = [state.value for state in FINAL_STATES]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What the start or end of suspensions did: how many due dates it concerns, and how many applicants are told.

    It concerns a due date that moves, or whose clock an open suspension stops.
    """

    ids: tuple[int, ...] = ()
    cases: int
    told: int


@dataclass(slots=True)
class _Batch:
    """What happens to the cases of one transaction, and the notices that it writes; `told` is by suspension."""

    letters: SuspensionLetters
    changed: list[int] = field(default_factory=list)
    told: dict[int, list[int]] = field(default_factory=dict)
    cases: int = 0
    told_count: int = 0


def settle_open_cases(context: Context, suspension_id: int) -> Settled:
    """Recompute the due date of every open case and write the notices owed, with one event for each batch.

    It is idempotent: it can be interrupted and run again, or run twice at once, and nobody is told twice.
    """
    cases = told = 0
    for case_ids in _batches(context):
        with context.write() as session:
            batch = _settle(session, context, case_ids)
            batch.letters.write()
            if batch.changed:
                counted = {"cases": len(batch.changed), "first": batch.changed[0], "last": batch.changed[-1]}
                context.log(session, _MOVED, body={"suspension": suspension_id, **counted, "told": batch.told})
        cases, told = cases + batch.cases, told + batch.told_count
        pause()
    return Settled(cases=cases, told=told)


def effect_of(context: Context, stop: Suspension) -> Settled:
    """Return what a suspension would do, without writing anything."""
    cases = told = 0
    for case_ids in _batches(context):
        with context.read() as session:
            batch = _settle(session, context, case_ids, (*suspensions(session), stop))
        cases, told = cases + batch.cases, told + batch.told_count
    return Settled(cases=cases, told=told)


def _batches(context: Context) -> Iterator[Sequence[int]]:
    """Yield the numbers of the open cases that have a clock, a batch at a time."""
    with context.read() as session:
        wanted = select(CASE.c.id).where(CASE.c.complete_at.is_not(None), CASE.c.state.not_in(_FINAL))
        found = session.execute(wanted.order_by(CASE.c.id)).scalars().all()
    yield from chunks(found, TOGETHER)


def _settle(
    session: Session, context: Context, case_ids: Sequence[int], stops: tuple[Suspension, ...] | None = None
) -> _Batch:
    """Recompute the due dates of some cases, with all suspensions or those given, and collect the notices owed."""
    clocks = Clocks(session, context, clock_events(session, case_ids), stops=stops)
    batch = _Batch(SuspensionLetters(context, clocks, suspension_notices.notices_sent(session, case_ids)))
    # Only the applicants of published cases are told anything.
    shown = select(CASE.c.id).where(CASE.c.id.in_(case_ids), is_published(CASE.c.batch_id))
    published = set(session.execute(shown).scalars())
    open_cases = select(CaseRow).where(CASE.c.id.in_(case_ids), CASE.c.state.not_in(_FINAL)).order_by(CASE.c.id)
    # The cases are written together at the end; no query in between depends on them.
    with session.no_autoflush:
        for case in session.execute(open_cases).scalars().all():
            case_id, before = case.id or 0, stored_standing(case)
            has_news = clocks.settle(case)
            untold = batch.letters.untold(case, has_news=has_news)
            if untold and not has_news:
                # Somebody acted on the case meanwhile, and its due date was recomputed then.
                before = batch.letters.standing_as_told(case, untold)
            if before is None or before == stored_standing(case):
                continue
            told = batch.letters.tell(case, untold, before) if case_id in published else []
            for number in told:
                batch.told.setdefault(number, []).append(case_id)
            batch.changed.append(case_id)
            batch.told_count += bool(told)
            batch.cases += bool(told) or case.due_at != before.due_at
    return batch
