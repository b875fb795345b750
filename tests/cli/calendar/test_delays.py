"""Delays caused by a full queue: who is notified, when, and in which words."""

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from sqlalchemy import text

from db.enums import Language
from tests.clock_site import ClockSite, local
from tests.policies import set_times_in_letters
from tests.services.forecast.lived_office import lived
from tests.sites import Site
from workbench.domain.forecast.result import CaseForecast
from workbench.services.forecast.forecasts import Forecasts
from workbench.wording.forecast import letter_sentence

pytestmark = pytest.mark.proof

NOTHING = {"queued": 0, "lapsed": 0, "delayed": 0, "resumed": 0, "reminded": 0, "opened": 0}
LANGUAGES = pytest.mark.parametrize("language", list(Language))
NO_PROMISE = {Language.ZH: "此为预计时间，并非承诺。", Language.EN: "This is an estimate, not a commitment."}
DUE_SO_FAR = {
    Language.ZH: "此前的办结时限：2026年11月25日（周三）",
    Language.EN: "Current due date: Wednesday, 25 November 2026",
}


@pytest.fixture
def services(site: Site) -> ClockSite:
    """A site with four reviewers who are assumed to decide 32 cases a day."""
    return ClockSite(site).at("2026-11-24 10:00")


def tick(services: ClockSite) -> int:
    """Tick twice; check that the second does nothing, and return how many delay notices the first wrote."""
    found: dict[str, Any] = services.terminal.document("audit", "tick")
    assert {**found, "delayed": 0} == NOTHING
    assert services.terminal.document("a", "tick") == NOTHING
    return int(found["delayed"])


def notices(services: ClockSite) -> list[Any]:
    found: list[Any] = services.terminal.document("a", "notices")["notices"]
    return found


def write_to_in(services: ClockSite, language: Language) -> None:
    """Set the language of every applicant."""
    with services.site.services("admin").context.write() as session:
        session.execute(text("UPDATE application SET language = :language"), {"language": language.value})


def test_an_expected_delay_is_announced_once_before_the_due_date_passes(services: ClockSite) -> None:
    case = services.received("2026-11-24 10:00", "expedited")
    services.received("2026-11-24 10:00")
    assert tick(services.at("2026-11-25 10:00")) == 0

    # No further decision is expected ten minutes before closing.
    assert tick(services.at("2026-11-25 17:50")) == 1
    [notice] = notices(services)
    assert (notice["kind"], notice["case"]) == ("delay", case)
    assert DUE_SO_FAR[Language.ZH] in notice["body"]
    assert tick(services.at("2026-11-25 18:00")) == 0
    assert tick(services.at("2026-11-27 10:00")) == 0
    assert len(notices(services)) == 1


def test_only_applicants_expected_to_be_late_are_notified(services: ClockSite) -> None:
    numbers = services.at("2026-11-24 18:00").site.plant(40, due_in_days=1)
    assert tick(services.at("2026-11-24 23:30")) == 0

    # The day begins at midnight in Shanghai, the time zone of the policy.
    count = tick(services.at("2026-11-25 00:30"))

    assert 3 <= count <= 16
    assert sorted(each["case"] for each in notices(services)) == [f"C-{number:06}" for number in numbers[-count:]]


def test_a_changed_due_date_can_require_another_notice(services: ClockSite) -> None:
    case = services.received("2026-11-24 10:00", "expedited")
    assert tick(services.at("2026-11-25 17:50")) == 1
    services.run("sup", "extend", case, "--until", "2026-11-26", "--reason", "人手不足")
    assert tick(services) == 0
    assert tick(services.at("2026-11-26 10:00")) == 0

    assert tick(services.at("2026-11-26 17:50")) == 1
    assert tick(services.at("2026-11-26 18:00")) == 0
    assert "此前的办结时限：2026年11月26日（周四）" in notices(services)[-1]["body"]


def test_cases_with_a_stopped_clock_are_neither_late_nor_at_risk(services: ClockSite) -> None:
    case = services.received("2026-11-24 10:00", "expedited")
    services.ask("2026-11-25 17:00", case)
    assert tick(services.at("2026-11-25 17:50")) == 0
    assert tick(services.at("2026-11-26 10:00")) == 0

    services.received("2026-11-25 10:00", "expedited")
    services.run("sup", "calendar", "suspend", "2026-11-26", "--reason", "台风")
    assert tick(services.at("2026-11-26 17:55")) == 0


def test_after_a_first_verdict_a_delay_is_announced_only_once_the_due_date_has_passed(services: ClockSite) -> None:
    case = services.received("2026-11-24 10:00", "expedited")
    services.at("2026-11-24 11:00").run("a", "next")
    services.run("a", "decide", case, "pending", "--reason", "WAIT-CARRIER")
    assert tick(services.at("2026-11-25 17:50")) == 0

    assert tick(services.at("2026-11-25 18:00")) == 1


@LANGUAGES
@pytest.mark.parametrize("at", ["2026-11-25 17:50", "2026-11-25 18:30"])
@pytest.mark.parametrize("word", ["promise", "forecast", "both"])
def test_the_policy_sets_which_times_a_delay_letter_gives(
    services: ClockSite, word: str, at: str, language: Language
) -> None:
    set_times_in_letters(services.site, word)
    services.received("2026-11-24 10:00", "expedited")
    write_to_in(services, language)

    assert tick(services.at(at)) == 1

    [notice] = notices(services)
    body = notice["body"]
    assert (DUE_SO_FAR[language] in body) is (word != "forecast")
    assert (NO_PROMISE[language] in body) is (word != "promise")
    if word == "forecast":
        assert "办结时限" not in body
        assert "due date" not in body.lower()
        assert "promised" not in body
        assert "承诺的时限" not in body
    assert "\n\n\n" not in body


@LANGUAGES
def test_a_delay_letter_and_the_desk_give_the_same_forecast(services: ClockSite, language: Language) -> None:
    lived(services.site)
    case = services.received("2026-11-24 10:00", "expedited")
    write_to_in(services, language)
    forecast = services.at("2026-11-25 17:50").site.services("a").forecasts.of_case(int(case.split("-")[1]))
    assert not forecast.is_thin

    services.terminal.document("audit", "tick")

    [body] = [each["body"] for each in notices(services) if each["case"] == case]
    assert f"\n{letter_sentence(forecast, language, date(2026, 11, 25))}\n" in body


def test_computing_forecasts_blocks_no_other_write(services: ClockSite, monkeypatch: pytest.MonkeyPatch) -> None:
    of_cases = Forecasts.of_cases
    other = services.site.services("b")
    requested: list[int] = []

    def while_another_writes(self: Forecasts, case_ids: Sequence[int]) -> dict[int, CaseForecast]:
        # The write would wait and be refused if the tick held the lock.
        with other.context.write() as session:
            other.context.log(session, "forecast")
        requested.extend(case_ids)
        return of_cases(self, case_ids)

    monkeypatch.setattr(Forecasts, "of_cases", while_another_writes)
    case = services.received("2026-11-24 10:00", "expedited")
    assert tick(services.at("2026-11-25 17:50")) == 1
    assert requested == [int(case.split("-")[1])]


def test_a_case_decided_during_the_forecast_gets_no_notice(
    services: ClockSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    of_cases = Forecasts.of_cases
    case = services.received("2026-11-24 10:00", "expedited")

    def while_it_ends(self: Forecasts, case_ids: Sequence[int]) -> dict[int, CaseForecast]:
        found = of_cases(self, case_ids)
        services.run("a", "withdraw", case, "--reason", "gone")
        return found

    monkeypatch.setattr(Forecasts, "of_cases", while_it_ends)
    assert services.at("2026-11-25 17:50").terminal.document("audit", "tick") == NOTHING


def test_the_log_records_the_due_date_of_each_notice(services: ClockSite) -> None:
    services.received("2026-11-24 10:00", "expedited")
    services.at("2026-11-25 17:50").run("audit", "tick")
    with services.site.services("admin").context.read() as session:
        newest = session.execute(text("SELECT action, body FROM event ORDER BY seq DESC LIMIT 1")).one()

    due_us = int(local("2026-11-25 18:00").timestamp()) * 1_000_000
    assert (newest.action, json.loads(newest.body)["due_us"]) == ("delay-told", due_us)
