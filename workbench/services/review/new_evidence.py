"""Applies newly published evidence to an existing case: its findings, state, round, due date and receipt."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from db.enums import FINAL_STATES, CaseState, ImportKind, Priority, Severity
from db.models import CaseRow, EventRow, SubmissionRow
from db.queries.published import ImportedRow
from workbench.domain.case.running import is_with_applicant
from workbench.domain.evidence.evidence import Evidence
from workbench.domain.findings.evaluate import has_block
from workbench.domain.findings.finding import Finding
from workbench.services.acts.act import act_in, finish_act, note_act
from workbench.services.case.assessment import (
    Assessment,
    assess,
    rank_columns,
    reassess,
    record_evidence,
    set_application,
    store_assessment,
)
from workbench.services.case.decisions import decision_in_effect
from workbench.services.case.evidence_reader import read_evidence
from workbench.services.foundation.audit_log import details
from workbench.services.foundation.context import Context
from workbench.services.review.back_to_queue import assign_to_substitute, move_to_queue, start_next_round, void_staged
from workbench.services.review.rectifying.lapse import correct_lapse_letter
from workbench.services.review.rectifying.rectification import (
    RectificationProgress,
    is_overdue,
    progress_of,
    reopen_inquiries,
    reopen_items,
)

FROM_APPLICANT = frozenset({ImportKind.APPLICATIONS, ImportKind.CARDS, ImportKind.DOCUMENTS})
"""The kinds of imports that the applicant submits; the other kinds are about a phone number or a person."""

_ANSWERS = frozenset({"answer", "resubmit"})
_RAISED_FROM = "raised_from"
"""The key in the body of an event with the priority before the import raised it; the undo of the import needs it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEvidence:
    """Newly published evidence of a case, with the assessment of all its evidence."""

    submission_id: int
    case: Any
    """The row of the case as it was read."""
    application: ImportedRow
    """The newest row of its application."""
    kind: ImportKind
    batch_id: int
    seq: int
    received_at: datetime
    """When the evidence was received; the clock counts from it."""
    application_at: datetime | None
    """When a new application row of the case was received; None if there is none."""
    evidence: Evidence
    assessment: Assessment


def apply_evidence(session: Session, context: Context, case: CaseRow, new: NewEvidence) -> None:
    """Apply newly published evidence to a case in the caller's write transaction, and write one event.

    `evidence_by_sets` applies the evidence of incomplete, queued and passed cases.
    """
    state = CaseState(case.state)
    is_from_applicant = new.kind in FROM_APPLICANT
    if state in FINAL_STATES and not (state is CaseState.LAPSED and is_from_applicant):
        # The case was decided while the import ran; it keeps the findings of the decision.
        context.log_case(session, "evidence-late", case, **evidence_event(case, new, "evidence-late"))
        return
    voids_verdict = state is CaseState.AWAITING_CHECK and _contradicts_staged(session, context, case, new)
    may_answer = is_from_applicant and (state is CaseState.LAPSED or is_with_applicant(state, case.waits_for))
    record_evidence(session, case, new.seq)
    priority_before = case.priority
    store_assessment(session, case, new.assessment)
    raised = raised_from(case, priority_before)
    action, progress = "evidence", None
    if may_answer:
        progress = progress_of(session, context, case, new.assessment.findings)
        action, received_at = _action_of_answer(session, context, case, new, progress)
        new = replace(new, received_at=received_at)
    elif voids_verdict:
        action = "void"
    if progress is not None and _is_undoable(state, action, progress):
        with act_in(session, context, case, action) as act:
            _change_state(session, context, case, new, action)
            act.finish(**evidence_event(case, new, action, raised))
    else:
        _change_state(session, context, case, new, action)
        finish_act(session, context, case, action, **evidence_event(case, new, action, raised, progress))
    if state is CaseState.LAPSED and case.state != CaseState.LAPSED:
        correct_lapse_letter(session, context, case)


def raised_from(case: CaseRow, before: str) -> Mapping[str, Any]:
    """Return the details for the event of new evidence: the priority before, if the evidence raised it."""
    return {} if case.priority == before else {_RAISED_FROM: before}


def retract_evidence(session: Session, context: Context, case: CaseRow, batch_id: int) -> None:
    """Assess a case again after the undo of an import that had given it evidence, and write one event.

    Closed cases that the import did not change stay as they are. If the import raised the priority, the case gets back
    the priority that it had before.
    """
    if case.state in FINAL_STATES - {CaseState.LAPSED} and not case.reopen_for:
        return
    case.evidence_no += 1
    set_application(session, case)
    of_batch = select(col(EventRow.body)).where(col(EventRow.case_id) == case.id, col(EventRow.batch_id) == batch_id)
    for body in session.execute(of_batch.where(col(EventRow.body).contains(_RAISED_FROM))).scalars():
        priority = Priority(json.loads(body)[_RAISED_FROM])
        case.priority, case.priority_rank = rank_columns(priority).values()
    findings = reassess(session, context, case)
    rules = case.reopen_for.split()
    still = (finding.rule for finding in findings if finding.rule in rules and has_block([finding]))
    case.reopen_for = " ".join(dict.fromkeys(still))
    first_applied = select(func.min(col(SubmissionRow.applied_at))).where(col(SubmissionRow.case_id) == case.id)
    since = session.execute(first_applied.where(col(SubmissionRow.batch_id) == batch_id)).scalar()
    progress = None if since is None else reopen_items(session, context, case, findings, since)
    received = None if progress is None else f"{progress.received}/{progress.asked}"
    body = details(round=case.round, evidence_no=case.evidence_no, progress=received, batch=batch_id)
    if case.state in FINAL_STATES:
        note_act(session, context, "evidence-undone", case.id, body, batch_id=batch_id)
    else:
        finish_act(session, context, case, "evidence-undone", body, changes_state=False, batch_id=batch_id)


def _change_state(session: Session, context: Context, case: CaseRow, new: NewEvidence, action: str) -> None:
    """Change the state and round of a case for an action; plain "evidence" changes neither.

    After "lapse-undone" the applicant continues to rectify, because the items that were due had come in time.
    """
    if action == "evidence":
        return
    if action == "lapse-undone":
        reopen_inquiries(session, case)
        case.state = CaseState.RECTIFYING.value
        return
    if action == "resubmit":
        start_next_round(session, context, case, new.assessment.findings)
    elif action == "void":
        void_staged(session, context, case)
        return
    assign_to_substitute(session, context, case)
    move_to_queue(case)


def _contradicts_staged(session: Session, context: Context, case: CaseRow, new: NewEvidence) -> bool:
    """Return whether the evidence changes a finding that warns or blocks; what only time changes does not count."""
    policy, day = context.policy(session, case.policy_version_id), new.assessment.on
    before = assess(read_evidence(session, case, context.store, day), policy, day)
    return _grave_findings(before) != _grave_findings(new.assessment)


def _grave_findings(assessment: Assessment) -> set[Finding]:
    return {finding for finding in assessment.findings if finding.severity is not Severity.INFO}


def _action_of_answer(
    session: Session, context: Context, case: CaseRow, new: NewEvidence, progress: RectificationProgress
) -> tuple[str, datetime]:
    """Return the action that evidence causes in a case that waits for its applicant, and when it was received."""
    answered_at = answer_time(session, case, progress, new.received_at, new.application_at)
    if answered_at is not None:
        return "answer" if case.state == CaseState.PENDING else "resubmit", answered_at
    is_in_time = case.state == CaseState.LAPSED and not is_overdue(session, context, case)
    return "lapse-undone" if is_in_time else "evidence", new.received_at


def answer_time(
    session: Session,
    case: CaseRow,
    progress: RectificationProgress,
    received_at: datetime,
    application_at: datetime | None,
) -> datetime | None:
    """Return when the applicant had answered: all items were received, or the application was submitted again.

    Return None before that. An application does not count if it was received before the verdict that asks for it, or
    after an open item's own deadline.
    """
    handed_in_at, first_deadline_at = application_at, progress.first_deadline_at
    if handed_in_at is not None and first_deadline_at is not None and handed_in_at > first_deadline_at:
        handed_in_at = None
    decision = decision_in_effect(session, case.id or 0)
    if handed_in_at is not None and decision is not None and case.state != CaseState.PENDING:
        since = decision.checked_at or decision.decided_at
        if handed_in_at < since:
            handed_in_at = None
    if handed_in_at is None and not progress.is_complete:
        return None
    return max(filter(None, (handed_in_at, progress.last_at)), default=received_at)


def _is_undoable(before: CaseState, action: str, progress: RectificationProgress) -> bool:
    """Say whether the answer of an applicant can be undone.

    A complete answer cannot: the case cannot wait for it again. Nor can an answer that takes back a lapse, because the
    applicant was notified that the case continues.
    """
    return action in _ANSWERS and not progress.is_complete and before is not CaseState.LAPSED


def evidence_event(
    case: CaseRow,
    new: NewEvidence,
    action: str,
    more: Mapping[str, Any] = MappingProxyType({}),
    progress: RectificationProgress | None = None,
) -> dict[str, Any]:
    """Return the parts of the event of new evidence, with the progress of what is still missing."""
    is_partial = action == "evidence" and progress is not None and progress.received > 0
    received = f"{progress.received}/{progress.asked}" if progress is not None and is_partial else None
    numbers = {"round": case.round, "evidence_no": case.evidence_no}
    return {
        "batch_id": new.batch_id,
        "counted_at": new.received_at if action in _ANSWERS else None,
        "body": details(kind=new.kind.value, **numbers, **more, progress=received),
    }
