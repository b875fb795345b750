"""The check of a decision on an appeal by a second person, who approves it or returns it to the decider."""

import json

from sqlalchemy import update
from sqlmodel import Session

from db.enums import AppealOutcome, AppealStatus, CaseState, Severity
from db.models import AppealRow, CaseRow, DecisionRow
from db.queries.published import RECTIFICATION
from workbench.domain.case.appeal import AppealResult
from workbench.domain.case.case_id import format_case
from workbench.domain.case.lifecycle import Action
from workbench.domain.case.records import Waiver
from workbench.errors import Busy, NotAllowed
from workbench.i18n import _
from workbench.services.acts.act import ActInProgress, act_in, checked_act_reason
from workbench.services.case.assessment import findings_of_case, is_contradicted, refresh_findings
from workbench.services.case.decisions import newest_appeal, waiver_of
from workbench.services.foundation.audit_log import details
from workbench.services.foundation.case_access import case_in_state_for, refuse_second_case
from workbench.services.foundation.context import Context, Service
from workbench.services.notices.letter_facts import AppealLetterKind
from workbench.services.notices.letter_measures import bars_to_name
from workbench.services.notices.result_letters import notify_of_appeal
from workbench.services.review.appeals.acts import (
    appeal_result,
    checking_refusal,
    restore_state_before,
    return_to_decider,
    void_answer,
)
from workbench.services.review.measures.orders import lift_bars
from workbench.services.review.rectifying.late_letters import take_back_early_lapse
from workbench.services.site.people import solo_reason, waiver_details, waiver_text


class AppealChecks(Service):
    """The checks of one person, who has no part in the appealed verdict or in the decision on the appeal."""

    def is_staged(self, case_id: int) -> bool:
        """Say whether a case has a decision on an appeal that waits for its check."""
        with self.context.read() as session:
            return newest_appeal(session, case_id, AppealStatus.STAGED) is not None

    def approve(self, case_id: int, note: str, version: int | None = None) -> AppealResult:
        """Put the decision on an appeal into force; its letter is released when the grace period ends.

        If a finding that warns or blocks has changed since the decision, also because a day has passed, the decision is
        void and its decider decides again.

        Raises:
            NotFound: If there is no such case.
            Busy: If the case is no longer at `version`, the one that the checker saw, or the decision is void.
            NotAllowed: If no decision waits, or this person decided or made the verdict that was appealed.
            WrongUsage: If no note is given.
        """
        context = self.context
        with context.acting(Action.APPROVE, case_id):
            checked_act_reason(Action.APPROVE, note)
            with context.read() as session:
                # If the approval is refused, nothing may be written, not even the findings of today.
                self._staged(session, Action.APPROVE, case_id, version)
            refresh_findings(context, case_id)
            with context.write() as session:
                case, appeal = self._staged(session, Action.APPROVE, case_id, version)
                if not is_contradicted(session, context, case, appeal.seen, appeal.decided_at or context.now()):
                    if checking_refusal(session, context, appeal):
                        waive_check(appeal, solo_reason(session))
                    with act_in(session, context, case, Action.APPROVE, note) as act:
                        self._record_check(act, appeal, AppealStatus.CLOSED)
                        return put_into_force(act, appeal)
                void_answer(session, context, case, appeal)
            message = _(
                "Findings of {case} changed since the appeal was decided, so the decision is void;"
                " the appeal is back with its decider."
            )
            raise Busy(message.format(case=format_case(case_id)))

    def give_back(self, case_id: int, note: str, version: int | None = None) -> AppealResult:
        """Return an appeal to the person who decided it.

        Raises:
            NotFound: If there is no such case.
            Busy: If the case is no longer at `version`.
            NotAllowed: If no decision waits, or this person decided or made the verdict that was appealed.
            WrongUsage: If no note is given.
        """
        with self.context.acting(Action.RETURN, case_id), self.context.write() as session:
            case, appeal = self._staged(session, Action.RETURN, case_id, version)
            with act_in(session, self.context, case, Action.RETURN, note) as act:
                self._record_check(act, appeal, AppealStatus.OPEN)
                return_to_decider(case, appeal)
                act.finish({"outcome": appeal.outcome})
            return appeal_result(session, case, appeal)

    def _staged(self, session: Session, action: Action, case_id: int, version: int | None) -> tuple[CaseRow, AppealRow]:
        """Return a case and its appeal whose decision waits for a check, if this person may check it."""
        case = case_in_state_for(session, self.context, action, case_id)
        appeal = newest_appeal(session, case_id, AppealStatus.STAGED)
        if appeal is None or version not in {None, case.version}:
            raise Busy(_("{case} changed while you looked at it; look again.").format(case=format_case(case_id)))
        refusal = checking_refusal(session, self.context, appeal)
        if refusal and (action is not Action.APPROVE or not solo_reason(session)):
            raise NotAllowed(refusal)
        return case, appeal

    def _record_check(self, act: ActInProgress, appeal: AppealRow, status: AppealStatus) -> None:
        """Record the result of a check, with its note."""
        appeal.status, appeal.release_at = status.value, act.undo_until
        if not appeal.waived:
            appeal.checker_id, appeal.checked_at = self.context.actor.id, self.context.now()
        appeal.check_note = act.reason


def waive_check(appeal: AppealRow, reason: str) -> None:
    """Record that one person reviews alone, so that nobody checks the decision on an appeal."""
    appeal.waived = waiver_text(Waiver(rules=(Action.APPEAL.value,), reason=reason))


def put_into_force(act: ActInProgress, appeal: AppealRow) -> AppealResult:
    """Put the decision on an appeal into force: change the case, finish the act, and write the letter."""
    session, context, case = act.session, act.context, act.case
    bars, orders = None, ""
    if appeal.outcome == AppealOutcome.OVERTURNED:
        bars = bars_to_name(session, context, case)[1]
        orders = _overturn(session, context, case, appeal)
    else:
        restore_state_before(case, appeal)
    waiver = waiver_details(waiver_of(appeal))
    act.finish(details(outcome=appeal.outcome, to=appeal.to_state, orders=orders, **waiver))
    take_back_early_lapse(session, context, case)
    notice = notify_of_appeal(session, context, case, appeal, AppealLetterKind.DECIDED, bars=bars)
    return appeal_result(session, case, appeal, notice)


def _new_blocks(session: Session, appeal: AppealRow) -> str:
    """Return the rules that block now but did not for the appealed verdict, for the list of cases to reopen."""
    decision = session.get(DecisionRow, appeal.decision_id) if appeal.decision_id else None
    seen_findings = json.loads(decision.seen).get("findings", ()) if decision is not None else ()
    blocked = {found["rule"] for found in seen_findings if found["severity"] == Severity.BLOCK}
    rules = [found.rule for found in findings_of_case(session, appeal.case_id) if found.severity is Severity.BLOCK]
    return " ".join(dict.fromkeys(rule for rule in rules if rule not in blocked))


def _overturn(session: Session, context: Context, case: CaseRow, appeal: AppealRow) -> str:
    """Set the state after an overturned appeal, close the rectification and lift the bars; return its orders."""
    case.state, case.assignee_id, case.returned_to_id = appeal.to_state, None, None
    if appeal.to_state == CaseState.QUEUED:
        refuse_second_case(session, case)
        case.corrects_id = appeal.decision_id
        case.evidence_no += 1
        case.is_listed = True
    else:
        case.reopen_for = _new_blocks(session, appeal)
    of_case = (RECTIFICATION.c.case_id == case.id, RECTIFICATION.c.is_open)
    session.execute(update(RECTIFICATION).where(*of_case).values(is_open=False))
    release_at = appeal.release_at or context.now()
    return lift_bars(session, context, case, appeal_id=appeal.id, release_at=release_at).summary
