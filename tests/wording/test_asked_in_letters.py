"""What letters tell of that makes a case faster: what the applicant can do, and nothing that is internal."""

from dataclasses import replace

import pytest

from db.enums import CreditList, CreditMatch, DocumentKind, Language, Severity
from tests.domain.facts.sample_evidence import calls, credit, default_policy, documents, evidence, findings, with_calls
from workbench.domain.evidence.evidence import Evidence
from workbench.domain.policy.policy import Words
from workbench.services.notices.due_date_letter import asked_lines
from workbench.wording.what_would_help import findings_in_letters

UNSEALED = evidence(
    documents=tuple(replace(each, sealed=each.kind != DocumentKind.BIZ_LICENSE) for each in documents())
)
ARREARS = evidence(
    credit=(credit(CreditList.ARREARS, CreditMatch.EXACT, overdue_days=40, listed_on=None, amount_fen=90_000),)
)


def lines(seen: Evidence, language: Language) -> list[str]:
    return asked_lines(findings(seen).values(), default_policy(), language).splitlines()


def test_what_was_noticed_comes_with_what_to_hand_in_or_mend() -> None:
    assert lines(with_calls(calls(peak_hour_calls=1073)), Language.EN) == [
        "1. The number of calls in one hour is not in line with our usage rules. "
        "It helps to hand in or mend: a plan for the number of calls in an hour."
    ]
    assert lines(with_calls(calls(peak_hour_calls=1073)), Language.ZH) == [
        "1. 一小时内的呼出次数不符合我司使用规范。可先提交或整改：小时呼出频次整改方案。"
    ]


def test_the_documents_are_named_once() -> None:
    [line] = lines(UNSEALED, Language.ZH)
    assert line == "1. 有材料未盖章：营业执照副本。可先提交或整改：盖章后的材料。"
    [line] = lines(UNSEALED, Language.EN)
    assert line.count("business licence") == 1


def test_the_gravest_comes_first() -> None:
    seen = with_calls(calls(peak_hour_calls=1073), documents=UNSEALED.documents)

    [first, second] = lines(seen, Language.EN)
    assert first.startswith("1. The number of calls")
    assert second.startswith("2. ")
    assert "seal" in second


@pytest.mark.parametrize("name", [CreditList.COURT, CreditList.PUNISHMENT, CreditList.TELECOM, CreditList.SERIOUS])
@pytest.mark.parametrize("match", [CreditMatch.EXACT, CreditMatch.NAME_ONLY])
def test_nobody_is_told_before_the_review_that_a_list_names_them(name: CreditList, match: CreditMatch) -> None:
    seen = evidence(credit=(credit(name, match),))

    assert findings(seen)
    assert lines(seen, Language.ZH) == []


def test_what_only_the_applicant_can_settle_is_told() -> None:
    assert "CR-ARREARS" in findings(ARREARS)
    [line] = lines(ARREARS, Language.EN)
    assert "proof that the arrears are paid in full" in line


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_figure_of_a_rule_that_keeps_it_for_us_is_told(language: str) -> None:
    policy = default_policy()
    finding = findings(with_calls(calls(peak_hour_calls=1073)))["ACT-PEAK-HOUR"]
    for rule in policy.rules.values():
        for severity in (Severity.BLOCK, Severity.WARN):
            seen = replace(finding, rule=rule.code, severity=severity, observed=4711, limit=815, subject="13800000001")
            told = " ".join(part for pair in findings_in_letters([seen], policy, language) for part in pair)
            assert rule.told or not any(each in told for each in ("4711", "4,711", "815", "138"))
            assert "[" not in told
            assert "{" not in told


def test_where_it_was_seen_is_told_by_rules_that_tell_what_they_saw_only() -> None:
    policy = default_policy()
    seen = replace(findings(with_calls(calls(peak_hour_calls=1073)))["ACT-PEAK-HOUR"], subject="13800000001")
    reason = replace(policy.reasons["ACT-PEAK-HOUR"], letter=Words("Too many calls[ ({subject})].", "呼出过多。"))
    rule = policy.rules["ACT-PEAK-HOUR"]

    told = []
    for is_told in (False, True):
        rules = {**policy.rules, rule.code: replace(rule, told=is_told)}
        changed = replace(policy, rules=rules, reasons={**policy.reasons, rule.code: reason})
        told += [noticed for noticed, _item in findings_in_letters([seen], changed, "en")]
    assert told == ["Too many calls.", "Too many calls (138••••••01)."]


def test_what_is_only_worth_knowing_is_not_asked_about_nor_what_the_policy_has_no_words_for() -> None:
    policy = default_policy()
    finding = findings(with_calls(calls(peak_hour_calls=1073)))["ACT-PEAK-HOUR"]

    assert list(findings_in_letters([replace(finding, severity=Severity.INFO)], policy, "en")) == []
    assert list(findings_in_letters([replace(finding, rule="GONE")], policy, "en")) == []
    assert list(findings_in_letters([replace(finding, rule="CR-NO-DATA")], policy, "en")) == []
