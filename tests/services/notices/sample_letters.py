"""Sample letters of each kind with made-up names."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

from db.enums import AppealOutcome, ApplicantKind, CaseState, FailKind, Language, Measure, Verdict, WaitsFor
from workbench.domain.policy.policy import BilingualText, Supplier
from workbench.services.notices.letter import Letter
from workbench.services.notices.letter_facts import (
    AppealLetterKind,
    Bar,
    ClockLetterKind,
    Correction,
    DeadlineFacts,
    LetterItem,
    LetterReason,
    Sender,
)

SUPPLIER = Supplier(
    name=BilingualText(en="Example Horizon Mobile", zh="虚构远声移动通信"),
    phone="400-000-0000",
    hours=BilingualText(en="Monday to Friday, 09:00–18:00", zh="工作日09:00–18:00"),
    address=BilingualText(en="1 Fictional Road, Nowhere", zh="虚构市虚构路1号"),
    appeal=BilingualText(en="in writing to the address below", zh="书面寄至下列地址"),
    complaint=BilingualText(en="by phone", zh="拨打上述电话"),
)
ADDRESS = {
    ApplicantKind.ENTERPRISE: "贵公司",
    ApplicantKind.SOLE_PROPRIETOR: "贵单位",
    ApplicantKind.INDIVIDUAL: "您",
}
SENTENCES = {
    Language.ZH: ("经办人身份证已到期。", "一小时内呼出次数超出我司使用规范。"),
    Language.EN: ("The handler's ID card has expired.", "Calls in one hour exceed our terms of use."),
}
ITEMS = {
    Language.ZH: ("经办人有效身份证的复印件", "呼出频次的整改方案"),
    Language.EN: ("copy of the handler's valid ID card", "plan for the number of calls in an hour"),
}
DEADLINE = {Language.ZH: "2026年12月3日（周四）18:00", Language.EN: "Thursday, 3 December 2026, 18:00"}
NEXT_ACTION = {Language.ZH: "2026年12月1日（周二）", Language.EN: "Tuesday, 1 December 2026"}
APPEAL_UNTIL = {Language.ZH: "2026年12月15日（周二）", Language.EN: "Tuesday, 15 December 2026"}
DECIDED = {Language.ZH: "2026年11月25日", Language.EN: "25 November 2026"}
REPLACED = {
    Language.ZH: "我司2026年11月20日的审核结果通知（通知编号8，结论：不通过（不可整改）），请以本通知为准。",
    Language.EN: "of 20 November 2026 (notice number 8; result: not passed, cannot be rectified).",
}
FORECAST = {
    Language.ZH: "目前情况下：预计不晚于2026年12月4日（周五）作出审核结论。此为预计时间，并非承诺。",
    Language.EN: "As things stand: The application is decided by Friday, 4 December 2026 in nine of ten cases.",
}
CAUSE = {Language.ZH: "台风停工。", Language.EN: "A typhoon closed our office."}
CORRECTED = Correction(8, date(2026, 11, 20), Verdict.FAIL, FailKind.FINAL)
BARS = (Bar(Measure.BAR_OUT, ("13800138001", "13800138002")), Bar(Measure.BAR_BOTH, ("13800138003",)))
UNDONE = Bar(Measure.BAR_BOTH, ("13800138003",), is_carried_out=False)
MANY_NUMBERS = tuple(f"138001380{number:02}" for number in range(1, 13))


def a_letter(language: Language = Language.ZH, kind: ApplicantKind = ApplicantKind.ENTERPRISE) -> Letter:
    """Return the facts of a plain pass letter."""
    return Letter(
        language=language,
        applicant_kind=kind,
        applicant_name="虚构远声科技有限公司" if language is Language.ZH else "Example Horizon Calling Ltd",
        case_no="C-000123",
        application_no="TC-2026-00123",
        kind=Verdict.PASS,
        supplier=Sender.of(SUPPLIER, language),
        written_at=datetime(2026, 11, 24, 17, tzinfo=UTC),  # the 25th in Shanghai
        zone="Asia/Shanghai",
    )


def with_reasons(letter: Letter) -> Letter:
    expired, peak = SENTENCES[letter.language]
    return replace(
        letter,
        reasons=(
            LetterReason(code="ID-RIC-EXPIRED", sentence=expired),
            LetterReason(code="ACT-PEAK-HOUR", sentence=peak, title="小时呼出过多"),
        ),
    )


def with_items(letter: Letter) -> Letter:
    return replace(letter, items=listed(letter.language))


def listed(language: Language) -> tuple[LetterItem, ...]:
    """Return the items as letters list them; the first has a deadline of its own."""
    copy, plan = ITEMS[language]
    return LetterItem(copy, datetime(2026, 11, 25, 2, 1, tzinfo=UTC)), LetterItem(plan)


def fixable(letter: Letter) -> Letter:
    return replace(
        with_items(with_reasons(letter)),
        kind=Verdict.FAIL,
        fail_kind=FailKind.FIXABLE,
        deadline_at=datetime(2026, 12, 3, 10, tzinfo=UTC),
        measure=Measure.BAR_OUT,
        appeal_until=date(2026, 12, 15),
    )


def final(letter: Letter) -> Letter:
    return replace(
        with_reasons(letter),
        kind=Verdict.FAIL,
        fail_kind=FailKind.FINAL,
        measure=Measure.BAR_BOTH,
        appeal_until=date(2026, 12, 15),
    )


def pending(letter: Letter, waits_for: WaitsFor = WaitsFor.APPLICANT) -> Letter:
    waiting = replace(with_reasons(letter), kind=Verdict.PENDING, waits_for=waits_for, next_action_on=date(2026, 12, 1))
    return with_items(waiting) if waits_for is WaitsFor.APPLICANT else waiting


def every_kind(letter: Letter) -> Iterator[Letter]:
    plain = [
        letter,
        replace(with_reasons(letter), measure=Measure.RESTORE),
        fixable(letter),
        replace(fixable(letter), items=(), measure=Measure.NONE),
        final(letter),
        *(pending(letter, waits_for) for waits_for in WaitsFor),
        replace(pending(letter), items=(), measure=Measure.BAR_OUT, appeal_until=date(2026, 12, 15)),
    ]
    yield from plain
    yield from (replace(one, corrects=CORRECTED) for one in plain)
    barred = replace(final(letter), measure=Measure.NONE)
    yield replace(barred, bars=BARS)
    yield replace(barred, corrects=CORRECTED, lifted=BARS)
    yield replace(barred, bars=BARS[:1], lifted=BARS[1:])
    yield replace(barred, bars=(Bar(Measure.BAR_BOTH, ()),))
    yield replace(final(letter), msisdns=MANY_NUMBERS, is_misuse=True, is_decided_alone=True)
    yield replace(letter, measure=Measure.RESTORE, msisdns=MANY_NUMBERS, lifted=(BARS[0], UNDONE))
    for later in ("lapsed", "passed", "stands"):
        yield replace(fixable(letter), corrects=CORRECTED._replace(later=later), bars=BARS)


def every_clock_letter(language: Language, kind: ApplicantKind = ApplicantKind.ENTERPRISE) -> Iterator[Letter]:
    """Return a letter of each kind about dates; those about the state of a case also without items and measure."""
    letter = a_letter(language, kind)
    corrected = (8, datetime(2026, 11, 20, 1, 30, tzinfo=UTC))
    for letter_kind in ClockLetterKind:
        clock = Letter(
            kind=letter_kind,
            language=language,
            applicant_kind=letter.applicant_kind,
            applicant_name=letter.applicant_name,
            case_no=letter.case_no,
            application_no=letter.application_no,
            agent="虚构渠道",
            due_at=datetime(2026, 12, 3, 10, tzinfo=UTC),
            supplier=Sender.of(SUPPLIER, language),
            written_at=letter.written_at,
            zone=letter.zone,
        )
        if letter_kind is ClockLetterKind.DEADLINE_MOVED:
            yield from _moved_deadlines(clock)
            continue
        if letter_kind in list(ClockLetterKind)[: list(ClockLetterKind).index(ClockLetterKind.INCOMPLETE)]:
            yield clock
            yield replace(clock, suggestions="1. …", saved_days=2, is_queue_long=True)
            if letter_kind is ClockLetterKind.DEADLINE:
                yield replace(clock, asked=listed(language))
                yield replace(clock, asked=listed(language), item=ITEMS[language][0])
            continue
        clock = replace(
            clock,
            items=listed(language),
            waived=ITEMS[language][:1],
            corrects=corrected,
            asked_until=date(2026, 12, 1),
            bars=BARS,
            appeal_until=date(2026, 12, 15),
            answer_days=7,
            provisional_years=(2027,),
        )
        for status in (clock, replace(clock, items=(), bars=(), provisional_years=())):
            yield status
            asked = listed(language) if letter_kind is ClockLetterKind.POLICY else ()
            yield replace(status, is_with_applicant=True, asked=asked)
            yield replace(status, agent="", stopped_at=letter.written_at)


def more_clock_letters(language: Language, kind: ApplicantKind = ApplicantKind.ENTERPRISE) -> Iterator[Letter]:
    """Return letters about dates in cases that few applicants meet."""
    some = {letter.kind: letter for letter in every_clock_letter(language, kind)}
    receipt, delay, resumed = (
        some[name] for name in (ClockLetterKind.RECEIPT, ClockLetterKind.DELAY, ClockLetterKind.RESUMED)
    )
    started_at, ahead_at = datetime(2026, 11, 24, 1, tzinfo=UTC), datetime(2026, 11, 26, 1, tzinfo=UTC)
    receipt, delay = (replace(one, suggestions="", saved_days=0, is_queue_long=False) for one in (receipt, delay))
    resumed = replace(resumed, suggestions="", saved_days=0, is_queue_long=False)
    delay = replace(delay, told_on=date(2026, 12, 1))
    yield replace(receipt, stopped_at=started_at)
    yield replace(receipt, is_provisional=True, forecast_sentence=FORECAST[language], is_forecast_later=True)
    yield replace(receipt, shows_due_date=False, forecast_sentence=FORECAST[language])
    yield replace(delay, cause=CAUSE[language])
    yield replace(delay, cause=CAUSE[language], stopped_at=started_at)
    yield replace(delay, cause=CAUSE[language], stopped_at=ahead_at, awaits_others=True)
    yield replace(delay, awaits_others=True, is_late=True)
    yield replace(delay, told_on=delay.due_on, is_with_applicant=True)
    yield replace(delay, told_on=date(2026, 12, 4))
    yield replace(delay, is_appeal=True)
    yield replace(delay, shows_due_date=False)
    yield replace(resumed, is_called_off=True, cause=CAUSE[language])
    yield replace(resumed, awaits_others=True, cause=CAUSE[language])
    extended = some[ClockLetterKind.DEADLINE]
    yield replace(extended, item="", waived=ITEMS[language][:1], asked=listed(language)[1:], cause=CAUSE[language])
    undone, reopened = some[ClockLetterKind.LAPSE_UNDONE], some[ClockLetterKind.REOPENED]
    yield replace(undone, stopped_at=None, is_with_applicant=True, is_deadline_moved=True)
    yield replace(reopened, stopped_at=None, was_passed=True, is_decided_alone=True)


def _moved_deadlines(clock: Letter) -> Iterator[Letter]:
    """Yield the letters about each deadline: held, moved, over, called off, a lapse taken back, and a day set off."""
    began, ends = datetime(2026, 11, 24, 1, tzinfo=UTC), datetime(2026, 11, 27, 10, tzinfo=UTC)
    for what in ("rectify", "answer", "appeal"):
        facts = DeadlineFacts(what=what, from_at=began)
        asked = () if what == "appeal" else listed(clock.language)
        told = replace(clock, deadline=facts, asked=asked, cause=CAUSE[clock.language])
        yield told
        yield replace(told, deadline=facts._replace(to_at=ends))
        yield replace(told, deadline=facts._replace(to_at=ends), written_at=ends)
        yield replace(told, deadline=facts._replace(to_at=ends, is_moved=False), written_at=ends)
        yield replace(told, deadline=facts._replace(to_at=ends), is_called_off=True)
        yield replace(told, deadline=DeadlineFacts(what=what, former_at=began))
    yield replace(clock, deadline=DeadlineFacts(what="rectify"), corrects=(8, began))


def every_appeal_letter(language: Language, kind: ApplicantKind = ApplicantKind.ENTERPRISE) -> Iterator[Letter]:
    """Return a letter of each kind about appeals, and one for each outcome of an appeal."""
    letter = a_letter(language, kind)
    appeal = Letter(
        language=language,
        applicant_kind=kind,
        applicant_name=letter.applicant_name,
        application_no=letter.application_no,
        case_no=letter.case_no,
        agent="虚构渠道",
        supplier=Sender.of(SUPPLIER, language),
        zone=letter.zone,
        kind=AppealLetterKind.DECIDED,
        is_lapse=False,
        bars=BARS,
        received_on=date(2026, 11, 24),
        written_at=letter.written_at,
        due_at=datetime(2026, 12, 3, 10, tzinfo=UTC),
        outcome=AppealOutcome.OVERTURNED,
        answer=SENTENCES[language][0],
        appeal_until=date(2026, 12, 15),
    )
    for letter_kind in (AppealLetterKind.RECEIVED, AppealLetterKind.WITHDRAWN):
        yield replace(appeal, kind=letter_kind)
    yield replace(appeal, outcome=AppealOutcome.STANDS)
    for state in (CaseState.PASSED, CaseState.QUEUED):
        yield replace(appeal, to_state=state)


def more_appeal_letters(language: Language, kind: ApplicantKind = ApplicantKind.ENTERPRISE) -> Iterator[Letter]:
    """Return letters about appeals against a lapse that came too early, and about late or unchecked answers."""
    moved_to = datetime(2026, 12, 7, 10, tzinfo=UTC)
    for letter in every_appeal_letter(language, kind):
        yield replace(letter, is_decided_alone=True, is_later=True, provisional_years=(2027,))
        if letter.outcome is not AppealOutcome.OVERTURNED or letter.kind is AppealLetterKind.WITHDRAWN:
            yield replace(letter, is_lapse=True, due_at=None, bars=(), appeal_until=None, rectify_until=moved_to)


def every_letter(language: Language, kind: ApplicantKind) -> Iterator[Letter]:
    """Return every sample letter, with an agent, numbers, and years without a published calendar."""
    plain = replace(a_letter(language, kind), agent="虚构渠道", msisdns=MANY_NUMBERS[:3])
    yield from (replace(facts, provisional_years=(2027, 2028)) for facts in every_kind(plain))
    yield from every_clock_letter(language, kind)
    yield from every_appeal_letter(language, kind)
    yield from more_clock_letters(language, kind)
    yield from more_appeal_letters(language, kind)
