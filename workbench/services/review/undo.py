"""Taking back one's own act while it is not released and nobody else acted."""

import json
from datetime import date, datetime, timedelta

from sqlalchemy import func
from sqlmodel import Session, col, select

from db.enums import CaseState, Verdict
from db.models import CaseRow, DecisionRow, NoticeRow, RectificationRow, ReviewerRow
from workbench.domain.case.case_id import format_case
from workbench.domain.case.casefile import CaseFile, Undoable
from workbench.domain.case.lifecycle import Action
from workbench.errors import NotAllowed
from workbench.i18n import _
from workbench.services.case.casefiles import CaseFiles
from workbench.services.clock.case_clocks import settle_due
from workbench.services.foundation.case_access import visible_case
from workbench.services.foundation.context import Context
from workbench.services.foundation.drafts import find_draft

_CHECKED = ("approved", "returned")
_RELEASED_LATER = ("applied", *_CHECKED)
_LIVE = ("staged", *_RELEASED_LATER)


class Undo:
    """What one person may still take back."""

    def __init__(self, context: Context, casefiles: CaseFiles) -> None:
        self.context = context
        self.casefiles = casefiles

    def last(self) -> Undoable | None:
        """Return the newest act that this person may still take back, also after a restart."""
        context = self.context
        with context.read() as session:
            status, release_at = col(DecisionRow.status), col(DecisionRow.release_at)
            rows = session.exec(
                select(DecisionRow)
                # A staged verdict has no release time yet.
                .where((status == "staged") | (status.in_(_RELEASED_LATER) & (release_at > context.now())))
                .where((DecisionRow.maker_id == context.actor.id) | (DecisionRow.checker_id == context.actor.id))
                .order_by(func.coalesce(DecisionRow.checked_at, DecisionRow.decided_at).desc())
                .limit(20)
            ).all()
            for row in rows:
                if self._refusal(session, session.get_one(CaseRow, row.case_id), row) is None:
                    return Undoable(
                        case_id=row.case_id,
                        decision_id=row.id or 0,
                        verdict=Verdict(row.verdict),
                        until=row.release_at,
                        act=row.status if row.status in _CHECKED else "decided",
                        maker=session.get_one(ReviewerRow, row.maker_id).login,
                    )
        return None

    def undo(self, case_id: int) -> CaseFile:
        """Take back the last verdict on a case: state, draft and a fresh hold come back, even above max_held.

        Undoing an approval puts the verdict before its checker again. The case on the desk goes aside.

        Raises:
            NotFound: If there is no such case.
            NotAllowed: If it is released, or another acted since, or it was another's act.
        """
        context = self.context
        with context.acting(Action.UNDO, case_id), context.write() as session:
            case = visible_case(session, case_id)
            decision = session.exec(
                select(DecisionRow)
                .where(DecisionRow.case_id == case_id, DecisionRow.status.in_(_LIVE))  # type: ignore[attr-defined]  # columns at class level
                .order_by(DecisionRow.id.desc())  # type: ignore[union-attr]  # columns at class level
                .limit(1)
            ).first()
            if decision is None:
                raise NotAllowed(_("There is no verdict on {case} to take back.").format(case=format_case(case_id)))
            refusal = self._refusal(session, case, decision)
            if refusal is not None:
                raise NotAllowed(refusal)
            _withdraw_notice(session, decision, context.now())
            if decision.status in _CHECKED:
                self._back_to_checker(session, case, decision)
            else:
                self._back_to_desk(session, case, decision)
            context.log(
                session,
                Action.UNDO.value,
                case_id=case_id,
                state=CaseState(case.state),
                body={"decision": decision.id, "verdict": decision.verdict, "fence": case.fence},
            )
            settle_due(session, context, case)
        return self.casefiles.show(case_id)

    def _refusal(self, session: Session, case: CaseRow, decision: DecisionRow) -> str | None:
        """Say why a decision cannot be taken back by this person now, or None."""
        context, name = self.context, format_case(case.id or 0)
        by = decision.checker_id if decision.status in _CHECKED else decision.maker_id
        if by != context.actor.id:
            return _("The last act on {case} was another's; only who acted may take it back.").format(case=name)
        if decision.release_at is not None and decision.release_at <= context.now():
            at = decision.release_at.astimezone(context.zone(session)).strftime("%H:%M:%S")
            return _("{case} was released at {time}; it cannot be taken back any more.").format(case=name, time=at)
        if case.version != decision.version_after:
            return _("Another acted on {case} since; it cannot be taken back any more.").format(case=name)
        return None

    def _back_to_checker(self, session: Session, case: CaseRow, decision: DecisionRow) -> None:
        _close_rectification(session, decision)
        if decision.status == "returned":
            self._take_from_maker(session, case, decision)
        decision.status = "staged"
        decision.checker_id = decision.checked_at = decision.release_at = None
        decision.check_note = ""
        case.state = CaseState.AWAITING_CHECK.value
        case.waits_for, case.next_action_on = "", None
        case.version += 1
        decision.version_after = case.version

    def _take_from_maker(self, session: Session, case: CaseRow, decision: DecisionRow) -> None:
        """End the hold that a return gave to the maker, and put the maker's draft away again."""
        case.held_by_id = case.held_until = case.aside_until = case.returned_to_id = None
        case.assignee_id = json.loads(decision.before)["assignee_id"]
        draft = find_draft(session, decision.case_id, decision.maker_id)
        if draft is not None:
            draft.decision_id = decision.id

    def _back_to_desk(self, session: Session, case: CaseRow, decision: DecisionRow) -> None:
        context = self.context
        now, policy = context.now(), context.policy(session)
        _put_desk_aside(session, context.actor.id, now, timedelta(minutes=policy.desk.aside_minutes))
        _close_rectification(session, decision)
        decision.status, decision.undone_at = "undone", now
        before = json.loads(decision.before)
        before["next_action_on"] = date.fromisoformat(before["next_action_on"]) if before["next_action_on"] else None
        for name, value in before.items():
            setattr(case, name, value)
        case.state = CaseState.IN_REVIEW.value
        case.held_by_id = context.actor.id
        case.held_until = now + timedelta(minutes=policy.desk.hold_minutes)
        case.fence += 1
        case.version += 1
        draft = find_draft(session, decision.case_id, context.actor.id)
        if draft is not None:
            draft.decision_id = None


def _withdraw_notice(session: Session, decision: DecisionRow, now: datetime) -> None:
    """Take back the letters of a decision before they are released."""
    for notice in session.exec(select(NoticeRow).where(NoticeRow.decision_id == decision.id)):
        if notice.cancelled_at is None:
            notice.cancelled_at = now


def _close_rectification(session: Session, decision: DecisionRow) -> None:
    """Close what a decision asked to be mended; the rows stay, for nothing is deleted."""
    for row in session.exec(select(RectificationRow).where(RectificationRow.decision_id == decision.id)):
        row.is_open = False


def _put_desk_aside(session: Session, reviewer_id: int, now: datetime, span: timedelta) -> None:
    """Put the case on the desk aside, so that the one that comes back is alone there."""
    held = session.exec(
        select(CaseRow).where(
            CaseRow.state == CaseState.IN_REVIEW.value,
            CaseRow.held_by_id == reviewer_id,
            CaseRow.held_until > now,  # type: ignore[operator]  # columns at class level
        )
    ).all()
    for case in held:
        if case.aside_until is None or case.aside_until <= now:
            case.aside_until = now + span
            case.held_until = case.aside_until + timedelta(minutes=30)
            case.version += 1
