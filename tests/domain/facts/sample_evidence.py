"""A sample application without findings, and functions that change it."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any

from stdnum import luhn
from stdnum.cn import ric, uscc

from db.enums import ApplicantKind, Carrier, CreditList, CreditMatch, DocumentKind
from workbench.domain.evidence.evidence import (
    ApplicationFacts,
    CallFacts,
    CardFacts,
    ComplaintFacts,
    CreditFacts,
    DocumentFacts,
    Evidence,
)
from workbench.domain.facts.all_facts import observe
from workbench.domain.findings.evaluate import findings_of
from workbench.domain.findings.finding import Finding
from workbench.domain.policy.policy import Policy
from workbench.policies import default_policy_text
from workbench.services.policy.reader import parse_policy

TODAY = date(2026, 11, 25)
RECEIVED = datetime(2026, 11, 23, 8, tzinfo=UTC)
MSISDN = "13800000001"
OTHER_MSISDN = "13800000002"


@cache
def default_policy() -> Policy:
    return parse_policy(default_policy_text(), "default.toml")


def id_number(birth: date, region: str = "110105") -> str:
    front = f"{region}{birth:%Y%m%d}999"
    return front + ric.calc_check_digit(front + "0")


def company_code(prefix: str = "91") -> str:
    organisation = "MA00000A"
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(char, 36) * weight for char, weight in zip(organisation, weights, strict=True))
    front = f"{prefix}110000{organisation}{'0123456789X'[-total % 11]}"
    return front + uscc.calc_check_digit(front)


def sim_number(front: str = "8986000000000000001") -> str:
    return front + luhn.calc_check_digit(front)


def age_of(years: int, days: int = 0) -> date:
    """Return the birth date of a person who reached an age a number of days before today."""
    return date(TODAY.year - years, TODAY.month, TODAY.day) - timedelta(days=days)


def application(**changes: Any) -> ApplicationFacts:
    birth = date(1990, 6, 15)
    values: dict[str, Any] = {
        "application_no": "TC-2026-00001",
        "submitted_at": RECEIVED,
        "received_at": RECEIVED,
        "applicant_kind": ApplicantKind.ENTERPRISE,
        "applicant_name": "虚构远声科技有限公司",
        "uscc": company_code(),
        "registered_capital_fen": 200_000_000,
        "licence_valid_to": TODAY + timedelta(days=400),
        "business_scope": "软件开发；教育咨询（不含贷款业务）",
        "province": "四川",
        "legal_rep_name": "虚构甲",
        "legal_rep_id_no": id_number(date(1980, 1, 2)),
        "handler_name": "虚构乙",
        "handler_id_no": id_number(birth),
        "handler_id_issued_on": date(2020, 5, 1),
        "handler_id_valid_to": date(2040, 5, 1),
        "industry": "教育",
        "stated_use": "课程回访",
        "call_script": "您好，这里是虚构远声，想介绍我们的课程。",
        "consent_source": "官网报名时同意",
        "msisdns": (MSISDN,),
    }
    return ApplicationFacts(**(values | changes))


def card(**changes: Any) -> CardFacts:
    values: dict[str, Any] = {
        "msisdn": MSISDN,
        "iccid": sim_number(),
        "carrier": Carrier.MOBILE,
        "brand": "虚构卡",
        "activated_on": date(2026, 10, 1),
        "daily_quota_calls": 200,
        "actual_user_name": "虚构远声科技有限公司",
    }
    return CardFacts(**(values | changes))


def document(kind: DocumentKind, **changes: Any) -> DocumentFacts:
    values: dict[str, Any] = {"kind": kind, "sha256": "0" * 64, "received_at": RECEIVED, "sealed": True}
    return DocumentFacts(**(values | changes))


def documents() -> tuple[DocumentFacts, ...]:
    return tuple(document(kind) for kind in default_policy().documents.required[ApplicantKind.ENTERPRISE])


def half_hours(at: time, calls: int, off: int = 0) -> tuple[int, ...]:
    """Return the number of calls of each half hour."""
    counts = [0] * 48
    counts[at.hour * 2 + at.minute // 30] += calls - off
    counts[2] += off
    return tuple(counts)


def calls(off: int = 0, **changes: Any) -> CallFacts:
    count = changes.get("calls", 1000)
    values: dict[str, Any] = {
        "msisdn": MSISDN,
        "window_from": date(2026, 10, 26),
        "window_to": date(2026, 11, 24),
        "calls": count,
        "calls_in": count,
        "answered": count // 2,
        "distinct_callees": count // 2,
        "total_duration_s": count // 2 * 90,
        "short_calls": 0,
        "peak_hour_calls": min(count, 20),
        "peak_day_calls": min(count, 100),
        "max_same_callee_day": 1,
        "max_same_callee_5min": 1,
        "max_same_callee_window": 2,
        "handsets": 1,
        "half_hours": half_hours(time(10), count, off),
    }
    return CallFacts(**(values | changes))


def complaints(verified: int, unverified: int = 0, msisdn: str = MSISDN) -> tuple[ComplaintFacts, ...]:
    return tuple(
        ComplaintFacts(msisdn=msisdn, received_at=RECEIVED, verified=number < verified)
        for number in range(verified + unverified)
    )


def credit(name: CreditList, match: CreditMatch, **changes: Any) -> CreditFacts:
    values: dict[str, Any] = {
        "subject_no": company_code(),
        "list": name,
        "match": match,
        "checked_on": TODAY - timedelta(days=3),
    }
    return CreditFacts(**(values | changes))


def nothing_found() -> tuple[CreditFacts, ...]:
    return tuple(credit(name, CreditMatch.NONE) for name in CreditList)


def evidence(**changes: Any) -> Evidence:
    values: dict[str, Any] = {
        "application": application(),
        "cards": (card(),),
        "documents": documents(),
        "calls": (calls(),),
        "all_calls": replace(calls(), msisdn=""),
        "credit": nothing_found(),
        "cards_of_top_brand": 1,
        "cards_total": 1,
    }
    return Evidence(**(values | changes))


def with_calls(figures: CallFacts, **changes: Any) -> Evidence:
    """Return a clean application whose only card made these calls."""
    return evidence(calls=(figures,), all_calls=replace(figures, msisdn=""), **changes)


def findings(seen: Evidence, policy: Policy | None = None) -> dict[str, Finding]:
    """Return the findings of some evidence by their rule."""
    chosen = policy or default_policy()
    return {finding.rule: finding for finding in findings_of(observe(seen, chosen, TODAY), chosen)}
