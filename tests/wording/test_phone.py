"""The sentence for the phone: where a case is and when it is expected to pass."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from db.enums import CaseState, Language
from tests.languages import speaking
from tests.wording.test_letter_sentence import FORECAST
from workbench.domain.forecast.result import CaseForecast, DayRange, QueueForecast
from workbench.wording.forecast import caveats, explanation, letter_sentence, likely, queue_lines
from workbench.wording.phone import phone_sentence

TODAY = date(2026, 11, 24)
CHECKED = replace(
    FORECAST,
    state=CaseState.AWAITING_CHECK,
    ahead=None,
    checked=DayRange(p50=date(2026, 11, 25), p90=date(2026, 11, 26)),
)

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
    made_at=datetime(2026, 11, 24, 2, tzinfo=UTC),
)


def sentence(forecast: CaseForecast, language: str = "en") -> str:
    with speaking(language):
        return phone_sentence(forecast, TODAY)


def test_a_queued_case_is_expected_to_pass_by_a_day() -> None:
    assert sentence(FORECAST) == "C-000001 is accepted; it is expected to pass by Fri 27 Nov, at the latest Wed 2 Dec."
    assert sentence(FORECAST, "zh").startswith("C-000001已受理；如审核无异议，预计")
    assert "前通过，一般不晚于" in sentence(FORECAST, "zh")


def test_a_case_awaiting_a_check_is_not_promised_to_pass() -> None:
    with speaking("en"):
        head, why = likely(CHECKED, TODAY), explanation(CHECKED, TODAY)

    assert sentence(CHECKED) == (
        "A second person is checking C-000001; the result is expected by Wed 25 Nov, at the latest Thu 26 Nov."
    )
    assert head == "result likely 25–26 Nov"
    assert why.startswith("The check by a second person is pending")
    assert "sent back" not in why
    for language in Language:
        letter = letter_sentence(CHECKED, language)
        assert "pass" not in letter
        assert "通过" not in letter + sentence(CHECKED, "zh")


@pytest.mark.parametrize("state", [CaseState.PENDING, CaseState.RECTIFYING])
def test_only_a_case_with_the_applicant_waits_for_items(state: CaseState) -> None:
    rectifying = replace(FORECAST, state=state, ahead=None, is_decided=True)

    assert "is waiting for the items we asked you for" in sentence(rectifying)
    assert sentence(replace(rectifying, is_with_others=True)) == (
        "A matter in C-000001 is being looked into; it is expected to pass by Fri 27 Nov, at the latest Wed 2 Dec."
    )
    assert "正在核查" in sentence(replace(rectifying, is_with_others=True), "zh")


def test_an_appealed_case_passes_only_if_the_appeal_succeeds() -> None:
    assert "if it succeeds" in sentence(replace(FORECAST, state=CaseState.APPEALED, ahead=None, is_decided=True))


def lines(forecast: QueueForecast, language: str = "en") -> list[str]:
    with speaking(language):
        return list(queue_lines(forecast, TODAY))


@pytest.mark.parametrize(
    ("middle", "worst", "expected"),
    [
        (0, 0, "None will be decided after its due date."),
        (0, 2, "0 will be decided after their due date, 2 at worst."),
        (57, 57, "57 will be decided after their due date."),
    ],
)
def test_the_number_of_late_cases_is_given_once_if_it_is_certain(middle: int, worst: int, expected: str) -> None:
    assert lines(replace(QUEUE, late_p50=middle, late_p90=worst))[2] == expected


def test_during_a_suspension_the_sentence_begins_with_it() -> None:
    stopped = replace(FORECAST, is_suspended=True)

    assert sentence(stopped).startswith(
        "Work is suspended now, and we assume that it resumes tomorrow: C-000001 is acc"
    )
    assert sentence(stopped, "zh").startswith("目前审核工作中止，按明日恢复推算：C-000001已受理")


def test_while_all_are_away_the_sentence_has_the_first_return_date() -> None:
    empty = replace(FORECAST, reviewers=0, per_day=0, back_on=BACK)

    assert sentence(empty).startswith("All reviewers are away until Mon 30 Nov: C-000001 is accepted")
    assert sentence(empty, "zh").startswith("审核员均不在岗，11月30日")
    with speaking("en"):
        assert "all reviewers are away until Mon 30 Nov" in explanation(empty, TODAY)
        assert "decide about" not in explanation(empty, TODAY)
    shown = lines(replace(QUEUE, reviewers=0, usual_reviewers=0, per_day=0, back_on=BACK))
    assert shown[0] == "57 to decide, 6 of them held now; all reviewers are away until Mon 30 Nov."
    assert shown[1].startswith("Cleared in ")


def test_without_a_known_return_no_date_is_given() -> None:
    endless = replace(FORECAST, reviewers=0, per_day=0, is_endless=True)

    with speaking("en"):
        shown = [sentence(endless), likely(endless, TODAY), explanation(endless, TODAY), *caveats(endless)]
    shown += lines(replace(QUEUE, reviewers=0, per_day=0, is_endless=True, days=()))
    shown += [letter_sentence(endless, language) for language in Language]
    assert shown[0] == "All reviewers are away, and no return is planned: there is no expected date for C-000001."
    assert shown[1] == "no date available"
    assert not any(word in " ".join(shown) for word in ("Nov", "Dec", "11月", "12月", "Cleared"))


def test_a_date_from_an_unpublished_calendar_is_provisional() -> None:
    doubtful = replace(FORECAST, is_provisional=True)

    assert sentence(doubtful).endswith("at the latest Wed 2 Dec (provisional).")
    assert sentence(doubtful, "zh").endswith("（暂定）。")
    with speaking("en"):
        assert likely(doubtful, TODAY) == "likely 27 Nov – 2 Dec (provisional)"
        assert any("provisional" in caveat for caveat in caveats(doubtful))
    shown = " ".join(lines(replace(QUEUE, is_provisional=True)))
    assert "at the latest Mon 7 Dec (provisional)." in shown
    assert "not published yet" in shown
    assert "provisional" not in " ".join([sentence(FORECAST), *lines(QUEUE)])


def test_the_queue_forecast_is_in_whole_days_with_the_number_of_held_cases() -> None:
    shown = lines(QUEUE)

    assert shown[0] == "57 to decide, 6 of them held now; 2 reviewers decide about 8.5 a working day."
    assert shown[1] == "Cleared in 7 working days, 9 at worst: by Thu 3 Dec, at the latest Mon 7 Dec."
    assert lines(replace(QUEUE, p50_days=0.3, p90_days=0.6))[1].startswith("Cleared in 1 working day, 1 at worst")
    assert lines(replace(QUEUE, held=0))[0].startswith("57 to decide; 2 reviewers")
    assert "前审完" in lines(QUEUE, "zh")[1]
    assert "其中6件" in lines(QUEUE, "zh")[0]
