"""Applies newly published evidence to an existing case: its findings, state, round, due date and receipt."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from db.enums import FINAL_STATES, CaseState, ImportKind, Severity
from db.models import CaseRow, SubmissionRow
from workbench.domain.case.running import is_with_applicant
from workbench.domain.evidence.evidence import Evidence
from workbench.domain.findings.evaluate import has_block, worse_blocks
from workbench.domain.findings.finding import Finding
from workbench.domain.forecast.result import CaseForecast
from workbench.services.case.assessment import (
    Assessment,
    assess,
    completed_at,
    recompute,
    record_evidence,
    set_application,
    store_assessment,
)
from workbench.services.case.decisions import newest_decision, open_rectification
from workbench.services.case.evidence_reader import read_evidence
from workbench.services.clock.case_clocks import update_due_date
from workbench.services.foundation.audit_log import details
from workbench.services.foundation.context import Context
from workbench.services.notices.due_date_letter import ClockLetterKind
from workbench.services.notices.due_date_notices import cancel_outdated, cancel_unreleased
from workbench.services.notices.receipts import send_receipt
from workbench.services.rectifying.lapse import correct_lapse_letter
from workbench.services.rectifying.rectification import (
    Progress,
    close_rectification,
    next_deadline,
    progress_of,
    reopen_items,
)
from workbench.services.reversal import record_of
from workbench.services.review.back_to_queue import to_queue, void_staged
from workbench.services.review.next_round import assign_to_last_maker

FROM_APPLICANT = frozenset({ImportKind.APPLICATIONS, ImportKind.CARDS, ImportKind.DOCUMENTS})
"""The kinds of imports that the applicant submits; the other kinds are about a phone number or a person."""

_ANSWERS = frozenset({"answer", "resubmit"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """Newly published evidence of a case, with the assessment of all evidence of the case.

    The clock counts from `received_at`. `application_at` is when an application row of the case was received, if there
    is one. `forecast` is set if the new evidence makes the case complete.
    """

    kind: ImportKind
    batch_id: int
    seq: int
    received_at: datetime
    application_at: datetime | None
    evidence: Evidence
    assessment: Assessment
    forecast: CaseForecast | None = None


def apply_evidence(session: Session, context: Context, case: CaseRow, arrival: Arrival) -> None:
    """Apply newly published evidence to a case in the caller's write transaction, and write one event."""
    state = CaseState(case.state)
    is_from_applicant = arrival.kind in FROM_APPLICANT
    if state in FINAL_STATES and not (state is CaseState.LAPSED and is_from_applicant):
        _apply_to_closed(session, context, case, arrival)
        return
    voids_verdict = state is CaseState.AWAITING_CHECK and _contradicts_staged(session, context, case, arrival)
    waits = is_from_applicant and (state is CaseState.LAPSED or is_with_applicant(state, case.waits_for))
    record = _record(session, context, case) if waits else {}
    record_evidence(session, case, arrival.seq)
    case.version += 1
    store_assessment(session, case, arrival.assessment)
    action, progress = "evidence", None
    if state is CaseState.INCOMPLETE:
        cancel_outdated(session, context, case, is_complete=arrival.assessment.is_complete)
    if state is CaseState.INCOMPLETE and arrival.assessment.is_complete:
        action = "complete"
    elif waits:
        progress = progress_of(session, context, case, arrival.assessment.findings)
        action, received_at = _answer(session, context, case, arrival, progress)
        arrival = replace(arrival, received_at=received_at)
    elif voids_verdict:
        action = "void"
    _change_state(session, context, case, arrival, action)
    _log(session, context, case, arrival, action, {} if progress is None else _told(action, progress, record))
    update_due_date(session, context, case)
    if state is CaseState.LAPSED:
        _correct_lapse(session, context, case)
    if action == "complete":
        send_receipt(session, context, case, arrival.forecast, arrival.assessment.findings)


def _apply_to_closed(session: Session, context: Context, case: CaseRow, arrival: Arrival) -> None:
    """Apply newly published evidence to a case that keeps its verdict."""
    if case.state == CaseState.PASSED and arrival.kind not in FROM_APPLICANT:
        _compare_with_verdict(session, context, case, arrival)
    else:
        # The case was decided while the import ran; it keeps the findings of the decision.
        _log(session, context, case, arrival, "evidence-late")


def retract_evidence(session: Session, context: Context, case: CaseRow, batch_id: int) -> None:
    """Assess a case again after an import that it had taken in was undone, and write one event.

    Closed cases that the import did not change stay as they are.
    """
    if case.state in FINAL_STATES - {CaseState.LAPSED} and not case.reopen_for:
        return
    case.evidence_no += 1
    set_application(session, case)
    findings = recompute(session, context, case)
    rules = case.reopen_for.split()
    case.reopen_for = _rules(finding for finding in findings if finding.rule in rules and has_block([finding]))
    taken = select(func.min(col(SubmissionRow.applied_at))).where(col(SubmissionRow.case_id) == case.id)
    since = session.execute(taken.where(col(SubmissionRow.batch_id) == batch_id)).scalar()
    progress = None if since is None else reopen_items(session, context, case, findings, since)
    received = None if progress is None else f"{progress.received}/{progress.asked}"
    body = details(round=case.round, evidence_no=case.evidence_no, progress=received)
    context.log(session, "evidence-undone", case_id=case.id, batch_id=batch_id, body=body)
    if case.state not in FINAL_STATES:
        case.version += 1
        update_due_date(session, context, case)


def _change_state(session: Session, context: Context, case: CaseRow, arrival: Arrival, action: str) -> None:
    """Change the state and round of a case for an action; plain "evidence" changes neither.

    After "lapse-undone" the applicant goes on to rectify: what was due had come in time, and the rest is not due yet.
    """
    if action == "evidence":
        return
    if action == "lapse-undone":
        case.state = CaseState.RECTIFYING.value
        return
    if action == "complete":
        # The working days promised to the applicant count from the time the case is complete.
        case.complete_at = completed_at(arrival.evidence, context.policy(session, case.policy_version_id))
    elif action == "resubmit":
        close_rectification(session, context, case, arrival.assessment.findings)
        case.round += 1
        assign_to_last_maker(session, context, case)
    elif action == "void":
        void_staged(session, case)
        return
    to_queue(case)


def _compare_with_verdict(session: Session, context: Context, case: CaseRow, arrival: Arrival) -> None:
    """Record evidence of a passed case if it brings or removes block findings that the verdict does not know.

    The version stays, so that the maker can still undo the pass.
    """
    findings = arrival.assessment.findings
    worse = worse_blocks(_assessment_before(session, context, case, arrival).findings, findings)
    known = [finding for finding in findings if finding.rule in case.reopen_for.split() and has_block([finding])]
    rules = _rules([*known, *worse])
    if rules or case.reopen_for:
        case.reopen_for = rules
        record_evidence(session, case, arrival.seq)
        store_assessment(session, case, arrival.assessment)
        body = details(kind=arrival.kind.value, round=case.round, reasons=rules.split())
        context.log(session, "attention", case_id=case.id, batch_id=arrival.batch_id, body=body)


def _contradicts_staged(session: Session, context: Context, case: CaseRow, arrival: Arrival) -> bool:
    """Return whether the evidence changes a finding that warns or blocks."""
    before = _assessment_before(session, context, case, arrival)
    return _grave_findings(before) != _grave_findings(arrival.assessment)


def _rules(findings: Iterable[Finding]) -> str:
    return " ".join(dict.fromkeys(finding.rule for finding in findings))


def _assessment_before(session: Session, context: Context, case: CaseRow, arrival: Arrival) -> Assessment:
    """Return the assessment without the new evidence, on the same day: only the evidence makes a difference."""
    policy, day = context.policy(session, case.policy_version_id), arrival.assessment.on
    return assess(read_evidence(session, case, context.store, day), policy, day)


def _grave_findings(assessment: Assessment) -> set[Finding]:
    return {finding for finding in assessment.findings if finding.severity is not Severity.INFO}


def _answer(
    session: Session, context: Context, case: CaseRow, arrival: Arrival, progress: Progress
) -> tuple[str, datetime]:
    """Return what the applicant's evidence does to a case that waited for it, and when that was received."""
    answered_at = answered_when(session, case, progress, arrival.received_at, arrival.application_at)
    if answered_at is not None:
        return "answer" if case.state == CaseState.PENDING else "resubmit", answered_at
    is_in_time = case.state == CaseState.LAPSED and not _is_overdue(session, context, case)
    return "lapse-undone" if is_in_time else "evidence", arrival.received_at


def answered_when(
    session: Session, case: CaseRow, progress: Progress, received_at: datetime, application_at: datetime | None
) -> datetime | None:
    """Return when everything asked for had come, or the application was handed in again; None before that.

    An application that was received before the verdict to rectify it, or after the own deadline of an open item, is
    late evidence.
    """
    handed_in_at, first_deadline_at = application_at, progress.first_deadline_at
    if handed_in_at is not None and first_deadline_at is not None and handed_in_at > first_deadline_at:
        handed_in_at = None
    decision = newest_decision(session, case.id or 0, "applied", "approved")
    if handed_in_at is not None and decision is not None and case.state != CaseState.PENDING:
        since = decision.checked_at or decision.decided_at
        handed_in_at = handed_in_at if handed_in_at >= since else None
    if handed_in_at is None and not progress.is_complete:
        return None
    return max(filter(None, (handed_in_at, progress.last_at)), default=received_at)


def _correct_lapse(session: Session, context: Context, case: CaseRow) -> None:
    """Take back what the applicant was told of a lapse, if the case did not stay lapsed."""
    if case.state != CaseState.LAPSED:
        cancel_unreleased(session, context, case, ClockLetterKind.LAPSED)
        correct_lapse_letter(session, context, case)


def _is_overdue(session: Session, context: Context, case: CaseRow) -> bool:
    """Return whether an open item of the case is overdue."""
    row = open_rectification(session, case)
    deadline_at = None if row is None else next_deadline(session, row)
    return deadline_at is None or deadline_at < context.now()


def _record(session: Session, context: Context, case: CaseRow) -> dict[str, Any]:
    """Return what an undo restores of a case that the new evidence brings back to the queue."""
    record, row = record_of(session, context, case), open_rectification(session, case)
    return record if row is None else {**record, "rectification": [row.id]}


def _told(action: str, progress: Progress, record: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what the event tells of a case that waited: how far the answer is, or what an undo restores.

    A case that has all that it waited for cannot wait again, and the applicant of a lapsed one reads that it goes on.
    """
    if action == "evidence" and progress.received:
        return {"progress": f"{progress.received}/{progress.asked}"}
    was_lapsed = record["before"]["state"] == CaseState.LAPSED
    return record if action in _ANSWERS and not progress.is_complete and not was_lapsed else {}


def _log(
    session: Session,
    context: Context,
    case: CaseRow,
    arrival: Arrival,
    action: str,
    more: Mapping[str, Any] = MappingProxyType({}),
) -> None:
    context.log_case(
        session,
        action,
        case,
        batch_id=arrival.batch_id,
        counted_at=arrival.received_at if action in _ANSWERS else None,
        body=details(kind=arrival.kind.value, round=case.round, evidence_no=case.evidence_no, **more),
    )
