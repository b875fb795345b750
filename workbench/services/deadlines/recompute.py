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
from workbench.services.clock.case_clocks import Clocks, clock_events, stored_clock_state, suspensions
from workbench.services.foundation.context import Context
from workbench.services.foundation.pacing import chunks, pause
from workbench.services.notices.suspension_notices import SuspensionLetters

TOGETHER = 50
"""The number of cases in one transaction: another writer waits for one batch at most."""

_MOVED = "due-moved"
_FINAL = [state.value for state in FINAL_STATES]


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspensionEffect:
    """The effect of starting or ending suspensions: how many due dates it changes, and how many applicants get notices.

    A due date changes if it moves, or if an open suspension stops its clock. `ids` are the suspensions.
    """

    ids: tuple[int, ...] = ()
    cases: int = 0
    notified: int = 0


@dataclass(slots=True)
class _Batch:
    """The changed cases of one transaction, and the notices that it writes; `notified` are the cases by suspension."""

    letters: SuspensionLetters
    changed: list[int] = field(default_factory=list)
    notified: dict[int, list[int]] = field(default_factory=dict)
    cases: int = 0
    notified_count: int = 0


def recompute_open_cases(context: Context, suspension_id: int) -> SuspensionEffect:
    """Recompute the due date of every open case and write the notices, with one event for each batch.

    It is idempotent: it can be interrupted and run again, or run twice at once, and no applicant gets a notice twice.
    """
    cases = notified = 0
    for case_ids in _batches(context):
        with context.write() as session:
            batch = _recompute(session, context, case_ids)
            batch.letters.write()
            if batch.changed:
                counted = {"cases": len(batch.changed), "first": batch.changed[0], "last": batch.changed[-1]}
                context.log(session, _MOVED, body={"suspension": suspension_id, **counted, "told": batch.notified})
        cases, notified = cases + batch.cases, notified + batch.notified_count
        pause()
    return SuspensionEffect(cases=cases, notified=notified)


def effect_of(context: Context, stop: Suspension) -> SuspensionEffect:
    """Return what a suspension would do, without writing anything."""
    cases = notified = 0
    for case_ids in _batches(context):
        with context.read() as session:
            batch = _recompute(session, context, case_ids, (*suspensions(session), stop))
        cases, notified = cases + batch.cases, notified + batch.notified_count
    return SuspensionEffect(cases=cases, notified=notified)


def _batches(context: Context) -> Iterator[Sequence[int]]:
    """Yield the ids of the open cases that have a clock, a batch at a time."""
    with context.read() as session:
        wanted = select(CASE.c.id).where(CASE.c.complete_at.is_not(None), CASE.c.state.not_in(_FINAL))
        found = session.execute(wanted.order_by(CASE.c.id)).scalars().all()
    yield from chunks(found, TOGETHER)


def _recompute(
    session: Session, context: Context, case_ids: Sequence[int], stops: tuple[Suspension, ...] | None = None
) -> _Batch:
    """Recompute the due dates of some cases, with the stored or the given suspensions, and collect the notices."""
    clocks = Clocks(session, context, clock_events(session, case_ids), stops=stops)
    batch = _Batch(SuspensionLetters(context, clocks, suspension_notices.notices_sent(session, case_ids)))
    # Only the applicants of published cases get notices.
    shown = select(CASE.c.id).where(CASE.c.id.in_(case_ids), is_published(CASE.c.batch_id))
    published = set(session.execute(shown).scalars())
    open_cases = select(CaseRow).where(CASE.c.id.in_(case_ids), CASE.c.state.not_in(_FINAL)).order_by(CASE.c.id)
    # The cases are written together at the end; no query in between depends on them.
    with session.no_autoflush:
        for case in session.execute(open_cases).scalars().all():
            case_id, before = case.id or 0, stored_clock_state(case)
            has_news = clocks.update_due_date(case)
            unannounced = batch.letters.unannounced(case, has_news=has_news)
            if unannounced and not has_news:
                # An act on the case has recomputed its due date already.
                before = batch.letters.announced_state(case, unannounced)
            if before is None or before == stored_clock_state(case):
                continue
            announced = batch.letters.add_notices(case, unannounced, before) if case_id in published else []
            for number in announced:
                batch.notified.setdefault(number, []).append(case_id)
            batch.changed.append(case_id)
            batch.notified_count += bool(announced)
            batch.cases += bool(announced) or case.due_at != before.due_at
    return batch
