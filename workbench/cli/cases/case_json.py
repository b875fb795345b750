"""Cases, clocks, decisions and empty queues as JSON, with the keys that the commands promise."""

from dataclasses import replace
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from workbench.cli.framework.json_values import json_attributes, json_record, to_json, yuan
from workbench.domain.case.case_id import format_decision, format_inquiry
from workbench.domain.case.casefile import CaseFile, CaseHeader, CaseLine, NoNextCase
from workbench.domain.case.changes import RoundChanges
from workbench.domain.case.measures import MeasureOrder
from workbench.domain.case.records import ChecklistLine, DecisionLine, HistoryLine
from workbench.domain.case.running import is_with_applicant
from workbench.domain.clock.explanation import ClockExplanation
from workbench.domain.evidence.evidence import CallFacts
from workbench.domain.facts.all_facts import activity_view
from workbench.domain.facts.inquiry_lines import InquiryLine
from workbench.domain.filter.case_row import CaseRowView, is_clock_suspended
from workbench.domain.findings.finding import Finding
from workbench.domain.text.mask import MaskKind, mask
from workbench.i18n import current_language
from workbench.wording.clock_explanation import ClockWords
from workbench.wording.findings import finding_text

if TYPE_CHECKING:
    from workbench.services.records.auditing.seen_cases import SeenCase

_ONLY_IN_LETTER_LIST = ("case_id", "decision_id", "body", "exported_at", "exported_by")
"""The fields of a letter that the list of letters shows, but not the case."""

_CASE_KEYS = {"case": "id", "due_provisional": "is_due_provisional", "breached": "is_overdue"}


def case_document(casefile: CaseFile, now: datetime, *, revealed: bool = False) -> dict[str, Any]:
    """Return the header, findings, panels and history of a case, masked as the case file is."""
    zone, fail = ZoneInfo(casefile.policy.zone), casefile.earlier_fail
    return {
        **header_document(casefile.header, zone),
        "findings": [_finding(finding, casefile, zone) for finding in casefile.findings],
        "identity": _identity(casefile, zone),
        "cards": to_json(casefile.evidence.cards, zone),
        "activity": _activity(casefile, revealed=revealed),
        "credit": _credit(casefile, zone),
        "documents": to_json(casefile.evidence.documents, zone),
        "asked_documents": to_json(casefile.asked_documents, zone),
        "complaints": [
            {**to_json(complaint, zone), "status": status.value}
            for complaint, status in zip(casefile.evidence.complaints, casefile.facts.complaints, strict=True)
        ],
        "checklist": list(map(question_document, casefile.checklist)),
        "verifications": to_json(casefile.verifications, zone),
        "inquiries": [inquiry_document(line, zone) for line in casefile.inquiries],
        "contacts": to_json(casefile.contacts, zone),
        # Numbered as `judge` takes them.
        "items": [{"number": number, **to_json(item, zone)} for number, item in enumerate(casefile.items, start=1)],
        **_changes(casefile.changes, zone),
        "decisions": [_decision(line, zone) for line in casefile.decisions],
        "appeals": [
            {
                **json_record(line, zone, without=("id",)),
                "decision_id": None if line.decision_id is None else format_decision(line.decision_id),
            }
            for line in casefile.appeals
        ],
        "earlier_fail": None if fail is None else json_record(fail, zone, case="case_id"),
        "appeal_until": to_json(casefile.appeal_until, zone),
        "measures": [order_document(order, zone, now) for order in casefile.measures],
        "notice": casefile.notice,
        "notices": [json_record(line, zone, without=_ONLY_IN_LETTER_LIST) for line in casefile.notices],
        "history": [_history_document(line, zone) for line in casefile.history],
        "policy_version": casefile.policy_version,
    }


def inquiry_document(line: InquiryLine, zone: tzinfo) -> dict[str, Any]:
    """Return an inquiry to a department."""
    shown = json_record(line, zone, without=("id", "name"), case="case_id")
    return {"inquiry": format_inquiry(line.id), **shown, "name": line.department_name}


def _history_document(line: HistoryLine, zone: tzinfo) -> dict[str, Any]:
    """Return a line of the history; the text of a contact or verification begins with its way, such as `phone:`."""
    if way := line.facts.get("way"):
        line = replace(line, text=f"{way}: {line.text}")
    return json_record(line, zone, without=("facts",))


def seen_document(seen: "SeenCase", *, revealed: bool = False) -> dict[str, Any]:
    """Return a case as it was when a decision was made, with the decision under `seen`."""
    decision = {**_decision(seen.decision, ZoneInfo(seen.casefile.policy.zone)), "notice": seen.notice}
    document = case_document(seen.casefile, seen.decision.decided_at, revealed=revealed)
    # The outcomes of letters and inquiries change in place, so they are not known as of that time.
    del document["notices"], document["inquiries"]
    return {
        **document,
        "seen": {**decision, "policy_version": seen.casefile.policy_version, "not_redrawn": list(seen.gaps)},
    }


def header_document(header: CaseHeader, zone: ZoneInfo) -> dict[str, Any]:
    """Return the header of a case: number, state, dates and hold."""
    shown = json_record(header, zone, without=("version",), corrects="corrects_id", **_CASE_KEYS)
    return {**shown, "agent": header.agent, **_erased_name(header)}


def _erased_name(line: CaseLine) -> dict[str, None]:
    """Return `applicant_name: null` for an erased case, in whose place people read words."""
    return {} if line.erased_at is None else {"applicant_name": None}


def row_document(row: CaseRowView, zone: ZoneInfo, now: datetime) -> dict[str, Any]:
    """Return a row of `queue`; the due date of a paused or suspended case can still move."""
    return {
        **json_record(row, zone, without=("suspended_from",), **_CASE_KEYS),
        "agent": row.agent,
        "paused": is_with_applicant(row.state, row.waits_for),
        "suspended": is_clock_suspended(row, now),
        **_erased_name(row),
    }


def order_document(order: MeasureOrder, zone: ZoneInfo, now: datetime) -> dict[str, Any]:
    """Return an order to bar or restore a number."""
    status = {"status": order.status(now).value, "overdue": order.is_overdue(now)}
    return {**json_record(order, zone, order="id", case="case_id"), **status}


def empty_document(empty: NoNextCase, zone: ZoneInfo) -> dict[str, Any]:
    """Return why `next` has no case."""
    return {
        "case": None,
        "empty": {
            "kind": empty.kind,
            "count": empty.count,
            "limit": empty.limit or None,
            "held": [{"by": login, "until": to_json(until, zone)} for login, until in empty.who],
            "assigned": [{"to": login, "cases": cases, "away": away} for login, cases, away in empty.assigned],
        },
    }


def explanation_document(explanation: ClockExplanation, words: ClockWords, zone: ZoneInfo) -> dict[str, Any]:
    """Return the explanation of a due date.

    Of a step, `what` is a fixed word for programs, and `text` is the sentence that people read.
    """
    return {
        **json_attributes(
            explanation, ("due_at", "due_provisional", "running", "working_days_left", "class_days", "cap_days"), zone
        ),
        "mend_by": to_json(explanation.rectify_by, zone),
        "paused": explanation.is_paused,
        "suspended": explanation.is_suspended,
        "steps": [
            {
                "from": to_json(step.start, zone),
                "to": to_json(step.end, zone),
                **json_attributes(step, ("what", "counts", "working_s", "detail"), zone),
                "text": words.line(step),
            }
            for step in explanation.steps
        ],
    }


def _finding(finding: Finding, casefile: CaseFile, zone: ZoneInfo) -> dict[str, Any]:
    text = finding_text(finding, casefile.policy, current_language())
    return {**json_record(finding, zone, without=("observes",)), "op": finding.op, "text": text}


def _identity(casefile: CaseFile, zone: ZoneInfo) -> dict[str, Any]:
    """Return the columns of an imported application in the order of the file, with the capital in yuan.

    If the file does not state the kind of an identity document, the kind inferred from its number is shown.
    """
    application, facts = casefile.evidence.application, casefile.facts.case
    shown: dict[str, Any] = to_json(application, zone)
    shown["registered_capital_fen"] = yuan(application.registered_capital_fen)
    shown |= {name: facts.get(name) for name in ("handler_id_type", "legal_rep_id_type")}
    names = {"registered_capital_fen": "registered_capital_cny"}
    return {names.get(name, name): value for name, value in shown.items()}


def _activity(casefile: CaseFile, *, revealed: bool) -> dict[str, Any]:
    """Return the call figures over all cards and of each card; card numbers are masked unless they are revealed.

    The figures come from the facts, whose numbers are unmasked; the windows come from the evidence, whose numbers are
    masked. Two cards may have the same masked number, so a card is matched by masked number and count of calls.
    """
    view = activity_view(casefile.evidence, casefile.facts)
    if not revealed:
        windows = {(call.msisdn, call.calls): call for call in casefile.evidence.calls}
        for card in view["cards"]:
            card["msisdn"] = mask(MaskKind.MSISDN, card["msisdn"])
            call = windows.get((card["msisdn"], card.get("calls") or 0), CallFacts())
            card.update(json_attributes(call, ("window_from", "window_to"), ZoneInfo(casefile.policy.zone)))
    return view


def _credit(casefile: CaseFile, zone: ZoneInfo) -> dict[str, Any]:
    facts, company = casefile.facts.case, casefile.evidence.application.uscc
    return {
        "arrears_fen": facts.get("arrears_fen"),
        "overdue_days": facts.get("overdue_days"),
        "records": [
            {**to_json(record, zone), "subject": "company" if record.subject_no == company else "person"}
            for record in casefile.evidence.credit
        ],
    }


def _changes(round_changes: RoundChanges | None, zone: ZoneInfo) -> dict[str, Any]:
    """Return the changes since the last round, and the unchanged entries with their earlier verdict, if any."""
    changes, unchanged = (round_changes.changes, round_changes.unchanged) if round_changes else ((), ())
    return {
        "changes": to_json(changes, zone),
        "unchanged": [json_record(entry, zone, without=("value",)) for entry in unchanged],
    }


def _decision(line: DecisionLine, zone: ZoneInfo) -> dict[str, Any]:
    return json_record(line, zone, decision="id", corrects="corrects_id")


def question_document(line: ChecklistLine) -> dict[str, Any]:
    """Return a question of the checklist with its answer."""
    own = {"question": line.question, "answer": line.answer, "note": line.note, "by": line.by}
    return {**own, "text": line.text.in_language(current_language())}
