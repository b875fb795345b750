"""What new evidence does to a case that is there already. Source: DESIGN, sections 3 and 10."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from db.enums import FINAL_STATES, CaseState, ImportKind, Severity, WaitsFor
from db.models import CaseRow, DecisionRow
from db.queries.findable import make_findable, terms_of
from db.queries.published import newest_of_many
from workbench.domain.evidence.evidence import Evidence
from workbench.domain.findings.finding import Finding
from workbench.domain.forecast.result import CaseForecast
from workbench.services.case.assessment import Assessment, assess, completed_at, read_evidence, settle
from workbench.services.case.evidence_reader import APPLICATION, application_key, sight_of
from workbench.services.clock.case_clocks import settle_due
from workbench.services.foundation.context import Context, details
from workbench.services.foundation.drafts import find_draft
from workbench.services.notices.receipts import send_receipt
from workbench.services.review.rectification import close_rectification

HANDED_IN = frozenset({ImportKind.APPLICATIONS, ImportKind.CARDS, ImportKind.DOCUMENTS})
"""Kinds of files with what the applicant hands in; the others say something about a number or a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """Something that was published for a case: since when it counts, and what is known with it.

    `forecast` is what is expected of a case that becomes complete with it.
    """

    kind: ImportKind
    batch_id: int
    seq: int
    received_at: datetime
    evidence: Evidence
    assessment: Assessment
    forecast: CaseForecast | None = None


def take_in(session: Session, context: Context, case: CaseRow, arrival: Arrival) -> None:
    """Let a case take in what was published for it, in the caller's write transaction; one event."""
    state = CaseState(case.state)
    is_handed_in = arrival.kind in HANDED_IN
    if state in FINAL_STATES and not (state is CaseState.LAPSED and is_handed_in):
        # It was decided while the import ran; its findings stay those of the decision.
        _log(session, context, case, arrival, "evidence-late")
        return
    is_void = state is CaseState.AWAITING_CHECK and _weighs_otherwise(session, context, case, arrival)
    _advance(session, case, arrival)
    settle(session, case, arrival.assessment)
    action = "evidence"
    if state is CaseState.INCOMPLETE and arrival.assessment.is_complete:
        action = "complete"
    elif state is CaseState.PENDING and is_handed_in and case.waits_for == WaitsFor.APPLICANT:
        action = "answer"
    elif is_handed_in and state in {CaseState.RECTIFYING, CaseState.LAPSED}:
        action = "resubmit"
    elif is_void:
        action = "void"
    _follow(session, context, case, arrival, action)
    _log(session, context, case, arrival, action)
    settle_due(session, context, case)
    if action == "complete":
        send_receipt(session, context, case, arrival.forecast, arrival.assessment.findings)


def _advance(session: Session, case: CaseRow, arrival: Arrival) -> None:
    """Move a case on to the publication, and to the application's newest row."""
    case.evidence_seq = max(case.evidence_seq, arrival.seq)
    case.evidence_no += 1
    case.version += 1
    key = (case.agent, case.application_no)
    columns = (APPLICATION.c.agent, APPLICATION.c.application_no)
    for row in newest_of_many(session, columns, [key], application_key, sight_of(case)):
        case.application_id = row["id"]
        if case.applicant_name != row["applicant_name"]:
            case.applicant_name = row["applicant_name"]
            make_findable(session, [{**terms_of(case.applicant_name, case.application_no), "id": case.id}])


def _follow(session: Session, context: Context, case: CaseRow, arrival: Arrival, action: str) -> None:
    """Change state and round as the act demands."""
    if action == "evidence":
        return
    if action == "complete":
        # The promise counts from completeness. Source: DESIGN, section 13.
        case.complete_at = completed_at(arrival.evidence, context.policy(session, case.policy_version_id))
    elif action == "resubmit":
        close_rectification(session, context, case, arrival.batch_id, arrival.assessment.findings)
        case.round += 1
    elif action == "void":
        _void_staged(session, case)
    to_queue(case)


def to_queue(case: CaseRow) -> None:
    """Put a case into the queue; whom it is assigned or returned to stays."""
    case.state = CaseState.QUEUED.value
    case.waits_for = ""
    case.next_action_on = None
    case.held_by_id = None
    case.held_until = None
    case.aside_until = None


def _weighs_otherwise(session: Session, context: Context, case: CaseRow, arrival: Arrival) -> bool:
    """Say whether a warn or block differs from what the maker saw; what only time changed does not count."""
    policy = context.policy(session, case.policy_version_id)
    seen = assess(read_evidence(session, case, context.store), policy, arrival.assessment.on)
    return _grave(seen.findings) != _grave(arrival.assessment.findings)


def _grave(findings: tuple[Finding, ...]) -> AbstractSet[Finding]:
    return {finding for finding in findings if finding.severity is not Severity.INFO}


def _void_staged(session: Session, case: CaseRow) -> None:
    """Take back the verdict that waits for its check; the maker decides again."""
    staged = session.execute(
        select(DecisionRow)
        .where(col(DecisionRow.case_id) == case.id, col(DecisionRow.status) == "staged")
        .order_by(col(DecisionRow.id).desc())
        .limit(1)
    ).scalar()
    if staged is not None:
        staged.status = "void"
        case.returned_to_id = case.assignee_id = staged.maker_id
        draft = find_draft(session, staged.case_id, staged.maker_id)
        if draft is not None:
            draft.decision_id = None


def _log(session: Session, context: Context, case: CaseRow, arrival: Arrival, action: str) -> None:
    context.log(
        session,
        action,
        case_id=case.id,
        batch_id=arrival.batch_id,
        state=CaseState(case.state),
        waits_for=case.waits_for,
        counted_at=arrival.received_at if action in {"answer", "resubmit"} else None,
        body=details(kind=arrival.kind.value, round=case.round, evidence_no=case.evidence_no),
    )
