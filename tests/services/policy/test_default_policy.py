"""The default policy matches the design."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from db.enums import ApplicantKind, DocumentKind, Measure, PanelKind, Verdict, WaitsFor
from tests.domain.facts.sample_evidence import default_policy
from tests.domain.findings.rule_table import TABLE
from workbench.domain.policy.placeholders import placeholder_names, without_optional_parts
from workbench.domain.policy.policy import BilingualText, Reason, Rule, RuleLimit, source_in

RULES = {row.rule for row in TABLE}
"""The codes of the design; another test compares them with the default policy."""
REASONS_ONLY = {
    Verdict.FAIL: {"ID-NAME", "ID-HANDHELD", "ID-REVERIFY", "ACT-REGION", "ACT-RECORDING"},
    Verdict.PASS: {"OK", "OK-MENDED", "OK-OVERRIDE"},
    Verdict.PENDING: {"WAIT-APPLICANT", "WAIT-CARRIER", "WAIT-REGISTRY", "WAIT-DEPARTMENT"},
}
LEGS = {
    "ID": PanelKind.IDENTITY,
    "DOC": PanelKind.IDENTITY,
    "USE": PanelKind.IDENTITY,
    "ACT": PanelKind.ACTIVITY,
    "CR": PanelKind.CREDIT,
}
# Reasons that depend on the supplier, the carrier or another person are never grounds for a fail.
NEVER_A_FAIL = {"ACT-NO-DATA", "ACT-STALE", "CR-NAME-ONLY", "CR-STALE", "CR-NO-DATA"}
CHINESE = re.compile(r"[一-鿿]")


def reason_words(reason: Reason) -> Iterator[BilingualText]:
    yield reason.title
    yield reason.letter
    yield from (words for words in (reason.item, reason.letter_person, reason.item_person) if words.en or words.zh)


def test_every_rule_has_a_reason_and_the_other_reasons_exist() -> None:
    assert set(default_policy().reasons) == RULES.union(*REASONS_ONLY.values())


def test_each_reason_has_its_verdicts_and_its_party_and_each_rule_its_panel() -> None:
    reasons = default_policy().reasons
    for verdict, codes in REASONS_ONLY.items():
        assert all(verdict in reasons[code].verdicts for code in codes)
    assert {code for code in RULES if Verdict.FAIL not in reasons[code].verdicts} == NEVER_A_FAIL
    assert all(Verdict.PASS not in reasons[code].verdicts for code in RULES)
    waits = {code: reason.waits_for for code, reason in reasons.items() if code.startswith("WAIT-")}
    assert waits == {f"WAIT-{party.upper()}": party for party in WaitsFor}
    assert all(reason.waits_for for reason in reasons.values() if Verdict.PENDING in reason.verdicts)
    assert all(rule.leg is LEGS[code.split("-")[0]] for code, rule in default_policy().rules.items())


def test_every_fail_reason_can_be_rectified_within_the_limit() -> None:
    policy = default_policy()
    failing = [reason for reason in policy.reasons.values() if Verdict.FAIL in reason.verdicts]
    assert all(reason.item.en and reason.item.zh for reason in failing)
    assert all(reason.rectify_days or reason.rectify_hours for reason in failing)
    assert [reason.code for reason in failing if reason.rectify_hours == 24] == ["ID-REVERIFY"]
    assert max(reason.rectify_days or 0 for reason in failing) <= policy.rectify.cap_days == 15
    days = {"DOC-QUALITY": 2, "DOC-MISSING": 3, "USE-SCRIPT": 5, "USE-CONSENT": 5, "ACT-PEAK-HOUR": 7, "ID-RIC": 3}
    assert {code: policy.reasons[code].rectify_days for code in days} == days
    assert (policy.supplier.name.zh, policy.supplier.phone) == ("虚构通信有限公司", "400-000-0000")


def test_every_text_is_in_both_languages() -> None:
    policy = default_policy()
    texts = [words for reason in policy.reasons.values() for words in reason_words(reason)]
    texts += [rule.text for rule in policy.rules.values()]
    texts += [limit.text for rule in policy.rules.values() for limit in rule.limits if limit.text]
    texts += [*policy.documents.names.values(), *(question.text for question in policy.questions)]
    for words in texts:
        assert CHINESE.search(words.zh), words
        assert not CHINESE.search(words.en), words


def test_the_letter_of_an_internal_rule_names_the_usage_rules_but_no_number() -> None:
    policy = default_policy()
    internal = [code for code, rule in policy.rules.items() if not rule.told]
    letters = [policy.reasons[code].letter for code in internal if code not in NEVER_A_FAIL]
    assert "ACT-PEAK-HOUR" in internal
    for words in letters:
        assert "我司使用规范" in words.zh
        assert "our usage rules" in words.en
        assert not re.search(r"\d", words.zh + words.en)


def test_letter_texts_are_complete_without_a_finding() -> None:
    for reason in default_policy().reasons.values():
        for words in reason_words(reason):
            for text in (words.en, words.zh):
                assert not placeholder_names(without_optional_parts(text))
                assert without_optional_parts(text).strip()
        for each in (reason, reason.for_person):
            assert each.letter.en.endswith(".")
            assert each.letter.zh.endswith("。")
            assert not re.search("please|(?<!申)请", each.letter.en + each.letter.zh, re.IGNORECASE), (
                f"{reason.code}: a letter asks for nothing, because the verdict may be final; its item asks"
            )
            items = (each.item.en, each.item.zh)
            assert not [item for item in items if item.endswith((".", "。"))], (
                f"{reason.code}: an item is a phrase without a full stop, because letters list it"
            )


def test_no_rule_yields_to_a_less_severe_rule() -> None:
    rules = default_policy().rules
    weights = ["info", "warn", "block"]
    for rule in rules.values():
        for stronger in rule.stronger:
            least = min(weights.index(limit.severity) for limit in rules[stronger].limits)
            assert least >= max(weights.index(limit.severity) for limit in rule.limits)


def test_the_documents_are_those_of_the_design() -> None:
    required = default_policy().documents.required
    enterprise = required[ApplicantKind.ENTERPRISE]
    assert {kind.value for kind in enterprise} == {
        "BIZ_LICENSE",
        "AGENT_ID_FRONT",
        "AGENT_ID_BACK",
        "AUTH_LETTER",
        "COMMITMENT_LETTER",
        "USE_STATEMENT",
        "CALL_SCRIPT",
        "CONSENT_PROOF",
    }
    assert set(required[ApplicantKind.SOLE_PROPRIETOR]) == set(enterprise) - {DocumentKind.AUTH_LETTER}
    assert [kind.value for kind in required[ApplicantKind.INDIVIDUAL]] == [
        "AGENT_ID_FRONT",
        "AGENT_ID_BACK",
        "COMMITMENT_LETTER",
    ]
    assert set(default_policy().documents.names) == set(DocumentKind)


@pytest.mark.promise("D1", "D2", "D3", "D7", "D8", "D9")
def test_times_measures_and_deadlines_are_those_of_the_design() -> None:
    policy = default_policy()
    desk = policy.desk
    assert (desk.hold_minutes, desk.aside_minutes, desk.grace_s, desk.max_held) == (30, 120, 60, 3)
    assert (policy.pending.days, policy.appeal.file_days, policy.appeal.answer_days) == (5, 15, 7)
    assert [f"{opens:%H:%M}-{closes:%H:%M}" for opens, closes in policy.hours.periods] == ["09:00-12:00", "13:00-18:00"]
    assert list(policy.classes.days.values()) == [1, 3, 5, 7, 10]
    assert policy.measures == {
        Verdict.PASS: (Measure.NONE, Measure.RESTORE),
        Verdict.FAIL: (Measure.NONE, Measure.BAR_OUT, Measure.BAR_BOTH),
        Verdict.PENDING: (Measure.NONE, Measure.BAR_OUT),
    }
    checks = (policy.check.final_fail, policy.check.override, policy.check.high_risk_pass, policy.check.restore)
    assert all(checks)
    assert not policy.separation.importer


def test_a_stored_finding_fits_its_columns() -> None:
    for rule in default_policy().rules.values():
        assert len(rule.code) <= 32
        assert len(rule.source) <= 300
        assert all(len(limit.unit) <= 16 for limit in rule.limits)


def test_each_source_is_also_in_chinese() -> None:
    for rule in default_policy().rules.values():
        parts: tuple[Rule | RuleLimit, ...] = (rule, *rule.limits)
        for part in parts:
            assert bool(part.source) is bool(part.source_zh)
            assert "our own judgement" not in source_in(part, "zh")
        own = replace(rule, source_zh="")
        assert source_in(own, "zh") == source_in(own, "en") == rule.source
