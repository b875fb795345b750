"""Cases, clocks, decisions and empty queues as JSON, with the keys that the commands promise."""

from dataclasses import fields
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from workbench.cli.framework.json_values import plain, yuan
from workbench.domain.case.case_id import format_case, format_decision
from workbench.domain.case.casefile import CaseFile, CaseHeader, CaseRowView, Decided, DecisionLine, Empty
from workbench.domain.case.running import is_suspended, is_with_applicant
from workbench.domain.clock.explanation import ClockExplanation, ClockStep
from workbench.domain.evidence.evidence import ApplicationFacts, CallFacts, CreditFacts, Evidence
from workbench.domain.facts.all_facts import activity_view
from workbench.domain.findings.finding import Finding
from workbench.domain.text.mask import MaskKind, mask
from workbench.i18n import current
from workbench.wording.clock_explanation import ClockWords
from workbench.wording.findings import text_of


def case_document(casefile: CaseFile, *, revealed: bool = False) -> dict[str, Any]:
    """Return the header, findings, panels and history of a case, masked as the case file is."""
    zone = ZoneInfo(casefile.policy.zone)
    return {
        **header_document(casefile.header, zone),
        "findings": [_finding(finding, casefile) for finding in casefile.findings],
        "identity": _identity(casefile.evidence.application, zone),
        "cards": plain(casefile.evidence.cards, zone),
        "activity": _activity(casefile, revealed=revealed),
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
    """Return the header of a case: number, state, dates and hold."""
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
    """Return a row of `queue`; the due date of a paused or suspended case is still moving."""
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
    """Return the result of a decision."""
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
    """Return why `next` has no case."""
    return {
        "case": None,
        "empty": {
            "kind": empty.kind,
            "count": empty.count,
            "limit": empty.limit or None,
            "held": [{"by": login, "until": plain(until, zone)} for login, until in empty.who],
        },
    }


def walk_document(walk: ClockExplanation, words: ClockWords, zone: ZoneInfo) -> dict[str, Any]:
    """Return a clock's walk: `what` is a fixed word, `counts` says that the clock runs, `text` is for people."""
    return {
        "due_at": plain(walk.due_at, zone),
        "due_provisional": walk.due_provisional,
        "running": walk.running,
        "paused": walk.is_paused,
        "suspended": walk.is_suspended,
        "working_days_left": walk.working_days_left,
        "mend_by": plain(walk.rectify_by, zone),
        "class_days": walk.class_days,
        "steps": [_step(step, words, zone) for step in walk.steps],
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
    """Return the columns of an imported application, in the order of the file."""
    shown: dict[str, Any] = {}
    for field in fields(application):
        value = getattr(application, field.name)
        if field.name == "registered_capital_fen":
            shown["registered_capital_cny"] = yuan(value)
        else:
            shown[field.name] = plain(value, zone)
    return shown


def _activity(casefile: CaseFile, *, revealed: bool) -> dict[str, Any]:
    """Return the call figures over all cards and of each card, numbers masked unless they are revealed."""
    view = activity_view(casefile.evidence, casefile.facts)
    if revealed:
        return view
    return {**view, "cards": _masked_cards(casefile, view["cards"])}


def _masked_cards(casefile: CaseFile, cards: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return each card with its number masked, and with the window of its calls.

    The facts know whole numbers and the evidence masked ones, so a window is found by the masked number and, as
    neighbouring numbers look alike when masked, by how many calls it holds.
    """
    windows = {(call.msisdn, call.calls): call for call in casefile.evidence.calls}
    return [_masked_card(card, windows) for card in cards]


def _masked_card(card: dict[str, Any], windows: dict[tuple[str, int], CallFacts]) -> dict[str, Any]:
    number = mask(MaskKind.MSISDN, card["msisdn"])
    call = windows.get((number, card.get("calls") or 0), CallFacts())
    return {
        **card,
        "msisdn": number,
        "window_from": None if call.window_from is None else call.window_from.isoformat(),
        "window_to": None if call.window_to is None else call.window_to.isoformat(),
    }


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


def _step(step: ClockStep, words: ClockWords, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "from": plain(step.start, zone),
        "to": plain(step.end, zone),
        "what": step.what.value,
        "counts": step.counts,
        "working_s": step.working_s,
        "detail": step.detail or None,
        "text": words.line(step),
    }
