"""Giving a verdict: one plan for the preview and for the act."""

import json
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlmodel import Session

from db.enums import CaseState, FailKind, Verdict
from db.models import CaseRow, DecisionReasonRow, DecisionRow
from workbench.domain.case.case_id import format_case
from workbench.domain.case.casefile import CaseFile, Decided, ItemRequest, VerdictPreview, VerdictRequest
from workbench.domain.case.lifecycle import Action
from workbench.domain.case.verdict import (
    check_reasons_for,
    items_for,
    pending_waits_for,
    problem_of,
    problems_of,
    rectify_days,
)
from workbench.domain.clock.calendar import WorkingCalendar
from workbench.domain.clock.due import deadline_after
from workbench.errors import Busy, NotAllowed, WrongUsage
from workbench.i18n import _
from workbench.services.case.case_cache import CaseCache
from workbench.services.case.casefiles import CaseFiles
from workbench.services.clock.case_clocks import settle_due
from workbench.services.foundation.case_access import held_case
from workbench.services.foundation.context import Context, details
from workbench.services.foundation.drafts import find_draft
from workbench.services.notices import verdict_letter_facts
from workbench.services.review.apply_verdict import apply_verdict

UNDONE_COLUMNS = (
    "state",
    "round",
    "assignee_id",
    "returned_to_id",
    "waits_for",
    "next_action_on",
    "is_listed",
)
"""What an undo puts back as it was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a verdict comes to: preview and act read the same."""

    request: VerdictRequest
    letter: str
    items: tuple[ItemRequest, ...]
    deadline_at: datetime | None
    until: date | None
    check_for: tuple[str, ...]
    problems: tuple[str, ...]
    is_date_provisional: bool


def plan(request: VerdictRequest, casefile: CaseFile, calendar: WorkingCalendar, now: datetime) -> Plan:
    """Work out what a verdict would do, without doing it."""
    policy = casefile.policy
    is_fixable = request.verdict is Verdict.FAIL and request.fail_kind is not FailKind.FINAL
    if request.verdict is Verdict.FAIL and request.fail_kind is None:
        request = replace(request, fail_kind=FailKind.FIXABLE)
    items = verdict_letter_facts.worded_items(casefile, items_for(request, policy)) if is_fixable else ()
    until, deadline_at = request.until, None
    cap = deadline_after(now, policy.rectify.cap_days, calendar).at
    if is_fixable:
        days = rectify_days(items, policy)
        deadline_at = deadline_after(now, days, calendar).at
        if until is not None:
            deadline_at = _closing_of(until, calendar)
    if request.verdict is Verdict.PENDING:
        until = until or calendar.local_day(deadline_after(now, policy.pending.days, calendar).at)
        request = replace(request, waits_for=request.waits_for or pending_waits_for(request.reasons, policy))
    request = replace(request, until=until)
    problems = problems_of(request, policy, casefile.findings)
    date_problem = _date_problem(request, deadline_at, cap, calendar.local_day(now), now)
    return Plan(
        request=request,
        letter=verdict_letter_facts.causes(casefile, request.reasons) if request.letter is None else request.letter,
        items=items,
        deadline_at=deadline_at,
        until=until,
        check_for=check_reasons_for(request, policy, casefile.findings, casefile.header.risk),
        problems=(*problems, date_problem) if date_problem is not None else problems,
        is_date_provisional=_leans(calendar, now, deadline_at, until),
    )


def _leans(calendar: WorkingCalendar, now: datetime, deadline_at: datetime | None, until: date | None) -> bool:
    """Say whether the date that a verdict tells leans on a calendar that is not published."""
    told = calendar.local_day(deadline_at) if deadline_at is not None else until
    return told is not None and calendar.depends_on_provisional(calendar.local_day(now), told)


def _closing_of(day: date, calendar: WorkingCalendar) -> datetime:
    """Return closing time of a day, its end where the office is closed."""
    if calendar.is_working(day):
        return calendar.closing(day)
    return datetime.combine(day, time(23, 59, 59), tzinfo=calendar.zone)


def _date_problem(
    request: VerdictRequest, deadline_at: datetime | None, cap: datetime, today: date, now: datetime
) -> str | None:
    """Say what is wrong with the dates of a verdict, or None."""
    if deadline_at is not None and deadline_at > cap:
        return _("The deadline is too far; the policy allows at most until {day}.").format(day=cap.date().isoformat())
    if deadline_at is not None and deadline_at <= now:
        return _("The deadline must be a day to come.")
    if request.verdict is Verdict.PENDING and request.until is not None and request.until < today:
        return _("The next-action date must not be past.")
    return None


class Verdicts:
    """The verdicts of one person."""

    def __init__(self, context: Context, casefiles: CaseFiles) -> None:
        self.context = context
        self.casefiles = casefiles
        self._previewed = CaseCache(casefiles)

    def preview(self, request: VerdictRequest) -> VerdictPreview:
        """Say what a verdict would do: letter, items, deadline, who must countersign, and what stands against it.

        Raises:
            NotFound: If there is no such case.
        """
        casefile, unopened = self._previewed.read(request.case_id)
        with self.context.read() as session:
            calendar = self.context.calendar(session, casefile.policy_version)
        now, seen = self.context.now(), request.evidence_no
        planned = plan(request, casefile, calendar, now)
        return VerdictPreview(
            letter=planned.letter,
            items=planned.items,
            own_items=plan(replace(request, items=()), casefile, calendar, now).items,
            deadline_at=planned.deadline_at,
            until=planned.until,
            is_date_provisional=planned.is_date_provisional,
            waits_for=planned.request.waits_for,
            measures=tuple(casefile.policy.measures.get(request.verdict, ())),
            check_for=planned.check_for,
            open_questions=tuple(line.question for line in casefile.checklist if line.answer is None),
            has_new_evidence=seen is not None and seen != casefile.header.evidence_no,
            problems=planned.problems,
            unopened=unopened,
        )

    def decide(self, request: VerdictRequest) -> Decided:
        """Record a verdict on a case that this person holds.

        Where a second person is needed the verdict is staged and the case waits for its checker. The notice is
        released when the grace is over; until then it can be undone.

        Raises:
            NotFound: If there is no such case.
            NotAllowed: If nobody holds it, or the policy does not allow this verdict.
            Busy: If another holds or took it, or evidence arrived that was not seen.
            WrongUsage: If no reason is given, or one that the policy does not have.
        """
        context = self.context
        with context.acting(Action.DECIDE, request.case_id):
            casefile = self.casefiles.show(request.case_id)
            _check_reasons(request, casefile)
            with context.write() as session:
                case = held_case(session, context, request.case_id, request.fence)
                if case.version != casefile.header.version or case.evidence_no != casefile.header.evidence_no:
                    raise Busy(_changed_meanwhile(request.case_id))
                if request.evidence_no is not None and request.evidence_no != case.evidence_no:
                    raise Busy(_changed_meanwhile(request.case_id))
                now = context.now()
                planned = plan(request, casefile, context.calendar(session, case.policy_version_id), now)
                if planned.problems:
                    raise NotAllowed(planned.problems[0])
                return self._record(session, case, casefile, planned, now)

    def _record(self, session: Session, case: CaseRow, casefile: CaseFile, planned: Plan, now: datetime) -> Decided:
        """Write decision, reasons, rectification, notice, draft and event as one."""
        context, request = self.context, planned.request
        is_staged = bool(planned.check_for)
        decision = _decision_row(case, casefile, planned, context.actor.id, now)
        session.add(decision)
        session.flush()
        session.add_all(
            DecisionReasonRow(decision_id=decision.id or 0, position=position, code=code)
            for position, code in enumerate(request.reasons)
        )
        if is_staged:
            case.state = CaseState.AWAITING_CHECK.value
            notice = None
        else:
            notice = apply_verdict(session, context, case, decision, casefile)
        case.held_by_id = case.held_until = case.aside_until = None
        case.version += 1
        decision.version_after = case.version
        draft = find_draft(session, request.case_id, context.actor.id)
        if draft is not None:
            draft.decision_id = decision.id
        context.log(
            session,
            Action.DECIDE.value,
            case_id=case.id,
            state=CaseState(case.state),
            waits_for=case.waits_for,
            body=details(
                decision=decision.id,
                verdict=decision.verdict,
                fail_kind=decision.fail_kind,
                reasons=list(request.reasons),
                round=case.round,
                check_for=list(planned.check_for),
                measure=decision.measure,
            ),
        )
        settle_due(session, context, case)
        return Decided(
            case_id=request.case_id,
            decision_id=decision.id or 0,
            verdict=request.verdict,
            state=CaseState(case.state),
            decided_at=now,
            release_at=decision.release_at,
            notice=notice,
            deadline_at=planned.deadline_at,
            check_for=planned.check_for,
        )


def _decision_row(case: CaseRow, casefile: CaseFile, planned: Plan, maker_id: int, now: datetime) -> DecisionRow:
    """Return the decision as it is kept, with what an undo puts back and what was seen."""
    request, is_staged = planned.request, bool(planned.check_for)
    before = {name: getattr(case, name) for name in UNDONE_COLUMNS}
    before["next_action_on"] = case.next_action_on.isoformat() if case.next_action_on else None
    return DecisionRow(
        case_id=request.case_id,
        round=case.round,
        verdict=request.verdict.value,
        fail_kind=request.fail_kind.value if request.fail_kind else "",
        measure=request.measure.value,
        note=request.note,
        letter=planned.letter,
        waits_for=request.waits_for.value if request.waits_for else "",
        until_on=planned.until if request.verdict is Verdict.PENDING else None,
        deadline_at=planned.deadline_at,
        status="staged" if is_staged else "applied",
        maker_id=maker_id,
        decided_at=now,
        release_at=None if is_staged else now + timedelta(seconds=casefile.policy.desk.grace_s),
        before=json.dumps(before),
        seen=json.dumps(_seen(casefile, planned), ensure_ascii=False, default=str),
    )


def _check_reasons(request: VerdictRequest, casefile: CaseFile) -> None:
    unknown = [code for code in request.reasons if code not in casefile.policy.reasons]
    if unknown or not request.reasons:
        raise WrongUsage(problem_of(request, casefile.policy, casefile.findings) or "")


def _changed_meanwhile(case_id: int) -> str:
    return _("{case} changed while you decided: new evidence arrived. Look at it and confirm again.").format(
        case=format_case(case_id)
    )


def _seen(casefile: CaseFile, planned: Plan) -> dict[str, Any]:
    """Return what was on the desk, personal values masked."""
    return {
        "policy_version": casefile.policy_version,
        "evidence_no": casefile.header.evidence_no,
        "findings": [asdict(finding) for finding in casefile.findings],
        "checklist": [asdict(line) for line in casefile.checklist if line.answer is not None],
        "verifications": [asdict(line) for line in casefile.verifications],
        "letter": planned.letter,
        "items": [asdict(item) for item in planned.items],
    }
