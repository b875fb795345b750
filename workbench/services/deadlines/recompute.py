"""Recomputes the due dates of all open cases when a suspension starts or ends."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlmodel import Session

from db.enums import FINAL_STATES
from db.models import CaseRow
from db.queries import suspension_notices
from db.queries.chunks import chunks
from db.queries.published import CASE, is_published
from workbench.domain.clock.suspension import Suspension
from workbench.services.clock.case_clocks import Clocks, clock_events, stored_clock_state
from workbench.services.foundation.calendar_days import all_suspensions
from workbench.services.foundation.context import Context
from workbench.services.notices.suspension_notices import SuspensionLetters

CASES_PER_BATCH = 50
"""The number of cases in one transaction: another writer waits for one batch at most."""

_MOVED = "due-moved"
_FINAL = [state.value for state in FINAL_STATES]


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspensionEffect:
    """The effect of starting or ending suspensions.

    `affected_count` is the number of cases whose due date moves or whose applicant gets a notice, `notified_count` the
    number of those whose applicant gets a notice.
    """

    suspension_ids: tuple[int, ...] = ()
    affected_count: int = 0
    notified_count: int = 0


@dataclass(slots=True)
class _BatchEffect:
    """The effect on the cases of one transaction, and the notices that it writes.

    `changed_ids` are the cases whose clock changes. `notified_by_suspension` has, for each suspension, the cases whose
    applicants get a notice of it. The counts are those of `SuspensionEffect`.
    """

    letters: SuspensionLetters
    changed_ids: list[int] = field(default_factory=list)
    notified_by_suspension: dict[int, list[int]] = field(default_factory=dict)
    affected_count: int = 0
    notified_count: int = 0


def recompute_open_cases(context: Context, suspension_id: int) -> SuspensionEffect:
    """Recompute the due date of every open case and write the notices, with one event for each batch.

    It is idempotent: after an interruption or two runs at once, no applicant gets a notice twice.
    """
    affected_count = notified_count = 0
    for case_ids in _batches(context):
        with context.write() as session:
            batch = _recompute(session, context, case_ids)
            batch.letters.write()
            if changed_ids := batch.changed_ids:
                changed = {"cases": len(changed_ids), "first": changed_ids[0], "last": changed_ids[-1]}
                body = {"suspension": suspension_id, **changed, "told": batch.notified_by_suspension}
                context.log(session, _MOVED, body=body)
        affected_count += batch.affected_count
        notified_count += batch.notified_count
    return SuspensionEffect(affected_count=affected_count, notified_count=notified_count)


def preview_suspension(context: Context, suspension: Suspension) -> SuspensionEffect:
    """Return the effect that a suspension would have, without writing anything."""
    affected_count = notified_count = 0
    for case_ids in _batches(context):
        with context.read() as session:
            batch = _recompute(session, context, case_ids, (*all_suspensions(session), suspension))
        affected_count += batch.affected_count
        notified_count += batch.notified_count
    return SuspensionEffect(affected_count=affected_count, notified_count=notified_count)


def _batches(context: Context) -> Iterator[Sequence[int]]:
    """Yield the ids of the open cases that have a clock, batch by batch."""
    with context.read() as session:
        statement = select(CASE.c.id).where(CASE.c.complete_at.is_not(None), CASE.c.state.not_in(_FINAL))
        case_ids = session.execute(statement.order_by(CASE.c.id)).scalars().all()
    yield from chunks(case_ids, CASES_PER_BATCH)


def _recompute(
    session: Session, context: Context, case_ids: Sequence[int], given_suspensions: tuple[Suspension, ...] | None = None
) -> _BatchEffect:
    """Recompute the due dates of some cases, with the stored or the given suspensions, and collect the notices."""
    clocks = Clocks(session, context, clock_events(session, case_ids), given_suspensions=given_suspensions)
    batch = _BatchEffect(SuspensionLetters(context, clocks, suspension_notices.notices_sent(session, case_ids)))
    # Only the applicants of published cases get notices.
    published = select(CASE.c.id).where(CASE.c.id.in_(case_ids), is_published(CASE.c.batch_id))
    published_ids = set(session.execute(published).scalars())
    open_cases = select(CaseRow).where(CASE.c.id.in_(case_ids), CASE.c.state.not_in(_FINAL)).order_by(CASE.c.id)
    # The cases are written together at the end; no query in between depends on them.
    with session.no_autoflush:
        for case in session.execute(open_cases).scalars().all():
            case_id, before = case.id or 0, stored_clock_state(case)
            has_changed = clocks.update_due_date(case)
            unannounced = batch.letters.unannounced_suspensions(case, has_changed=has_changed)
            if unannounced and not has_changed:
                # Another transaction stored the new due date, but the applicant still knows the old one.
                before = batch.letters.last_announced_state(case, unannounced)
            if before is None or before == stored_clock_state(case):
                continue
            announced_ids = batch.letters.add_notices(case, unannounced, before) if case_id in published_ids else []
            for suspension_id in announced_ids:
                batch.notified_by_suspension.setdefault(suspension_id, []).append(case_id)
            batch.changed_ids.append(case_id)
            batch.notified_count += bool(announced_ids)
            batch.affected_count += bool(announced_ids) or case.due_at != before.due_at
    return batch
