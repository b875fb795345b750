"""Previews and records verdicts; both compute the same plan."""

import json
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import bindparam, insert, select
from sqlmodel import Session

from db.dialect import next_number, read_together
from db.enums import RESTRICTIONS, CaseState, Measure, Verdict
from db.models import CaseRow, DecisionReasonRow, DecisionRow
from db.queries.published import DECISION, table_of
from workbench.domain.case.casefile import CachedCase, CaseFile, DecisionResult, VerdictPreview, VerdictRequest
from workbench.domain.case.lifecycle import Action
from workbench.domain.case.records import ChangesSinceSeen, Waiver
from workbench.domain.case.verdict import first_verdict_problem
from workbench.domain.policy.policy import Policy
from workbench.domain.text.mask import MaskKind, mask
from workbench.errors import NotAllowed, WrongUsage
from workbench.services.acts.act import act_in
from workbench.services.case.case_stamp import last_read, stamp_of
from workbench.services.case.casefiles import CaseFiles
from workbench.services.case.documents import opening_problem, unopened_kinds
from workbench.services.case.drafts import close_draft
from workbench.services.case.history import changes_since
from workbench.services.case.measure_orders import LOGGED_CHOICE, choice_hash, chosen_part, measure_orders
from workbench.services.foundation.audit_log import details
from workbench.services.foundation.calendar_days import suspensions_concerning
from workbench.services.foundation.context import Context, Service
from workbench.services.foundation.row_values import from_row
from workbench.services.notices.result_letters import with_clear_findings, with_numbers_in_clear
from workbench.services.review.apply_verdict import apply_verdict, decision_result, preview_letter
from workbench.services.review.case_to_decide import case_to_decide, changed_meanwhile, has_known_reasons, reads_ahead
from workbench.services.review.measures.orders import chosen_numbers, lifted_numbers, masked_numbers
from workbench.services.review.verdict_plan import VerdictPlan, plan_verdict
from workbench.services.site.people import IMPORTER, importer_refusal, solo_reason, waiver_details, waiver_text

_REASON = table_of(DecisionReasonRow)
_ADD_REASONS = insert(_REASON)
_RECENT, _RECENT_FOR = 5, timedelta(days=7)
_RECENT_CODES = (
    select(_REASON.c.code)
    .join(DECISION, DECISION.c.id == _REASON.c.decision_id)
    .where(DECISION.c.maker_id == bindparam("maker"), DECISION.c.decided_at >= bindparam("since"))
    .where(DECISION.c.verdict != Verdict.PASS.value, DECISION.c.case_id != bindparam("case"))
    .order_by(DECISION.c.decided_at.desc(), _REASON.c.position)
    .limit(100)
)

_CHANGED_COLUMNS = (
    *("state", "round", "assignee_id", "returned_to_id", "waits_for", "is_listed"),
    *("trigger", "reopen_for", "corrects_id"),
)


class Verdicts(Service):
    """Previews and records the verdicts of one person."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.casefiles = CaseFiles(context)

    def preview(self, request: VerdictRequest) -> VerdictPreview:
        """Return the effect of a verdict: letter, items, deadline, required checks, and the problems that prevent it.

        Raises:
            NotFound: If there is no such case.
        """
        now, seen_no = self.context.now(), request.evidence_no
        with self.context.read() as session:
            casefile = self.casefiles.cached(session, request.case_id).casefile
            case = session.get_one(CaseRow, request.case_id)
            plan = self._plan(session, case, request, casefile, now)
            plan = self._apply_two_person_rules(session, plan, casefile.policy)
            own_items = self._plan(session, case, replace(request, items=(), only_items=False), casefile, now).items
            is_lifting = request.verdict is Verdict.PASS and request.measure not in RESTRICTIONS and casefile.measures
            lifted = lifted_numbers(session, self.context, case) if is_lifting else ()
            numbers = masked_numbers(session, self.context, case, request.measure)
            unopened = unopened_kinds(session, request.case_id, casefile.evidence.documents)
            news = ChangesSinceSeen()
            if seen_no not in {None, casefile.header.evidence_no}:
                news = changes_since(session, case, seen_no or 0)
        return from_row(
            VerdictPreview,
            plan,
            own_items=own_items,
            until=plan.request.until,
            waits_for=plan.request.waits_for,
            measures=tuple(casefile.policy.measures.get(request.verdict, ())),
            numbers=numbers,
            open_questions=tuple(line.question for line in casefile.checklist if line.answer is None),
            news=news,
            unopened=unopened,
            restored=tuple(mask(MaskKind.MSISDN, number) for number in lifted if number),
            waiver_reason=plan.waiver.reason if plan.waiver else "",
        )

    def recent_reasons(self, case_id: int) -> tuple[str, ...]:
        """Return the reasons that this person used within the last week, newest first, except the reasons of a pass.

        Those of the case itself do not count, so that the order of its reasons stays when it is opened again. Only
        codes are returned, so that no text for one applicant gets into the letter to another.
        """
        values = {"case": case_id, "maker": self.context.actor.id, "since": self.context.now() - _RECENT_FOR}
        with self.context.read() as session:
            codes = session.connection().execute(_RECENT_CODES, values).scalars()
            return tuple(dict.fromkeys(codes))[:_RECENT]

    def letter(self, request: VerdictRequest) -> tuple[str, str]:
        """Return the whole letter that a verdict would send, with personal names masked, and its gloss.

        Raises:
            NotAllowed: If the verdict is incomplete, so that there is no letter yet.
        """
        now = self.context.now()
        with self.context.read() as session:
            cached = self.casefiles.cached(session, request.case_id)
            case = session.get_one(CaseRow, request.case_id)
            plan = self._plan(session, case, request, cached.casefile, now)
            plan = self._apply_two_person_rules(session, plan, cached.casefile.policy)
            if not request.reasons:
                raise NotAllowed(plan.problems[0])
            decision = _decision_row(case, cached.casefile, plan, self.context.actor.id, now)
            return preview_letter(session, self.context, case, decision, cached, request.reasons)

    def decide(self, request: VerdictRequest) -> DecisionResult:
        """Record a verdict on a case that this person holds.

        If the policy requires a check by a second person, the verdict is staged and the case waits for the check. If
        one person reviews alone, the decision records the waiver instead. Otherwise the notice is released when the
        grace period ends; until then the verdict can be undone.

        Raises:
            NotFound: If there is no such case.
            NotAllowed: If nobody holds the case, or the policy does not allow this verdict.
            Busy: If another person holds or took the case, or the case has evidence that the reviewer did not see.
            WrongUsage: If no reason is given, or the policy does not have it.
        """
        with self.context.acting(Action.DECIDE, request.case_id):
            known = last_read(self.context, request.case_id)
            if known is not None and has_known_reasons(request, known.casefile):
                # A case that did not change since it was read needs no transaction to read it.
                with self.context.write(ahead=reads_ahead(self.context, known)) as session:
                    held = partial(case_to_decide, session, self.context, request)
                    stamp = partial(stamp_of, session, self.context, request.case_id)
                    case, present = read_together(session, held, stamp)
                    if present == known.stamp:
                        return self._decide(session, case, request, known)
            with self.context.read() as session:
                cached = self.casefiles.cached(session, request.case_id)
            if not has_known_reasons(request, cached.casefile):
                raise WrongUsage(first_verdict_problem(request, cached.casefile) or "")
            with self.context.write() as session:
                case = case_to_decide(session, self.context, request)
                return self._decide(session, case, request, cached)

    def _decide(self, session: Session, case: CaseRow, request: VerdictRequest, cached: CachedCase) -> DecisionResult:
        casefile, shown = cached.casefile, cached.casefile.header
        has_unseen_evidence = request.evidence_no is not None and request.evidence_no != case.evidence_no
        if has_unseen_evidence or (case.version, case.evidence_no) != (shown.version, shown.evidence_no):
            seen_no = shown.evidence_no if request.evidence_no is None else request.evidence_no
            raise changed_meanwhile(request.case_id, changes_since(session, case, seen_no))
        now = self.context.now()
        clear = with_clear_findings(session, casefile)
        written = with_numbers_in_clear(request, casefile, clear)
        plan = self._plan(session, case, written, clear, now, case.applicant_name)
        plan = self._apply_two_person_rules(session, plan, casefile.policy)
        if plan.problems:
            raise NotAllowed(plan.problems[0])
        with session.no_autoflush:
            # Without autoflush, the case is written only once, at the end.
            return self._record(session, case, cached, plan, now)

    def _plan(
        self,
        session: Session,
        case: CaseRow,
        request: VerdictRequest,
        casefile: CaseFile,
        now: datetime,
        applicant: str = "",
    ) -> VerdictPlan:
        suspensions = suspensions_concerning(session, case)
        calendar = self.context.calendar(session, casefile.policy_version)
        plan = plan_verdict(request, casefile, calendar, now, applicant, suspensions)
        numbers, problem = chosen_numbers(session, self.context, case, request.numbers)
        unopened, can_open = opening_problem(session, self.context, casefile, request.verdict, request.note)
        problems = (*plan.problems, *filter(None, (problem, unopened)))
        to_open = unopened if can_open else ""
        return replace(plan, request=replace(plan.request, numbers=numbers), problems=problems, to_open=to_open)

    def _apply_two_person_rules(self, session: Session, plan: VerdictPlan, policy: Policy) -> VerdictPlan:
        """Apply the two-person rules to a plan: waive them if one person reviews alone, else add their problem."""
        refusal = importer_refusal(session, self.context, plan.request.case_id, policy)
        rules = (*plan.check_for, *([IMPORTER] if refusal else []))
        if rules and (alone := solo_reason(session)):
            return replace(plan, waiver=Waiver(rules=rules, reason=alone))
        return replace(plan, problems=(*plan.problems, refusal)) if refusal else plan

    def _record(
        self, session: Session, case: CaseRow, cached: CachedCase, plan: VerdictPlan, now: datetime
    ) -> DecisionResult:
        """Write the decision with its reasons, rectification, notice, draft and event."""
        context, request = self.context, plan.request
        decision = _decision_row(case, cached.casefile, plan, context.actor.id, now)
        notice, orders, known = None, "", None
        # What is read before the first change is there already, and a server need not be waited for.
        decision.id = next_number(session, DECISION)
        if not plan.is_staged and decision.measure == Measure.NONE:
            known = measure_orders(session, case, context.today(session))
        with act_in(session, context, case, Action.DECIDE, is_staged=plan.is_staged) as act:
            session.add(decision)
            session.flush()
            reasons = [
                {"decision_id": decision.id, "position": position, "code": code}
                for position, code in enumerate(request.reasons)
            ]
            session.connection().execute(_ADD_REASONS, reasons)
            case.reopen_for = ""
            if plan.is_staged:
                case.state = CaseState.AWAITING_CHECK.value
            else:
                notice, orders = apply_verdict(session, context, case, decision, cached, request.reasons, known)
            case.held_by_id = case.held_until = case.aside_until = case.returned_to_id = None
            close_draft(session, request.case_id, context.actor.id, decision.id or 0)
            body = details(
                decision=decision.id,
                verdict=decision.verdict,
                fail_kind=decision.fail_kind,
                reasons=list(request.reasons),
                round=case.round,
                check_for=list(plan.check_for) if plan.is_staged else (),
                **waiver_details(plan.waiver),
                measure=decision.measure,
                orders=orders,
                **{LOGGED_CHOICE: choice_hash(context.store, request.numbers)},
            )
            act.finish(body)
        result = decision_result(case, decision, now, notice, plan.check_for if plan.is_staged else ())
        return replace(result, warnings=plan.warnings)


def _decision_row(case: CaseRow, casefile: CaseFile, plan: VerdictPlan, maker_id: int, now: datetime) -> DecisionRow:
    """Return the row of a decision, with snapshots of the case and of what the reviewer saw."""
    request, is_staged = plan.request, plan.is_staged
    return DecisionRow(
        case_id=request.case_id,
        round=case.round,
        verdict=request.verdict.value,
        fail_kind=request.fail_kind.value if request.fail_kind else "",
        measure=request.measure.value,
        note=request.note,
        letter=plan.letter,
        waits_for=request.waits_for.value if request.waits_for else "",
        until_on=request.until if request.verdict is Verdict.PENDING else None,
        deadline_at=plan.deadline_at,
        status="staged" if is_staged else "applied",
        maker_id=maker_id,
        decided_at=now,
        release_at=None if is_staged else now + timedelta(seconds=casefile.policy.desk.grace_s),
        waived=waiver_text(plan.waiver),
        before=json.dumps(_columns_before(case)),
        seen=json.dumps(
            {
                **_snapshot(casefile, plan),
                "evidence_seq": case.evidence_seq,
                "findings_on": case.findings_on,
                **chosen_part(request.numbers),
            },
            ensure_ascii=False,
            default=str,
        ),
    )


def _columns_before(case: CaseRow) -> dict[str, Any]:
    """Return the columns of a case that a decision changes, as JSON values."""
    day = case.next_action_on.isoformat() if case.next_action_on else None
    return {**{name: getattr(case, name) for name in _CHANGED_COLUMNS}, "next_action_on": day}


def _snapshot(casefile: CaseFile, plan: VerdictPlan) -> dict[str, Any]:
    """Return a snapshot of what the reviewer saw on the desk, with personal values masked, and of the letter.

    `db.queries.forecast_cases` searches its JSON text for the severities of findings.
    """
    return {
        "policy_version": casefile.policy_version,
        "evidence_no": casefile.header.evidence_no,
        "header": asdict(casefile.header),
        "findings": [asdict(finding) for finding in casefile.findings],
        "checklist": [asdict(line) for line in casefile.checklist if line.answer is not None],
        "verifications": [asdict(line) for line in casefile.verifications],
        "letter": plan.letter,
        "items": [asdict(item) for item in plan.items],
        "check_for": plan.check_for,
    }
