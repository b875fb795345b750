"""Recomputes due dates and the deadlines of applicants when a suspension starts or ends."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, select
from sqlmodel import Session

from db.enums import FINAL_STATES, CaseState
from db.models import CaseRow
from db.queries import suspension_notices
from db.queries.chunks import chunks
from db.queries.published import CASE, NOTICE, RECTIFICATION, is_published
from workbench.domain.clock.suspension import Suspension
from workbench.services.clock.case_clocks import Clocks, clock_events, stored_clock_state
from workbench.services.clock.told_deadlines import MOVED_ACTION, has_lapsed_early, move_deadlines, told_deadlines
from workbench.services.foundation.audit_log import append_many
from workbench.services.foundation.calendar_days import all_suspensions
from workbench.services.foundation.case_access import superseding_case
from workbench.services.foundation.context import Context
from workbench.services.notices.due_date_letter import ClockLetterKind
from workbench.services.notices.due_date_notices import cancel_unsent
from workbench.services.notices.suspension_notices import SuspensionLetters, is_untold
from workbench.services.rectifying.lapse import take_back_suspended_lapse

CASES_PER_BATCH = 50
"""The number of cases in one transaction: another writer waits for one batch at most."""

_MOVED = "due-moved"
_FINAL = [state.value for state in FINAL_STATES]


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspensionEffect:
    """The effect of starting or ending suspensions.

    `affected_count` is the number of cases with a date that moves or whose applicant gets a notice, `notified_count`
    the number of those whose applicant gets a notice.
    """

    suspension_ids: tuple[int, ...] = ()
    affected_count: int = 0
    notified_count: int = 0


@dataclass(slots=True)
class _BatchEffect:
    """The effect on the cases of one transaction, and the notices that it writes.

    `changed_ids` are the cases whose clock changes, `moves` the deadlines of applicants that move, by case.
    `notified_by_suspension` has, for each suspension, the cases whose applicants get a notice of it. The counts are
    those of `SuspensionEffect`.
    """

    letters: SuspensionLetters
    changed_ids: list[int] = field(default_factory=list)
    moves: dict[int, Mapping[str, Any]] = field(default_factory=dict)
    notified_by_suspension: dict[int, list[int]] = field(default_factory=dict)
    affected_count: int = 0
    notified_count: int = 0


def recompute_open_cases(context: Context, suspension_id: int) -> SuspensionEffect:
    """Recompute the due date of every open case and the deadlines of all applicants, and write the notices.

    Each batch has one event, and one more for each case whose deadline moves. It is idempotent: after an interruption
    or two runs at once, no applicant gets a notice twice.
    """
    affected_count = notified_count = 0
    for case_ids in _batches(context):
        with context.write() as session:
            batch = _recompute(session, context, case_ids)
            told_ids = [case.id for case, message in batch.letters.messages if message.deadline]
            outdated = (NOTICE.c.case_id.in_(told_ids), NOTICE.c.kind == ClockLetterKind.DEADLINE_NEAR.value)
            cancel_unsent(session, context, outdated)
            batch.letters.write()
            append_many(session, context.actor, MOVED_ACTION, context.now(), batch.moves.items())
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
    for case_ids in _batches(context, suspension):
        with context.read() as session:
            batch = _recompute(session, context, case_ids, (*all_suspensions(session), suspension))
        affected_count += batch.affected_count
        notified_count += batch.notified_count
    return SuspensionEffect(affected_count=affected_count, notified_count=notified_count)


def _batches(context: Context, planned: Suspension | None = None) -> Iterator[Sequence[int]]:
    """Yield the ids of the cases that have a clock or a deadline of the applicant, batch by batch."""
    with context.read() as session:
        starts = [one.span.start for one in all_suspensions(session) if not one.is_settled]
        started_at = min([*starts, *([planned.span.start] if planned else [])], default=context.now())
        statement = select(CASE.c.id).where(
            CASE.c.complete_at.is_not(None), _is_concerned(session, context, started_at)
        )
        case_ids = session.execute(statement.order_by(CASE.c.id)).scalars().all()
    yield from chunks(case_ids, CASES_PER_BATCH)


def _is_concerned(session: Session, context: Context, started_at: datetime) -> ColumnElement[bool]:
    """Return the condition that a case is open, or that its applicant had a deadline when a suspension started."""
    day = started_at.astimezone(context.zone(session)).date()
    may_appeal = exists().where(
        NOTICE.c.case_id == CASE.c.id, NOTICE.c.appeal_until_on >= day, NOTICE.c.cancelled_at.is_(None)
    )
    may_rectify = exists().where(
        RECTIFICATION.c.case_id == CASE.c.id, RECTIFICATION.c.is_open, RECTIFICATION.c.deadline_at > started_at
    )
    is_over = CASE.c.state.in_((CaseState.FAILED.value, CaseState.LAPSED.value)) & (may_appeal | may_rectify)
    return CASE.c.state.not_in(_FINAL) | is_over


def _recompute(
    session: Session, context: Context, case_ids: Sequence[int], given_suspensions: tuple[Suspension, ...] | None = None
) -> _BatchEffect:
    """Recompute the due dates of some cases, with the stored or the given suspensions, and collect the notices."""
    clocks = Clocks(session, context, clock_events(session, case_ids), given_suspensions=given_suspensions)
    # Only the applicants of published cases get notices.
    published = select(CASE.c.id).where(CASE.c.id.in_(case_ids), is_published(CASE.c.batch_id))
    published_ids = set(session.execute(published).scalars())
    states = (CASE.c.id.in_(case_ids), CASE.c.state.not_in((CaseState.PASSED.value, CaseState.WITHDRAWN.value)))
    cases = session.execute(select(CaseRow).where(*states).order_by(CASE.c.id)).scalars().all()
    told = told_deadlines(clocks, cases)
    batch = _BatchEffect(SuspensionLetters(context, clocks, suspension_notices.notices_sent(session, case_ids), told))
    # The cases are written together at the end; no query in between depends on them.
    with session.no_autoflush:
        for case in cases:
            case_id, before = case.id or 0, stored_clock_state(case)
            has_changed = case.state not in _FINAL and clocks.update_due_date(case)
            if case_id in told and given_suspensions is None:
                _follow(session, case, batch)
            unannounced = batch.letters.unannounced_suspensions(case, has_changed=has_changed)
            if unannounced and not has_changed:
                # Another transaction stored the new due date, but the applicant still knows the old one.
                before = batch.letters.last_announced_state(case, unannounced)
            if before is None or (before == stored_clock_state(case) and case_id not in told):
                continue
            announced_ids = batch.letters.add_notices(case, unannounced, before) if case_id in published_ids else []
            for suspension_id in announced_ids:
                batch.notified_by_suspension.setdefault(suspension_id, []).append(case_id)
            if before != stored_clock_state(case):
                batch.changed_ids.append(case_id)
            batch.notified_count += bool(announced_ids)
            batch.affected_count += bool(announced_ids) or case_id in batch.moves or case.due_at != before.due_at
    return batch


def _follow(session: Session, case: CaseRow, batch: _BatchEffect) -> None:
    """Move the deadlines of an applicant, and take a lapse back that came too early."""
    case_id, clocks, context = case.id or 0, batch.letters.clocks, batch.letters.context
    told, suspensions, calendar = batch.letters.told[case_id], clocks.suspensions_of(case), clocks.calendar(case)
    is_shorter = told[0].moved(suspensions, calendar) < (stored := told[0].current(calendar))
    is_taken_back = is_shorter and any(one.is_ended and not one.is_settled for one in suspensions)
    may_shorten = is_taken_back and is_untold(session, context, case, stored)
    is_concerned = any(not one.is_settled for one in suspensions)
    if body := move_deadlines(case, told, clocks, may_shorten=may_shorten) if is_concerned else {}:
        batch.moves[case_id] = body
    if case.state == CaseState.LAPSED and has_lapsed_early(case, told, clocks) and not superseding_case(session, case):
        batch.letters.corrected[case_id] = take_back_suspended_lapse(session, context, case)
