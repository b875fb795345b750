"""Every letter in the words that applicants need: punctuation, where to submit, what an appeal needs, which numbers."""

import re
from collections.abc import Iterator
from dataclasses import replace

from db.enums import AppealOutcome, ApplicantKind, Language, Measure
from tests.domain.facts.sample_evidence import default_policy
from tests.services.notices.sample_letters import (
    BARS,
    MANY_NUMBERS,
    SUPPLIER,
    a_letter,
    every_appeal_letter,
    every_clock_letter,
    every_kind,
    final,
    fixable,
    more_clock_letters,
    pending,
)
from tests.services.notices.test_verdict_letter import HALF_WIDTH
from workbench.domain.policy.policy import BilingualText
from workbench.services.notices.letter import Letter
from workbench.services.notices.letter_facts import AppealLetterKind, ClockLetterKind, LetterItem
from workbench.services.notices.rendering import render, short_message

NUMBERS = MANY_NUMBERS[:3]
EN, ZH = Language.EN, Language.ZH


def test_no_text_of_the_policy_has_half_width_punctuation_between_chinese_words() -> None:
    policy = default_policy()
    words = [each for reason in policy.reasons.values() for each in vars_of(reason)]
    words += [*policy.documents.names.values(), *policy.documents.names_person.values()]

    assert [each.zh for each in words if HALF_WIDTH.search(re.sub(r"[\[\]]|{.*?}", "", each.zh))] == []


def vars_of(reason: object) -> list[BilingualText]:
    values = (getattr(reason, name) for name in ("title", "letter", "item", "letter_person", "item_person"))
    return [value for value in values if isinstance(value, BilingualText)]


def test_a_letter_that_asks_for_something_says_where_to_send_it() -> None:
    for language in list(Language):
        for ask in [fixable, pending]:
            for agent in ("虚构渠道", ""):
                body = render(ask(replace(a_letter(language), agent=agent))).body

                how = body[body.index("提交方式：" if language is ZH else "How to submit:") :].split("\n\n")[0]
                for owed in (SUPPLIER.address.in_language(language), SUPPLIER.phone):
                    assert owed in how
                assert ("虚构渠道" in how) is bool(agent)


def test_a_measure_names_its_basis_and_each_number() -> None:
    for is_misuse in [True, False]:
        for language in list(Language):
            for measure in [Measure.BAR_OUT, Measure.BAR_BOTH, Measure.RESTORE]:
                facts = replace(final(a_letter(language)), measure=measure, msisdns=NUMBERS, is_misuse=is_misuse)
                body = render(facts).body

                listed = (
                    "：13800138001、13800138002、13800138003（共3个）。"
                    if language is ZH
                    else (": 13800138001, 13800138002, 13800138003 (3 in total).")
                )
                law = (
                    "依据《反电信网络诈骗法》及双方协议"
                    if language is ZH
                    else "Under the Anti-Telecom and Online Fraud Law"
                )
                rules = (
                    "依据双方协议及我司使用规范"
                    if language is ZH
                    else "Under our agreement with you and our usage rules"
                )
                assert listed in body
                assert (law in body) is (is_misuse and measure is not Measure.RESTORE)
                assert (rules in body) is (not is_misuse and measure is not Measure.RESTORE)


def test_an_appeal_letter_lists_what_an_appeal_needs() -> None:
    for kind in list(ApplicantKind):
        body = render(replace(final(a_letter(ZH, kind)), answer_days=5)).body

        paper = "身份证复印件" if kind is ApplicantKind.INDIVIDUAL else "营业执照副本"
        assert f"请写明受理编号和申诉理由，并提交：申诉书、{paper}、号码用途及用户授权证明。" in body
        assert "我司自收到之日起5个工作日内书面答复；对答复不服的，可向电信用户申诉受理机构（12300）申诉。" in body
        assert "\n申诉途径：书面寄至下列地址。\n" in body


def test_a_measure_stays_in_force_when_nothing_is_rectified() -> None:
    plain = replace(fixable(a_letter()), items=())
    barred, free = render(plain).body, render(replace(plain, measure=Measure.NONE)).body

    assert "逾期未提交的，本次审核按“逾期未整改”办结，已采取的限制措施继续有效。" in barred
    assert "按“逾期未整改”办结。" in free


def test_a_foreign_text_of_the_reviewer_is_quoted() -> None:
    facts = replace(
        fixable(a_letter()),
        edited_causes="The seal is missing.\n材料未盖章。",
        items=(LetterItem("Send the sealed copy"),),
    )
    body = render(facts).body

    assert "\n我司说明（英文原文）：“The seal is missing.”\n材料未盖章。\n" in body
    assert "\n1. 我司说明（英文原文）：“Send the sealed copy”\n" in body


def test_a_later_verdict_says_that_an_earlier_bar_stays_or_is_lifted() -> None:
    for later in [fixable, pending]:
        for language, stays, lifted in (
            (
                ZH,
                "本次未新增限制措施；此前已采取的限制措施（限呼：13800138001、13800138002，共2个；"
                "双停：13800138003，共1个）继续有效。",
                "此前通知采取的限制措施不再执行。对下列号码的限制措施已安排解除：13800138003（双停，共1个）。",
            ),
            (
                EN,
                "We take no new measure; the measure already taken (outgoing calls barred on 13800138001, 13800138002; "
                "all calls barred on 13800138003) stays in force.",
                "The measure in our earlier notice no longer applies. We have arranged to lift the bar on these numbers"
                ": 13800138003 (outgoing and incoming calls, 1 in total).",
            ),
        ):
            facts = replace(later(a_letter(language)), measure=Measure.NONE)
            standing, lifting = render(replace(facts, bars=BARS)), render(replace(facts, lifted=BARS[1:]))
            assert stays in standing.body
            assert lifted in lifting.body
            for body in (standing.body, lifting.body):
                assert "本次未对号码采取限制措施" not in body
                assert "are not restricted" not in body
            what = "本结论或措施" if language is ZH else "this result or measure"
            assert (what in standing.body) is (later is fixable)
            part = (
                "此前通知采取的部分限制措施不再执行。"
                if language is ZH
                else "Part of the measure in our earlier notice"
            )
            assert part in render(replace(facts, bars=BARS[:1], lifted=BARS[1:])).body


def test_an_item_with_its_own_deadline_has_a_line_and_a_sentence_unless_it_is_the_only_one() -> None:
    for language, line, sentences in (
        (
            ZH,
            "\n最早期限（第1项）：2026年11月25日（周三）10:01\n",
            (
                "第1项须于其所注期限前完成，其余材料须于整改期限前送达我司。",
                "任一事项逾期未完成的，本次审核即按“逾期未整改”办结",
            ),
        ),
        (
            EN,
            "\nFirst deadline (item 1): Wednesday, 25 November 2026, 10:01\n",
            (
                "Item 1 must be done by its own date; everything else must reach us by the deadline to rectify above.",
                "If any date is missed, this review will be closed at once as not rectified in time",
            ),
        ),
    ):
        several = fixable(a_letter(language))
        only = replace(several, items=several.items[:1])
        for owed in (line, *sentences):
            assert owed in render(several).body
            assert owed not in render(only).body
        assert render(only).body.count("10:01") == 1
        assert ("整改期限：2026年11月25日" if language is ZH else "Rectify by: Wednesday, 25 Nov") in render(only).body


UNDONE = (BARS[0]._replace(is_carried_out=False),)


def test_a_short_message_says_how_many_cards_are_barred_or_restored() -> None:
    for facts, owed in [
        (
            fixable(a_letter(ZH)),
            ("最早期限（第1项）：2026年11月25日（周三）10:01。", "已限呼3个号码。"),
        ),
        (fixable(a_letter(EN)), ("First deadline (item 1): ", "Objection by: ", "Outgoing calls barred on 3 numbers.")),
        (final(a_letter(ZH)), ("已双停3个号码。",)),
        (final(a_letter(EN)), ("All calls barred on 3 numbers.",)),
        (replace(a_letter(ZH), measure=Measure.RESTORE), ("3个号码已安排复机。",)),
        (replace(a_letter(EN), measure=Measure.RESTORE), ("3 numbers are being restored.",)),
        (replace(final(a_letter(ZH)), measure=Measure.NONE, lifted=BARS[:1]), ("2个号码已安排复机。",)),
        (replace(final(a_letter(EN)), measure=Measure.NONE, lifted=BARS[1:]), ("1 number is being restored.",)),
        (replace(final(a_letter(ZH)), measure=Measure.NONE, lifted=UNDONE), ("2个号码的限制措施已取消。",)),
        (replace(final(a_letter(EN)), measure=Measure.NONE, lifted=UNDONE), ("Bar cancelled for 2 numbers.",)),
    ]:
        message = text_of(replace(facts, msisdns=NUMBERS))

        for part in owed:
            assert part in message


def text_of(letter: Letter) -> str:
    """Return the short message of a letter in one text."""
    parts = (re.sub(r"^\(\d+/\d+\)", "", part) for part in message_of(letter))
    return ("" if letter.language is ZH else " ").join(parts)


def message_of(letter: Letter) -> tuple[str, ...]:
    text = render(letter)
    return short_message(letter.language, text.subject, text.lines, letter.supplier)


def test_no_part_of_a_short_message_begins_with_punctuation() -> None:
    for signs in [6, 8, 11, 14, 18]:
        for letter in (*every_clock_letter(ZH), *every_kind(a_letter(ZH))):
            parts = message_of(replace(letter, supplier=letter.supplier._replace(name="虚" * signs)))
            assert not [part for part in parts if re.match(r"(\(\d+/\d+\))?[。；，）：]", part)]


def test_a_deadline_held_by_a_suspension_without_an_end_has_no_date_that_looks_valid() -> None:
    for what in ["rectify", "answer", "appeal"]:
        for language in list(Language):
            moved = [one for one in every_clock_letter(language) if one.deadline and one.deadline.what == what]
            held = next(one for one in moved if one.deadline and one.deadline.from_at and not one.deadline.to_at)
            letter = render(held)

            follows, old, each = (
                ("期限：工作恢复后另行告知（此前为2026年12月3日（周四）", "此前的", "（含下列事项所注期限）不会届满")
                if language is ZH
                else (
                    ": not known until work resumes (so far Thursday, 3 December 2026",
                    "Earlier",
                    " (and that of each item below)",
                )
            )
            for text in (letter.body, text_of(held)):
                assert follows in text
                assert old not in text
            assert (each in letter.body) is (what != "appeal")


SAID = {
    ZH: (
        "期限以下列日期为准。",
        "此前通知所载期限与本通知不同的，以本通知为准。",
        "欠费、失信被执行人、行政处罚等信用记录",
    ),
    EN: (
        "The date below is your ",
        "If an earlier letter states another deadline, the one in this letter applies.",
        "credit records such as arrears, the court list",
    ),
}
CALL = {ZH: "如未申请撤回，请拨打400-000-0000", EN: "If you did not ask for this, call 400-000-0000"}


def test_a_letter_about_dates_says_which_date_applies_what_is_read_and_whom_to_call() -> None:
    repeating = {ClockLetterKind.DEADLINE_NEAR, ClockLetterKind.WAIVED, ClockLetterKind.POLICY}
    for language, (off, repeated, records) in SAID.items():
        letters = list(every_clock_letter(language))
        called_off = [one for one in letters if one.deadline and one.is_called_off]
        assert len(called_off) == 3
        assert all(off in render(one).body for one in called_off)
        told = [one for one in letters if one.kind in repeating and one.is_with_applicant]
        assert {one.kind for one in told} == repeating
        assert all(render(one).body.count(repeated) == 1 for one in told)
        receipt = next(one for one in letters if one.kind is ClockLetterKind.RECEIPT)
        assert records in render(receipt).body
        for letter in letters:
            assert (CALL[language] in text_of(letter)) is (letter.kind is ClockLetterKind.WITHDRAWN)
        # A letter about a due date that is kept is not titled a delay.
        delays = [one for one in more_clock_letters(language) if one.kind is ClockLetterKind.DELAY]
        titles = {one.keeps_told_day: render(one).subject for one in delays}
        late = {ZH: "延期", EN: "delayed"}[language]
        assert (late in titles[False], late in titles[True]) == (True, False)


def test_a_delayed_answer_to_an_appeal_is_called_an_answer() -> None:
    for language in list(Language):
        delay = next(one for one in more_clock_letters(language) if one.is_appeal)
        resumed = replace(delay, kind=ClockLetterKind.RESUMED)
        stopped = replace(delay, stopped_at=delay.written_at)
        letters = [render(one) for one in (delay, resumed, stopped, replace(delay, is_late=True))]
        at_due_date = replace(delay, due_at=delay.written_at)
        assert render(at_due_date) == render(replace(at_due_date, is_late=True))

        title, label = {
            ZH: ("电销卡二次审核申诉答复延期通知", "答复期限：2026年12月3日（周四）"),
            EN: ("answer to your appeal delayed", "due date of our answer: Thursday, 3 December 2026"),
        }[language]
        assert title in letters[0].subject
        for letter in letters:
            assert label in letter.body
            assert not re.search("办结|告知结论|我司继续审核|the review|the result", letter.body)


def test_a_sentence_that_lists_what_is_wrong_does_not_speak_of_what_is_right() -> None:
    listing = [reason.letter for reason in default_policy().reasons.values() if "{subject}" in reason.letter.en]

    assert listing
    assert [words.en for words in listing if re.search(r"^Not every|passes|valid", words.en)] == []
    assert "号码的属实投诉" not in "".join(reason.letter.zh for reason in default_policy().reasons.values())


def test_too_many_cards_are_those_of_an_organisation_or_of_a_person() -> None:
    reason = default_policy().reasons["ID-CARD-COUNT"]

    assert "同一单位名下的卡数不符合我司使用规范[（{observed}张，上限{limit}张）]" in reason.letter.zh
    assert reason.letter_person is not None
    assert "您的证件名下的卡数超过规定[（{observed}张，上限{limit}张）]" in reason.letter_person.zh


SUBJECTS = {
    "receipt": ("电销卡二次审核受理通知", ": received"),
    "re-review": ("电销卡重新审核通知（规则调整）", ": new review because of changed rules"),
    "delay": ("电销卡二次审核延期通知", ": delayed"),
    "resumed": ("电销卡二次审核恢复通知", ": work resumed"),
    "called off": ("电销卡二次审核中止安排取消通知", ": suspension called off"),
    "deadline": ("电销卡二次审核整改期限延长通知", ": deadline extended"),
    "incomplete": ("电销卡二次审核补交材料通知", ": documents missing"),
    "still-incomplete": ("电销卡二次审核补交材料提醒", ": reminder of missing documents"),
    "deadline-moved": (
        (
            "电销卡二次审核中止安排取消通知",
            "更正：电销卡二次审核整改期限顺延通知",
            *(
                f"电销卡二次审核{start}通知"
                for what in ("整改期限", "补充材料期限", "申诉期限")
                for start in (f"{what}顺延", f"工作恢复及{what}顺延", f"工作恢复及{what}不变")
            ),
        ),
        (
            ": suspension called off",
            "Correction: : deadline to rectify moved",
            *(
                f": {start}"
                for what in ("deadline to rectify", "deadline to submit", "last day to appeal")
                for start in (f"{what} moved", f"work resumed, {what} moved", f"work resumed, {what} not changed")
            ),
        ),
    ),
    "deadline-near": ("电销卡二次审核整改期限提醒", ": deadline near"),
    "lapsed": ("电销卡二次审核逾期未整改办结通知", ": closed as not rectified in time"),
    "lapse-undone": (
        "更正：撤销“逾期未整改”办结，电销卡二次审核继续进行",
        "Correction: : closing withdrawn, review continues",
    ),
    "waived": ("电销卡二次审核整改项取消通知", (": less to rectify", ": nothing left to rectify")),
    "withdrawn": ("电销卡二次审核终止通知（申请撤回）", ": closed after withdrawal"),
    "expired": ("电销卡二次审核继续审核通知（逾期未补充材料）", ": continued without your answer"),
    "reopened": ("关于重新进行电销卡二次审核的通知", ": result is being checked again"),
    "policy": (
        ("电销卡二次审核规则调整通知", "电销卡二次审核规则调整及补交材料通知"),
        (": rules changed", ": rules changed, documents missing"),
    ),
    "appeal-received": ("电销卡二次审核申诉受理通知", ": appeal received"),
    "appeal-withdrawn": ("电销卡二次审核申诉撤回确认通知", ": appeal withdrawn"),
    "stands": ("电销卡二次审核申诉答复通知（维持原结论）", ": appeal not successful"),
    "moved": (
        "电销卡二次审核申诉答复通知（申诉不成立，整改期限顺延）",
        ": appeal not successful, deadline to rectify moved",
    ),
    "passed": ("电销卡二次审核申诉答复通知（申诉成立，审核通过）", ": appeal succeeded, review passed"),
    "queued": ("电销卡二次审核申诉答复通知（申诉成立，重新审核）", ": appeal succeeded, reviewed again"),
}
"""What the letters about dates and appeals are about, in Chinese and English: each variant its own."""


def subjects_of(language: Language) -> Iterator[tuple[str, str]]:
    """Return the name of each letter in `SUBJECTS` with the subject that it gets."""
    for clock in every_clock_letter(language):
        yield clock.kind.value, render(clock).subject
        if clock.kind is ClockLetterKind.RESUMED:
            yield "called off", render(replace(clock, is_called_off=True)).subject
    for appeal in every_appeal_letter(language):
        is_decided = appeal.kind is AppealLetterKind.DECIDED
        name = (appeal.to_state or AppealOutcome.STANDS) if is_decided else appeal.kind
        yield str(name), render(appeal).subject
        if name == AppealOutcome.STANDS:
            yield "moved", render(replace(appeal, rectify_until=appeal.due_at)).subject


def test_the_subject_says_what_a_letter_is_about_and_names_the_case() -> None:
    for language in list(Language):
        found: dict[str, set[str]] = {}
        for name, subject in subjects_of(language):
            found.setdefault(name, set()).add(re.split("，受理编号|, case", subject)[0])
            assert re.search(r"(，受理编号 |, case )\S+$", subject)
        wanted = {name: both[0 if language is ZH else 1] for name, both in SUBJECTS.items()}
        start = "" if language is ZH else "Secondary review of your telesales cards"
        assert found == {
            name: {
                one.replace(": : ", f": {start}: ") if one.startswith("Correction") else start + one
                for one in ([ends] if isinstance(ends, str) else ends)
            }
            for name, ends in wanted.items()
        }


def test_a_reopened_review_says_what_holds_until_the_new_result() -> None:
    reopened = [one for one in every_clock_letter(ZH) if one.kind is ClockLetterKind.REOPENED]
    barred, free = reopened[0], reopened[-1]
    body = render(barred).body

    assert (
        "作出新的结论前，此前的结论暂不改变。对下列号码的限制措施自即日起解除："
        "13800138001、13800138002（限呼，共2个）；13800138003（双停，共1个）。对此前的结论无需提出申诉；新的结论为不通过的，仍可申诉。"
    ) in body
    assert "3个号码已安排复机。" in text_of(barred)
    passed = replace(free, was_passed=True)
    assert "此前的结论暂不改变。电销卡可照常使用。\n" in render(passed).body


def test_a_delay_is_put_down_to_many_applications_only_if_the_queue_is_longer_than_usual() -> None:
    for language, reason in [
        (EN, "Reason:\nMore applications than usual are waiting for their review.\n"),
        (ZH, "原因：\n目前等候审核的申请多于平时。\n"),
    ]:
        delays = [letter for letter in every_clock_letter(language) if letter.kind is ClockLetterKind.DELAY]
        assert {letter.is_queue_long for letter in delays} == {False, True}
        for letter in delays:
            body = render(letter).body
            assert (reason in body) is letter.is_queue_long
            assert (reason[:4] in body) is letter.is_queue_long
            # A known cause stands alone.
            assert reason not in render(replace(letter, cause="台风")).body
