"""Every letter in the words that applicants need: punctuation, where to submit, what an appeal needs, which numbers."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from db.enums import ApplicantKind, Language, Measure
from tests.domain.facts.sample_evidence import default_policy
from tests.services.notices.sample_letters import (
    ADDRESS,
    SUPPLIER,
    a_letter,
    every_clock_letter,
    every_kind,
    final,
    fixable,
    pending,
)
from workbench.domain.policy.policy import Words
from workbench.services.notices.due_date_letter import compose_clock_letter
from workbench.services.notices.verdict_letter import LetterFacts, LetterItem, compose

HALF_WIDTH = re.compile(r"[\u4e00-\u9fff“”][,;:!?()]|[,;:!?()][\u4e00-\u9fff“”]|[\u4e00-\u9fff]\.")
NUMBERS = ("13800138001", "13800138002", "13800138003")
EN, ZH = Language.EN, Language.ZH


def every_letter(language: Language) -> Iterator[LetterFacts]:
    for kind in ApplicantKind:
        for facts in every_kind(replace(a_letter(language, kind), agent="虚构渠道", msisdns=NUMBERS)):
            yield replace(facts, provisional_years=(2027, 2028))


def test_no_half_width_punctuation_stands_between_chinese_words() -> None:
    for facts in every_letter(ZH):
        composed = compose(facts)
        assert HALF_WIDTH.findall(composed.subject + composed.body) == []


@pytest.mark.parametrize("kind", list(ApplicantKind))
def test_letters_about_dates_have_no_half_width_punctuation_and_no_empty_part(kind: ApplicantKind) -> None:
    for language in Language:
        for letter in every_clock_letter(language, kind):
            composed = compose_clock_letter(letter)
            assert HALF_WIDTH.findall(composed.subject + composed.body) == [] or language is EN
            assert "\n\n\n" not in composed.body
            assert "None" not in composed.body
            assert composed.body.count(ADDRESS[kind]) == 0 or language is ZH


def test_no_text_of_the_policy_has_half_width_punctuation_between_chinese_words() -> None:
    policy = default_policy()
    words = [each for reason in policy.reasons.values() for each in vars_of(reason)]
    words += [*policy.documents.names.values(), *policy.documents.names_person.values()]

    assert [each.zh for each in words if HALF_WIDTH.search(re.sub(r"[\[\]]|{.*?}", "", each.zh))] == []


def vars_of(reason: object) -> list[Words]:
    values = (getattr(reason, name) for name in ("title", "letter", "item", "letter_person", "item_person"))
    return [value for value in values if isinstance(value, Words)]


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("ask", [fixable, pending])
def test_a_letter_that_asks_for_something_says_where_to_send_it(language: Language, ask: object) -> None:
    for agent in ("虚构渠道", ""):
        body = compose(ask(replace(a_letter(language), agent=agent))).body  # type: ignore[operator]  # one of two functions

        how = body[body.index("提交方式：" if language is ZH else "How to submit:") :].split("\n\n")[0]
        for owed in (SUPPLIER.address.in_language(language), SUPPLIER.phone):
            assert owed in how
        assert ("虚构渠道" in how) is bool(agent)


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("measure", [Measure.BAR_OUT, Measure.BAR_BOTH, Measure.RESTORE])
def test_a_measure_names_its_law_and_each_number(language: Language, measure: Measure) -> None:
    facts = replace(final(a_letter(language)), measure=measure, msisdns=NUMBERS)
    body = compose(facts).body

    listed = (
        "：13800138001、13800138002、13800138003（共3个）。"
        if language is ZH
        else (": 13800138001, 13800138002, 13800138003 (3 in total).")
    )
    law = "依据《反电信网络诈骗法》及双方协议" if language is ZH else "Under the Anti-Telecom and Online Fraud Law"
    assert listed in body
    assert (law in body) is (measure is not Measure.RESTORE)


@pytest.mark.parametrize("kind", list(ApplicantKind))
def test_an_appeal_letter_lists_what_an_appeal_needs(kind: ApplicantKind) -> None:
    body = compose(replace(final(a_letter(ZH, kind)), answer_days=5)).body

    paper = "身份证复印件" if kind is ApplicantKind.INDIVIDUAL else "营业执照副本"
    assert f"请写明受理编号和申诉理由，并提交：申诉书、{paper}、号码用途及用户授权证明。" in body
    assert "我司自收到之日起5个工作日内书面答复；对答复不服的，可向电信用户申诉受理机构（12300）申诉。" in body
    assert "\n申诉途径：书面寄至下列地址。\n" in body


def test_a_measure_stays_in_force_when_nothing_is_rectified() -> None:
    barred = compose(fixable(a_letter())).body
    free = compose(replace(fixable(a_letter()), measure=Measure.NONE)).body

    assert "逾期未提交的，本次审核按“逾期未整改”办结，已采取的限制措施继续有效。" in barred
    assert "按“逾期未整改”办结。" in free


def test_a_foreign_text_of_the_reviewer_is_quoted() -> None:
    facts = replace(
        fixable(a_letter()), causes="The seal is missing.\n材料未盖章。", items=(LetterItem("Send the sealed copy"),)
    )
    body = compose(facts).body

    assert "\n我司说明（英文原文）：“The seal is missing.”\n材料未盖章。\n" in body
    assert "\n1. 我司说明（英文原文）：“Send the sealed copy”\n" in body
