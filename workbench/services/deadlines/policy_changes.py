"""Changes open cases to a policy version that applies to them, and says how many of them it concerns."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import exists, select, update
from sqlmodel import Session, col

from db.enums import FINAL_STATES, CaseState
from db.models import CaseRow, PolicyVersionRow
from db.queries.chunks import chunks
from db.queries.published import CASE, NOTICE, Snapshot
from workbench.domain.case.running import is_with_applicant
from workbench.domain.evidence.evidence import Evidence
from workbench.domain.findings.finding import Finding
from workbench.domain.findings.finding_changes import FindingChanges, changed_findings
from workbench.domain.policy.policy import Policy
from workbench.services.case.assessment import assess, store_assessment
from workbench.services.case.decisions import open_rectification
from workbench.services.case.evidence_reader import EvidenceReader, read_evidence
from workbench.services.clock.case_clocks import update_due_date
from workbench.services.deadlines.batches import act_on_all, matching_case_ids
from workbench.services.foundation.context import Context, Service, details
from workbench.services.notices.due_date_letter import ClockLetterKind
from workbench.services.notices.due_date_notices import cancel_outdated, notify_of_status
from workbench.services.notices.receipts import send_receipt
from workbench.services.notices.verdict_letter import LetterItem
from workbench.services.review.back_to_queue import to_queue, void_staged
from workbench.services.review.rectification import open_items
from workbench.wording.what_would_help import missing_names

_IS_OPEN = CASE.c.state.not_in([state.value for state in FINAL_STATES])
_VERSION = PolicyVersionRow
_IS_UNSETTLED = (col(_VERSION.is_for_open_cases), col(_VERSION.settled_at).is_(None))
_CASES_AT_ONCE = 10
"""The cases in one transaction: each is assessed twice in it, while other writers wait."""

_ABOUT_DOCUMENTS = (ClockLetterKind.INCOMPLETE.value, ClockLetterKind.STILL_INCOMPLETE.value)


@dataclass(slots=True)
class OpenCaseEffect:
    """How many open cases a policy concerns, and how many of them get other findings."""

    open_count: int = 0
    touched_count: int = 0


class PolicyChanges(Service):
    """Changes open cases to a policy version that applies to them; every role may continue that."""

    def effect_of(self, policy: Policy) -> OpenCaseEffect:
        """Return what changing all open cases from their own policies to this one would do; nothing is written."""
        effect = OpenCaseEffect()
        for case_ids in chunks(matching_case_ids(self.context, (_IS_OPEN,))):
            with self.context.read() as session:
                cases = session.execute(select(CaseRow).where(CASE.c.id.in_(case_ids), _IS_OPEN)).scalars().all()
                effect.open_count += len(cases)
                effect.touched_count += _touched_count(session, self.context, cases, policy)
        return effect

    def finish(self) -> OpenCaseEffect:
        """Change the open cases that a version in force applies to and that have not changed yet, in short portions.

        Every start of the program and every tick call it, to continue an interrupted run; several may run at once.
        """
        context, effect = self.context, OpenCaseEffect()
        with context.read() as session:
            in_force = context.policy_id(session)
            # A newer version has not begun, and an older one either was in force or was settled when it was replaced.
            unsettled = select(col(_VERSION.id)).where(*_IS_UNSETTLED, col(_VERSION.id) <= in_force)
            version_ids = session.execute(unsettled).scalars().all()
        if not version_ids:
            return effect
        version_id = max(version_ids)
        is_older = CASE.c.policy_version_id < version_id

        def act(session: Session, case: CaseRow) -> bool:
            effect.touched_count += bool(_change(session, context, case, version_id))
            return True

        effect.open_count = act_on_all(context, (_IS_OPEN, is_older), act, _CASES_AT_ONCE)
        with context.write() as session:
            # An import that began before may still publish cases with an older version; the next start changes them.
            if not session.execute(select(exists().where(_IS_OPEN, is_older))).scalar():
                is_done = col(_VERSION.id).in_(version_ids)
                session.execute(update(_VERSION).where(is_done, *_IS_UNSETTLED).values(settled_at=context.now()))
        return effect


def _touched_count(session: Session, context: Context, cases: Sequence[CaseRow], policy: Policy) -> int:
    """Return how many cases get other findings under a policy; the evidence is read together."""
    today = context.today(session)
    by_seq: dict[int, list[CaseRow]] = defaultdict(list)
    for case in cases:
        by_seq[case.evidence_seq].append(case)
    count = 0
    for seq, same in by_seq.items():
        keys = {(case.agent, case.application_no) for case in same}
        evidence = EvidenceReader(session, context.store, Snapshot(seq=seq), today).of_keys(keys)
        for case in same:
            own = context.policy(session, case.policy_version_id)
            found = evidence[case.agent, case.application_no]
            count += bool(changed_findings(assess(found, own, today).findings, assess(found, policy, today).findings))
    return count


def _change(session: Session, context: Context, case: CaseRow, version_id: int) -> FindingChanges:
    """Change a case to a version in the caller's write transaction, with one event, and return the other findings."""
    state, due_before, today = CaseState(case.state), case.due_at, context.today(session)
    versions = {"from": case.policy_version_id, "to": version_id}
    before, policy = context.policy(session, case.policy_version_id), context.policy(session, version_id)
    evidence = read_evidence(session, case, context.store, today)
    assessment = assess(evidence, policy, today)
    changes = changed_findings(assess(evidence, before, today).findings, assessment.findings)
    case.policy_version_id = version_id
    case.version, case.evidence_no = case.version + 1, case.evidence_no + 1
    store_assessment(session, case, assessment)
    is_completed = state is CaseState.INCOMPLETE and assessment.is_complete
    if is_completed:
        # Nothing came: what is required became less, now.
        case.complete_at = context.now()
    if is_completed:
        to_queue(case)
    else:
        void_staged(session, case)
    # The due date can be computed before the event: the event neither begins nor ends a pause.
    update_due_date(session, context, case)
    is_due_moved = case.due_at is not None and case.due_at != due_before
    due = case.due_at.astimezone(context.zone(session)).isoformat() if case.due_at and is_due_moved else None
    body = details(**versions, **asdict(changes), due=due, round=case.round, evidence_no=case.evidence_no)
    context.log_case(session, "policy", case, body)
    if state is CaseState.INCOMPLETE:
        cancel_outdated(session, context, case, is_complete=is_completed)
    if is_completed:
        send_receipt(session, context, case, None, assessment.findings)
    elif state is CaseState.INCOMPLETE:
        _ask_for_documents(session, context, case, evidence, before)
    elif changes or is_due_moved:
        _tell_of_rules(session, context, case, assessment.findings)
    return changes


def _tell_of_rules(session: Session, context: Context, case: CaseRow, findings: tuple[Finding, ...]) -> None:
    """Tell the applicant that other rules apply; whoever must act first keeps the items and the deadline."""
    row = open_rectification(session, case) if case.state == CaseState.RECTIFYING else None
    asked = set() if row is None else {item.code for item in open_items(session, row)}
    deadline_at, asked_until = None if row is None else row.deadline_at, None
    if is_with_applicant(CaseState(case.state), case.waits_for) and row is None and case.next_action_on:
        asked_until = case.next_action_on
        deadline_at = context.calendar(session, case.policy_version_id).closing(asked_until)
    notify_of_status(
        session,
        context,
        case,
        ClockLetterKind.POLICY,
        findings=tuple(finding for finding in findings if finding.rule not in asked),
        deadline_at=deadline_at,
        asked_until=asked_until,
    )


def _ask_for_documents(session: Session, context: Context, case: CaseRow, evidence: Evidence, before: Policy) -> None:
    """Tell the applicant of an incomplete case what is missing now, if an earlier letter had asked for other documents.

    Without a letter that was released, the next tick writes the first one.
    """
    is_told = exists().where(
        NOTICE.c.case_id == case.id, NOTICE.c.kind.in_(_ABOUT_DOCUMENTS), NOTICE.c.cancelled_at.is_(None)
    )
    policy, calendar = context.policy(session, case.policy_version_id), context.calendar(session)
    application = evidence.application
    items, asked = (
        missing_names(evidence, each.addressing(application.applicant_kind), application.language)
        for each in (policy, before)
    )
    if items != asked and session.execute(select(is_told)).scalar():
        day = calendar.nth_working_day_after(context.today(session), policy.pending.incomplete_days)
        until = calendar.closing(day)
        notify_of_status(
            session,
            context,
            case,
            ClockLetterKind.POLICY,
            items=map(LetterItem, items),
            waived=[name for name in asked if name not in items],
            deadline_at=until,
        )
