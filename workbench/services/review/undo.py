"""Undo of a person's own act on a case, until its notice is released or another person acts on the case."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, bindparam, delete, func, update
from sqlmodel import Session, col, select

from db.columns import from_us, to_us
from db.dialect import added_rows, restore_rows
from db.enums import FINAL_STATES, CaseState, Verdict
from db.models import ActRow, CaseRow, DecisionRow, EventRow, ReviewerRow, SubmissionRow
from db.queries.published import MEASURE_ORDER, NOTICE, chunks, table_of
from workbench.domain.case.case_id import format_batch, format_case
from workbench.domain.case.casefile import CaseFile
from workbench.domain.case.lifecycle import Action
from workbench.domain.case.records import UndoableAct
from workbench.errors import NotAllowed
from workbench.i18n import _
from workbench.services.acts.act import act_in
from workbench.services.acts.declarations import ACTS, UNDOABLE, Changes
from workbench.services.acts.many_cases import RefusedCase, act_on_many
from workbench.services.case.casefiles import CaseFiles
from workbench.services.clock.case_clocks import POLICY_ACTION
from workbench.services.foundation.case_access import EVENTS_OF_CASE, case_in_state_for, refuse_second_case
from workbench.services.foundation.context import Context, Service
from workbench.services.foundation.locations import read_after_act
from workbench.services.queue.claims import ASIDE_GRACE, held_by

_ACT = table_of(ActRow)
_ROWS = select(_ACT.c.rows).where(_ACT.c.seq == bindparam("seq"))
_DELETE = delete(_ACT).where(_ACT.c.seq == bindparam("seq"))
_ACTIONS = [str(action) for action in (*UNDOABLE, Action.UNDO, POLICY_ACTION)]
_OF_VERDICT = {Action.DECIDE: "decided", Action.APPROVE: "approved", Action.RETURN: "returned"}
"""The names of a verdict and of its check as `UndoableAct` has them."""


@dataclass(frozen=True, slots=True)
class _LastAct:
    """The last act on a case that was not undone."""

    event: EventRow
    body: dict[str, Any]
    is_case_unchanged: bool
    """Whether nothing else changed the case since."""
    rows: str
    """The journal of the act; empty if it was deleted."""
    newest: EventRow
    """The newest event of an act, of an undo or of a change to another policy."""

    @property
    def until(self) -> datetime | None:
        """Until when the act can be undone; None if it can be undone until its check."""
        until_us = self.body.get("undo_until_us")
        return None if until_us is None else from_us(until_us)


class Undo(Service):
    """Finds and undoes the acts of one person on cases."""

    def last(self) -> UndoableAct | None:
        """Return the newest act that this person can undo, None if there is none.

        A verdict or a decision on an appeal that waits for a check can be undone even after the undo time.
        """
        # Only the few acts with a journal are read, not the many events of a person.
        is_mine = (func.coalesce(col(EventRow.actor_id), 0) == self.context.actor.id, col(EventRow.batch_id).is_(None))
        journals = col(EventRow.seq).in_(select(_ACT.c.seq))
        with self.context.read() as session:
            mine = select(EventRow).where(journals, *is_mine).order_by(col(EventRow.seq).desc())
            # A move may have thousands of events, and mostly the first one can be undone.
            events = session.exec(mine.execution_options(yield_per=10))
            return next((found for event in events if (found := self._undoable(session, event)) is not None), None)

    def _undoable(self, session: Session, event: EventRow) -> UndoableAct | None:
        """Return the act of an event if it is the last on its case, and if this person may undo it."""
        case = session.get(CaseRow, event.case_id)
        act = None if case is None else _last_act(session, case)
        if case is None or act is None or act.event.seq != event.seq or self._refusal(session, case, act):
            return None
        return _offer(session, act)

    def undo(self, case_id: int, offered: UndoableAct | None = None) -> CaseFile:
        """Undo the last act on a case: a verdict or its check, a withdrawal, answer, waiver, reopening …

        `offered` is the act that this person was offered to undo; by default, the last act is undone.

        The rows that the act changed get their earlier values, and the rows that it added are cancelled. Evidence from
        a file stays. The person who held the case before gets a fresh hold. A person who undoes their own verdict gets
        the hold even above the limit; `next` gives the case on the desk after it.

        Raises:
            NotFound: If there is no such case.
            NotAllowed: If the act is released or another person's, another act than the offered one is the last,
                another person acted on the case since, or another case of the application goes on.
        """
        with self.context.acting(Action.UNDO, case_id), self.context.write() as session:
            self._undo(session, case_id, offered)
        return read_after_act(CaseFiles(self.context).show, case_id)

    def together(self, case_id: int) -> tuple[int, ...]:
        """Return the cases that this person moved together with a case, if that can be undone; empty otherwise."""
        with self.context.read() as session:
            case = session.get(CaseRow, case_id)
            act = None if case is None else _last_act(session, case)
            is_mine = case is not None and act is not None and not self._refusal(session, case, act)
            return _moved_together(session, act) if is_mine and act is not None else ()

    def undo_move(self, case_ids: Sequence[int]) -> tuple[tuple[int, ...], tuple[RefusedCase, ...]]:
        """Undo the move of cases; return the cases that moved back, and those that somebody acted on since, with why.

        Raises:
            NotAllowed: If the person does not review.
        """

        def begin(session: Session) -> Callable[[int], int]:
            return lambda case_id: self._undo(session, case_id, None, only=Action.ASSIGN)

        with self.context.acting(Action.UNDO):
            return act_on_many(self.context, Action.UNDO, case_ids, begin, is_preloaded=False)

    def _undo(self, session: Session, case_id: int, offered: UndoableAct | None, only: Action | None = None) -> int:
        """Undo the last act on a case, which must be the `offered` one and of the action `only`; return the case."""
        # After each key, the desk looks for the last act, which needs no letters.
        from workbench.services.notices.suspension_notices import follow_undo
        from workbench.services.review.rectifying.late_letters import move_again, take_back_early_lapse

        case = case_in_state_for(session, self.context, Action.UNDO, case_id)
        act, was_closed = _last_act(session, case), case.state in FINAL_STATES
        _refuse_after_policy(session, self.context, case, act)
        refusal = self._refusal(session, case, act)
        if act is None or refusal:
            raise NotAllowed(refusal)
        is_other = offered is not None and not _is_same(offered, _offer(session, act))
        if is_other or act.event.action != (only or act.event.action):
            # Checked last, so that only a person who can undo reads "undo again".
            message = _("{case} was acted on again since this was offered; to undo the last act, undo again.")
            raise NotAllowed(message.format(case=format_case(case_id)))
        with act_in(session, self.context, case, Action.UNDO) as undo_act:
            undone = {"undone": act.event.seq, "version": case.version, "restored": act.body["version"]}
            undone |= {name: act.body[name] for name in ("decision", "verdict") if name in act.body}
            self._restore(session, case, act)
            if was_closed and case.state not in FINAL_STATES:
                refuse_second_case(session, case)
            if "verdict" not in undone:
                undone["act"] = act.event.action
            undo_act.finish({**undone, "round": case.round, "fence": case.fence})
            if ACTS[act.event.action].changes is not Changes.HOLD or case.state == CaseState.PENDING:
                # The event of the undo says that the applicant was never told the dates that the act set.
                move_again(session, self.context, case)
                follow_undo(session, self.context, case, act.event.at)
            take_back_early_lapse(session, self.context, case)
        return case_id

    def _restore(self, session: Session, case: CaseRow, act: _LastAct) -> None:
        """Restore the rows of an act, and give a hold that comes back its time again."""
        # What an import brought stays, and with it what it answers.
        seq, kept = act.event.seq, "" if act.event.batch_id is None else "satisfied_at"
        restore_rows(session.connection(), act.rows, to_us(self.context.now()), keeps=kept)
        session.execute(_DELETE, {"seq": seq})
        # An event never changes, so it need not be read again.
        session.expunge(act.event)
        session.expire_all()
        if case.state == CaseState.AWAITING_CHECK:
            staged = select(func.max(_ACT.c.seq)).where(_ACT.c.case_id == case.id).scalar_subquery()
            session.execute(update(_ACT).where(_ACT.c.seq == staged).values(until_at=None))
        if act.event.batch_id is not None:
            of_batch = (col(SubmissionRow.case_id) == case.id, col(SubmissionRow.batch_id) == act.event.batch_id)
            session.execute(update(SubmissionRow).where(*of_batch).values(round=case.round))
        if case.state == CaseState.IN_REVIEW and case.held_by_id is not None:
            _renew_hold(session, self.context, case, is_verdict=act.event.action == Action.DECIDE)

    def _refusal(self, session: Session, case: CaseRow, act: _LastAct | None) -> str | None:
        """Return why this person can no longer undo an act, None if they can."""
        name = format_case(case.id or 0)
        batch_id = None if act is None else act.event.batch_id
        if act is not None and batch_id is not None and not (act.is_case_unchanged and "version" in act.body):
            message = _(
                "{batch} brought {case} back to the queue with all that it waited for, and evidence stays, so this"
                " cannot be undone. If something is missing or wrong, ask for it with a new verdict."
            )
            return message.format(batch=format_batch(batch_id), case=name)
        # The first person who opens the workbench in an absence hands its cases over, without having chosen to.
        if act is None or "version" not in act.body or "is_away" in act.body:
            return _("There is nothing on {case} to undo.").format(case=name)
        return self._too_late(session, act, name)

    def _too_late(self, session: Session, act: _LastAct, name: str) -> str | None:
        """Return why it is too late to undo an act, or why only another person can, None if it can be undone."""
        if act.event.actor_id != self.context.actor.id:
            return _("Another person acted last on {case}; only that person can undo it.").format(case=name)
        if act.until is not None and act.until <= self.context.now():
            at = act.until.astimezone(self.context.zone(session)).strftime("%H:%M:%S")
            return _("{case} was released at {time} and can no longer be undone.").format(case=name, time=at)
        # A notice may have been sent before its release if the clock of the machine was set back.
        if _has_added(session, act, NOTICE.c.id, NOTICE.c.sent_at.is_not(None)):
            return _("The notice of {case} was sent, so it can no longer be undone.").format(case=name)
        if _has_added(session, act, MEASURE_ORDER.c.id, MEASURE_ORDER.c.done_at.is_not(None)):
            return _("The measure on {case} was carried out, so it can no longer be undone.").format(case=name)
        if not act.is_case_unchanged or not act.rows:
            return _("Somebody acted on {case} since, so it can no longer be undone.").format(case=name)
        return None


def _last_act(session: Session, case: CaseRow) -> _LastAct | None:
    """Return the last act on a case that was not undone; after an undo, the act before it is the last again."""
    version, undone, newest = case.version, set[int](), None
    for event in session.execute(EVENTS_OF_CASE, {"case": case.id, "actions": _ACTIONS}).scalars():
        newest = newest or event
        if event.action == POLICY_ACTION:
            continue
        body = json.loads(event.body)
        if event.action == Action.UNDO:
            undone.add(body["undone"])
            version = body["restored"] if body["version"] == version - 1 else version
        elif event.seq not in undone:
            rows = session.execute(_ROWS, {"seq": event.seq}).scalar() or ""
            return _LastAct(event, body, body.get("version") == version - 1, rows, newest)
    return None


def _offer(session: Session, act: _LastAct) -> UndoableAct:
    """Return an act as a person is offered to undo it."""
    event, decision_id = act.event, act.body.get("decision")
    found = UndoableAct(
        case_id=event.case_id or 0,
        at=event.at,
        until=act.until,
        act=event.action,
        together=_moved_together(session, act),
    )
    if decision_id is None:
        return found
    decision = session.get_one(DecisionRow, decision_id)
    return replace(
        found,
        decision_id=decision_id,
        verdict=Verdict(decision.verdict),
        act=_OF_VERDICT[Action(event.action)],
        maker=session.get_one(ReviewerRow, decision.maker_id).login,
    )


def _moved_together(session: Session, act: _LastAct) -> tuple[int, ...]:
    """Return the cases of the move of an act, in the order of the move; empty if it moved one case."""
    move = act.body.get("move")
    if move is None:
        return ()
    events = select(EventRow.case_id, EventRow.body).where(col(EventRow.seq) >= move, ~col(EventRow.is_refused))
    events = events.where(col(EventRow.seq).in_(select(_ACT.c.seq)), EventRow.action == Action.ASSIGN.value)
    rows = session.exec(events.order_by(col(EventRow.seq)))
    return tuple(case_id or 0 for case_id, body in rows if json.loads(body).get("move") == move)


def _is_same(offered: UndoableAct, last: UndoableAct) -> bool:
    """Say whether an offered act is still the last one; the person may have acted again in another window."""
    return (offered.act, offered.decision_id, offered.until) == (last.act, last.decision_id, last.until)


def _has_added(session: Session, act: _LastAct, number: ColumnElement[int], condition: ColumnElement[bool]) -> bool:
    """Say whether an act added a row that satisfies a condition now."""
    ids = added_rows(act.rows, number.table.name)
    return any(session.execute(select(number).where(number.in_(chunk), condition)).first() for chunk in chunks(ids))


def _refuse_after_policy(session: Session, context: Context, case: CaseRow, act: _LastAct | None) -> None:
    """Refuse to undo an act that was made before the case changed to its policy; the case was assessed again then.

    Raises:
        NotAllowed: If the policy of the case changed after the last act.
    """
    if act is not None and act.newest.action == POLICY_ACTION:
        at, name = act.newest.at.astimezone(context.zone(session)), format_case(case.id or 0)
        message = _("{case} changed to policy {number} at {time}; what was done before can no longer be undone.")
        raise NotAllowed(message.format(case=name, number=case.policy_version_id, time=f"{at:%Y-%m-%d %H:%M:%S}"))


def _renew_hold(session: Session, context: Context, case: CaseRow, *, is_verdict: bool) -> None:
    """Make the restored hold a fresh one; a person who undoes their own act gets its whole time again.

    If another person undoes the act, the holder gets no additional time. If the holder has another case on the desk,
    that case stays there, and this case is put aside for the rest of its hold.
    """
    now, desk = context.now(), context.policy(session).desk
    is_aside = case.aside_until is not None and case.aside_until > now
    was_on_desk = case.held_until is not None and case.held_until > now and not is_aside
    not_aside = col(CaseRow.aside_until).is_(None) | (col(CaseRow.aside_until) <= now)
    on_desk = (*held_by(case.held_by_id or 0, now), not_aside, col(CaseRow.id) != case.id)
    case.fence += 1
    if case.held_by_id == context.actor.id and (was_on_desk or is_verdict):
        # The case on the desk is put aside until now, so that `next` gives it after the restored case.
        until = now + timedelta(minutes=desk.aside_minutes) + ASIDE_GRACE
        values = {"aside_until": now, "held_until": until, "version": col(CaseRow.version) + 1}
        session.execute(update(CaseRow).where(*on_desk).values(values))
        case.held_until, case.aside_until = now + timedelta(minutes=desk.hold_minutes), None
    elif was_on_desk and session.exec(select(CaseRow.id).where(*on_desk)).first() is not None:
        case.aside_until = case.held_until
