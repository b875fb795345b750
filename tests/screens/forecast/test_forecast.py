"""The forecast of the queue as it is seen and asked, and that of a case on the desk."""

import pytest

from db.enums import CaseState
from tests.screens.doubles.services import MemoryServices
from tests.screens.driver import at_work
from workbench.errors import StorageFailed


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_plus_and_minus_ask_what_if_more_or_fewer_decided(size: tuple[int, int]) -> None:
    async with at_work(size=size) as desk:
        await desk.go("f")
        assert "4 reviewers  as it is" in desk.text
        assert "88 to decide; 4 reviewers decide about 22 a working day." in desk.text

        await desk.press("plus", "plus")
        assert "6 reviewers  what if; currently: 4" in desk.text
        assert "about 33 a working day" in desk.text

        await desk.press("minus", "f5", "f5", "f6")
        assert "4 reviewers  as it is" in desk.text
        assert desk.services.forecasts.asked[-1] == 4

        await desk.press("0")
        assert desk.services.forecasts.asked[-1] is None

        assert "Esc desk" in desk.text
        await desk.press("escape")
        assert desk.dialog == "DeskScreen"


async def test_there_is_always_at_least_one_reviewer() -> None:
    async with at_work() as desk:
        await desk.go("f")
        await desk.press(*["minus"] * 9)

        assert desk.services.forecasts.asked[-1] == 1
        assert "1 reviewer  what if" in desk.text


@pytest.mark.parametrize("symbols", ["auto", "ascii"])
@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_picture_marks_the_middle_and_the_end(size: tuple[int, int], symbols: str) -> None:
    async with at_work(size=size, symbols=symbols) as desk:
        await desk.go("f")
        lines = desk.text.splitlines()
        scale = next(line for line in lines if line.count("▲" if symbols == "auto" else "^") == 2)

        assert "working days: 5 in half of the runs, 5 in nine of ten" in desk.text
        assert symbols == "auto" or scale.strip(" -^") == ""
        assert any(("█" if symbols == "auto" else "#") in line for line in lines)


async def test_chinese_words_stand_on_the_screen() -> None:
    async with at_work(language="zh") as desk:
        await desk.go("f")

        assert "88" in desk.text


async def test_an_empty_queue_is_said_to_be_empty() -> None:
    def empty(services: MemoryServices) -> None:
        services.forecasts.queued = 0

    async with at_work(arrange=empty) as desk:
        await desk.go("f")

        assert "No case is waiting." in desk.text


async def test_too_little_history_is_said() -> None:
    def thin(services: MemoryServices) -> None:
        services.forecasts.is_thin = True

    async with at_work(arrange=thin) as desk:
        await desk.go("f")

        assert "There is too little history" in desk.text
        assert "daily decisions per reviewer that the policy assumes" in desk.text


async def test_what_cannot_be_read_is_said_with_the_way_on() -> None:
    def broken(services: MemoryServices) -> None:
        services.forecasts.failure = StorageFailed("The storage failed.")

    async with at_work(arrange=broken) as desk:
        await desk.go("f")
        assert "The storage failed." in desk.text
        assert "Press n to reload." in desk.text

        desk.services.forecasts.failure = None
        await desk.press("n")
        assert "88 to decide" in desk.text


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_head_of_the_desk_says_when_the_case_is_likely_passed(size: tuple[int, int]) -> None:
    async with at_work(size=size) as desk:
        await desk.press("n")

        assert "due " in desk.text
        assert "likely 25–27 Nov" in desk.text


async def test_in_a_narrow_window_the_name_of_the_applicant_stays_before_what_is_likely() -> None:
    def late(services: MemoryServices) -> None:
        services.change(123, is_breached=True, is_due_provisional=True)

    async with at_work(size=(80, 24), language="zh", arrange=late) as desk:
        await desk.press("n")

        assert "成都虚构远声科技" in desk.text.splitlines()[1]
        assert "已超时" in desk.text.splitlines()[1]


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_head_marks_days_that_may_still_change(size: tuple[int, int]) -> None:
    def doubtful(services: MemoryServices) -> None:
        services.forecasts.changes = {"is_provisional": True}

    async with at_work(size=size, arrange=doubtful) as desk:
        await desk.press("n")
        assert "likely 25–27 Nov (provisional)" in desk.text

        await desk.press("t")
        assert "at the latest Fri 27 Nov (provisional)." in desk.app.clipboard
        assert "The dates are provisional" in desk.text


async def test_where_nobody_is_there_no_date_is_told_and_what_if_still_is_asked() -> None:
    def empty(services: MemoryServices) -> None:
        services.forecasts.usual = 0

    async with at_work(arrange=empty) as desk:
        await desk.go("f")
        assert "no reviewers  as it is" in desk.text
        assert "88 to decide; all reviewers are away, and no return is planned." in desk.text
        assert "there is no expected date" in desk.text
        assert "2030" not in desk.text
        assert "Simulated" not in desk.text

        await desk.press("plus")
        assert "88 to decide; 1 reviewer decides about" in desk.text


async def test_while_work_is_suspended_t_says_so_in_the_sentence_itself() -> None:
    def stopped(services: MemoryServices) -> None:
        services.forecasts.changes = {"is_suspended": True}

    async with at_work(arrange=stopped) as desk:
        await desk.press("n", "t")

        assert desk.app.clipboard.startswith("Work is suspended now, and we assume that it resumes tomorrow: C-000123")


async def test_a_forecast_that_fails_leaves_the_desk_as_it_is() -> None:
    def broken(services: MemoryServices) -> None:
        services.forecasts.failure = StorageFailed("The storage failed.")

    async with at_work(arrange=broken) as desk:
        await desk.press("n")

        assert "due " in desk.text
        assert "likely" not in desk.text
        assert desk.notes == []


async def test_t_shows_and_copies_the_sentence_for_the_phone() -> None:
    async with at_work() as desk:
        await desk.press("n", "t")

        said = "C-000123 is accepted; it is expected to pass by Wed 25 Nov, at the latest Fri 27 Nov."
        assert said in desk.text
        assert desk.app.clipboard == said
        assert "31 ahead of you, 4 reviewers decide about 22 a day, about one in 3" in desk.text
        assert "back once." in desk.text


async def test_what_will_be_asked_about_is_told_with_it() -> None:
    def second(services: MemoryServices) -> None:
        services.change(123, state=CaseState.PASSED)

    async with at_work(arrange=second) as desk:
        await desk.press("n", "t")

        assert "Likely questions" in desk.text


async def test_the_sentence_is_found_among_the_commands() -> None:
    async with at_work() as desk:
        await desk.press("n", "colon")
        await desk.type("phone estimate")
        await desk.press("enter")

        assert "expected to pass by" in desk.text
