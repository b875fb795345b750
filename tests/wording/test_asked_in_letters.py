"""What letters say an applicant can do for a faster review; internal details are left out."""

from dataclasses import replace

from db.enums import ApplicantKind, CreditList, CreditMatch, DocumentKind, Language, Severity
from tests.domain.facts.sample_evidence import (
    TODAY,
    calls,
    credit,
    default_policy,
    documents,
    evidence,
    findings,
    with_calls,
)
from workbench.domain.evidence.evidence import Evidence
from workbench.domain.policy.policy import BilingualText
from workbench.services.notices.due_date_notices import suggestion_lines
from workbench.wording.findings import finding_text
from workbench.wording.what_would_help import findings_in_letters

UNSEALED = evidence(
    documents=tuple(replace(each, sealed=each.kind != DocumentKind.BIZ_LICENSE) for each in documents())
)
ARREARS = evidence(
    credit=(credit(CreditList.ARREARS, CreditMatch.EXACT, overdue_days=40, listed_on=None, amount_fen=90_000),)
)


def lines(seen: Evidence, language: Language) -> list[str]:
    found, kind = tuple(findings(seen).values()), ApplicantKind.ENTERPRISE
    return suggestion_lines(found, default_policy(), language, kind, TODAY).splitlines()


def test_each_finding_is_given_with_what_to_submit_or_rectify() -> None:
    assert lines(with_calls(calls(peak_hour_calls=1073)), Language.EN) == [
        "1. The number of calls in one hour is not in line with our usage rules. "
        "You can already submit or correct: a plan for the number of calls in an hour."
    ]
    assert lines(with_calls(calls(peak_hour_calls=1073)), Language.ZH) == [
        "1. 一小时内的呼出次数不符合我司使用规范。可先提交或整改：关于控制每小时呼出次数的整改方案。"
    ]


def test_documents_are_named_once() -> None:
    [line] = lines(UNSEALED, Language.ZH)
    assert line == "1. 部分材料未加盖公章：营业执照副本。可先提交或整改：加盖公章的材料。"
    [line] = lines(UNSEALED, Language.EN)
    assert line.count("business licence") == 1


def test_the_most_severe_finding_comes_first() -> None:
    seen = with_calls(calls(peak_hour_calls=1073), documents=UNSEALED.documents)

    [first, second] = lines(seen, Language.EN)
    assert first.startswith("1. The number of calls")
    assert second.startswith("2. ")
    assert "seal" in second


def test_letters_before_the_review_do_not_mention_list_entries() -> None:
    for name in [CreditList.COURT, CreditList.PUNISHMENT, CreditList.TELECOM, CreditList.SERIOUS]:
        for match in [CreditMatch.EXACT, CreditMatch.NAME_ONLY]:
            seen = evidence(credit=(credit(name, match),))

            assert findings(seen)
            assert lines(seen, Language.ZH) == []


def test_findings_that_only_the_applicant_can_settle_are_mentioned() -> None:
    assert "CR-ARREARS" in findings(ARREARS)
    [line] = lines(ARREARS, Language.EN)
    assert "overdue (by 40 days)." in line
    assert "proof that the arrears are paid in full" in line


def test_a_letter_about_arrears_since_an_unknown_day_names_no_days() -> None:
    undated = evidence(credit=(credit(CreditList.ARREARS, CreditMatch.EXACT, amount_fen=90_000),))
    assert (
        finding_text(findings(undated)["CR-ARREARS"], default_policy(), "en") == "arrears overdue since an unknown day"
    )
    assert lines(undated, Language.EN)[0].startswith("1. Fees for telecommunications are overdue. ")
    assert lines(undated, Language.ZH)[0].startswith("1. 存在逾期未缴的电信费用。")


def test_no_number_of_an_internal_rule_is_in_a_letter() -> None:
    for language in ["en", "zh"]:
        policy = default_policy()
        finding = findings(with_calls(calls(peak_hour_calls=1073)))["ACT-PEAK-HOUR"]
        for rule in policy.rules.values():
            for severity in (Severity.BLOCK, Severity.WARN):
                seen = replace(
                    finding, rule=rule.code, severity=severity, observed=4711, limit=815, subject="13800000001"
                )
                sentences = " ".join(part for pair in findings_in_letters([seen], policy, language) for part in pair)
                assert rule.told or not any(each in sentences for each in ("4711", "4,711", "815", "138"))
                assert "[" not in sentences
                assert "{" not in sentences


def test_the_subject_of_a_finding_is_given_only_by_public_rules() -> None:
    policy = default_policy()
    seen = replace(findings(with_calls(calls(peak_hour_calls=1073)))["ACT-PEAK-HOUR"], subject="13800000001")
    reason = replace(
        policy.reasons["ACT-PEAK-HOUR"], letter=BilingualText("Too many calls[ ({subject})].", "呼出过多。")
    )
    rule = policy.rules["ACT-PEAK-HOUR"]

    sentences = []
    for is_told in (False, True):
        rules = {**policy.rules, rule.code: replace(rule, told=is_told)}
        changed = replace(policy, rules=rules, reasons={**policy.reasons, rule.code: reason})
        sentences += [noticed for noticed, _item in findings_in_letters([seen], changed, "en")]
    assert sentences == ["Too many calls.", "Too many calls (13800000001)."]


def test_findings_of_severity_info_or_without_letter_text_are_left_out() -> None:
    policy = default_policy()
    finding = findings(with_calls(calls(peak_hour_calls=1073)))["ACT-PEAK-HOUR"]

    assert list(findings_in_letters([replace(finding, severity=Severity.INFO)], policy, "en")) == []
    assert list(findings_in_letters([replace(finding, rule="GONE")], policy, "en")) == []
    assert list(findings_in_letters([replace(finding, rule="CR-NO-DATA")], policy, "en")) == []
