"""Files appeals against final fails and lapses, and records the decisions on them."""

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlmodel import Session

from db.enums import AppealOutcome, AppealStatus, CaseState, ServiceClass, Verdict
from db.models import AppealRow, CaseRow
from workbench.domain.case.appeal import STATES_AFTER_OVERTURN, AppealDecision, AppealResult, WaitingAppeal
from workbench.domain.case.case_id import format_case
from workbench.domain.case.lifecycle import Action, role_refusal
from workbench.domain.clock.due import due_at
from workbench.errors import Busy, NotAllowed, WrongUsage
from workbench.i18n import _
from workbench.services.acts.act import act_in
from workbench.services.case.assessment import findings_of_case, refresh_findings
from workbench.services.case.casefiles import CaseFiles
from workbench.services.case.decisions import newest_appeal
from workbench.services.case.documents import opening_problem
from workbench.services.case.known_people import key_of, redaction_of
from workbench.services.foundation.case_access import case_in_state_for, visible_case
from workbench.services.foundation.context import Service
from workbench.services.foundation.row_values import from_row
from workbench.services.notices.letter_facts import AppealLetterKind
from workbench.services.notices.rendering import render
from workbench.services.notices.result_letters import appeal_letter
from workbench.services.queue.listing import Queue
from workbench.services.review.appeals.acts import appeal_result, check_text, deciding_refusal, file_appeal
from workbench.services.review.appeals.checks import put_into_force, waive_check
from workbench.services.site.people import solo_reason

_MOST_LISTED = 500


class Appeals(Service):
    """Files and decides appeals for one person."""

    def waiting(self) -> tuple[WaitingAppeal, ...]:
        """Return the appealed cases that wait for a decision, in the order of the queue."""
        rows = Queue(self.context).page("state:appealed", limit=_MOST_LISTED)
        with self.context.read() as session:
            calendar, today = self.context.calendar(session), self.context.today(session)
            appeals = {row.id: newest_appeal(session, row.id, AppealStatus.OPEN) for row in rows}
        return tuple(
            from_row(
                WaitingAppeal,
                row,
                case_id=row.id,
                state_before=CaseState(appeal.state_before),
                received_at=appeal.received_at,
                left_days=calendar.working_days_left(today, calendar.local_day(row.due_at)),
            )
            for row in rows
            if (appeal := appeals[row.id]) is not None and row.due_at is not None
        )

    def why_not_decide(self, case_id: int) -> str:
        """Return why this person may not decide the appeal of a case; "" if they may.

        Raises:
            NotFound: If there is no such case.
        """
        with self.context.read() as session:
            case = visible_case(session, case_id)
            return (
                role_refusal(Action.APPEAL_DECIDE, self.context.actor, _("decide the appeal"))
                or deciding_refusal(session, self.context, case)
                or ""
            )

    def file(self, case_id: int, grounds: str, received_at: datetime | None = None) -> AppealResult:
        """File an appeal, by default received now, and assign it to a supervisor who never acted on the case.

        Raises:
            NotFound: If there is no such case.
            NotAllowed: If the case is neither failed nor lapsed, the appeal is late, or was answered before.
            WrongUsage: If the grounds are missing or too long, or it was received in the future or before the notice.
        """
        with self.context.acting(Action.APPEAL, case_id), self.context.write() as session:
            case = case_in_state_for(session, self.context, Action.APPEAL, case_id)
            appeal, notice = file_appeal(session, self.context, case, grounds, received_at or self.context.now())
            return appeal_result(session, case, appeal, notice)

    def preview(self, request: AppealDecision) -> str:
        """Return the letter that a decision would send, with personal values masked; the reason may still be missing.

        Raises:
            NotFound: If there is no such case.
            NotAllowed: If there is no open appeal, or this person may not decide it.
        """
        context = self.context
        with context.read() as session:
            case, appeal = self._appeal_to_decide(session, request)
            preview = AppealRow(**appeal.model_dump(exclude={"id"}) | _decided(request))
            if alone := solo_reason(session):
                waive_check(preview, alone)
            due = None
            if request.outcome is AppealOutcome.OVERTURNED and preview.to_state == CaseState.QUEUED:
                policy = context.policy(session, case.policy_version_id)
                calendar = context.calendar(session, case.policy_version_id)
                due = due_at(context.now(), policy.classes.days[ServiceClass(case.service_class)], calendar)
            letter = appeal_letter(session, context, case, preview, AppealLetterKind.DECIDED, due_at=due)
            return redaction_of(session, key_of(case)).mask_in(render(letter).body)

    def decide(self, request: AppealDecision) -> AppealResult:
        """Decide an appeal; the decision takes effect when a second person approves it, or at once for a lone reviewer.

        Raises:
            NotFound: If there is no such case.
            NotAllowed: If there is no open appeal, this person acted on the case before it, or documents
                that the policy wants opened before a pass are left.
            Busy: If the case changed since the person looked at it.
            WrongUsage: If the reason is missing or too long, or the state does not fit the outcome.
        """
        context = self.context
        with context.acting(Action.APPEAL_DECIDE, request.case_id):
            with context.read() as session:
                # If the decision is refused, nothing may be written, not even the findings of today.
                self._appeal_to_decide(session, request)
            refresh_findings(context, request.case_id)
            casefile = CaseFiles(context).show(request.case_id)
            verdict = Verdict.PASS if request.to_state is CaseState.PASSED else Verdict.FAIL
            with context.write() as session:
                if problem := opening_problem(session, context, casefile, verdict, request.note)[0]:
                    raise NotAllowed(problem)
                return self._decide(session, request)

    def _decide(self, session: Session, request: AppealDecision) -> AppealResult:
        context, (case, appeal) = self.context, self._appeal_to_decide(session, request)
        check_text(request.note, _("The decision needs a reason, which the applicant reads."))
        if request.to_state is not None and request.outcome is AppealOutcome.STANDS:
            raise WrongUsage(_("--to is only valid with overturned."))
        if request.version not in {None, case.version}:
            message = _("{case} changed while you looked at it; look again.")
            raise Busy(message.format(case=format_case(request.case_id)))
        alone = solo_reason(session)
        with act_in(session, context, case, Action.APPEAL_DECIDE, is_staged=not alone) as act:
            for name, value in _decided(request).items():
                setattr(appeal, name, value)
            appeal.status = AppealStatus.STAGED.value
            appeal.decided_by_id, appeal.decided_at, appeal.release_at = context.actor.id, context.now(), act.undo_until
            appeal.checker_id, appeal.checked_at, appeal.check_note = None, None, ""
            appeal.seen = _snapshot(session, case)
            if alone:
                waive_check(appeal, alone)
                appeal.status = AppealStatus.CLOSED.value
                return put_into_force(act, appeal)
            case.state = CaseState.AWAITING_CHECK.value
            act.finish({"outcome": appeal.outcome, "to": appeal.to_state})
        return appeal_result(session, case, appeal)

    def _appeal_to_decide(self, session: Session, request: AppealDecision) -> tuple[CaseRow, AppealRow]:
        case = case_in_state_for(session, self.context, Action.APPEAL_DECIDE, request.case_id)
        appeal = newest_appeal(session, request.case_id, AppealStatus.OPEN)
        assert appeal is not None  # noqa: S101 - a case is appealed while its appeal is open
        if refusal := deciding_refusal(session, self.context, case):
            raise NotAllowed(refusal)
        return case, appeal


def _snapshot(session: Session, case: CaseRow) -> str:
    """Return a snapshot of what the decider of an appeal sees, as JSON without personal values."""
    findings = [{**asdict(finding), "subject": ""} for finding in findings_of_case(session, case.id or 0)]
    body = {"policy_version": case.policy_version_id, "evidence_seq": case.evidence_seq, "findings": findings}
    body["findings_on"] = case.findings_on
    return json.dumps(body, ensure_ascii=False, default=str)


def _decided(request: AppealDecision) -> dict[str, Any]:
    """Return the columns of a decided appeal; if it is overturned, the case is passed or reviewed again."""
    to_state = request.to_state or CaseState.QUEUED
    if to_state not in STATES_AFTER_OVERTURN:
        raise WrongUsage(_("An overturned appeal goes to passed or queued."))
    is_overturned = request.outcome is AppealOutcome.OVERTURNED
    return {
        "outcome": request.outcome.value,
        "to_state": to_state.value if is_overturned else "",
        "answer": request.note.strip(),
    }
