"""The sentence about the forecast in letters."""

from dataclasses import replace
from datetime import date

from db.enums import CaseState, Language
from workbench.domain.forecast.result import CaseForecast, DayRange
from workbench.wording.forecast import letter_sentence

DAYS = DayRange(p50=date(2026, 11, 27), p90=date(2026, 12, 2))
FORECAST = CaseForecast(
    case_id=1,
    state=CaseState.QUEUED,
    first_verdict=DAYS,
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
ONE_DAY = replace(FORECAST, passed=DayRange(p50=DAYS.p50, p90=DAYS.p50))


def test_the_sentence_gives_both_days_and_says_that_they_are_no_promise() -> None:
    assert letter_sentence(FORECAST, Language.EN) == (
        "As things stand, we expect your application to pass by Friday, 27 November 2026, and very likely by "
        "Wednesday, 2 December 2026; this is no promise."
    )
    assert letter_sentence(FORECAST, Language.ZH) == (
        "按目前进度，预计2026年11月27日（周五）前后审核通过，一般不晚于2026年12月2日（周三）。此为预计时间，并非承诺。"
    )


def test_two_equal_days_are_given_once() -> None:
    assert letter_sentence(ONE_DAY, Language.EN) == (
        "As things stand, we expect your application to pass by Friday, 27 November 2026; this is no promise."
    )
    assert letter_sentence(ONE_DAY, Language.ZH) == (
        "按目前进度，预计2026年11月27日（周五）前后审核通过。此为预计时间，并非承诺。"
    )


def test_a_forecast_without_history_is_worded_as_planning() -> None:
    thin = replace(FORECAST, is_thin=True)

    assert letter_sentence(thin, Language.EN).startswith("By our planning, we expect")
    assert letter_sentence(thin, Language.ZH).startswith("按我司的工作安排，预计")
