"""Takes a chosen case out of turn, for an applicant who is on the phone; the policy says who may."""

from datetime import timedelta

from sqlmodel import Session

from db.enums import CaseState, Role
from db.models import CaseRow, ReviewerRow
from db.queries.claim import holds_of
from workbench.domain.case.case_id import format_case
from workbench.domain.case.casefile import CaseFile
from workbench.domain.case.lifecycle import Action, Actor, missing_role_refusal, role_refusal
from workbench.errors import Busy, NotAllowed, WorkbenchError
from workbench.i18n import _
from workbench.services.acts.act import act_in, checked_act_reason
from workbench.services.case.casefiles import CaseFiles
from workbench.services.foundation.case_access import case_in_state_for, is_held
from workbench.services.foundation.context import Service
from workbench.services.foundation.locations import read_after_act
from workbench.services.site.people import own_skip_reason
from workbench.services.site.presence import absences_on


class Taking(Service):
    """Takes chosen cases for one person."""

    def take(self, case_id: int, reason: str) -> CaseFile:
        """Hold a chosen case instead of the next one; a case that this person put aside comes back at once.

        The case on this person's desk stays held. The reason is stored as a comment. A case that this person holds
        already is returned as it is.

        Raises:
            NotFound: If there is no such case.
            WrongUsage: If no reason is given.
            Busy: If another person holds it.
            NotAllowed: If the policy or the state does not allow it, it is assigned to another person who is not away,
                or this person holds as many cases as the limit.
        """
        context = self.context
        with context.acting(Action.TAKE, case_id), context.write() as session:
            case = self._case_to_take(session, case_id)
            checked_act_reason(Action.TAKE, reason)
            if not self._is_on_my_desk(case):
                with act_in(session, context, case, Action.TAKE, reason) as act:
                    case.fence += 0 if is_held(case, context.now()) else 1
                    case.state = CaseState.IN_REVIEW.value
                    case.held_by_id, case.aside_until, case.returned_to_id = context.actor.id, None, None
                    case.held_until = context.now() + timedelta(minutes=context.policy(session).desk.hold_minutes)
                    act.finish({"fence": case.fence})
        return read_after_act(CaseFiles(context).show_current, case_id)

    def why_not(self, case_id: int) -> str:
        """Return why this person cannot take a case now, "" if they can."""
        with self.context.read() as session:
            if (refusal := role_refusal(Action.TAKE, self.context.actor)) is not None:
                return refusal
            try:
                self._case_to_take(session, case_id)
            except WorkbenchError as error:
                return str(error)
        return ""

    def own_skip(self, case_id: int) -> str:
        """Return why this person skipped a case, "" if they did not; whoever knows the applicant should not take it."""
        with self.context.read() as session:
            return own_skip_reason(session, self.context, case_id) or ""

    def _is_on_my_desk(self, case: CaseRow) -> bool:
        now, is_mine = self.context.now(), case.held_by_id == self.context.actor.id
        return is_mine and is_held(case, now) and (case.aside_until is None or case.aside_until <= now)

    def _case_to_take(self, session: Session, case_id: int) -> CaseRow:
        """Return a case that this person may take now."""
        context, name, now = self.context, format_case(case_id), self.context.now()
        case, desk = case_in_state_for(session, context, Action.TAKE, case_id), context.policy(session).desk
        if (refusal := _policy_refusal(desk.take, context.actor)) is not None:
            raise NotAllowed(refusal)
        if is_held(case, now) and case.held_by_id != context.actor.id:
            login, until = session.get_one(ReviewerRow, case.held_by_id).login, case.held_until or now
            message = _("{case} is held by {login} until {until}.")
            raise Busy(message.format(case=name, login=login, until=f"{until.astimezone(context.zone(session)):%H:%M}"))
        if case.assignee_id not in {None, context.actor.id} and role_refusal(Action.ASSIGN, context.actor) is not None:
            assignee = session.get_one(ReviewerRow, case.assignee_id)
            if not absences_on(session, assignee.id or 0, context.today(session)):
                message = _("{case} is assigned to {login}; a supervisor can assign it to you.")
                raise NotAllowed(message.format(case=name, login=assignee.login))
        holds = holds_of(session, context.actor.id, now)
        most = holds.limit or desk.max_held
        if len({*holds.on_desk} - {case_id}) >= most:
            message = _("You hold as many cases as you may ({limit}); decide, release or put aside one first.")
            raise NotAllowed(message.format(limit=most))
        return case


def _policy_refusal(who: str, actor: Actor) -> str | None:
    """Return why the policy does not let a person take a chosen case, or None if it does.

    `who` is anybody, supervisor or nobody.
    """
    if who == "nobody":
        return _("Under the policy nobody takes a chosen case (take in [desk]); `next` gives the next one.")
    return missing_role_refusal(frozenset({Role.SUPERVISOR}), actor) if who == "supervisor" else None
