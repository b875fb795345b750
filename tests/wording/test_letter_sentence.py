"""The sentences about the forecast in letters: when an application is decided, and when it passes."""

from dataclasses import replace
from datetime import date, timedelta

from db.enums import CaseState, Language
from workbench.domain.forecast.result import CaseForecast, DayRange, PassNeed
from workbench.wording.forecast import letter_sentence
from workbench.wording.letter_dates import letter_day

DAYS = DayRange(p50=date(2026, 11, 27), p90=date(2026, 12, 2))
FORECAST = CaseForecast(
    case_id=1,
    state=CaseState.QUEUED,
    first_verdict=DAYS,
    decided=DAYS,
    passed=DAYS,
    is_decided=False,
    ahead=3,
    reviewers=2,
    per_day=20,
    sent_back=0.3,
    is_thin=False,
    is_incomplete=False,
    is_suspended=False,
)
LATER = replace(FORECAST, passed=DayRange(p50=date(2026, 11, 30), p90=date(2026, 12, 9)))
"""A case that, with the corrections of similar cases, passes later than it is decided."""

FRIDAY, WEDNESDAY = ({language: letter_day(day, language) for language in Language} for day in (DAYS.p50, DAYS.p90))
EN, ZH = Language.EN, Language.ZH


def test_a_letter_says_when_an_application_is_decided_and_when_it_passes() -> None:
    assert letter_sentence(LATER, EN) == (
        f"As things stand: The application is decided usually by {FRIDAY[EN]}, in nine of ten cases by {WEDNESDAY[EN]};"
        " if nothing is found against it, it passes by then. This is an estimate, not a commitment."
    )
    assert letter_sentence(LATER, ZH) == (
        f"按目前进度：预计{FRIDAY[ZH]}作出审核结论；一般不晚于{WEDNESDAY[ZH]}。"
        "如审核无异议，预计届时可通过。此为预计时间，并非承诺。"
    )


def test_equal_days_are_given_once() -> None:
    one_day = DayRange(p50=DAYS.p50, p90=DAYS.p50)
    assert letter_sentence(replace(FORECAST, decided=one_day), EN) == (
        f"As things stand: The application is decided by {FRIDAY[EN]} in nine of ten cases;"
        " if nothing is found against it, it passes by then. This is an estimate, not a commitment."
    )
    assert letter_sentence(replace(FORECAST, decided=one_day), ZH) == (
        f"按目前进度：预计不晚于{FRIDAY[ZH]}作出审核结论。如审核无异议，预计届时可通过。此为预计时间，并非承诺。"
    )


def test_a_forecast_without_history_is_called_assumed() -> None:
    thin = replace(FORECAST, is_thin=True)

    assert letter_sentence(thin, EN).startswith(
        "Assumed, as few applications have been decided so far: The application is decided"
    )
    assert letter_sentence(thin, ZH).startswith("因已审结的申请尚少，以下时间为假定：预计")


def test_while_something_stands_against_a_pass_the_letter_says_what_has_to_happen_first() -> None:
    blocked = replace(FORECAST, passed=None, passed_needs=(PassNeed.FINDINGS,))

    assert (
        f"in nine of ten cases by {WEDNESDAY[EN]}; it can pass only once the open points are cleared up."
        in letter_sentence(blocked, EN)
    )
    assert "作出审核结论；" in letter_sentence(blocked, ZH)
    assert "须待有关问题核实清楚后，方可通过。" in letter_sentence(blocked, ZH)
    assert "无异议" not in letter_sentence(blocked, ZH)


def test_a_forecast_later_than_the_due_date_says_so() -> None:
    for due_on, en, zh in [
        (DAYS.p90, "", ""),
        (DAYS.p50, " The decision may come after the due date.", "审核结论可能晚于本通知所载期限作出。"),
        (DAYS.p50 - timedelta(days=1), " That is later than the due date.", "上述预计时间晚于本通知所载期限。"),
    ]:
        for language, late in ((EN, en), (ZH, zh)):
            without, told = letter_sentence(FORECAST, language), letter_sentence(FORECAST, language, due_on)
            end = {EN: " This is an estimate, not a commitment.", ZH: "此为预计时间，并非承诺。"}[language]
            assert told == without.removesuffix(end) + late + end
