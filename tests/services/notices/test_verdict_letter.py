"""The letters to applicants about verdicts, in both languages."""

import re
from dataclasses import fields, replace
from datetime import date

import pytest

from db.enums import ApplicantKind, Language, Measure, WaitsFor
from tests.languages import speaking
from tests.services.notices.sample_letters import (
    ADDRESS,
    APPEAL_UNTIL,
    CORRECTED,
    DEADLINE,
    DECIDED,
    ITEMS,
    NEXT_ACTION,
    REPLACED,
    SENTENCES,
    SUPPLIER,
    a_letter,
    every_kind,
    every_letter,
    final,
    fixable,
    pending,
    with_reasons,
)
from workbench.services.notices.letter import Letter, causes_text
from workbench.services.notices.letter_facts import Bar, LetterReason
from workbench.services.notices.rendering import LetterText, render

HALF_WIDTH = re.compile(r"[\u4e00-\u9fff“”][,;:!?()]|[,;:!?()][\u4e00-\u9fff“”]|[\u4e00-\u9fff]\.")
CODES = re.compile("C-000123|TC-2026-00123|ID-RIC-EXPIRED|ACT-PEAK-HOUR")


@pytest.fixture(params=list(Language))
def language(request: pytest.FixtureRequest) -> Language:
    return Language(request.param)


@pytest.fixture(params=list(ApplicantKind))
def letter(request: pytest.FixtureRequest, language: Language) -> Letter:
    return a_letter(language, ApplicantKind(request.param))


def test_every_letter_has_sender_recipient_and_subject(letter: Letter) -> None:
    for facts in every_kind(letter):
        composed = render(facts)

        assert letter.applicant_name in composed.body.splitlines()[0]
        assert letter.case_no in composed.subject
        for owed in (letter.case_no, letter.application_no, SUPPLIER.phone):
            assert owed in composed.body
        for words in (SUPPLIER.name, SUPPLIER.hours, SUPPLIER.address):
            assert words.in_language(letter.language) in composed.body
        assert composed.body.splitlines()[-2:] == [
            SUPPLIER.name.in_language(letter.language),
            DECIDED[letter.language],
        ]


def test_every_letter_is_whole_in_one_language_and_fits_the_kind_of_applicant(letter: Letter) -> None:
    is_zh = letter.language is Language.ZH
    own = ADDRESS[letter.applicant_kind] if is_zh else "you"
    others = [other for other in ADDRESS.values() if other != own]
    for facts in every_letter(letter.language, letter.applicant_kind):
        composed = render(facts)
        text = composed.subject + composed.body

        assert not re.search(r"[{}]|None|Undefined|\bFalse\b|\bTrue\b", text)
        assert "\n" not in composed.subject
        assert "\n\n\n" not in composed.body
        assert [line for line in composed.body.splitlines() if line != line.strip()] == []
        assert own in composed.body
        assert [other for other in others if other in composed.body] == []
        if is_zh:
            # Between Chinese words no half-width punctuation stands; only codes have letters; "您" needs a "的".
            assert HALF_WIDTH.findall(text) == []
            assert re.findall("您电销卡|您二次审核", text) == []
            assert re.findall(r"[A-Za-z]{2,}", CODES.sub("", text)) == []
        else:
            assert re.findall(r"[\u3000-\u9fff\uff00-\uffef]+", text.replace("虚构渠道", "")) == []


def test_the_language_of_a_letter_does_not_depend_on_the_screens(letter: Letter) -> None:
    before = render(fixable(letter))

    with speaking("zh" if letter.language is Language.EN else "en"):
        assert render(fixable(letter)) == before


def test_a_pass_letter_asks_for_nothing_and_lifts_bars_or_cancels_them_in_two_sentences(letter: Letter) -> None:
    plain = render(letter)
    told = re.compile("此前通知|earlier letters")
    assert not told.search(plain.body)
    assert told.search(render(replace(letter, was_asked=True)).body)
    assert ("：通过" if letter.language is Language.ZH else "passed") in plain.subject
    assert not re.search("申诉|期限|措施|appeal|deadline|measure", plain.body, re.IGNORECASE)
    numbers = tuple(f"1380013800{number}" for number in range(4))
    lifted = (
        Bar(Measure.BAR_OUT, numbers[:1]),
        Bar(Measure.BAR_OUT, numbers[1:2], is_carried_out=False),
        Bar(Measure.BAR_BOTH, numbers[2:3]),
    )
    body = render(replace(letter, measure=Measure.RESTORE, msisdns=numbers, lifted=lifted)).body

    done, undone, also = {
        Language.ZH: (
            "对下列号码的限制措施自即日起解除：13800138000（限呼，共1个）；13800138002（双停，共1个）。",
            "对下列号码尚未执行的限制措施予以取消：13800138001（限呼，共1个）。",
            "另恢复下列号码的呼出和呼入服务（复机）：13800138003（共1个）。",
        ),
        Language.EN: (
            "From the day this notice is sent, we lift the bar on these numbers: 13800138000 (outgoing calls, 1 in "
            "total); 13800138002 (outgoing and incoming calls, 1 in total). ",
            "The bar on these numbers has not been carried out and is cancelled: 13800138001 (outgoing calls, 1 in "
            "total).",
            "calls work again on these numbers too: 13800138003 (1 in total).",
        ),
    }[letter.language]
    assert f"{done}{undone}" in body
    assert also in body


def test_the_letter_of_a_fixable_fail_lists_every_item(letter: Letter) -> None:
    composed = render(fixable(letter))

    outcome = "不通过（可整改）" if letter.language is Language.ZH else "not passed (rectification possible)"
    assert outcome in composed.subject
    for owed in (
        outcome,
        causes_text(fixable(letter).reasons, letter.language),
        "限呼" if letter.language is Language.ZH else "outgoing calls are barred",
        "立即解除" if letter.language is Language.ZH else "we lift this at once",
        *ITEMS[letter.language],
        DEADLINE[letter.language],
    ):
        assert owed in composed.body
    assert composed.body.count(DEADLINE[letter.language]) == 1


def test_the_letter_of_a_final_fail_has_measure_and_appeal_but_no_deadline(letter: Letter) -> None:
    composed = render(final(letter))

    for owed in (
        "不通过（不可整改）" if letter.language is Language.ZH else "not passed (cannot be rectified)",
        causes_text(final(letter).reasons, letter.language),
        "双停" if letter.language is Language.ZH else "outgoing and incoming calls are barred",
        "用户授权证明" if letter.language is Language.ZH else "proof of what the numbers are used for",
        "7个工作日内书面答复" if letter.language is Language.ZH else "in writing within 7 working days",
        "12300",
        APPEAL_UNTIL[letter.language],
        SUPPLIER.appeal.in_language(letter.language),
    ):
        assert owed in composed.body
    assert not re.search("期限|deadline", composed.body, re.IGNORECASE)
    free = render(replace(final(letter), measure=Measure.NONE)).body
    assert ("未对号码采取限制措施" if letter.language is Language.ZH else "not restricted") in free
    assert "双停" not in free


def test_a_letter_pending_on_the_applicant_has_missing_items_and_date(letter: Letter) -> None:
    composed = render(pending(letter))

    for owed in (
        "待审核（待补充）" if letter.language is Language.ZH else "pending (something is missing)",
        causes_text(pending(letter).reasons, letter.language),
        *ITEMS[letter.language],
        NEXT_ACTION[letter.language],
    ):
        assert owed in composed.body
    assert not re.search("申诉|appeal", composed.body, re.IGNORECASE)


def test_a_letter_pending_on_others_names_them_and_asks_for_nothing(letter: Letter) -> None:
    for waits_for, zh, en in [
        (WaitsFor.CARRIER, "基础运营商", "the carrier"),
        (WaitsFor.REGISTRY, "登记机关", "the registry"),
        (WaitsFor.DEPARTMENT, "相关部门", "the department concerned"),
    ]:
        body = render(pending(letter, waits_for)).body

        for owed in (
            (zh, "待核实", "无需提交材料") if letter.language is Language.ZH else (en, "you do not need to send")
        ):
            assert owed in body
        assert NEXT_ACTION[letter.language] in body


def test_a_letter_during_the_review_offers_an_objection_because_only_its_end_can_be_appealed(
    letter: Letter,
) -> None:
    barred = replace(pending(letter), measure=Measure.BAR_OUT, appeal_until=date(2026, 12, 15))
    until, is_zh = APPEAL_UNTIL[letter.language], letter.language is Language.ZH
    for facts in (barred, fixable(letter), replace(fixable(letter), measure=Measure.NONE)):
        composed = render(facts)
        what = ("this measure", "上述措施") if facts is barred else ("this result", "本结论")
        for owed in (
            f"提出异议截止日期：{until}\n" if is_zh else f"Objection by: {until}\n",
            f"对{what[1]}" if is_zh else f"If you object to {what[0]}",
            f"不迟于{until}拨打" if is_zh else f"call {SUPPLIER.phone} or write to",
            "12300",
        ):
            assert owed in composed.body
        assert not re.search("提出申诉|申诉(成立|截止|途径)|you may appeal|an appeal succeeds|appeal by", composed.body)
        assert facts.appeal_until_on is None
    assert final(letter).appeal_until_on == date(2026, 12, 15)


def test_a_corrected_letter_names_the_notice_that_it_replaces(letter: Letter) -> None:
    composed = render(replace(final(letter), corrects=CORRECTED))

    assert composed.subject.startswith("更正" if letter.language is Language.ZH else "Correction")
    assert REPLACED[letter.language] in composed.body
    assert SENTENCES[letter.language][0] in composed.body


def test_each_reason_is_one_line_with_its_code() -> None:
    reasons = with_reasons(a_letter()).reasons

    assert causes_text(reasons, Language.ZH).splitlines() == [
        "经办人身份证已到期。（ID-RIC-EXPIRED）",
        "一小时内呼出次数超出我司使用规范。（ACT-PEAK-HOUR）",
    ]
    assert causes_text((*reasons, *reasons, LetterReason(code="OK", sentence=" ")), Language.EN).count("\n") == 1
    passed = LetterReason(code="OK-OVERRIDE", sentence="经人工核实，审核通过。", shows_code=False)
    assert causes_text((passed,), Language.ZH) == "经人工核实，审核通过。"


def test_edited_reasons_are_in_the_letter_unchanged() -> None:
    edited = "证件已过期（ID-RIC-EXPIRED）{{ letter.zone }} <b>&\n第二行（ACT-PEAK-HOUR）"
    composed = render(replace(fixable(a_letter()), edited_causes=edited))

    assert edited in composed.body
    assert "原因代码" not in composed.body
    assert SENTENCES[Language.ZH][0] not in composed.body


def test_codes_missing_from_the_edited_reasons_are_listed_with_their_titles() -> None:
    facts = final(a_letter())
    facts = replace(
        facts, reasons=(*facts.reasons, LetterReason(code="ID-RIC", sentence="证件号码有误。", title="证号有误"))
    )

    body = render(replace(facts, edited_causes="证件已过期（ID-RIC-EXPIRED）")).body

    assert "原因代码：小时呼出过多（ACT-PEAK-HOUR）、证号有误（ID-RIC）\n" in body


def test_emptied_reasons_are_replaced_by_the_default_text_except_on_a_pass() -> None:
    for causes in ["", " \n "]:
        facts = final(a_letter())
        passed = with_reasons(a_letter())

        assert render(replace(facts, edited_causes=causes)) == render(facts)
        assert SENTENCES[Language.ZH][0] in render(passed).body
        assert SENTENCES[Language.ZH][0] not in render(replace(passed, edited_causes=causes)).body


def test_a_letter_without_required_facts_is_refused() -> None:
    for facts, name in [
        (replace(fixable(a_letter()), deadline_at=None), "deadline_at"),
        (replace(fixable(a_letter()), fail_kind=""), "fail_kind"),
        (replace(final(a_letter()), reasons=()), "reasons"),
        (replace(final(a_letter()), appeal_until=None), "appeal_until"),
        (replace(pending(a_letter()), waits_for=""), "waits_for"),
        (replace(pending(a_letter()), next_action_on=None), "next_action_on"),
        (replace(pending(a_letter()), measure=Measure.BAR_OUT), "appeal_until"),
    ]:
        assert facts.missing == (name,)
        with pytest.raises(ValueError, match=name):
            render(facts)


def test_letters_have_no_field_for_an_internal_note() -> None:
    names = {field.name for field in fields(Letter)} | {field.name for field in fields(LetterText)}

    assert not {name for name in names if "note" in name or "internal" in name}
