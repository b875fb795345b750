"""Undo of a person's own act on a case, until its notice is released or another person acts on the case."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, text, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from db.columns import from_us
from db.enums import FINAL_STATES, AppealStatus, CaseState, Verdict
from db.models import CaseRow, DecisionRow, EventRow, RectificationRow, ReviewerRow
from db.models.life_cycle import OPEN_APPEAL
from db.queries.published import APPEAL, NOTICE
from workbench.domain.case.case_id import format_batch, format_case
from workbench.domain.case.casefile import CaseFile
from workbench.domain.case.lifecycle import Action
from workbench.domain.case.records import UndoableAct
from workbench.errors import NotAllowed
from workbench.i18n import _
from workbench.services.case.casefiles import CaseFiles
from workbench.services.case.decisions import newest_decision
from workbench.services.clock.case_clocks import update_due_date
from workbench.services.foundation.case_access import case_in_state_for, last_event, refuse_second_case
from workbench.services.foundation.context import Service
from workbench.services.foundation.drafts import link_draft
from workbench.services.measures.orders import is_carried_out, take_back_orders
from workbench.services.notices.suspension_notices import follow_undo
from workbench.services.rectifying.late_letters import move_again, take_back_early_lapse
from workbench.services.reversal import (
    LETTERS_OF_ACT,
    REVERSIBLE,
    is_answer_replaced,
    last_reversible_act,
    refuse_after_policy,
    restore,
    restore_columns,
)
from workbench.services.review.restored_holds import give_fresh_hold, restore_hold

_STATE_ACTS = (Action.DECIDE, Action.APPROVE, Action.RETURN, Action.ANSWER, Action.RESUBMIT)
"""The undoable acts that change the state of a case; imports can be answers and resubmissions too."""

_UNDOABLE = tuple(str(action) for action in (*REVERSIBLE, Action.DECIDE))
_MOST_RECENT = 500

_ACTS_OF_STATUS = {"approved": (Action.APPROVE,), "returned": (Action.RETURN,), "staged": (Action.DECIDE,)}
"""The acts that give a decision a status."""

_CHECKED_STATUSES = ("approved", "returned")
_STATUSES_WITH_RELEASE = ("applied", *_CHECKED_STATUSES)


def _undo_until(act: EventRow) -> datetime | None:
    """Return until when an act can be undone; None if it can be undone until its check."""
    until_us = json.loads(act.body).get("undo_until_us")
    return None if until_us is None else from_us(until_us)


def _act_of(decision: DecisionRow) -> str:
    """Return the last act on a decision: `decided`, or by its check `approved` or `returned`."""
    return decision.status if decision.status in _CHECKED_STATUSES else "decided"


class Undo(Service):
    """Finds and undoes the acts of one person on cases."""

    def last(self) -> UndoableAct | None:
        """Return the newest act that this person can undo, None if there is none.

        Acts within the undo time come first. Older ones are only verdicts and decisions on appeals that wait for a
        check.
        """
        with self.context.read() as session:
            acts = (*self._recent_acts(session), *self._staged_acts(session))
            return next((found for act in acts if (found := self._undoable(session, act)) is not None), None)

    def _recent_acts(self, session: Session) -> Iterable[EventRow]:
        """Return this person's newest acts on cases within the undo time, the newest first."""
        since = self.context.now() - timedelta(seconds=self.context.policy(session).desk.grace_s)
        # The conditions match a partial index, because acts of imports and of the tick are very many.
        own = (col(EventRow.actor_id) == self.context.actor.id, col(EventRow.batch_id).is_(None))
        newest = select(EventRow).where(*own).order_by(col(EventRow.seq).desc()).limit(_MOST_RECENT).subquery("newest")
        event = aliased(EventRow, newest)
        wanted = (event.at > since, col(event.action).in_(_UNDOABLE), col(event.is_refused).is_(False))
        return session.exec(select(event).where(*wanted).order_by(col(event.seq).desc())).all()

    def _staged_acts(self, session: Session) -> list[EventRow]:
        """Return the acts of this person that still wait for a check, the newest first."""
        decision, me = DecisionRow, self.context.actor.id
        verdicts = select(decision.case_id).where(decision.status == "staged", decision.maker_id == me)
        answers = select(APPEAL.c.case_id).where(
            text(OPEN_APPEAL), APPEAL.c.status == AppealStatus.STAGED.value, APPEAL.c.decided_by_id == me
        )
        found: list[EventRow] = []
        for statement, act in ((verdicts, Action.DECIDE), (answers, Action.APPEAL_DECIDE)):
            case_ids = session.execute(statement).scalars()
            found += [event for case_id in case_ids if (event := last_event(session, case_id, (act,))) is not None]
        return sorted(found, key=lambda event: event.seq, reverse=True)

    def _undoable(self, session: Session, event: EventRow) -> UndoableAct | None:
        """Return the act of an event if an undo of its case reverses this act, and if this person may undo it."""
        case = session.get(CaseRow, event.case_id)
        if case is None:
            return None
        act = last_reversible_act(session, case)
        if act is not None:
            until, record = _undo_until(act), json.loads(act.body)
            letters = self._letters_of_act(case, act.action, record)
            is_late = self._late_refusal(session, case, act.actor_id, until, letters, record) is not None
            is_other = act.seq != event.seq or is_late
            return None if is_other else UndoableAct(case_id=case.id or 0, at=act.at, until=until, act=act.action)
        decision = newest_decision(session, case.id or 0, "staged", *_STATUSES_WITH_RELEASE)
        if decision is None or decision.id != json.loads(event.body).get("decision"):
            return None
        done_by = _ACTS_OF_STATUS.get(decision.status, (Action.DECIDE, Action.APPROVE))
        if event.action not in done_by or self._refusal(session, case, decision) is not None:
            return None
        return UndoableAct(
            case_id=decision.case_id,
            at=event.at,
            decision_id=decision.id or 0,
            verdict=Verdict(decision.verdict),
            until=decision.release_at,
            act=_act_of(decision),
            maker=session.get_one(ReviewerRow, decision.maker_id).login,
        )

    def undo(self, case_id: int, offered: UndoableAct | None = None) -> CaseFile:
        """Undo the last verdict or check on a case, or an act after it: a withdrawal, answer, waiver, reopening …

        `offered` is the act that this person was offered to undo; by default, the last act is undone.

        Undoing a verdict restores the state and the draft of the case and gives this person a hold on it, even above
        the limit; the case on the desk is put aside. Undoing a check makes the verdict wait for a check again. Undoing
        another act restores the state before it, and the hold of its former holder; what a file brought stays.

        Raises:
            NotFound: If there is no such case.
            NotAllowed: If the act is released or another person's, another act than the offered one is the last,
                another person acted on the case since, or another case of the application goes on.
        """
        with self.context.acting(Action.UNDO, case_id), self.context.write() as session:
            case = case_in_state_for(session, self.context, Action.UNDO, case_id)
            refuse_after_policy(session, self.context, case)
            act, was_closed = last_reversible_act(session, case), case.state in FINAL_STATES
            is_other = offered is not None and not self._is_offered(session, case, act, offered)
            body = self._undo_verdict(session, case) if act is None else self._reverse(session, case, act)
            if is_other:
                # Checked last, so that only a person who can undo reads "undo again". The error rolls this undo back.
                message = _("{case} was acted on again since this was offered; to undo the last act, undo again.")
                raise NotAllowed(message.format(case=format_case(case.id or 0)))
            if was_closed and case.state not in FINAL_STATES:
                refuse_second_case(session, case)
            self.context.log_case(session, Action.UNDO, case, {**body, "round": case.round, "fence": case.fence})
            update_due_date(session, self.context, case)
            take_back_early_lapse(session, self.context, case)
        return CaseFiles(self.context).show(case_id)

    def _is_offered(self, session: Session, case: CaseRow, act: EventRow | None, offered: UndoableAct) -> bool:
        """Return whether the offered act is still the last one; the person may have acted again in another window."""
        if act is not None:
            return (act.action, _undo_until(act)) == (offered.act, offered.until)
        decision = newest_decision(session, case.id or 0, "staged", *_STATUSES_WITH_RELEASE)
        return decision is not None and (_act_of(decision), decision.id) == (offered.act, offered.decision_id)

    def _undo_verdict(self, session: Session, case: CaseRow) -> dict[str, Any]:
        """Undo the newest verdict or its check, and return the body of the event."""
        last = last_event(session, case.id or 0, (*_STATE_ACTS, Action.UNDO))
        if last is not None and last.batch_id is not None:
            message = _(
                "{batch} brought {case} back to the queue with all that it waited for, and evidence stays, so this"
                " cannot be undone. If something is missing or wrong, ask for it with a new verdict."
            )
            raise NotAllowed(message.format(batch=format_batch(last.batch_id), case=format_case(case.id or 0)))
        decision = newest_decision(session, case.id or 0, "staged", *_STATUSES_WITH_RELEASE)
        if decision is None:
            raise NotAllowed(_("There is nothing on {case} to undo.").format(case=format_case(case.id or 0)))
        refusal = self._refusal(session, case, decision)
        if refusal is not None:
            raise NotAllowed(refusal)
        self._cancel_letters(session, self._letters(decision))
        take_back_orders(session, self.context.now(), json.loads(decision.seen))
        of_decision = col(RectificationRow.decision_id) == decision.id
        session.execute(update(RectificationRow).where(of_decision).values(is_open=False))
        if decision.status in _CHECKED_STATUSES:
            self._to_checker(session, case, decision)
        else:
            self._to_desk(session, case, decision)
        return {"decision": decision.id, "verdict": decision.verdict}

    def _reverse(self, session: Session, case: CaseRow, act: EventRow) -> dict[str, Any]:
        """Undo an act other than a verdict, and return the body of the event."""
        record = json.loads(act.body)
        letters = self._letters_of_act(case, act.action, record)
        refusal = self._late_refusal(session, case, act.actor_id, _undo_until(act), letters, record)
        if refusal is not None:
            raise NotAllowed(refusal)
        undone = {"act": act.action, "version": case.version, "restored": record["version"]}
        self._cancel_letters(session, letters)
        take_back_orders(session, self.context.now(), record)
        restore(session, case, record, act.batch_id)
        move_again(session, self.context, case)
        follow_undo(session, self.context, case, act.at)
        if case.state == CaseState.IN_REVIEW and case.held_by_id is not None:
            restore_hold(session, self.context, case, record)
        return undone

    def _letters(self, decision: DecisionRow) -> ColumnElement[bool]:
        """Return the condition on the unreleased notices of a decision."""
        return (NOTICE.c.decision_id == decision.id) & (NOTICE.c.release_at > self.context.now())

    def _letters_of_act(self, case: CaseRow, action: str, record: Mapping[str, Any]) -> ColumnElement[bool]:
        """Return the condition on the unreleased notices of an act other than a verdict."""
        of_kind = (NOTICE.c.case_id == case.id) & NOTICE.c.kind.in_(LETTERS_OF_ACT.get(action, ()))
        of_act: ColumnElement[bool] = of_kind & (NOTICE.c.id > record.get("last_notice", 0))
        return of_act & (NOTICE.c.release_at > self.context.now())

    def _cancel_letters(self, session: Session, letters: ColumnElement[bool]) -> None:
        uncancelled = letters & NOTICE.c.cancelled_at.is_(None)
        session.execute(update(NOTICE).where(uncancelled).values(cancelled_at=self.context.now()))

    def _refusal(self, session: Session, case: CaseRow, decision: DecisionRow) -> str | None:
        """Return why this person cannot undo a decision at this time, None if they can."""
        last_actor_id = decision.checker_id if decision.status in _CHECKED_STATUSES else decision.maker_id
        refusal = self._late_refusal(
            session, case, last_actor_id, decision.release_at, self._letters(decision), json.loads(decision.seen)
        )
        if refusal is None and case.version != decision.version_after:
            name = format_case(case.id or 0)
            return _("Somebody acted on {case} since, so it can no longer be undone.").format(case=name)
        return refusal

    def _late_refusal(
        self,
        session: Session,
        case: CaseRow,
        actor_id: int | None,
        release_at: datetime | None,
        letters: ColumnElement[bool],
        record: Mapping[str, Any],
    ) -> str | None:
        """Return why an act of a person can no longer be undone, None if it can."""
        context, name = self.context, format_case(case.id or 0)
        if actor_id != context.actor.id:
            return _("Another person acted last on {case}; only that person can undo it.").format(case=name)
        if release_at is not None and release_at <= context.now():
            at = release_at.astimezone(context.zone(session)).strftime("%H:%M:%S")
            return _("{case} was released at {time} and can no longer be undone.").format(case=name, time=at)
        # A notice may have been sent before its release if the clock of the machine was set back.
        is_sent = letters & NOTICE.c.sent_at.is_not(None)
        if session.execute(select(NOTICE.c.id).where(is_sent)).first():
            return _("The notice of {case} was sent, so it can no longer be undone.").format(case=name)
        if is_carried_out(session, record):
            return _("The measure on {case} was carried out, so it can no longer be undone.").format(case=name)
        if is_answer_replaced(session, record):
            return _("The appeal of {case} was decided again since; its return stays.").format(case=name)
        return None

    def _to_checker(self, session: Session, case: CaseRow, decision: DecisionRow) -> None:
        """Make a verdict wait for its check again; the hold that a return gave to the maker ends."""
        if decision.status == "returned":
            case.held_by_id = case.held_until = case.aside_until = case.returned_to_id = None
            case.assignee_id = json.loads(decision.before)["assignee_id"]
            link_draft(session, decision.case_id, decision.maker_id, decision.id)
        decision.status = "staged"
        decision.checker_id = decision.checked_at = decision.release_at = None
        decision.check_note = ""
        case.state = CaseState.AWAITING_CHECK.value
        case.waits_for, case.next_action_on = "", None
        case.corrects_id, decision.corrects_id = case.corrects_id or decision.corrects_id, None
        case.version += 1
        decision.version_after = case.version

    def _to_desk(self, session: Session, case: CaseRow, decision: DecisionRow) -> None:
        """Restore a case as it was before the verdict, held by this person."""
        decision.status, decision.undone_at = "undone", self.context.now()
        restore_columns(case, json.loads(decision.before))
        case.state = CaseState.IN_REVIEW.value
        case.version += 1
        give_fresh_hold(session, self.context, case)
        link_draft(session, decision.case_id, self.context.actor.id, None)
