"""Recomputes due dates and the deadlines of applicants when a suspension starts or ends."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, select
from sqlmodel import Session

from db.enums import FINAL_STATES, CaseState
from db.models import CaseRow
from db.queries.published import CASE, NOTICE, RECTIFICATION, chunks, is_published
from workbench.domain.clock.clock import ClockState
from workbench.domain.clock.suspension import AffectedCase, Suspension
from workbench.services.clock.case_clocks import Clocks, clock_events, stored_clock_state
from workbench.services.clock.stated_deadlines import MOVED_ACTION, has_lapsed_early, move_deadlines, with_promise
from workbench.services.foundation.audit_log import append_many
from workbench.services.foundation.calendar_days import all_suspensions
from workbench.services.foundation.case_access import superseding_case
from workbench.services.foundation.context import Context
from workbench.services.notices.suspension_notices import SuspensionLetters, letters_about
from workbench.services.review.rectifying.lapse import take_back_suspended_lapse

CASES_PER_TRANSACTION = 50
"""The number of cases in one transaction. Another writer waits for one transaction at most."""

_DUE_DATES_MOVED = "due-moved"
_FINAL = [state.value for state in FINAL_STATES]


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspensionEffect:
    """The effect of starting or ending suspensions."""

    suspension_ids: tuple[int, ...] = ()
    cases: Sequence[AffectedCase] = ()

    @property
    def notified_count(self) -> int:
        """The number of affected cases whose applicant gets a notice."""
        return sum(case.is_notified for case in self.cases)

    @property
    def deadline_count(self) -> int:
        """The number of affected cases whose applicant has a deadline."""
        return sum(case.has_deadline for case in self.cases)


@dataclass(slots=True)
class _PortionEffect:
    """The effect on the cases of one transaction, and the notices that it writes."""

    letters: SuspensionLetters
    changed_ids: list[int] = field(default_factory=list)
    """The cases whose clock changes."""
    moves: dict[int, Mapping[str, Any]] = field(default_factory=dict)
    """By case, the body of the event about the applicant's deadline, which moves or is held."""
    notified_by_suspension: dict[int, list[int]] = field(default_factory=dict)
    """By suspension, the cases whose applicants get a notice of it."""
    cases: list[AffectedCase] = field(default_factory=list)

    def add(self, case: CaseRow, before: ClockState, unannounced: Sequence[Suspension], *, gets_notices: bool) -> None:
        """Add a case whose dates or suspensions changed, with the notices to its applicant.

        Args:
            case: The case, with its due date recomputed.
            before: The state of the clock that the applicant knows.
            unannounced: The suspensions that no notice has announced to the applicant.
            gets_notices: Whether the applicant gets notices.
        """
        case_id, has_deadline = case.id or 0, case.id in self.letters.deadlines
        announced_ids = self.letters.add_notices(case, unannounced, before) if gets_notices else []
        holding = [one for one in unannounced if one.span.is_open and one.id in announced_ids]
        if holding and has_deadline and case_id not in self.moves:
            # The event names what acted on the deadline, also if that only holds or keeps it.
            self.moves[case_id] = {"moved_by": f"held {_numbers(holding)}"}
        for suspension_id in announced_ids:
            self.notified_by_suspension.setdefault(suspension_id, []).append(case_id)
        if before != stored_clock_state(case):
            self.changed_ids.append(case_id)
        has_moved = case_id in self.moves and "is_kept" not in self.moves[case_id]
        if announced_ids or has_moved or case.due_at != before.due_at:
            affected = AffectedCase(case_id=case_id, before=before.due_at, after=case.due_at, has_deadline=has_deadline)
            self.cases.append(replace(affected, is_notified=bool(announced_ids)))


def recompute_open_cases(context: Context, suspension_id: int) -> SuspensionEffect:
    """Recompute the due date of every open case and the deadlines of all applicants, and write the notices.

    Each transaction writes one event, and one more for each case whose deadline moves. The function is idempotent: if a
    run is interrupted, or if two processes run it at the same time, no applicant gets a notice twice.
    """
    cases: list[AffectedCase] = []
    for case_ids in _portions(context):
        with context.write() as session:
            portion = _recompute(session, context, case_ids)
            portion.letters.write()
            append_many(session, context.actor, MOVED_ACTION, context.now(), portion.moves.items())
            if changed_ids := portion.changed_ids:
                changed = {"cases": len(changed_ids), "first": changed_ids[0], "last": changed_ids[-1]}
                body = {"suspension": suspension_id, **changed, "told": portion.notified_by_suspension}
                context.log(session, _DUE_DATES_MOVED, body=body)
        cases += portion.cases
    return SuspensionEffect(cases=cases)


def preview_suspensions(context: Context, *planned: Suspension) -> SuspensionEffect:
    """Return the effect that new or ended suspensions would have, without writing anything."""
    cases: list[AffectedCase] = []
    for case_ids in _portions(context, *planned):
        with context.read() as session:
            given = {one.id: one for one in (*all_suspensions(session), *planned)}
            cases += _recompute(session, context, case_ids, tuple(given.values())).cases
    return SuspensionEffect(cases=cases)


def _portions(context: Context, *planned: Suspension) -> Iterator[Sequence[int]]:
    """Yield the ids of the cases that a suspension can affect, in portions of one transaction each.

    These are the complete cases that are open, or whose applicant has a deadline after the first start of the planned
    suspensions and of those that some due date does not include yet.
    """
    with context.read() as session:
        starts = [one.span.start for one in all_suspensions(session) if not one.is_settled]
        started_at = min([*starts, *(one.span.start for one in planned)], default=context.now())
        is_concerned = _is_concerned(session, context, started_at)
        statement = select(CASE.c.id).where(CASE.c.complete_at.is_not(None), is_concerned)
        case_ids = session.execute(statement.order_by(CASE.c.id)).scalars().all()
    yield from chunks(case_ids, CASES_PER_TRANSACTION)


def _is_concerned(session: Session, context: Context, started_at: datetime) -> ColumnElement[bool]:
    """Return the condition that a case is open, or that its applicant has a deadline after a suspension started."""
    day = started_at.astimezone(context.zone(session)).date()
    may_appeal = exists().where(
        NOTICE.c.case_id == CASE.c.id, NOTICE.c.appeal_until_on >= day, NOTICE.c.cancelled_at.is_(None)
    )
    may_rectify = exists().where(
        RECTIFICATION.c.case_id == CASE.c.id, RECTIFICATION.c.is_open, RECTIFICATION.c.deadline_at > started_at
    )
    has_late_deadline = CASE.c.state.in_((CaseState.FAILED.value, CaseState.LAPSED.value)) & (may_appeal | may_rectify)
    return CASE.c.state.not_in(_FINAL) | has_late_deadline


def _recompute(
    session: Session, context: Context, case_ids: Sequence[int], given_suspensions: tuple[Suspension, ...] | None = None
) -> _PortionEffect:
    """Recompute the due dates of some cases, with the stored or the given suspensions, and collect the notices.

    Given suspensions are a preview, which moves no deadline of an applicant.
    """
    clocks = Clocks(session, context, clock_events(session, case_ids), given_suspensions=given_suspensions)
    # Only the applicants of published cases get notices.
    published = select(CASE.c.id).where(CASE.c.id.in_(case_ids), is_published(CASE.c.batch_id))
    published_ids = set(session.execute(published).scalars())
    conditions = (CASE.c.id.in_(case_ids), CASE.c.state.not_in((CaseState.PASSED.value, CaseState.WITHDRAWN.value)))
    cases = session.execute(select(CaseRow).where(*conditions).order_by(CASE.c.id)).scalars().all()
    portion = _PortionEffect(letters_about(clocks, cases))
    # The cases are written together at the end; no query in between depends on them.
    with session.no_autoflush:
        for case in cases:
            case_id, before = case.id or 0, stored_clock_state(case)
            has_changed = case.state not in _FINAL and clocks.update_due_date(case)
            if case_id in portion.letters.deadlines and given_suspensions is None:
                _adjust_deadlines(session, case, portion)
            unannounced = portion.letters.unannounced_suspensions(case, has_changed=has_changed)
            if unannounced and not has_changed:
                # Another transaction stored the new due date, but the applicant still knows the old one.
                before = portion.letters.last_announced_state(case, unannounced)
            if before is not None and (before != stored_clock_state(case) or case_id in portion.letters.deadlines):
                portion.add(case, before, unannounced, gets_notices=case_id in published_ids)
    return portion


def _adjust_deadlines(session: Session, case: CaseRow, portion: _PortionEffect) -> None:
    """Move the deadlines of an applicant, and take back a lapse if the moved deadline had not passed.

    A date in a sent letter is a promise. As long as the letter can be cancelled, the deadline may become earlier.
    """
    case_id, clocks = case.id or 0, portion.letters.clocks
    stated, suspensions = portion.letters.deadlines[case_id], clocks.suspensions_of(case)
    unsettled = [one for one in suspensions if not one.is_settled]
    relied_on = portion.letters.relied_on(case) if any(one.is_ended for one in unsettled) else ()
    may_shorten = bool(relied_on) and case_id in portion.letters.unsent
    if unsettled and case_id not in portion.letters.unsent:
        # In place, because the letters of the case state these deadlines.
        stated[:] = map(with_promise, stated)
    if unsettled and (body := move_deadlines(case, stated, clocks, relied_on=relied_on, may_shorten=may_shorten)):
        why = "kept" if "is_kept" in body else "suspensions"
        portion.moves[case_id] = {**body, "moved_by": f"{why} {_numbers(unsettled)}"}
    if has_lapsed_early(case, stated, clocks) and not superseding_case(session, case):
        portion.letters.corrected[case_id] = take_back_suspended_lapse(session, clocks.context, case)


def _numbers(suspensions: Sequence[Suspension]) -> str:
    return " ".join(str(one.id) for one in suspensions)
