"""Undo of a person's own act on a case, until its notice is released or another person acts on the case."""

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Table, exists, func, update
from sqlmodel import Session, col, select

from db.columns import from_us, to_us
from db.enums import CaseState, Measure, Verdict
from db.models import CaseRow, DecisionRow, EventRow, RectificationItemRow, RectificationRow, ReviewerRow
from db.queries.published import DECISION, ITEM, NOTICE, RECTIFICATION
from workbench.domain.case.case_id import format_case
from workbench.domain.case.casefile import CaseFile, UndoableAct
from workbench.domain.case.lifecycle import Action
from workbench.errors import NotAllowed
from workbench.i18n import _
from workbench.services.case.casefiles import CaseFiles
from workbench.services.case.decisions import newest_decision
from workbench.services.clock.case_clocks import update_due_date
from workbench.services.foundation.case_access import last_event, visible_case
from workbench.services.foundation.context import Context, Service
from workbench.services.foundation.drafts import link_draft
from workbench.services.notices.due_date_notices import REVERSIBLE_LETTERS
from workbench.services.queue.claims import ASIDE_GRACE, held_by

_COLUMNS = ("state", "round", "assignee_id", "returned_to_id", "waits_for", "is_listed", "reopen_for")
"""The columns of a case that an undo restores, besides the next-action date."""

_OPEN_AGAIN: Mapping[Table, Mapping[str, Any]] = {
    NOTICE: {"cancelled_at": None},
    RECTIFICATION: {"is_open": True},
    ITEM: {"waived_at": None, "waived_by_id": None, "waive_reason": ""},
    DECISION: {"status": "staged"},
}

_REVERSIBLE_ACTS = (*REVERSIBLE_LETTERS, Action.ANSWER.value)

_CHECKED_STATUSES = ("approved", "returned")
_STATUSES_WITH_RELEASE = ("applied", *_CHECKED_STATUSES)


def columns_before(case: CaseRow) -> dict[str, Any]:
    """Return the columns of a case that an undo restores, as JSON values."""
    on = case.next_action_on
    return {**{name: getattr(case, name) for name in _COLUMNS}, "next_action_on": on and on.isoformat()}


def restore_columns(case: CaseRow, before: Mapping[str, Any]) -> None:
    """Set the columns of a case as they were before an act."""
    on = before["next_action_on"]
    for name, value in {**before, "next_action_on": date.fromisoformat(on) if on else None}.items():
        setattr(case, name, value)


def record_of(session: Session, context: Context, case: CaseRow) -> dict[str, Any]:
    """Return what the event of a reversible act records: the case before it, and until when an undo is possible."""
    until = context.now() + timedelta(seconds=context.policy(session, case.policy_version_id).desk.grace_s)
    before = {**columns_before(case), "held_by_id": case.held_by_id}
    hold = {"held_until_us": case.held_until, "aside_until_us": case.aside_until}
    return {
        "before": before,
        "version": case.version,
        "undo_until_us": to_us(until),
        **{name: to_us(at) for name, at in hold.items() if at},
    }


def close_work(session: Session, context: Context, case: CaseRow) -> dict[str, Any]:
    """Cancel notices that are not released, close rectifications and void staged verdicts; return what was changed.

    A measure stays, and so does the notice that tells the applicant of it.
    """
    now, changed = context.now(), {}
    has_measure = exists().where(DECISION.c.id == NOTICE.c.decision_id, DECISION.c.measure != Measure.NONE.value)
    is_unreleased = NOTICE.c.cancelled_at.is_(None) & (NOTICE.c.release_at > now) & ~has_measure
    for table, is_open, values in (
        (NOTICE, is_unreleased, {"cancelled_at": now}),
        (RECTIFICATION, RECTIFICATION.c.is_open, {"is_open": False}),
        (DECISION, DECISION.c.status == "staged", {"status": "void"}),
    ):
        ids = list(session.execute(select(table.c.id).where(table.c.case_id == case.id, is_open)).scalars())
        session.execute(update(table).where(table.c.id.in_(ids)).values(values))
        changed[table.name] = ids
    return changed


def last_reversible_act(session: Session, case: CaseRow) -> EventRow | None:
    """Return the event of the last act on a case if the act can be reversed: a withdrawal, an answer, a waiver …"""
    event = last_event(session, case.id or 0, _REVERSIBLE_ACTS)
    is_last = event is not None and json.loads(event.body).get("version") == case.version - 1
    return event if is_last else None


def restore(session: Session, case: CaseRow, record: Mapping[str, Any]) -> None:
    """Restore a case as its act recorded it, and open again what the act closed; a verdict can be undone as before."""
    restore_columns(case, record["before"])
    case.version += 1
    for table, values in _OPEN_AGAIN.items():
        session.execute(update(table).where(table.c.id.in_(record.get(table.name, ()))).values(values))
    _restore_deadlines(session, record)
    of_case = (DECISION.c.case_id == case.id, DECISION.c.version_after == record["version"])
    session.execute(update(DECISION).where(*of_case).values(version_after=case.version))


def deadlines_before(rows: Iterable[RectificationRow | RectificationItemRow]) -> dict[str, Any]:
    """Return what the event of an act that moves deadlines records, so that an undo can restore them."""
    return {"deadlines_us": [(row.__tablename__, row.id, row.deadline_at and to_us(row.deadline_at)) for row in rows]}


def _restore_deadlines(session: Session, record: Mapping[str, Any]) -> None:
    """Restore the deadlines that an act moved."""
    tables = {table.name: table for table in (RECTIFICATION, ITEM)}
    for name, row_id, at in record.get("deadlines_us", ()):
        table, deadline_at = tables[name], from_us(at) if at else None
        session.execute(update(table).where(table.c.id == row_id).values(deadline_at=deadline_at))


class Undo(Service):
    """The acts on cases that one person can undo."""

    def last(self) -> UndoableAct | None:
        """Return the newest act that this person can undo, None if there is none."""
        context = self.context
        with context.read() as session:
            status, release_at = col(DecisionRow.status), col(DecisionRow.release_at)
            rows = session.exec(
                select(DecisionRow)
                # A staged verdict has no release time yet.
                .where((status == "staged") | (status.in_(_STATUSES_WITH_RELEASE) & (release_at > context.now())))
                .where((DecisionRow.maker_id == context.actor.id) | (DecisionRow.checker_id == context.actor.id))
                .order_by(func.coalesce(DecisionRow.checked_at, DecisionRow.decided_at).desc())
                .limit(20)
            ).all()
            for row in rows:
                if self._refusal(session, session.get_one(CaseRow, row.case_id), row) is None:
                    return UndoableAct(
                        case_id=row.case_id,
                        decision_id=row.id or 0,
                        verdict=Verdict(row.verdict),
                        until=row.release_at,
                        act=row.status if row.status in _CHECKED_STATUSES else "decided",
                        maker=session.get_one(ReviewerRow, row.maker_id).login,
                    )
        return None

    def undo(self, case_id: int) -> CaseFile:
        """Undo the last verdict or check on a case, or a withdrawal, answer, resubmission, waiver or new deadline.

        Undoing a verdict restores the state and the draft of the case and gives this person a hold on it, even above
        the limit; the case on the desk is put aside. Undoing a check makes the verdict wait for a check again. Undoing
        another act restores the state before it, and the hold of whoever held the case.

        Raises:
            NotFound: If there is no such case.
            NotAllowed: If the act is released or another person's, or if somebody acted on the case since.
        """
        with self.context.acting(Action.UNDO, case_id), self.context.write() as session:
            case = visible_case(session, case_id)
            act = last_reversible_act(session, case)
            body = self._undo_verdict(session, case) if act is None else self._reverse(session, case, act)
            self.context.log_case(session, Action.UNDO, case, {**body, "fence": case.fence})
            update_due_date(session, self.context, case)
        return CaseFiles(self.context).show(case_id)

    def _undo_verdict(self, session: Session, case: CaseRow) -> dict[str, Any]:
        """Undo the newest verdict or its check, and return the body of the event."""
        decision = newest_decision(session, case.id or 0, "staged", *_STATUSES_WITH_RELEASE)
        if decision is None:
            raise NotAllowed(_("There is nothing on {case} to undo.").format(case=format_case(case.id or 0)))
        refusal = self._refusal(session, case, decision)
        if refusal is not None:
            raise NotAllowed(refusal)
        self._cancel_letters(session, self._letters_of_verdict(case, decision))
        of_decision = col(RectificationRow.decision_id) == decision.id
        session.execute(update(RectificationRow).where(of_decision).values(is_open=False))
        if decision.status in _CHECKED_STATUSES:
            self._to_checker(session, case, decision)
        else:
            self._to_desk(session, case, decision)
        return {"decision": decision.id, "verdict": decision.verdict}

    def _reverse(self, session: Session, case: CaseRow, act: EventRow) -> dict[str, Any]:
        """Undo an act other than a verdict, and return the body of the event."""
        record, letters = json.loads(act.body), self._letters_of_act(case, act.action)
        refusal = self._late_refusal(session, case, act.actor_id, from_us(record["undo_until_us"]), letters)
        if refusal is not None:
            raise NotAllowed(refusal)
        self._cancel_letters(session, letters)
        restore(session, case, record)
        if case.state == CaseState.IN_REVIEW and case.held_by_id is not None:
            now = self.context.now()
            held_until, aside_until = (from_us(record.get(name, 0)) for name in ("held_until_us", "aside_until_us"))
            if aside_until <= now < held_until:
                self._hold(session, case, case.held_by_id)
            else:
                # It was put aside, or the hold had expired.
                case.held_until, case.aside_until = held_until, aside_until
                case.fence += 1
        return {"act": act.action}

    def _letters_of_act(self, case: CaseRow, action: str) -> ColumnElement[bool]:
        """Return the condition on the unreleased notice of an act other than a verdict."""
        is_of_act = NOTICE.c.kind == REVERSIBLE_LETTERS.get(action)
        return (NOTICE.c.case_id == case.id) & is_of_act & (NOTICE.c.release_at > self.context.now())

    def _letters_of_verdict(self, case: CaseRow, decision: DecisionRow) -> ColumnElement[bool]:
        """Return the condition on the unreleased notice of a verdict."""
        is_of_verdict = NOTICE.c.decision_id == decision.id
        return (NOTICE.c.case_id == case.id) & is_of_verdict & (NOTICE.c.release_at > self.context.now())

    def _cancel_letters(self, session: Session, letters: ColumnElement[bool]) -> None:
        uncancelled = letters & NOTICE.c.cancelled_at.is_(None)
        session.execute(update(NOTICE).where(uncancelled).values(cancelled_at=self.context.now()))

    def _refusal(self, session: Session, case: CaseRow, decision: DecisionRow) -> str | None:
        """Return why this person cannot undo a decision at this time, None if they can."""
        last_actor_id = decision.checker_id if decision.status in _CHECKED_STATUSES else decision.maker_id
        letters = self._letters_of_verdict(case, decision)
        refusal = self._late_refusal(session, case, last_actor_id, decision.release_at, letters)
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
    ) -> str | None:
        """Return why an act of a person can no longer be undone, None if it can."""
        context, name = self.context, format_case(case.id or 0)
        if actor_id != context.actor.id:
            return _("Another person acted last on {case}; only that person can undo it.").format(case=name)
        if release_at is not None and release_at <= context.now():
            at = release_at.astimezone(context.zone(session)).strftime("%H:%M:%S")
            return _("{case} was released at {time} and can no longer be undone.").format(case=name, time=at)
        # The machine's clock may have been set back since.
        is_sent = letters & NOTICE.c.sent_at.is_not(None)
        if session.execute(select(NOTICE.c.id).where(is_sent)).first():
            return _("The notice of {case} was sent, so it can no longer be undone.").format(case=name)
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
        case.version += 1
        decision.version_after = case.version

    def _to_desk(self, session: Session, case: CaseRow, decision: DecisionRow) -> None:
        """Restore a case as it was before the verdict, held by this person."""
        decision.status, decision.undone_at = "undone", self.context.now()
        restore_columns(case, json.loads(decision.before))
        case.state = CaseState.IN_REVIEW.value
        case.version += 1
        self._hold(session, case, self.context.actor.id)
        link_draft(session, decision.case_id, self.context.actor.id, None)

    def _hold(self, session: Session, case: CaseRow, holder_id: int) -> None:
        """Give a person a fresh hold on a case; the case on that person's desk is put aside."""
        now, policy = self.context.now(), self.context.policy(session)
        until = now + timedelta(minutes=policy.desk.aside_minutes)
        not_aside = col(CaseRow.aside_until).is_(None) | (col(CaseRow.aside_until) <= now)
        session.execute(
            update(CaseRow)
            .where(*held_by(holder_id, now), not_aside, col(CaseRow.id) != case.id)
            .values(aside_until=until, held_until=until + ASIDE_GRACE, version=col(CaseRow.version) + 1)
        )
        case.held_by_id = holder_id
        case.held_until = now + timedelta(minutes=policy.desk.hold_minutes)
        case.fence += 1
