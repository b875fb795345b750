"""Delays caused by a full queue: who is notified, when, and in which words."""

from collections.abc import Sequence
from typing import Any

import pytest

from db.enums import Language
from tests.cli.calendar.test_reminders import write_in
from tests.clock_site import ClockSite
from tests.policies import set_times_in_letters
from workbench.domain.forecast.result import CaseForecast
from workbench.services.forecast.forecasts import Forecasts
from workbench.services.outbox.recording import Delivery

pytestmark = pytest.mark.proof

NOTHING = {"queued": 0, "lapsed": 0, "delayed": 0, "resumed": 0, "reminded": 0, "opened": 0, "inquiries": 0}
NO_PROMISE = {Language.ZH: "此为预计时间，并非承诺。", Language.EN: "This is an estimate, not a commitment."}
DUE_SO_FAR = {
    Language.ZH: "此前的办结时限：2026年11月25日（周三）",
    Language.EN: "Current due date: Wednesday, 25 November 2026",
}


def tick(services: ClockSite) -> int:
    """Tick twice; check that the second does nothing, and return how many delay notices the first wrote."""
    found: dict[str, Any] = services.terminal.document("audit", "tick")
    assert {**found, "delayed": 0} == NOTHING
    assert services.terminal.document("a", "tick") == NOTHING
    return int(found["delayed"])


def notices(services: ClockSite) -> list[Any]:
    found: list[Any] = services.terminal.document("a", "notices")["notices"]
    return found


@pytest.mark.parametrize(
    ("at", "language"), [("2026-11-25 17:50", Language.ZH), ("2026-11-25 18:30", Language.EN)], ids=["before", "after"]
)
@pytest.mark.parametrize("word", ["promise", "forecast", "both"])
def test_the_policy_sets_which_times_a_delay_letter_gives(
    services: ClockSite, word: str, at: str, language: Language
) -> None:
    set_times_in_letters(services.site, word)
    services.received("2026-11-24 10:00", "expedited")
    write_in(services, language)

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


def test_the_sentence_for_the_phone_says_that_the_days_of_the_letter_are_older(services: ClockSite) -> None:
    case = services.received("2026-11-24 10:00", "expedited")

    def said() -> str:
        return services.terminal.as_person("a", "forecast", case, "--say").output

    assert "earlier estimate" not in said()
    assert tick(services.at("2026-11-25 17:50")) == 1
    assert "A letter of Wed 25 Nov may still reach you; its days are an earlier estimate." in said()
    [letter] = notices(services)
    services.at("2026-11-25 17:55").site.services("sup").notices.record([Delivery(notice_id=letter["id"])])
    assert "The days in our letter of Wed 25 Nov were an earlier estimate." in said()


def test_only_applicants_expected_to_be_late_are_notified(services: ClockSite) -> None:
    numbers = services.at("2026-11-24 18:00").site.plant(40, due_in_days=1)
    assert tick(services.at("2026-11-24 23:30")) == 0

    # The day begins at midnight in Shanghai, the time zone of the policy.
    count = tick(services.at("2026-11-25 00:30"))

    assert 3 <= count <= 16
    assert sorted(each["case"] for each in notices(services)) == [f"C-{number:06}" for number in numbers[-count:]]


@pytest.mark.parametrize(
    ("verdict", "kept"),
    [
        (("fail", "--reason", "ID-CAPITAL"), set()),
        (("pending", "--reason", "WAIT-APPLICANT", "--item", "WAIT-APPLICANT:AUTH_LETTER"), set()),
        (("pending", "--reason", "WAIT-CARRIER"), {"delay"}),
    ],
)
def test_a_verdict_cancels_an_unsent_delay_letter_until_undone_unless_the_case_waits_for_others(
    services: ClockSite, verdict: tuple[str, ...], kept: set[str]
) -> None:
    case = services.received("2026-11-24 10:00", "expedited")
    assert tick(services.at("2026-11-25 17:50")) == 1
    services.run("a", "next")
    services.run("a", "decide", case, *verdict)
    decided = {notice["kind"] for notice in notices(services)}
    services.run("a", "undo", case)

    assert decided == {verdict[0], *kept}
    assert [notice["kind"] for notice in notices(services)] == ["delay"]
