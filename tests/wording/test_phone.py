"""The sentences for the phone: where a case is, when it is decided, and when it passes or what has to happen first."""

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from db.enums import CaseState, Language, WaitsFor
from tests.languages import speaking
from tests.screens.cases import NOW, casefile, clean
from tests.wording.test_case_story import PENDING, fail
from tests.wording.test_letter_sentence import DAYS, FORECAST, LATER
from workbench.domain.case.casefile import CaseFile
from workbench.domain.case.lifecycle import OPEN_STATES
from workbench.domain.case.records import ItemLine
from workbench.domain.forecast.result import CaseForecast, DayRange, PassNeed, PassRate, QueueForecast
from workbench.wording.forecast import (
    forecast_caveats,
    forecast_explanation,
    letter_sentence,
    likely_decision_words,
    pass_rate_words,
    queue_lines,
)
from workbench.wording.phone import phone_sentence

TODAY = date(2026, 11, 24)
CHECKED = replace(
    FORECAST,
    state=CaseState.AWAITING_CHECK,
    ahead=None,
    decided=DayRange(p50=date(2026, 11, 25), p90=date(2026, 11, 26)),
)

PASS_RATE = PassRate(share=0.31, low=0.24, high=0.39, cases=128, findings="block", has_same_rules=True)

BACK = date(2026, 11, 30)
QUEUE = QueueForecast(
    queued=57,
    held=6,
    reviewers=2,
    usual_reviewers=2,
    per_day=8.5,
    p50_days=6.9,
    p90_days=8.2,
    cleared=DayRange(p50=date(2026, 12, 3), p90=date(2026, 12, 7)),
    late_p50=0,
    late_p90=0,
    days=(6.9, 8.2),
    is_thin=False,
    is_suspended=False,
)


CASE = casefile(1, clean())
NOT_DUE = replace(CASE, header=replace(CASE.header, due_at=None))
"""A case without a due date, about which a sentence says only what the forecast says."""


def sentence(forecast: CaseForecast, language: str = "en", case: CaseFile = NOT_DUE) -> str:
    with speaking(language):
        return phone_sentence(forecast, case, NOW)


DECIDED = "The application is decided usually by Fri 27 Nov, in nine of ten cases by Wed 2 Dec"
BLOCKED = replace(FORECAST, passed=None, passed_needs=(PassNeed.FINDINGS,))


def test_a_queued_case_is_decided_by_a_day_and_passes_if_nothing_is_found_against_it() -> None:
    assert sentence(LATER) == (
        f"C-000001 has been received. {DECIDED}; if nothing is found against it, it passes by then."
    )
    assert sentence(LATER, "zh") == (
        "C-000001 已受理。预计11月27日 周五作出审核结论；一般不晚于12月2日 周三。如审核无异议，预计届时可通过。"
    )


def test_after_a_warning_no_pass_is_promised() -> None:
    warned = replace(LATER, has_warnings=True)
    assert sentence(warned) == (
        f"C-000001 has been received. {DECIDED}; whether it passes is not known before the decision."
    )
    assert sentence(warned, "zh").endswith("能否通过，以审核结论为准。")


def test_that_handing_in_now_saves_time_is_said_only_if_the_forecasts_show_it() -> None:
    assert "save" not in sentence(LATER)
    assert sentence(replace(LATER, saved_days=3)).endswith(
        "Handing in or correcting the open points now can save up to 3 working days."
    )
    assert sentence(replace(LATER, saved_days=1), "zh").endswith("现在补交材料或整改，最多可节省1个工作日。")


def test_while_something_stands_against_a_pass_no_day_of_it_is_said() -> None:
    for needs, words in [
        ((PassNeed.FINDINGS,), "the open points are cleared up"),
        ((PassNeed.DOCUMENTS,), "the missing documents are in"),
        ((PassNeed.ITEMS, PassNeed.FINDINGS), "the items we asked for are in and the open points are cleared up"),
        ((PassNeed.APPEAL,), "the appeal has succeeded"),
    ]:
        blocked = replace(BLOCKED, passed_needs=needs)

        decided = DECIDED
        if PassNeed.ITEMS in needs:
            decided = f"If all we asked for arrives today, the{DECIDED.removeprefix('The')}"
        assert sentence(blocked) == f"C-000001 has been received. {decided}; it can pass only once {words}."
        assert "无异议" not in sentence(blocked, "zh")
        assert "后，方可通过。" in sentence(blocked, "zh")


@given(
    state=st.sampled_from(sorted(OPEN_STATES)),
    needs=st.sets(st.sampled_from(PassNeed)).map(tuple),
    days=st.lists(st.dates(date(2026, 11, 24), date(2027, 12, 31)), min_size=4, max_size=4).map(sorted),
    is_thin=st.booleans(),
    reviewers=st.integers(0, 2),
)
def test_no_90_percent_day_is_called_the_latest(
    state: CaseState, needs: tuple[PassNeed, ...], days: list[date], *, is_thin: bool, reviewers: int
) -> None:
    forecast = replace(
        FORECAST,
        state=state,
        decided=DayRange(p50=days[0], p90=days[1]),
        passed=None if needs else DayRange(p50=days[2], p90=days[3]),
        passed_needs=needs,
        is_thin=is_thin,
        reviewers=reviewers,
    )
    for language in Language:
        for told in (sentence(forecast, language.value), letter_sentence(forecast, language, days[0])):
            assert not any(word in told for word in ("最晚", "at the latest", "at worst", "最慢"))
            is_pass_told = not needs and state is not CaseState.AWAITING_CHECK
            assert ("if nothing is found against it" in told or "如审核无异议，预计" in told) is is_pass_told
            # Letters and commands print each text on one line.
            assert "\n" not in told


@given(
    passed=st.none() | st.just(LATER.passed),
    needs=st.sets(st.sampled_from(PassNeed)).map(tuple),
    rate=st.none() | st.just(PASS_RATE),
)
def test_nothing_said_during_a_check_depends_on_the_staged_verdict(
    passed: DayRange | None, needs: tuple[PassNeed, ...], rate: PassRate | None
) -> None:
    other = replace(CHECKED, passed=passed, passed_needs=needs, pass_rate=rate)

    for language in Language:
        assert sentence(other, language.value) == sentence(CHECKED, language.value)
        assert letter_sentence(other, language, DAYS.p50) == letter_sentence(CHECKED, language, DAYS.p50)


def test_the_rate_of_passes_is_for_staff_only() -> None:
    rated = replace(BLOCKED, pass_rate=PASS_RATE)
    with speaking("en"):
        assert pass_rate_words(rated) == (
            "31 % (24–39 %) of 128 decided cases with the same block findings passed at the first decision."
        )
        assert "with block findings passed" in pass_rate_words(
            replace(rated, pass_rate=replace(PASS_RATE, has_same_rules=False))
        )
        assert pass_rate_words(BLOCKED) == ""
    with speaking("zh"):
        assert pass_rate_words(rated) == "阻断性风险提示相同的128件已审结审核单中，31%（24%–39%）首次即通过。"
    for language in Language:
        assert sentence(rated, language.value) == sentence(BLOCKED, language.value)
        assert letter_sentence(rated, language) == letter_sentence(BLOCKED, language)


def test_a_case_awaiting_a_check_is_not_promised_to_pass() -> None:
    with speaking("en"):
        head, why = likely_decision_words(CHECKED, TODAY), forecast_explanation(CHECKED, TODAY)

    assert sentence(CHECKED) == (
        "A second person is checking C-000001. The application is decided usually by Wed 25 Nov, in nine of ten cases "
        "by Thu 26 Nov."
    )
    assert head == "result likely 25–26 Nov"
    assert why.startswith("The check by a second person is pending")
    for language in Language:
        letter = letter_sentence(CHECKED, language)
        assert "pass" not in letter + sentence(CHECKED)
        assert "通过" not in letter + sentence(CHECKED, "zh")


def test_only_a_case_with_the_applicant_waits_for_items() -> None:
    for state in [CaseState.PENDING, CaseState.RECTIFYING]:
        rectifying = replace(FORECAST, state=state, ahead=None, is_decided=True)

        assert "is waiting for the items we asked you for" in sentence(rectifying)
        with_others = replace(rectifying, is_with_others=True, answer=DAYS)
        assert sentence(with_others) == (
            "For C-000001, we wait for others to answer; nothing needs to be sent now."
            f" {DECIDED}; if nothing is found against it, it passes by then."
        )
        assert "等待有关单位答复" in sentence(with_others, "zh")


def test_while_nobody_knows_how_long_others_take_no_day_is_said() -> None:
    unknown = replace(FORECAST, state=CaseState.PENDING, ahead=None, is_with_others=True)

    assert (
        sentence(unknown)
        == "For C-000001, we wait for others to answer, and cannot say how long; nothing needs to be sent now."
    )
    assert "尚不清楚" in sentence(unknown, "zh")
    until = replace(NOT_DUE, header=replace(NOT_DUE.header, next_action_on=date(2026, 12, 7)))
    assert "and go on by Mon 7 Dec at the latest;" in sentence(unknown, case=until)
    assert letter_sentence(unknown, Language.EN) == "At present we cannot say when your application will be decided."
    assert likely_decision_words(unknown, TODAY) == "no date available"
    assert list(forecast_caveats(unknown)) == ["The case waits for others; it is not known how long."]
    assert "as they did before" in next(forecast_caveats(replace(unknown, answer=DAYS)))


def test_every_forecast_of_an_office_without_history_is_called_assumed() -> None:
    thin = replace(FORECAST, is_thin=True)

    assert "These days are assumed" in sentence(thin)
    assert "假定" in sentence(thin, "zh")
    assert likely_decision_words(thin, TODAY) == "likely decided 27 Nov – 2 Dec (assumed)"
    for state in (CaseState.AWAITING_CHECK, CaseState.RECTIFYING):
        needs = (PassNeed.ITEMS,) if state is CaseState.RECTIFYING else ()
        assert likely_decision_words(replace(thin, state=state, passed_needs=needs), TODAY).endswith("(assumed)")
    assert "Mon 7 Dec (assumed), after 9." in list(queue_lines(replace(QUEUE, is_thin=True), TODAY))[1]


def test_a_case_with_the_applicant_names_what_has_not_come() -> None:
    for state in [CaseState.PENDING, CaseState.RECTIFYING]:
        items = tuple(
            ItemLine(code="DOC", text=text, is_satisfied=came, is_waived=False)
            for text, came in (("the licence, with seal", False), ("a plan", True), ("{case}", False))
        )
        asked = replace(PENDING if state is CaseState.PENDING else fail(), items=items)
        header = replace(NOT_DUE.header, state=state, waits_for=WaitsFor.APPLICANT)
        case = replace(NOT_DUE, header=header, decisions=(asked,))

        told = sentence(replace(FORECAST, state=state), case=case)
        assert told.startswith("C-000001 is waiting for what we asked you for: the licence, with seal; {case}. ")
        assert "尚待补交：the licence, with seal；{case}。" in sentence(replace(FORECAST, state=state), "zh", case)


def test_a_forecast_later_than_the_due_date_says_so_and_why_if_it_is_known() -> None:
    for due_on, is_queue_long, words in [
        (26, None, "That is later than the due date, Thu 26 Nov."),
        (26, True, "That is later than the due date, Thu 26 Nov, because more applications than usual are waiting."),
        (26, False, "That is later than the due date, Thu 26 Nov."),
        (27, True, "The due date is Fri 27 Nov; the decision may come after it."),
        (23, True, "The due date, Mon 23 Nov, has passed."),
    ]:
        due_at = NOW.replace(day=due_on)
        late = replace(CASE, header=replace(CASE.header, due_at=due_at, is_overdue=due_at < NOW))

        # A long queue is no reason if no case is ahead, here None.
        ahead = 0 if is_queue_long is None else FORECAST.ahead
        forecast = replace(FORECAST, is_queue_long=is_queue_long is not False, ahead=ahead)
        assert sentence(forecast, case=late).endswith(f"it passes by then. {words}")
        with_applicant = replace(late, header=replace(late.header, state=CaseState.RECTIFYING))
        assert "due date" not in sentence(forecast, case=with_applicant)


def test_an_appealed_case_passes_only_if_the_appeal_succeeds() -> None:
    appealed = replace(BLOCKED, state=CaseState.APPEALED, is_decided=True, passed_needs=(PassNeed.APPEAL,))

    assert sentence(appealed).startswith("The appeal in C-000001 is being decided. ")
    assert sentence(appealed).endswith("; it can pass only once the appeal has succeeded.")


def lines(forecast: QueueForecast, language: str = "en") -> list[str]:
    with speaking(language):
        return list(queue_lines(forecast, TODAY))


def test_the_number_of_late_cases_is_given_once_if_it_is_certain() -> None:
    for middle, worst, expected in [
        (0, 0, "None will be decided after its due date."),
        (0, 2, "Usually 0 will be decided after their due date, in nine of ten cases at most 2."),
        (57, 57, "57 will be decided after their due date."),
    ]:
        assert lines(replace(QUEUE, late_p50=middle, late_p90=worst))[2] == expected


def test_during_a_suspension_the_sentence_begins_with_it() -> None:
    stopped = replace(FORECAST, is_suspended=True)

    assert sentence(stopped).startswith(
        "Work is suspended now, and we assume that it resumes tomorrow: C-000001 has been received."
    )
    assert sentence(stopped, "zh").startswith("目前审核工作中止，按明日恢复推算：C-000001 已受理")


def test_while_all_are_away_the_sentence_has_the_first_return_date() -> None:
    empty = replace(FORECAST, reviewers=0, per_day=0, back_on=BACK)

    assert sentence(empty).startswith("All reviewers are away until Mon 30 Nov: C-000001 has been received")
    assert sentence(empty, "zh").startswith("审核员均不在岗，11月30日")
    with speaking("en"):
        assert "all reviewers are away until Mon 30 Nov" in forecast_explanation(empty, TODAY)
        assert "decide about" not in forecast_explanation(empty, TODAY)
    shown = lines(replace(QUEUE, reviewers=0, usual_reviewers=0, per_day=0, back_on=BACK))
    assert shown[0] == "57 to decide, 6 of them held now; all reviewers are away until Mon 30 Nov."
    assert shown[1].startswith("Cleared usually by ")


def test_without_a_known_return_no_date_is_given() -> None:
    endless = replace(FORECAST, reviewers=0, per_day=0, is_endless=True)

    with speaking("en"):
        shown = [
            sentence(endless),
            likely_decision_words(endless, TODAY),
            forecast_explanation(endless, TODAY),
            *forecast_caveats(endless),
        ]
    shown += lines(replace(QUEUE, reviewers=0, per_day=0, is_endless=True, days=()))
    shown += [letter_sentence(endless, language) for language in Language]
    assert shown[0] == "All reviewers are away, and no return is planned: there is no expected date for C-000001."
    assert shown[1] == "no date available"
    assert not any(word in " ".join(shown) for word in ("Nov", "Dec", "11月", "12月", "Cleared"))


def test_while_the_applicant_has_the_case_a_day_is_on_condition_that_all_arrives_today() -> None:
    asked = replace(BLOCKED, state=CaseState.RECTIFYING, passed_needs=(PassNeed.ITEMS,), ahead=None)

    assert sentence(asked) == (
        "C-000001 is waiting for the items we asked you for. If all we asked for arrives today, the application is"
        " decided usually by Fri 27 Nov, in nine of ten cases by Wed 2 Dec; it can pass only once the items we asked"
        " for are in."
    )
    assert "如所要求的内容今天全部补齐，预计" in sentence(asked, "zh")
    with speaking("en"):
        assert likely_decision_words(asked, TODAY) == "if all arrives today, likely decided 27 Nov – 2 Dec"


def test_a_likely_decision_after_the_due_date_says_so() -> None:
    with speaking("en"):
        assert (
            likely_decision_words(FORECAST, TODAY, date(2026, 11, 26))
            == "likely decided 27 Nov – 2 Dec, after the due date"
        )
        assert likely_decision_words(FORECAST, TODAY, date(2026, 11, 27)) == "likely decided 27 Nov – 2 Dec"


def test_a_date_from_an_unpublished_calendar_is_provisional() -> None:
    doubtful = replace(FORECAST, is_provisional=True)

    assert "in nine of ten cases by Wed 2 Dec (provisional);" in sentence(doubtful)
    assert "12月2日 周三（暂定）。" in sentence(doubtful, "zh")
    with speaking("en"):
        assert likely_decision_words(doubtful, TODAY) == "likely decided 27 Nov – 2 Dec (provisional)"
        assert any("provisional" in caveat for caveat in forecast_caveats(doubtful))
    shown = " ".join(lines(replace(QUEUE, is_provisional=True)))
    assert "in nine of ten cases by Mon 7 Dec (provisional), after 9." in shown
    assert "not published yet" in shown
    assert "provisional" not in " ".join([sentence(FORECAST), *lines(QUEUE)])


def test_the_queue_forecast_is_in_whole_days_with_the_number_of_held_cases() -> None:
    shown = lines(QUEUE)

    assert shown[0] == "57 to decide, 6 of them held now; 2 reviewers decide about 8.5 a working day."
    assert shown[1] == (
        "Cleared usually by Thu 3 Dec, after 7 working days; in nine of ten cases by Mon 7 Dec, after 9."
    )
    assert lines(replace(QUEUE, p50_days=0.3, p90_days=0.6))[1].startswith(
        "Cleared usually by Thu 3 Dec, after 1 working day;"
    )
    assert lines(replace(QUEUE, held=0))[0].startswith("57 to decide; 2 reviewers")
    assert (
        lines(QUEUE, "zh")[1] == "预计7个工作日审完，即不晚于12月3日 周四；一般不超过9个工作日，即不晚于12月7日 周一。"
    )
    assert "其中6件" in lines(QUEUE, "zh")[0]
