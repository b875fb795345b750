"""Findings of rules on facts, and the risk, priority, class and reasons that follow."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.enums import (
    ApplicantKind,
    DocumentKind,
    IdType,
    PanelKind,
    Priority,
    Quality,
    Risk,
    ServiceClass,
    Severity,
    Verdict,
)
from tests.domain.facts.sample_evidence import (
    TODAY,
    age_of,
    application,
    default_policy,
    document,
    documents,
    evidence,
    findings,
    id_number,
)
from tests.domain.findings.rule_table import WRONG
from workbench.domain.case.casefile import VerdictRequest
from workbench.domain.case.items import items_for
from workbench.domain.facts.all_facts import FACTS, CaseFacts
from workbench.domain.facts.fact import FactType
from workbench.domain.findings.evaluate import (
    findings_of,
    is_answerable,
    preselected_reasons,
    priority_of,
    raised_priority,
    risk_of,
    service_class_of,
    worse_blocks,
    worst_severity,
    worst_severity_if_answered,
)
from workbench.domain.findings.finding import Finding
from workbench.domain.findings.reason_documents import DOCUMENTS_OF_REASON
from workbench.domain.policy.policy import FactValue, Policy
from workbench.wording.findings import finding_text

WEIGHTS = ["info", "warn", "block"]
KIND = ApplicantKind.ENTERPRISE
VALUES = {
    FactType.NUMBER: st.none() | st.integers(-(10**7), 10**9) | st.floats(0, 1e7),
    FactType.FLAG: st.none() | st.booleans(),
    FactType.TEXT: st.text(max_size=8) | st.sampled_from(["blurred", "incomplete", "enterprise", "BIZ_LICENSE"]),
}


def facts_of(scope: Mapping[str, FactType]) -> st.SearchStrategy[Mapping[str, FactValue]]:
    return st.fixed_dictionaries({name: VALUES[sort] for name, sort in scope.items()})


ANY_FACTS = st.builds(
    CaseFacts,
    case=facts_of(FACTS["case"]),
    cards=st.lists(st.tuples(st.text(max_size=11), facts_of(FACTS["card"])), max_size=2).map(tuple),
    documents=st.lists(st.tuples(st.text(max_size=11), facts_of(FACTS["document"])), max_size=2).map(tuple),
)


def finding(severity: Severity, rule: str = "ACT-PEAK-HOUR") -> Finding:
    return Finding(rule=rule, leg=PanelKind.ACTIVITY, severity=severity, observed=61, op=">", limit=60, unit="calls")


INFO, WARN, BLOCK = (finding(severity) for severity in (Severity.INFO, Severity.WARN, Severity.BLOCK))


@given(ANY_FACTS)
def test_finding_never_raises_and_has_a_stable_order(facts: CaseFacts) -> None:
    policy = default_policy()
    found = findings_of(facts, policy)
    codes = list(policy.rules)
    keys = [(-WEIGHTS.index(finding.severity), codes.index(finding.rule)) for finding in found]
    assert keys == sorted(set(keys))
    assert all(finding_text(finding, policy, language) for finding in found for language in ("en", "zh"))


def test_a_finding_about_an_id_number_names_whose_it_is() -> None:
    rows: list[tuple[dict[str, Any], str, str]] = [
        ({"handler_id_no": WRONG}, "ID-RIC", "handler"),
        ({"legal_rep_id_no": WRONG}, "ID-RIC", "legal_rep"),
        ({"legal_rep_id_no": WRONG, "handler_id_no": WRONG}, "ID-RIC", "handler;legal_rep"),
        ({"legal_rep_id_no": "CHECK", "legal_rep_id_type": IdType.MILITARY}, "ID-RIC", "legal_rep"),
        ({"handler_id_valid_to": TODAY - timedelta(days=3)}, "ID-RIC-EXPIRED", "handler"),
        ({"handler_id_valid_to": TODAY + timedelta(days=3)}, "ID-RIC-EXPIRING", "handler"),
        ({"handler_id_no": id_number(age_of(17))}, "ID-RIC-AGE", "handler"),
        ({"handler_id_no": id_number(age_of(30), "990105")}, "ID-REGION", "handler"),
    ]
    for changes, rule, subject in rows:
        assert findings(evidence(application=application(**changes)))[rule].subject == subject


@pytest.mark.parametrize(
    ("changes", "stronger"),
    [
        ({"licence_valid_to": TODAY - timedelta(days=9)}, "ID-LICENCE-EXPIRED"),
        ({"handler_id_valid_to": TODAY - timedelta(days=9)}, "ID-RIC-EXPIRED"),
    ],
)
def test_an_expired_paper_is_found_once_and_other_papers_stay(changes: dict[str, Any], stronger: str) -> None:
    papers = map(DocumentKind, DOCUMENTS_OF_REASON[stronger])
    expired = {**dict.fromkeys(papers, 9), DocumentKind.AUTH_LETTER: 4}
    documents_sent = [
        document(kind, valid_to=TODAY - timedelta(days=days), quality=Quality.BLURRED) for kind, days in expired.items()
    ]
    others = tuple(one for one in documents() if one.kind not in expired)
    own = application(**changes)

    found = findings(evidence(application=own, documents=(*others, *documents_sent)))

    # An identity card whose end is wrong does not fit the age either.
    assert found.keys() - {"ID-RIC-VALIDITY"} == {stronger, "DOC-EXPIRED"}
    # The value is that of the document which is left, although the other ones expired longer ago.
    assert (found["DOC-EXPIRED"].subject, found["DOC-EXPIRED"].observed) == ("AUTH_LETTER", -4)
    assert "DOC-EXPIRED" not in findings(evidence(application=own, documents=(*others, *documents_sent[:-1])))
    assert "DOC-EXPIRED" in findings(evidence(documents=(*others, *documents_sent[:-1])))


def test_no_two_items_ask_for_one_document() -> None:
    sent = [
        document(DocumentKind.AUTH_LETTER, sealed=False, quality=Quality.BLURRED),
        document(DocumentKind.CALL_SCRIPT, quality=Quality.BLURRED),
        document(DocumentKind.BIZ_LICENSE, sealed=False, valid_to=TODAY - timedelta(days=9)),
    ]
    others = (one for one in documents() if one.kind not in {own.kind for own in sent})
    found = tuple(findings(evidence(documents=(*others, *sent))).values())
    codes = ("DOC-UNSEALED", "DOC-QUALITY", "DOC-EXPIRED", "ID-LICENCE-EXPIRED")
    request = VerdictRequest(case_id=1, verdict=Verdict.FAIL, reasons=codes)

    items = items_for(request, default_policy(), found)

    assert [(item.code, item.text) for item in items] == [
        ("DOC-UNSEALED", "AUTH_LETTER"),
        ("DOC-QUALITY", "CALL_SCRIPT"),
        ("ID-LICENCE-EXPIRED", ""),
    ]
    # Without the stronger reason, the document is asked for again.
    alone = items_for(replace(request, reasons=("DOC-EXPIRED",)), default_policy(), found)
    assert [(item.code, item.text) for item in alone] == [("DOC-EXPIRED", "")]


def test_risk_follows_the_findings() -> None:
    for found, risk in [((), Risk.LOW), ((INFO, WARN), Risk.LOW), ((WARN, WARN), Risk.MEDIUM), ((BLOCK,), Risk.HIGH)]:
        assert risk_of(found) is risk


def test_a_block_is_worse_if_it_is_new_of_another_fact_or_further_beyond_its_limit() -> None:
    rows: list[tuple[str, dict[str, Any], bool]] = [
        (">", {}, False),
        (">=", {}, False),
        ("<", {"observed": 60}, True),
        (">=", {"observed": 62}, True),
        (">=", {"observed": 60}, False),
        (">=", {"observes": "other"}, True),
        (">", {"rule": "ID-CAPITAL"}, True),
        (">", {"severity": Severity.WARN, "observed": 62}, False),
    ]
    for op, changes, is_worse in rows:
        before = replace(BLOCK, op=op)
        after = replace(before, **changes)
        assert worse_blocks([before], [after]) == ((after,) if is_worse else ())


def test_the_priority_is_the_highest_from_kind_risk_and_cards() -> None:
    policy = default_policy()
    assert priority_of((), 1, KIND, policy) is Priority.NORMAL
    assert priority_of((WARN, WARN), 1, KIND, policy) is Priority.NORMAL
    assert priority_of((BLOCK,), 1, KIND, policy) is Priority.HIGH
    assert priority_of((), policy.priority.high_from_cards - 1, KIND, policy) is Priority.NORMAL
    assert priority_of((), policy.priority.high_from_cards, KIND, policy) is Priority.HIGH
    urgent = replace(policy, priority=replace(policy.priority, kind={KIND: Priority.URGENT}))
    assert priority_of((BLOCK,), 1, KIND, urgent) is Priority.URGENT


@given(st.sampled_from(Priority), st.lists(st.lists(st.sampled_from([INFO, WARN, BLOCK])), max_size=5))
def test_the_priority_of_an_open_case_never_falls_whatever_is_found(
    current: Priority, assessments: list[list[Finding]]
) -> None:
    policy, ranks = default_policy(), tuple(Priority)
    for found in assessments:
        assessed = priority_of(found, 1, KIND, policy)
        raised = raised_priority(current, assessed)
        assert ranks.index(raised) == max(ranks.index(current), ranks.index(assessed))
        current = raised


def test_what_the_applicant_can_clear_up_does_not_count_once_it_is_answered() -> None:
    policy = default_policy()
    document, list_entry = finding(Severity.BLOCK, "DOC-MISSING"), finding(Severity.WARN, "CR-NAME-ONLY")

    assert [is_answerable(each, policy) for each in (document, list_entry)] == [True, False]
    assert worst_severity((list_entry, document, INFO)) == "block"
    assert worst_severity_if_answered((document, list_entry), policy) == "warn"
    assert worst_severity_if_answered((document, INFO), policy) == "none"
    asked = policy.reasons["DOC-MISSING"]
    unasked = replace(policy, reasons={"DOC-MISSING": replace(asked, item=replace(asked.item, en=""))})
    assert not is_answerable(document, unasked)


def test_the_class_is_the_promised_one_or_the_default_of_the_policy() -> None:
    policy = default_policy()
    many = policy.classes.complex_from_cards
    assert service_class_of(ServiceClass.EXPEDITED, many, (BLOCK,), policy) is ServiceClass.EXPEDITED
    assert service_class_of(None, many - 1, (BLOCK,), policy) is ServiceClass.STANDARD
    assert service_class_of(None, many, (), policy) is ServiceClass.COMPLEX
    grave = replace(policy, classes=replace(policy.classes, risk={Risk.HIGH: ServiceClass.MAXIMUM}))
    assert service_class_of(None, many, (BLOCK,), grave) is ServiceClass.MAXIMUM


def preselected(found: tuple[Finding, ...], verdict: Verdict, policy: Policy | None = None) -> tuple[str, ...]:
    return preselected_reasons(found, verdict, policy or default_policy())


def test_a_clean_pass_marks_ok_and_a_blocked_pass_marks_the_override() -> None:
    assert preselected((), Verdict.PASS) == ("OK",)
    assert preselected((INFO,), Verdict.PASS) == ("OK",)
    assert preselected((WARN,), Verdict.PASS) == ()
    assert preselected((BLOCK,), Verdict.PASS) == ("OK-OVERRIDE",)


def test_a_hit_by_name_alone_is_marked_on_a_pending_but_not_on_a_fail() -> None:
    infos = (finding(Severity.WARN, "ID-CAPITAL"), finding(Severity.INFO, "ACT-STALE"))
    by_name = (finding(Severity.BLOCK, "CR-NAME-ONLY"), BLOCK, *infos)
    assert preselected(by_name, Verdict.PENDING) == ("CR-NAME-ONLY",)
    assert preselected(by_name, Verdict.FAIL) == ("ACT-PEAK-HOUR",)


def test_a_finding_of_a_deleted_rule_marks_no_reason() -> None:
    assert preselected((finding(Severity.BLOCK, "ACT-GONE"),), Verdict.FAIL) == ()
