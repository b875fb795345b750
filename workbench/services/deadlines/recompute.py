"""Keeping the due dates of all open cases right when what they all lean on changes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlmodel import Session, col

from db.enums import FINAL_STATES
from db.models import CaseRow
from db.queries import suspension_notices
from db.queries.published import CASE, is_published
from workbench.services.clock.case_clocks import Clocks, clock_events, kept
from workbench.services.clock.due_date_changes import chunks
from workbench.services.foundation.context import Context
from workbench.services.importing.writing import pause
from workbench.services.notices.suspension_notices import SuspensionLetters

TOGETHER = 50
"""So many cases are looked at in one transaction: others wait for that long and no longer."""

_MOVED = "due-moved"
_FINAL = [state.value for state in FINAL_STATES]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What became of suspensions: how many due dates are concerned, and how many applicants are told.

    Concerned are those that moved, and those whose clocks an open suspension stops.
    """

    ids: tuple[int, ...] = ()
    cases: int
    told: int


@dataclass(slots=True)
class _Batch:
    """What became of the cases of one transaction: which have news, and which are told of which suspension."""

    news: list[int] = field(default_factory=list)
    told: dict[int, list[int]] = field(default_factory=dict)
    moved_count: int = 0
    told_count: int = 0


def settle_open_cases(context: Context, suspension_id: int) -> Settled:
    """Compute every open case's due date again, and tell each applicant of suspensions; one event for each batch.

    It can be broken off and begun again, also by somebody else meanwhile: nobody is told twice.
    """
    moved = told = 0
    for case_ids in portions(context):
        with context.write() as session:
            batch = _settle(session, context, case_ids)
            if batch.news:
                counted = {"cases": len(batch.news), "first": batch.news[0], "last": batch.news[-1]}
                context.log(session, _MOVED, body={"suspension": suspension_id, **counted, "told": batch.told})
        moved, told = moved + batch.moved_count, told + batch.told_count
        pause()
    return Settled(cases=moved, told=told)


def portions(context: Context) -> Iterator[Sequence[int]]:
    """Yield the numbers of the open cases that have a clock, a batch at a time."""
    with context.read() as session:
        wanted = select(CASE.c.id).where(CASE.c.complete_at.is_not(None), CASE.c.state.not_in(_FINAL))
        found = session.execute(wanted.order_by(CASE.c.id)).scalars().all()
    yield from chunks(found, TOGETHER)


def published_of(session: Session, case_ids: Sequence[int]) -> set[int]:
    """Return which of some cases are published: nobody is told of the others."""
    shown = select(CASE.c.id).where(CASE.c.id.in_(case_ids), is_published(CASE.c.batch_id))
    return set(session.execute(shown).scalars())


def open_cases(session: Session, case_ids: Sequence[int]) -> Sequence[CaseRow]:
    """Return those of some cases that are open, in order."""
    found = select(CaseRow).where(col(CaseRow.id).in_(case_ids), col(CaseRow.state).not_in(_FINAL))
    return session.execute(found.order_by(col(CaseRow.id))).scalars().all()


def _settle(session: Session, context: Context, case_ids: Sequence[int]) -> _Batch:
    """Compute the due dates of some cases again, and tell their applicants."""
    clocks, batch = Clocks(session, context, clock_events(session, case_ids)), _Batch()
    letters = SuspensionLetters(context, clocks, suspension_notices.told(session, case_ids))
    shown = published_of(session, case_ids)
    # The cases are written together at the end; nothing that is read between leans on them.
    with session.no_autoflush:
        for case in open_cases(session, case_ids):
            case_id, before = case.id or 0, kept(case)
            has_news = clocks.settle(case)
            untold = letters.untold(case, has_news=has_news)
            if untold and not has_news:
                # Somebody acted on the case meanwhile, and it took the suspensions in then.
                before = letters.standing_as_told(case, untold)
            if before is None or before == kept(case):
                continue
            told = letters.tell(case, untold, before) if case_id in shown else []
            for number in told:
                batch.told.setdefault(number, []).append(case_id)
            batch.news.append(case_id)
            batch.moved_count += bool(told) or case.due_at != before.due_at
            batch.told_count += bool(told)
        letters.write()
    return batch
