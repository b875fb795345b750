"""A case as JSON: the keys of the contract, and what else the desk shows."""

from dataclasses import fields
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from workbench.cli.cases.activity_json import activity
from workbench.cli.framework.json_values import plain, yuan
from workbench.domain.case.case_id import format_case, format_decision
from workbench.domain.case.casefile import CaseFile, CaseHeader, CaseRowView, Decided, DecisionLine, Empty
from workbench.domain.case.running import is_with_applicant
from workbench.domain.case.stopped_clock import is_suspended
from workbench.domain.evidence.evidence import ApplicationFacts, CreditFacts, Evidence
from workbench.domain.findings.finding import Finding
from workbench.i18n import current
from workbench.wording.findings import text_of


def case_document(casefile: CaseFile, *, revealed: bool = False) -> dict[str, Any]:
    """Return the three panels, findings and history of a case; personal values as the case file has them."""
    zone = ZoneInfo(casefile.policy.zone)
    return {
        **header_document(casefile.header, zone),
        "findings": [_finding(finding, casefile) for finding in casefile.findings],
        "identity": _identity(casefile.evidence.application, zone),
        "cards": plain(casefile.evidence.cards, zone),
        "activity": activity(casefile, revealed=revealed),
        "credit": _credit(casefile, zone),
        "documents": plain(casefile.evidence.documents, zone),
        "complaints": plain(casefile.evidence.complaints, zone),
        "checklist": [
            {
                "question": line.question,
                "text": line.text.in_language(current()),
                "answer": line.answer,
                "note": line.note or None,
                "by": line.by,
            }
            for line in casefile.checklist
        ],
        "verifications": plain(casefile.verifications, zone),
        "decisions": [_decision(line, zone) for line in casefile.decisions],
        "notice": casefile.notice,
        "history": plain(casefile.history, zone),
        "policy_version": casefile.policy_version,
    }


def header_document(header: CaseHeader, zone: ZoneInfo) -> dict[str, Any]:
    """Return what stands above the panels."""
    shown: dict[str, Any] = plain(header, zone)
    del shown["id"], shown["version"]
    return {
        "case": format_case(header.id),
        **shown,
        "agent": header.agent,
        "due_provisional": shown.pop("is_due_provisional"),
        "breached": shown.pop("is_breached"),
    }


def row_document(row: CaseRowView, zone: ZoneInfo, now: datetime) -> dict[str, Any]:
    """Return a case as `queue` lists it; while it is paused or suspended its due date moves on."""
    return {
        "case": format_case(row.id),
        "agent": row.agent,
        "application_no": row.application_no,
        "applicant_name": row.applicant_name,
        "state": row.state.value,
        "round": row.round,
        "priority": row.priority.value,
        "due_at": plain(row.due_at, zone),
        "due_provisional": row.is_due_provisional,
        "breached": row.is_breached,
        "paused": is_with_applicant(row.state, row.waits_for),
        "suspended": is_suspended(row, now),
        "assignee": row.assignee,
        "held_by": row.held_by,
        "held_until": plain(row.held_until, zone),
        "blocks": row.blocks,
        "warns": row.warns,
        "received_at": plain(row.received_at, zone),
    }


def decided_document(decided: Decided, zone: ZoneInfo) -> dict[str, Any]:
    """Return what a decision did."""
    return {
        "case": format_case(decided.case_id),
        "decision": format_decision(decided.decision_id),
        "verdict": decided.verdict.value,
        "state": decided.state.value,
        "decided_at": plain(decided.decided_at, zone),
        "release_at": plain(decided.release_at, zone),
        "notice": decided.notice,
        "deadline_at": plain(decided.deadline_at, zone),
        "check_for": list(decided.check_for),
    }


def empty_document(empty: Empty, zone: ZoneInfo) -> dict[str, Any]:
    """Return why there is no case."""
    return {
        "case": None,
        "empty": {
            "kind": empty.kind,
            "count": empty.count,
            "limit": empty.limit or None,
            "held": [{"by": login, "until": plain(until, zone)} for login, until in empty.who],
        },
    }


def _finding(finding: Finding, casefile: CaseFile) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "leg": finding.leg.value,
        "severity": finding.severity.value,
        "observed": finding.observed,
        "op": finding.op,
        "limit": finding.limit,
        "unit": finding.unit or None,
        "subject": finding.subject or None,
        "source": finding.source or None,
        "text": text_of(finding, casefile.policy, current()),
    }


def _identity(application: ApplicationFacts, zone: ZoneInfo) -> dict[str, Any]:
    """Return the columns of an application file, in their order."""
    shown: dict[str, Any] = {}
    for field in fields(application):
        value = getattr(application, field.name)
        if field.name == "registered_capital_fen":
            shown["registered_capital_cny"] = yuan(value)
        else:
            shown[field.name] = plain(value, zone)
    return shown


def _credit(casefile: CaseFile, zone: ZoneInfo) -> dict[str, Any]:
    facts = casefile.facts.case
    return {
        "arrears_fen": facts.get("arrears_fen"),
        "overdue_days": facts.get("overdue_days"),
        "records": [_record(record, casefile.evidence, zone) for record in casefile.evidence.credit],
    }


def _record(record: CreditFacts, evidence: Evidence, zone: ZoneInfo) -> dict[str, Any]:
    shown: dict[str, Any] = plain(record, zone)
    shown["subject"] = "company" if record.subject_no == evidence.application.uscc else "person"
    return shown


def _decision(line: DecisionLine, zone: ZoneInfo) -> dict[str, Any]:
    shown: dict[str, Any] = plain(line, zone)
    return {"decision": format_decision(shown.pop("id")), **shown}
