"""Closes the rectification of a case when the applicant resubmits."""

from collections.abc import Iterable, Mapping

from sqlalchemy import select
from sqlmodel import Session, col

from db.enums import DocumentKind
from db.models import CaseRow, RectificationItemRow, RectificationRow
from workbench.domain.findings.finding import Finding
from workbench.services.case.evidence_reader import DOCUMENT
from workbench.services.foundation.context import Context

D = DocumentKind

_DOCUMENTS_OF_REASON: Mapping[str, frozenset[str]] = {
    "ID-RIC": frozenset({D.AGENT_ID_FRONT, D.AGENT_ID_BACK}),
    "ID-RIC-EXPIRED": frozenset({D.AGENT_ID_FRONT, D.AGENT_ID_BACK}),
    "ID-RIC-EXPIRING": frozenset({D.AGENT_ID_FRONT, D.AGENT_ID_BACK}),
    "ID-RIC-VALIDITY": frozenset({D.AGENT_ID_FRONT, D.AGENT_ID_BACK}),
    "ID-NAME": frozenset({D.BIZ_LICENSE, D.AUTH_LETTER, D.COMMITMENT_LETTER}),
    "ID-HANDHELD": frozenset({D.AGENT_HANDHELD}),
    "ID-USCC": frozenset({D.BIZ_LICENSE}),
    "ID-LICENCE-EXPIRED": frozenset({D.BIZ_LICENSE}),
    "ID-LICENCE-EXPIRING": frozenset({D.BIZ_LICENSE}),
    "USE-SCRIPT": frozenset({D.CALL_SCRIPT}),
    "USE-CONSENT": frozenset({D.CONSENT_PROOF}),
    "USE-STATEMENT": frozenset({D.USE_STATEMENT}),
    "USE-TRADE": frozenset({D.INDUSTRY_PERMIT}),
    "ACT-RECORDING": frozenset({D.CALL_RECORDS_3M}),
}
"""The kinds of documents that satisfy an item of a reason; the reviewer judges their content."""


def close_rectification(
    session: Session, context: Context, case: CaseRow, batch_id: int | None, findings: Iterable[Finding]
) -> None:
    """Close the newest rectification of a case, and mark the items that the new evidence satisfies.

    An item is satisfied if the batch has its document or a document for its reason, or if its rule reports no finding.
    """
    rectification = session.execute(
        select(RectificationRow)
        .where(col(RectificationRow.case_id) == case.id)
        .order_by(col(RectificationRow.id).desc())
        .limit(1)
    ).scalar()
    if rectification is None:
        return
    rectification.is_open = False
    of_batch = (
        DOCUMENT.c.agent == case.agent,
        DOCUMENT.c.application_no == case.application_no,
        DOCUMENT.c.batch_id == batch_id,
    )
    received_kinds = set(session.execute(select(DOCUMENT.c.kind).where(*of_batch)).scalars())
    rules_with_findings = {finding.rule for finding in findings}
    rules = context.policy(session, case.policy_version_id).rules
    items = session.execute(
        select(RectificationItemRow).where(col(RectificationItemRow.rectification_id) == rectification.id)
    ).scalars()
    for item in items:
        satisfying_kinds = _DOCUMENTS_OF_REASON.get(item.code, frozenset()) | {item.code}
        has_no_finding = item.code in rules and item.code not in rules_with_findings
        if item.satisfied_at is None and (received_kinds & satisfying_kinds or has_no_finding):
            item.satisfied_at = context.now()
