"""What the rules see in a case's evidence, and how its findings are kept."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, insert, select
from sqlmodel import Session

from db.enums import CaseState, PanelKind, Priority, Risk, ServiceClass, Severity
from db.models import CaseRow, FindingRow
from db.queries.published import table_of
from workbench.domain.evidence.evidence import Evidence
from workbench.domain.facts.all_facts import observe
from workbench.domain.findings.evaluate import class_of, find, missing_documents, priority_of, risk_of
from workbench.domain.findings.finding import Finding
from workbench.domain.policy.policy import FactValue, Policy
from workbench.services.case.evidence_reader import days_and_hours, read_evidence
from workbench.services.foundation.context import Context

__all__ = [
    "Assessment",
    "assess",
    "completed_at",
    "days_and_hours",
    "finding_columns",
    "findings_of_case",
    "read_evidence",
    "recompute",
    "settle",
    "settled_columns",
    "store_findings",
]

FINDING = table_of(FindingRow)

_SETTLES_CLASS = frozenset({CaseState.INCOMPLETE, CaseState.QUEUED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """What the rules make of some evidence on one day; `is_complete` says that no required document is missing."""

    findings: tuple[Finding, ...]
    risk: Risk
    priority: Priority
    service_class: ServiceClass
    is_complete: bool
    on: date

    @property
    def gravest(self) -> Severity | None:
        """The severity of the gravest finding, which is the first; None without any."""
        return self.findings[0].severity if self.findings else None

    def count(self, severity: Severity) -> int:
        """Return how many findings are this grave."""
        return sum(finding.severity is severity for finding in self.findings)

    def columns(self) -> dict[str, Any]:
        """Return the columns of a case that follow from it, but for priority and class."""
        return {
            "risk": self.risk.value,
            "block_count": self.count(Severity.BLOCK),
            "warn_count": self.count(Severity.WARN),
            "findings_on": self.on,
        }

    def class_columns(self) -> dict[str, Any]:
        """Return priority and class as columns of a case."""
        return {
            "priority": self.priority.value,
            "priority_rank": tuple(Priority).index(self.priority),
            "service_class": self.service_class.value,
        }


def assess(evidence: Evidence, policy: Policy, today: date) -> Assessment:
    """Return what the rules make of this evidence on a local day."""
    findings = find(observe(evidence, policy, today), policy)
    cards = len(evidence.cards)
    return Assessment(
        findings=findings,
        risk=risk_of(findings),
        priority=priority_of(findings, cards, evidence.application.applicant_kind, policy),
        service_class=class_of(evidence.application.service_class, cards, findings, policy),
        is_complete=not missing_documents(evidence, policy),
        on=today,
    )


def completed_at(evidence: Evidence, policy: Policy) -> datetime:
    """Return since when every required document is there, but not before the application itself.

    Of each kind the first file counts.
    """
    application = evidence.application
    first: dict[str, datetime] = {}
    for document in evidence.documents:
        first[document.kind] = min(document.received_at, first.get(document.kind, document.received_at))
    required = policy.documents.required.get(application.applicant_kind, ())
    return max([application.received_at, *(first[kind] for kind in required if kind in first)])


def finding_columns(case_id: int, findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """Return the rows that keep the findings of a case."""
    return [
        {
            "case_id": case_id,
            "position": position,
            "rule": finding.rule,
            "leg": finding.leg.value,
            "severity": finding.severity.value,
            "observed": json.dumps(finding.observed, ensure_ascii=False),
            "op": finding.op,
            "limit_value": json.dumps(finding.limit, ensure_ascii=False),
            "unit": finding.unit,
            "subject": finding.subject,
            "source": finding.source,
        }
        for position, finding in enumerate(findings)
    ]


def store_findings(session: Session, case_id: int, findings: Iterable[Finding]) -> None:
    """Keep these findings of a case in place of the earlier ones."""
    session.execute(delete(FINDING).where(FINDING.c.case_id == case_id))
    rows = finding_columns(case_id, findings)
    if rows:
        session.execute(insert(FINDING), rows)


def findings_of_case(session: Session, case_id: int) -> tuple[Finding, ...]:
    """Return the findings that are kept of a case, the gravest first."""
    rows = session.execute(select(FINDING).where(FINDING.c.case_id == case_id).order_by(FINDING.c.position))
    return tuple(_finding(row._asdict()) for row in rows)


def _finding(row: Mapping[str, Any]) -> Finding:
    observed: FactValue = json.loads(row["observed"])
    limit: FactValue = json.loads(row["limit_value"])
    return Finding(
        rule=row["rule"],
        leg=PanelKind(row["leg"]),
        severity=Severity(row["severity"]),
        observed=observed,
        op=row["op"],
        limit=limit,
        unit=row["unit"],
        subject=row["subject"],
        source=row["source"],
    )


def recompute(
    session: Session, context: Context, case: CaseRow, evidence: Evidence | None = None
) -> tuple[Finding, ...]:
    """Look at a case's evidence again, today, and keep what the rules find.

    Priority and class follow only while nobody has looked at the case: incomplete or queued, in its first round.
    """
    seen = evidence or read_evidence(session, case, context.store)
    policy = context.policy(session, case.policy_version_id)
    assessment = assess(seen, policy, context.today(session))
    settle(session, case, assessment)
    return assessment.findings


def _is_set(case: CaseRow, column: str) -> bool:
    """Say whether a supervisor chose what a column says."""
    return case.is_class_set if column == "service_class" else case.is_priority_set


def settled_columns(case: CaseRow, assessment: Assessment) -> dict[str, Any]:
    """Return the columns of a case that an assessment changes."""
    columns = assessment.columns()
    if case.state in _SETTLES_CLASS and case.round == 1:
        columns |= {name: value for name, value in assessment.class_columns().items() if not _is_set(case, name)}
    return columns


def settle(session: Session, case: CaseRow, assessment: Assessment) -> None:
    """Write an assessment into a case that the caller is changing."""
    for name, value in settled_columns(case, assessment).items():
        setattr(case, name, value)
    store_findings(session, case.id or 0, assessment.findings)
