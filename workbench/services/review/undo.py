"""Undo of a person's own verdict or check, until its notice is released or another person acts on the case."""

import json
from datetime import date, timedelta

from sqlalchemy import func, update
from sqlmodel import Session, col, select

from db.enums import CaseState, Verdict
from db.models import CaseRow, DecisionRow, NoticeRow, RectificationRow, ReviewerRow
from workbench.domain.case.case_id import format_case
from workbench.domain.case.casefile import CaseFile, UndoableAct
from workbench.domain.case.lifecycle import Action
from workbench.errors import NotAllowed
from workbench.i18n import _
from workbench.services.case.casefiles import CaseFiles
from workbench.services.case.decisions import newest_decision
from workbench.services.clock.case_clocks import update_due_date
from workbench.services.foundation.case_access import visible_case
from workbench.services.foundation.context import Service
from workbench.services.foundation.drafts import link_draft
from workbench.services.queue.claims import ASIDE_GRACE, held_by

_CHECKED_STATUSES = ("approved", "returned")
_STATUSES_WITH_RELEASE = ("applied", *_CHECKED_STATUSES)


class Undo(Service):
    """The verdicts and checks that one person can undo."""

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
        """Undo the last verdict or check on a case.

        Undoing a verdict restores the state and the draft of the case and gives this person a hold on it, even above
        the limit; the case on the desk is put aside. Undoing a check makes the verdict wait for a check again.

        Raises:
            NotFound: If there is no such case.
            NotAllowed: If the act is released or another person's, or if somebody acted on the case since.
        """
        with self.context.acting(Action.UNDO, case_id), self.context.write() as session:
            case = visible_case(session, case_id)
            decision = newest_decision(session, case_id, "staged", *_STATUSES_WITH_RELEASE)
            if decision is None:
                raise NotAllowed(_("There is no verdict on {case} to undo.").format(case=format_case(case_id)))
            refusal = self._refusal(session, case, decision)
            if refusal is not None:
                raise NotAllowed(refusal)
            uncancelled = (col(NoticeRow.decision_id) == decision.id, col(NoticeRow.cancelled_at).is_(None))
            session.execute(update(NoticeRow).where(*uncancelled).values(cancelled_at=self.context.now()))
            of_decision = col(RectificationRow.decision_id) == decision.id
            session.execute(update(RectificationRow).where(of_decision).values(is_open=False))
            if decision.status in _CHECKED_STATUSES:
                self._to_checker(session, case, decision)
            else:
                self._to_desk(session, case, decision)
            body = {"decision": decision.id, "verdict": decision.verdict, "fence": case.fence}
            self.context.log_case(session, Action.UNDO, case, body)
            update_due_date(session, self.context, case)
        return CaseFiles(self.context).show(case_id)

    def _refusal(self, session: Session, case: CaseRow, decision: DecisionRow) -> str | None:
        """Return why this person cannot undo a decision at this time, None if they can."""
        context, name = self.context, format_case(case.id or 0)
        last_actor_id = decision.checker_id if decision.status in _CHECKED_STATUSES else decision.maker_id
        if last_actor_id != context.actor.id:
            return _("Another person acted last on {case}; only that person can undo it.").format(case=name)
        if decision.release_at is not None and decision.release_at <= context.now():
            at = decision.release_at.astimezone(context.zone(session)).strftime("%H:%M:%S")
            return _("{case} was released at {time} and can no longer be undone.").format(case=name, time=at)
        # The machine's clock may have been set back since.
        sent = select(NoticeRow.id).where(
            col(NoticeRow.decision_id) == decision.id, col(NoticeRow.sent_at).is_not(None)
        )
        if session.exec(sent).first() is not None:
            return _("The notice of {case} was sent, so its verdict can no longer be undone.").format(case=name)
        if case.version != decision.version_after:
            return _("Somebody acted on {case} since, so it can no longer be undone.").format(case=name)
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
        """Restore a case as it was before the verdict, held by this person; the case on the desk is put aside."""
        me, now, policy = self.context.actor.id, self.context.now(), self.context.policy(session)
        until = now + timedelta(minutes=policy.desk.aside_minutes)
        not_aside = col(CaseRow.aside_until).is_(None) | (col(CaseRow.aside_until) <= now)
        session.execute(
            update(CaseRow)
            .where(*held_by(me, now), not_aside)
            .values(aside_until=until, held_until=until + ASIDE_GRACE, version=col(CaseRow.version) + 1)
        )
        decision.status, decision.undone_at = "undone", now
        before = json.loads(decision.before)
        before["next_action_on"] = date.fromisoformat(before["next_action_on"]) if before["next_action_on"] else None
        for name, value in before.items():
            setattr(case, name, value)
        case.state = CaseState.IN_REVIEW.value
        case.held_by_id = me
        case.held_until = now + timedelta(minutes=policy.desk.hold_minutes)
        case.fence += 1
        case.version += 1
        link_draft(session, decision.case_id, me, None)
