"""Sample cases for the screens, with the default policy and real facts and findings."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from db.enums import (
    ApplicantKind,
    CaseState,
    CreditList,
    CreditMatch,
    ServiceClass,
    Trigger,
)
from workbench.domain.case.casefile import CaseFile, CaseHeader
from workbench.domain.case.records import ChecklistLine, HistoryLine
from workbench.domain.evidence.evidence import (
    LONG_TERM,
    ApplicationFacts,
    CallFacts,
    CardFacts,
    ComplaintFacts,
    CreditFacts,
    DocumentFacts,
    Evidence,
)
from workbench.domain.facts.all_facts import observe
from workbench.domain.findings.evaluate import findings_of, priority_of, risk_of
from workbench.domain.policy.policy import Policy
from workbench.domain.text.mask import MaskKind, mask
from workbench.policies import default_policy_text
from workbench.services.policy.reader import parse_policy

NOW = datetime(2026, 11, 24, 6, 32, tzinfo=UTC)
"""14:32 in Shanghai, a Tuesday."""

TODAY = date(2026, 11, 24)
ID_NO = "11010519491231002X"
MSISDNS = ("17100000001", "17100000002", "17100000003")


@cache
def policy() -> Policy:
    """Return the default policy."""
    return parse_policy(default_policy_text(), "default.toml")


def documents() -> tuple[DocumentFacts, ...]:
    """Return every document that an enterprise must submit."""
    return tuple(
        DocumentFacts(kind=kind, sha256="0" * 64, received_at=NOW - timedelta(days=1), sealed=True)
        for kind in policy().documents.required[ApplicantKind.ENTERPRISE]
    )


def application(**changes: Any) -> ApplicationFacts:
    """Return a clean application."""
    values: dict[str, Any] = {
        "application_no": "TC-2026-00123",
        "submitted_at": NOW - timedelta(days=1),
        "received_at": NOW - timedelta(days=1),
        "applicant_kind": ApplicantKind.ENTERPRISE,
        "applicant_name": "成都虚构远声科技有限公司",
        "uscc": "91510107MA6C8XK93Q",
        "registered_capital_fen": 200_000_000,
        "licence_valid_to": LONG_TERM,
        "business_scope": "软件开发；教育咨询服务 array[int]",
        "province": "四川",
        "legal_rep_name": "虚构甲",
        "legal_rep_id_no": ID_NO,
        "handler_name": "虚构乙丙",
        "handler_id_no": "110101199003070038",
        "handler_id_issued_on": date(2020, 1, 4),
        "handler_id_valid_to": date(2040, 1, 4),
        "contact_phone": "13800000078",
        "industry": "education",
        "stated_use": "课程咨询回访 [/b]",
        "call_script": "您好，这里是虚构远声，请问您还需要课程咨询吗？",
        "consent_source": "报名表勾选同意",
    }
    return ApplicationFacts(**(values | changes))


def calls(msisdn: str, **changes: Any) -> CallFacts:
    """Return the clean call figures of one card."""
    values: dict[str, Any] = {
        "msisdn": msisdn,
        "window_from": date(2026, 10, 25),
        "window_to": date(2026, 11, 23),
        "calls": 1_600,
        "calls_in": 700,
        "answered": 1_100,
        "distinct_callees": 900,
        "total_duration_s": 66_000,
        "short_calls": 60,
        "peak_hour_calls": 24,
        "peak_day_calls": 120,
        "max_same_callee_day": 2,
        "max_same_callee_5min": 1,
        "max_same_callee_window": 4,
        "handsets": 1,
        "half_hours": tuple(80 if 18 <= at < 38 else 0 for at in range(48)),
    }
    return CallFacts(**(values | changes))


def credit() -> tuple[CreditFacts, ...]:
    """Return a check of every credit list, all without a hit."""
    return tuple(
        CreditFacts(
            subject_no="91510107MA6C8XK93Q",
            list=kind,
            match=CreditMatch.NONE,
            checked_on=TODAY - timedelta(days=2),
            amount_fen=0 if kind is CreditList.ARREARS else None,
        )
        for kind in CreditList
    )


def evidence(**changes: Any) -> Evidence:
    """Return clean evidence."""
    cards = tuple(
        CardFacts(
            msisdn=number,
            activated_on=date(2026, 8, 3),
            daily_quota_calls=200,
            actual_user_name="成都虚构远声科技有限公司",
            brand="虚构通信",
        )
        for number in MSISDNS
    )
    per_card = tuple(calls(number) for number in MSISDNS)
    values: dict[str, Any] = {
        "application": application(),
        "cards": cards,
        "documents": documents(),
        "calls": per_card,
        "all_calls": replace(
            per_card[0], msisdn="", calls=4_812, answered=3_300, calls_in=2_100, total_duration_s=158_400
        ),
        "credit": credit(),
        "cards_of_top_brand": 3,
        "cards_total": 3,
    }
    return Evidence(**(values | changes))


def clean() -> Evidence:
    """Return evidence without any finding of severity warn or block."""
    return evidence()


def troubled() -> Evidence:
    """Return evidence with blocks and warnings on every panel."""
    busy = calls(
        MSISDNS[0],
        peak_hour_calls=73,
        short_calls=190,
        max_same_callee_day=4,
        half_hours=tuple(80 if 18 <= at < 38 else 3 if at == 43 else 0 for at in range(48)),
    )
    per_card = (busy, calls(MSISDNS[1]), calls(MSISDNS[2]))
    return evidence(
        application=application(
            handler_id_issued_on=date(2006, 11, 21),
            handler_id_valid_to=date(2026, 11, 21),
            licence_valid_to=date(2027, 1, 4),
            applicant_name="虚构[/b]远声 array[int]",
        ),
        documents=documents()[:-1],
        calls=per_card,
        all_calls=replace(
            busy, msisdn="", calls=4_812, answered=3_300, short_calls=560, total_duration_s=158_400, calls_in=2_100
        ),
        complaints=(
            ComplaintFacts(
                msisdn=MSISDNS[0],
                received_at=NOW - timedelta(days=3),
                verified=True,
                summary="称已拒绝仍来电 [@click=app.exit]",
            ),
        ),
        credit=(
            *credit()[1:],
            CreditFacts(
                subject_no="91510107MA6C8XK93Q",
                list=CreditList.ARREARS,
                match=CreditMatch.EXACT,
                checked_on=TODAY - timedelta(days=2),
                amount_fen=123_450,
                overdue_days=12,
            ),
        ),
    )


def masked(found: Evidence) -> Evidence:
    """Return evidence masked as the services return it."""
    form = found.application
    return replace(
        found,
        application=replace(
            form,
            legal_rep_name=mask(MaskKind.NAME, form.legal_rep_name),
            legal_rep_id_no=mask(MaskKind.ID_NO, form.legal_rep_id_no),
            handler_name=mask(MaskKind.NAME, form.handler_name),
            handler_id_no=mask(MaskKind.ID_NO, form.handler_id_no),
            contact_phone=mask(MaskKind.MSISDN, form.contact_phone),
        ),
        cards=tuple(replace(card, msisdn=mask(MaskKind.MSISDN, card.msisdn)) for card in found.cards),
        calls=tuple(replace(call, msisdn=mask(MaskKind.MSISDN, call.msisdn)) for call in found.calls),
        complaints=tuple(
            replace(complaint, msisdn=mask(MaskKind.MSISDN, complaint.msisdn)) for complaint in found.complaints
        ),
    )


def header(number: int, found: Evidence, **changes: Any) -> CaseHeader:
    """Return the header of a queued case."""
    findings = findings_of(observe(found, policy(), TODAY), policy())
    values: dict[str, Any] = {
        "id": number,
        "agent": "",
        "application_no": f"TC-2026-{number:05}",
        "applicant_name": found.application.applicant_name,
        "applicant_kind": found.application.applicant_kind,
        "province": found.application.province,
        "industry": found.application.industry,
        "language": found.application.language.value,
        "state": CaseState.QUEUED,
        "round": 1,
        "trigger": Trigger.FIRST_USE,
        "priority": priority_of(findings, len(found.cards), found.application.applicant_kind, policy()),
        "service_class": ServiceClass.STANDARD,
        "risk": risk_of(findings),
        "card_count": len(found.cards),
        "received_at": found.application.received_at,
        "due_at": datetime(2026, 11, 26, 10, 0, tzinfo=UTC),
        "is_due_provisional": False,
        "working_days_left": 2,
        "is_overdue": False,
        "assignee": None,
        "held_by": None,
        "held_until": None,
        "aside_until": None,
        "waits_for": None,
        "next_action_on": None,
        "fence": 0,
        "version": 1,
        "evidence_no": 1,
    }
    return CaseHeader(**(values | changes))


def casefile(number: int, found: Evidence, **changes: Any) -> CaseFile:
    """Return a case as the services return it."""
    facts = observe(found, policy(), TODAY)
    shown = masked(found)
    days = tuple(
        (date(2026, 10, 25) + timedelta(days=at), 0 if at % 7 in {0, 6} else 120 + 17 * (at % 5)) for at in range(30)
    )
    hours = tuple(
        tuple(
            (hour * 7 + day) % 11 * 3 if 9 <= hour < 19 and day < 5 else (1 if hour == 21 and day == 4 else 0)
            for hour in range(24)
        )
        for day in range(7)
    )
    kind = found.application.applicant_kind
    values: dict[str, Any] = {
        "header": header(number, found),
        "evidence": shown,
        "facts": facts,
        "findings": tuple(
            replace(finding, subject=mask(MaskKind.MSISDN, finding.subject)) if finding.subject.isdecimal() else finding
            for finding in findings_of(facts, policy())
        ),
        "days": days,
        "hours": hours,
        "history": (
            HistoryLine(
                at=NOW - timedelta(hours=2), action="next", who="rev1", text="", round=1, state=CaseState.IN_REVIEW
            ),
            HistoryLine(
                at=NOW - timedelta(days=1),
                action="import",
                who="admin",
                text="received [/b]",
                round=1,
                state=None,
                facts={"batch": 1, "files": ["received [/b]"], "line": 2, "missing": []},
            ),
        ),
        "checklist": tuple(
            ChecklistLine(question=question.code, text=question.text, panel=question.leg, answer=None, note="", by=None)
            for question in policy().questions
            if kind in question.kinds
        ),
        "verifications": (),
        "decisions": (),
        "draft": {},
        "policy": policy(),
        "policy_version": 1,
        "notice": None,
    }
    return CaseFile(**(values | changes))
