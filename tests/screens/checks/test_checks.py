from dataclasses import replace

import pytest

from db.enums import CaseState
from tests.screens.cases import troubled
from tests.screens.doubles.services import MemoryServices
from tests.screens.driver import Driver, at_work


async def go_to_checks(desk: Driver) -> None:
    await desk.pilot.press("g", "c")
    await desk.settle()


async def stage(desk: Driver) -> None:
    """Decide a final fail as rev1, then sit down as rev2."""
    await desk.press("n", "f", "f", "t")
    await desk.type("seen twice [/b]")
    await desk.press("f8")
    desk.services.actor = replace(desk.services.actor, login="rev2")
    await go_to_checks(desk)


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_the_list_shows_what_waits_with_verdict_and_reasons(size: tuple[int, int]) -> None:
    async with at_work(troubled(), size=size) as desk:
        await stage(desk)

        assert "C-000123" in desk.text
        assert "failed, final" in desk.text
        assert "by rev1" in desk.text
        assert "ID-RIC-EXPIRED" in desk.text
        assert "seen twice [/b]" in desk.text


async def test_enter_opens_the_case_to_read_and_escape_goes_back() -> None:
    async with at_work(troubled()) as desk:
        await stage(desk)
        await desk.press("enter")
        assert "1 Identity" in desk.text
        assert "handler's ID card expired" in desk.text

        await desk.press("escape")
        assert "1 Identity" not in desk.text
        assert "Esc desk" in desk.text

        await desk.press("escape")
        assert desk.dialog == "DeskScreen"


async def test_a_verdict_is_approved_with_a_note_that_is_owed_and_kept() -> None:
    async with at_work(troubled()) as desk:
        await stage(desk)
        await desk.press("a", "enter")
        assert "A note is required" in desk.text
        assert "Enter some text first, or press Esc to cancel." in desk.text

        await desk.type("agreed")
        await desk.press("escape", "a", "enter")
        assert ("approve", 123, "agreed") in desk.services.log
        assert "No verdicts are waiting for a check." in desk.text


async def test_a_verdict_is_returned_with_a_note_that_is_owed() -> None:
    async with at_work(troubled()) as desk:
        await stage(desk)
        await desk.press("enter", "r", "enter")
        assert "Enter some text first" in desk.text

        await desk.type("seal?")
        await desk.press("enter")
        assert ("give_back", 123, "seal?") in desk.services.log


async def test_nobody_checks_an_own_verdict() -> None:
    async with at_work(troubled()) as desk:
        await desk.press("n", "f", "f", "y")
        await go_to_checks(desk)
        await desk.press("a")

        assert desk.dialog == "ChecksScreen"
        assert desk.services.files[123].header.state is CaseState.AWAITING_CHECK


async def test_without_anything_to_check_the_screen_says_so() -> None:
    def nothing(services: MemoryServices) -> None:
        services.files.clear()

    async with at_work(arrange=nothing) as desk:
        await go_to_checks(desk)

        assert "No verdicts are waiting for a check." in desk.text


async def test_where_one_person_reviews_alone_the_screen_says_why_nothing_is_checked() -> None:
    def alone(services: MemoryServices) -> None:
        services.why_alone = "a shop of one person [/b]"

    async with at_work(troubled(), arrange=alone) as desk:
        await go_to_checks(desk)

        assert "Only one person reviews here (a shop of one person [/b])" in desk.text


async def test_your_own_verdict_says_why_it_offers_no_act() -> None:
    async with at_work(troubled()) as desk:
        await desk.press("n", "f", "f", "y")
        await go_to_checks(desk)
        assert "This is your own verdict" in desk.text
        assert "a approve" not in desk.text

        await desk.press("f5", "f6")
        assert desk.dialog == "ChecksScreen"
