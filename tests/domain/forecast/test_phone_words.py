"""The sentence for the phone says where a case is, and promises no more than is known."""

from dataclasses import replace
from datetime import date

import pytest

from db.enums import CaseState, Language
from tests.domain.forecast.test_letter_sentence import FORECAST
from workbench.domain.forecast.phone_words import say
from workbench.domain.forecast.told import CaseForecast, DayRange
from workbench.domain.forecast.told_words import explanation, letter_sentence, likely
from workbench.i18n import speaking

TODAY = date(2026, 11, 24)
CHECKED = replace(
    FORECAST,
    state=CaseState.AWAITING_CHECK,
    ahead=None,
    checked=DayRange(p50=date(2026, 11, 25), p90=date(2026, 11, 26)),
)


def said(forecast: CaseForecast, language: str = "en") -> str:
    with speaking(language):
        return say(forecast, TODAY)


def test_who_waits_in_the_queue_is_expected_to_pass_by_a_day() -> None:
    assert said(FORECAST) == "C-000001 is accepted; it is expected to pass by Fri 27 Nov, at the latest Wed 2 Dec."
    assert said(FORECAST, "zh").startswith("C-000001已受理，预计")
    assert "前审核通过，最晚" in said(FORECAST, "zh")


def test_what_a_second_person_looks_at_is_not_said_to_pass() -> None:
    with speaking("en"):
        head, why = likely(CHECKED, TODAY), explanation(CHECKED)

    assert said(CHECKED) == (
        "A second person looks at C-000001; its result is expected by Wed 25 Nov, at the latest Thu 26 Nov."
    )
    assert head == "result likely 25–26 Nov"
    assert why.startswith("A second person still has to look at it")
    assert "sent back" not in why
    for language in Language:
        letter = letter_sentence(CHECKED, language)
        assert "pass" not in letter
        assert "通过" not in letter + said(CHECKED, "zh")


@pytest.mark.parametrize("state", [CaseState.PENDING, CaseState.RECTIFYING])
def test_only_what_the_applicant_was_asked_for_is_waited_for(state: CaseState) -> None:
    asked = replace(FORECAST, state=state, ahead=None, is_decided=True)

    assert "waits for what you were asked for" in said(asked)
    assert said(replace(asked, is_with_others=True)) == (
        "A matter in C-000001 is being looked into; it is expected to pass by Fri 27 Nov, at the latest Wed 2 Dec."
    )
    assert "正在核查" in said(replace(asked, is_with_others=True), "zh")


def test_who_appealed_is_told_to_pass_only_if_that_succeeds() -> None:
    assert "if it succeeds" in said(replace(FORECAST, state=CaseState.APPEALED, ahead=None, is_decided=True))
