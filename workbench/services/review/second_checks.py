"""The second pair of eyes: approving a staged verdict, or giving the case back to its maker."""

from datetime import timedelta

from sqlmodel import Session, select

from db.enums import CaseState, Verdict
from db.models import CaseRow, DecisionRow
from workbench.domain.case.case_id import format_case
from workbench.domain.case.casefile import CaseFile, CaseRowView, Decided
from workbench.domain.case.lifecycle import Action, state_refusal
from workbench.errors import Busy, NotAllowed, WrongUsage
from workbench.i18n import _
from workbench.services.case.casefiles import CaseFiles
from workbench.services.clock.case_clocks import settle_due
from workbench.services.foundation.case_access import visible_case
from workbench.services.foundation.context import Context
from workbench.services.foundation.drafts import find_draft
from workbench.services.queue.claims import count_held, held_limit
from workbench.services.queue.listing import Queue
from workbench.services.review.apply_verdict import apply_verdict
from workbench.services.site.people import solo_reason

_MOST_WAITING = 200


class Checks:
    """The checking of one person; whoever made a verdict never checks it."""

    def __init__(self, context: Context, casefiles: CaseFiles, queue: Queue) -> None:
        self.context = context
        self.casefiles = casefiles
        self.queue = queue

    def waiting(self) -> tuple[CaseRowView, ...]:
        """Return the cases that wait for a second person, the longest due first."""
        return self.queue.page("state:awaiting_check", limit=_MOST_WAITING)

    def why_alone(self) -> str:
        """Return why one person reviews here alone, so that what waits for a checker waits on; empty elsewhere."""
        with self.context.read() as session:
            return solo_reason(session)

    def approve(self, case_id: int, note: str, decision_id: int | None = None) -> Decided:
        """Put a staged verdict into force; its notice is released when the grace is over.

        With `decision_id` another verdict than the one that was looked at is refused.

        Raises:
            NotFound: If there is no such case.
            Busy: If the verdict or its evidence changed since it was looked at.
            NotAllowed: If nothing waits for a check, or the person made the verdict.
            WrongUsage: If no note is given.
        """
        context = self.context
        with context.acting(Action.APPROVE, case_id):
            _needs_note(note)
            casefile = self.casefiles.show(case_id)
            with context.write() as session:
                case, decision = self._staged(session, case_id, Action.APPROVE, decision_id)
                if case.version != casefile.header.version:
                    raise Busy(_changed(case_id))
                now = context.now()
                decision.status = "approved"
                decision.checker_id, decision.checked_at, decision.check_note = context.actor.id, now, note
                decision.release_at = now + timedelta(seconds=casefile.policy.desk.grace_s)
                notice = apply_verdict(session, context, case, decision, casefile)
                case.version += 1
                decision.version_after = case.version
                context.log(
                    session,
                    Action.APPROVE.value,
                    case_id=case_id,
                    state=CaseState(case.state),
                    waits_for=case.waits_for,
                    body={"decision": decision.id, "verdict": decision.verdict},
                )
                settle_due(session, context, case)
                return Decided(
                    case_id=case_id,
                    decision_id=decision.id or 0,
                    verdict=Verdict(decision.verdict),
                    state=CaseState(case.state),
                    decided_at=now,
                    release_at=decision.release_at,
                    notice=notice,
                    deadline_at=decision.deadline_at,
                    check_for=(),
                )

    def give_back(self, case_id: int, note: str, decision_id: int | None = None) -> CaseFile:
        """Give a case back to its maker: held if that is within the maker's limit, else queued for the maker.

        Raises:
            NotFound: If there is no such case.
            NotAllowed: If nothing waits for a check, or the person made the verdict.
            WrongUsage: If no note is given.
        """
        context = self.context
        with context.acting(Action.RETURN, case_id):
            _needs_note(note)
            with context.write() as session:
                case, decision = self._staged(session, case_id, Action.RETURN, decision_id)
                now, policy = context.now(), context.policy(session)
                decision.status = "returned"
                decision.release_at = now + timedelta(seconds=policy.desk.grace_s)
                decision.checker_id, decision.checked_at, decision.check_note = context.actor.id, now, note
                self._to_maker(session, case, decision.maker_id, timedelta(minutes=policy.desk.hold_minutes))
                decision.version_after = case.version
                draft = find_draft(session, case_id, decision.maker_id)
                if draft is not None:
                    draft.decision_id = None
                context.log(
                    session,
                    Action.RETURN.value,
                    case_id=case_id,
                    state=CaseState(case.state),
                    body={"decision": decision.id, "verdict": decision.verdict},
                )
        return self.casefiles.show(case_id)

    def _to_maker(self, session: Session, case: CaseRow, maker_id: int, hold: timedelta) -> None:
        now = self.context.now()
        case.evidence_no += 1
        case.version += 1
        # The maker's alone, also when the hold runs out.
        case.returned_to_id = case.assignee_id = maker_id
        if count_held(session, maker_id, now) < held_limit(session, self.context, maker_id):
            case.state = CaseState.IN_REVIEW.value
            case.held_by_id, case.held_until, case.aside_until = maker_id, now + hold, None
            case.fence += 1
        else:
            case.state = CaseState.QUEUED.value

    def _staged(
        self, session: Session, case_id: int, action: Action, decision_id: int | None
    ) -> tuple[CaseRow, DecisionRow]:
        """Return a case and the verdict that waits on it."""
        case = visible_case(session, case_id)
        refusal = state_refusal(action, CaseState(case.state), format_case(case_id))
        if refusal:
            raise NotAllowed(refusal)
        decision = session.exec(
            select(DecisionRow)
            .where(DecisionRow.case_id == case_id, DecisionRow.status == "staged")
            .order_by(DecisionRow.id.desc())  # type: ignore[union-attr]  # columns at class level
            .limit(1)
        ).one()
        if decision_id is not None and decision.id != decision_id:
            raise Busy(_changed(case_id))
        if decision.maker_id == self.context.actor.id:
            raise NotAllowed(
                _("You made the verdict on {case}; another person must check it.").format(case=format_case(case_id))
            )
        return case, decision


def _changed(case_id: int) -> str:
    return _("{case} changed while you looked; look again.").format(case=format_case(case_id))


def _needs_note(note: str) -> None:
    if not note.strip():
        raise WrongUsage(_("Checking takes a note."))
