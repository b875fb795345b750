"""The forecast screen, and the forecast of a case on the desk."""

import pytest

from db.enums import CaseState
from tests.screens.doubles.services import MemoryServices
from tests.screens.driver import memory_workbench
from workbench.domain.forecast.result import PassNeed, PassRate
from workbench.errors import StorageFailed


async def test_plus_and_minus_change_the_number_of_reviewers() -> None:
    async with memory_workbench(size=(80, 24)) as desk:
        await desk.go("f")
        assert "4 reviewers  as it is" in desk.text
        assert "88 to decide; 4 reviewers decide about 22 a working day." in desk.text

        await desk.press("plus", "plus")
        assert "6 reviewers  what if; currently: 4" in desk.text
        assert "about 33 a working day" in desk.text

        await desk.press("minus", "f5", "f5", "f6")
        assert "4 reviewers  as it is" in desk.text
        assert desk.services.forecasts.requests[-1] == 4

        await desk.press("0")
        assert desk.services.forecasts.requests[-1] is None
        await desk.press(*["minus"] * 9)
        assert desk.services.forecasts.requests[-1] == 1
        assert "1 reviewer  what if" in desk.text

        assert "Esc desk" in desk.text
        await desk.press("escape")
        assert desk.dialog == "DeskScreen"


@pytest.mark.parametrize("symbols", ["auto", "ascii"])
async def test_the_chart_marks_the_median_and_the_end(symbols: str) -> None:
    async with memory_workbench(size=(80, 24), symbols=symbols) as desk:
        await desk.go("f")
        lines = desk.text.splitlines()
        scale = next(line for line in lines if line.count("▲" if symbols == "auto" else "^") == 2)

        assert "working days: 5 in half of the runs, 5 in nine of ten" in desk.text
        assert symbols == "auto" or scale.strip(" -^") == ""
        assert any(("█" if symbols == "auto" else "@") in line for line in lines)


async def test_the_desk_header_marks_provisional_dates() -> None:
    def doubtful(services: MemoryServices) -> None:
        services.forecasts.changes = {"is_provisional": True}

    async with memory_workbench(size=(80, 24), arrange=doubtful) as desk:
        await desk.press("n")
        assert "likely decided 25–27 Nov (provisional)" in desk.text

        await desk.press("t")
        assert "in nine of ten cases by Fri 27 Nov (provisional);" in desk.app.clipboard
        assert "The dates are provisional" in desk.text


async def test_what_stands_in_the_way_of_a_forecast_is_told() -> None:
    async with memory_workbench() as desk:
        forecasts = desk.services.forecasts
        forecasts.failure = StorageFailed("The storage failed.")
        await desk.go("f")
        assert "The storage failed." in desk.text
        assert "Press n to reload." in desk.text

        forecasts.failure, queued = None, forecasts.queued
        forecasts.queued = 0
        await desk.press("n")
        assert "No case is waiting." in desk.text
        forecasts.queued, forecasts.is_thin = queued, True
        await desk.press("n")
        assert "There is too little history" in desk.text
        assert "daily decisions per reviewer that the policy assumes" in desk.text
        forecasts.is_thin = False
        await desk.press("n")
        assert "88 to decide" in desk.text

        forecasts.usual = 0
        await desk.press("n")
        assert "no reviewers  as it is" in desk.text
        assert "88 to decide; all reviewers are away, and no return is planned." in desk.text
        assert "there is no expected date" in desk.text
        assert "2030" not in desk.text
        assert "Simulated" not in desk.text
        await desk.press("plus")
        assert "88 to decide; 1 reviewer decides about" in desk.text


async def test_during_a_suspension_the_sentence_of_t_says_so() -> None:
    def stopped(services: MemoryServices) -> None:
        services.forecasts.changes = {"is_suspended": True}

    async with memory_workbench(arrange=stopped) as desk:
        await desk.press("n", "t")

        assert desk.app.clipboard.startswith("Work is suspended now, and we assume that it resumes tomorrow: C-000123")


async def test_a_failed_forecast_does_not_disturb_the_desk() -> None:
    def broken(services: MemoryServices) -> None:
        services.forecasts.failure = StorageFailed("The storage failed.")

    async with memory_workbench(arrange=broken) as desk:
        await desk.press("n")

        assert "due " in desk.text
        assert "likely" not in desk.text
        assert desk.notes == []


async def test_the_header_has_the_likely_dates_and_t_shows_and_copies_the_sentence_for_the_phone() -> None:
    async with memory_workbench(size=(80, 24)) as desk:
        await desk.press("n")
        assert "due " in desk.text
        assert "likely decided 25–27 Nov" in desk.text

        await desk.press("t")
        sentence = (
            "C-000123 has been received. The application is decided usually by Wed 25 Nov, in nine of ten cases by "
            "Fri 27 Nov; if nothing is found against it, it passes by then. "
            "The due date is Thu 26 Nov; the decision may come after it."
        )
        text = " ".join(desk.text.replace("│", " ").split())
        assert "C-000123 has been received. The application is decided usually by Wed 25 Nov" in text
        assert desk.app.clipboard == sentence
        assert "31 ahead of it now, and more urgent ones may come, 4 reviewers decide about 22 a day." in text

        await desk.press("escape", "colon")
        await desk.type("tell a caller")
        await desk.press("enter")
        assert "is decided usually by" in desk.text


async def test_t_shows_how_often_similar_cases_passed_but_does_not_copy_it() -> None:
    def blocked(services: MemoryServices) -> None:
        rate = PassRate(share=0.31, low=0.24, high=0.39, cases=128, findings="block", has_same_rules=True)
        # The second case has findings.
        services.change(123, state=CaseState.PASSED)
        services.forecasts.changes = {"passed": None, "passed_needs": (PassNeed.FINDINGS,), "pass_rate": rate}

    async with memory_workbench(arrange=blocked) as desk:
        await desk.press("n", "t")

        assert "31 % (24–39 %) of 128 decided cases with the same block findings" in desk.text
        assert "; it can pass only once the open points are cleared up." in desk.app.clipboard
        assert "31 %" not in desk.app.clipboard
        assert "Likely questions" in desk.text
