"""How findings are worded on screens and in letters."""

from dataclasses import replace
from datetime import date, timedelta

from db.enums import ApplicantKind, CreditList, CreditMatch, DocumentKind, Quality
from tests.domain.facts.sample_evidence import (
    TODAY,
    application,
    calls,
    card,
    company_code,
    credit,
    default_policy,
    documents,
    evidence,
    findings,
    with_calls,
)
from tests.domain.findings.rule_table import WRONG
from tests.messages import catalogue
from workbench.domain.evidence.evidence import Evidence
from workbench.domain.findings.finding import Finding
from workbench.wording.case.fields import FIELD_NAMES
from workbench.wording.case.labels import QUALITY_WORDS
from workbench.wording.findings import LetterDetails, finding_text, reason_item, reason_letter

EXPIRED = evidence(application=application(handler_id_valid_to=TODAY - timedelta(days=3)))
TEXTS: list[tuple[str, Evidence, str, str]] = [
    ("ID-RIC-EXPIRED", EXPIRED, "handler's ID card expired 3 days ago", "经办人身份证已过期3天"),
    (
        "ID-RIC-EXPIRED",
        evidence(application=application(handler_id_valid_to=TODAY - timedelta(days=1))),
        "handler's ID card expired 1 day ago",
        "经办人身份证已过期1天",
    ),
    (
        "ACT-PEAK-HOUR",
        with_calls(calls(peak_hour_calls=1073)),
        "1,073 calls in the busiest hour (warns above 40, blocks above 60)",
        "最忙一小时呼出1,073次（超过40警告，超过60阻断）",
    ),
    (
        "ACT-SHORT-CALLS",
        with_calls(calls(answered=500, short_calls=83)),
        "16.6% of answered calls last 6 s or less (warns above 15%, blocks above 30%)",
        "接通后6秒内结束的占16.6%（超过15%警告，超过30%阻断）",
    ),
    (
        "ID-CAPITAL",
        evidence(application=application(registered_capital_fen=49_999_999)),
        "registered capital CNY 499,999.99 (at least CNY 500,000)",
        "注册资本499,999.99元（下限50万元）",
    ),
    ("ID-USCC", evidence(application=application(uscc="")), "USCC is missing", "统一社会信用代码缺失"),
    *(
        ("ID-USCC", evidence(application=application(uscc=code)), *texts)
        for code in (company_code().replace("A", "O", 1), "s" + company_code()[1:], company_code()[:-1] + "Z")
        for texts in [
            (
                "USCC has one of the letters I, O, S, V and Z, which no code has",
                "统一社会信用代码含有不会使用的字母（I、O、S、V、Z之一）",
            )
        ]
    ),
    *(
        ("ID-USCC", evidence(application=application(uscc=code)), *texts)
        for code in ("91110000600037341M", "9111000060003734")
        for texts in [
            (
                "USCC has a wrong check character, or not 18 characters",
                "统一社会信用代码校验码不符，或不是18位",
            )
        ]
    ),
    (
        "DOC-MISSING",
        evidence(documents=documents()[2:]),
        "2 documents missing: business licence, handler's ID card, front",
        "缺2份材料：营业执照副本、经办人身份证人像面",
    ),
    (
        "ID-ACTUAL-USER",
        evidence(cards=(card(actual_user_name=""),)),
        "no actual user is named for 138••••••01",
        "号码138••••••01未填写实际使用人",
    ),
    (
        "ID-RIC",
        evidence(application=application(legal_rep_id_no=WRONG, handler_id_no=WRONG)),
        "handler and legal representative: ID number is wrong (form, check digit or date)",
        "经办人和法定代表人证件号码有误（格式、校验位或日期）",
    ),
    (
        "ID-MSISDN",
        evidence(cards=tuple(card(msisdn=f"101000000{number:02}") for number in range(15))),
        f"in no known number range: {', '.join(f'101••••••{number:02}' for number in range(10))} and 5 more",
        f"号码{'、'.join(f'101••••••{number:02}' for number in range(10))}等15个号码不在已知号段内",
    ),
    (
        "CR-NAME-ONLY",
        evidence(credit=(credit(CreditList.COURT, CreditMatch.NAME_ONLY),)),
        "1 record matches by name only: court list",
        "1条记录仅名称相符：失信被执行人",
    ),
    (
        "USE-SCRIPT",
        evidence(application=application(call_script="请告诉我密码和验证码")),
        "call script holds words that are not allowed: 密码, 验证码",
        "外呼话术含不允许的用语：密码、验证码",
    ),
]


def test_a_finding_is_worded() -> None:
    for rule, seen, english, chinese in TEXTS:
        finding = findings(seen)[rule]
        # What was stored before findings named their fact is worded the same. The policy of that time had one limit
        # for a USCC.
        for told in (finding,) if rule == "ID-USCC" else (finding, replace(finding, observes="")):
            assert finding_text(told, default_policy(), "en") == english
            assert finding_text(told, default_policy(), "zh") == chinese


def test_a_value_beyond_a_limit_is_never_rounded_to_the_limit() -> None:
    finding = findings(with_calls(calls(calls=1_000_000, answered=1_000_000, short_calls=150_001)))["ACT-SHORT-CALLS"]
    assert finding_text(finding, default_policy(), "en").startswith("15.0001% of answered calls")
    mean = findings(with_calls(calls(answered=1000, total_duration_s=29_999)))["ACT-MEAN-DURATION"]
    assert finding_text(mean, default_policy(), "en") == (
        "answered calls last 29.999 s on average (warns below 30 s, blocks below 15 s)"
    )


def test_a_finding_of_a_deleted_rule_is_shown_with_its_numbers() -> None:
    found = findings(EXPIRED)["ID-RIC-EXPIRED"]
    deleted = Finding(rule="ID-GONE", leg=found.leg, severity=found.severity, observed=-3, op="<", limit=0, unit="days")
    assert finding_text(deleted, default_policy(), "en") == "ID-GONE: -3 < 0"


def letters(code: str, seen: Evidence | None, language: str) -> tuple[str, str]:
    policy = default_policy()
    found = tuple(findings(seen).values()) if seen else ()
    reason = policy.reasons[code]
    return reason_letter(reason, found, policy, language), reason_item(reason, found, policy, language)


def test_a_letter_gives_the_numbers_of_its_finding() -> None:
    assert letters("ID-RIC-EXPIRED", EXPIRED, "zh") == (
        "经办人身份证已到期。",
        "经办人有效身份证正反面复印件",
    )
    assert letters("DOC-MISSING", evidence(documents=documents()[1:]), "en") == (
        "Documents are missing: business licence.",
        "the missing documents: business licence, with the seal",
    )


def test_a_letter_without_a_finding_has_no_numbers() -> None:
    assert letters("ID-RIC-EXPIRED", None, "en")[0] == "The handler's ID card has expired."
    assert letters("DOC-MISSING", None, "zh") == ("材料不齐。", "补交缺少的材料（须加盖公章）")
    assert letters("OK", None, "zh")[1] == ""


def test_a_letter_gives_the_day_on_which_a_validity_ended() -> None:
    policy, found = default_policy(), tuple(findings(EXPIRED).values())
    reason = policy.reasons["ID-RIC-EXPIRED"]
    details = LetterDetails(dates={"id_days_left": date(2026, 1, 1)})
    person = policy.addressing(ApplicantKind.INDIVIDUAL).reasons[reason.code]

    assert reason_letter(reason, found, policy, "zh", details) == "经办人身份证已于2026年1月1日到期。"
    assert reason_letter(person, found, policy, "zh", details) == "您的身份证已于2026年1月1日到期。"
    assert reason_letter(person, found, policy, "en", details) == "Your ID card has expired (on 1 January 2026)."
    assert reason_item(person, found, policy, "en", details) == "a copy of both sides of your valid ID card"


def test_a_letter_names_the_documents_that_the_reviewer_named() -> None:
    for code in ["DOC-MISSING", "DOC-EXPIRED", "DOC-UNSEALED", "DOC-QUALITY"]:
        policy = default_policy().addressing(ApplicantKind.INDIVIDUAL)
        details = LetterDetails(documents=(DocumentKind.AUTH_LETTER, DocumentKind.AGENT_ID_FRONT))

        for language, names in (("zh", "授权委托书、身份证人像面"), ("en", "authority letter, your ID card, front")):
            for words in (reason_letter, reason_item):
                assert names in words(policy.reasons[code], (), policy, language, details)


def test_a_letter_has_no_details_of_an_internal_rule() -> None:
    for language in ("en", "zh"):
        text = "".join(letters("ACT-PEAK-HOUR", with_calls(calls(peak_hour_calls=73)), language))
        assert "73" not in text
        assert "60" not in text


LEGAL_REP = evidence(application=application(legal_rep_id_no=WRONG))
UNNAMED = evidence(cards=tuple(card(msisdn=f"1650000{number:04}", actual_user_name="") for number in range(12)))


def test_reason_and_item_about_an_id_number_name_the_person_by_role() -> None:
    for language, person in [("zh", "法定代表人"), ("en", "the legal representative")]:
        for words in letters("ID-RIC", LEGAL_REP, language):
            assert person in words
            assert "经办人" not in words
            assert "handler" not in words


def test_a_person_reads_of_an_own_id_card() -> None:
    for code in ["ID-RIC", *(f"ID-RIC-{part}" for part in ("EXPIRED", "EXPIRING", "VALIDITY"))]:
        policy = default_policy().addressing(ApplicantKind.INDIVIDUAL)
        found = tuple(findings(evidence(application=application(handler_id_no=WRONG))).values())
        for words in (reason_letter, reason_item):
            chinese, english = (words(policy.reasons[code], found, policy, language) for language in ("zh", "en"))
            assert "您" in chinese
            assert "经办人" not in chinese
            assert "your" in english.lower()
            assert "handler" not in english


def test_reason_and_item_about_cards_list_up_to_ten_in_clear_and_count_the_rest() -> None:
    for language, rest in [("zh", "等12个号码"), ("en", " and 2 more")]:
        for words in letters("ID-ACTUAL-USER", UNNAMED, language):
            assert all(f"1650000{number:04}" in words for number in range(10))
            assert "16500000010" not in words
            assert rest in words
            assert "•" not in words


def test_documents_are_never_left_out_of_a_list() -> None:
    assert "more" not in letters("DOC-MISSING", evidence(documents=()), "en")[0]


def test_a_finding_names_the_quality_of_a_picture_and_the_answered_calls_like_their_rows() -> None:
    policy, chinese = default_policy(), {message.id: str(message.string) for message in catalogue()}
    quality = policy.rules["DOC-QUALITY"]
    for limit, value in zip(quality.limits, (Quality.BLURRED, Quality.INCOMPLETE), strict=True):
        text = limit.text or quality.text
        assert limit.value == value
        assert text.en.startswith(QUALITY_WORDS[value])
        assert text.zh.startswith(chinese[QUALITY_WORDS[value]])
    assert chinese[FIELD_NAMES["answer_ratio"]] in policy.rules["ACT-ANSWER-RATE"].text.zh
