"""Compares the evidence of a case in a later round with the evidence that its last verdict saw."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from db.columns import from_us
from db.enums import IN_EFFECT, Severity
from db.models import CaseRow, DecisionRow, EventRow
from db.queries.published import BATCH, Snapshot
from workbench.domain.case.changes import RoundBasis, RoundChanges, compare_rounds
from workbench.domain.case.lifecycle import Action
from workbench.domain.case.records import DecisionLine
from workbench.domain.facts.all_facts import observe
from workbench.domain.findings.finding import Finding
from workbench.domain.policy.policy import Policy
from workbench.services.case.evidence_reader import EvidenceReader
from workbench.services.case.known_people import key_of
from workbench.services.foundation.context import Context
from workbench.services.foundation.row_values import from_row


def round_changes(
    session: Session, context: Context, case: CaseRow, decisions: Sequence[DecisionLine], basis: RoundBasis
) -> RoundChanges | None:
    """Return what changed since the last verdict of an earlier round, None in the first round.

    Imported rows are never updated, so the evidence of that verdict can be read again. The facts of both rounds are
    observed as of today, so that they differ only if the evidence does.

    Args:
        session: The transaction.
        context: The policies and the file store.
        case: The case.
        decisions: The decisions of the case, the oldest first.
        basis: The evidence, facts and findings of the present round.
    """
    in_effect = (line for line in reversed(decisions) if line.status in IN_EFFECT)
    last_verdict = next((line for line in in_effect if line.round < case.round), None)
    if last_verdict is None:
        return None
    seen = json.loads(session.get_one(DecisionRow, last_verdict.id).seen)
    seq = seen.get("evidence_seq", _last_publication(session, last_verdict))
    today = context.today(session)
    key = key_of(case)
    evidence = EvidenceReader(session, context.store, Snapshot(seq=seq), today).of_keys([key]).get(key)
    if evidence is None:
        return None
    facts = observe(evidence, context.policy(session, case.policy_version_id), today).case
    last_basis = RoundBasis(evidence=evidence, facts=facts, findings=tuple(map(_finding, seen.get("findings", ()))))
    named = _named_codes(last_verdict, last_basis.findings, context.policy(session, case.policy_version_id))
    changes, unchanged = compare_rounds(last_basis, basis, named)
    return RoundChanges(
        since_round=last_verdict.round,
        decision_id=last_verdict.id,
        named=named,
        changes=tuple(changes),
        unchanged=tuple(unchanged),
    )


def received_at(session: Session, case: CaseRow) -> datetime:
    """Return when the evidence of the current round was received: the application, or later its resubmission."""
    if case.round == 1:
        return case.received_at
    resubmits = (col(EventRow.case_id) == case.id, col(EventRow.action) == Action.RESUBMIT, ~col(EventRow.is_refused))
    for event in session.execute(select(EventRow).where(*resubmits).order_by(col(EventRow.seq).desc())).scalars():
        body = json.loads(event.body)
        if body.get("round") == case.round:
            return from_us(body["counted_at"]) if "counted_at" in body else event.at
    return case.received_at


def _named_codes(decision: DecisionLine, findings: Sequence[Finding], policy: Policy) -> dict[str, set[str]]:
    """Return the codes that the applicant had to act on, each with its documents and the subjects of its findings.

    They are the reasons of a verdict, the codes of its items, and the rules that warned or blocked.
    """
    named: dict[str, set[str]] = {code: set() for code in decision.reasons}
    names = policy.documents.names.items()
    for item in decision.items:
        kinds = {kind.value for kind, words in names if words.zh in item.text or words.en in item.text}
        named.setdefault(item.code, set()).update(kinds)
    for finding in findings:
        if finding.rule in named or finding.severity is not Severity.INFO:
            named.setdefault(finding.rule, set()).update(set(finding.subject.split(";")) - {""})
    return named


def _last_publication(session: Session, decision: DecisionLine) -> int:
    """Return the last publication before a decision. Earlier versions of the program did not store it."""
    published = select(func.max(BATCH.c.published_seq)).where(BATCH.c.published_at <= decision.decided_at)
    return int(session.execute(published).scalar() or 0)


def _finding(seen: dict[str, Any]) -> Finding:
    return from_row(Finding, {"source": "", "observes": "", **seen})
