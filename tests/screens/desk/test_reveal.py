"""Revealed personal data is shown for a limited time, says how that ends, and is masked again."""

import asyncio
import threading

import pytest

from tests.screens.cases import ID_NO, clean
from tests.screens.driver import KeyDriver, memory_workbench, site_workbench
from tests.sites import Site
from workbench.wording.case.history import detail_words, event_words

HANDLER = "11010119900101001X"


async def reveal_all(desk: KeyDriver) -> None:
    # Otherwise an earlier press would make the first of these two count as the second.
    desk.clocks.seconds += 2
    await desk.pilot.press("full_stop", "full_stop")
    await desk.settle()


@pytest.mark.promise("N4", "D5")
async def test_the_desk_masks_all_fields_after_a_minute_without_keys(site: Site) -> None:
    site.plant()
    async with site_workbench(site, "a") as desk:
        await desk.press("n")
        await reveal_all(desk)
        assert HANDLER in desk.text

        desk.clocks.advance(61)
        async with asyncio.timeout(20):
            while HANDLER in desk.text or "Everything is shown" in desk.text:
                await desk.pilot.pause(0.05)


async def test_the_desk_says_that_all_fields_are_revealed_and_one_press_or_a_minute_masks_them() -> None:
    async with memory_workbench(clean()) as desk:
        await desk.press("n", "full_stop")
        assert "Choose a masked field with the arrows" in desk.text
        desk.clocks.advance(6)
        desk.desk_screen.tick()
        await desk.settle()
        assert "Choose a masked field" not in desk.text

        await desk.press("full_stop")
        await reveal_all(desk)
        assert "Everything is shown; . hides it, or 60 s without a key" in desk.text
        assert "Choose a masked field" not in desk.text
        await desk.press("full_stop")
        assert ID_NO not in desk.text
        assert "Everything is shown" not in desk.text
        assert desk.services.log.count(("reveal", 123, "identity")) == 1

        await reveal_all(desk)
        desk.desk_screen.show(desk.desk_screen.session.place(desk.services.files[123]))
        assert ID_NO in desk.text, "the case was loaded again while it was revealed"
        desk.clocks.advance(61)
        desk.desk_screen.tick()
        await desk.settle()
        assert ID_NO not in desk.text


async def test_the_history_says_who_revealed_what(site: Site) -> None:
    site.plant()
    async with site_workbench(site, "a") as desk:
        await desk.press("n")
        await reveal_all(desk)
        await desk.press("full_stop", "down", "full_stop")

        case = site.services("a").casefiles.show(1)
        entries = [(event_words(line), detail_words(line, case)) for line in case.history if line.action == "reveal"]
        assert entries == [("revealed", "name of the handler"), ("revealed", "all identity fields")]
        assert "revealed" in desk.text
        assert "all identity fields" in desk.text


async def test_a_reveal_that_ends_after_everything_was_masked_shows_nothing() -> None:
    async with memory_workbench(clean()) as desk:
        await desk.press("n")
        files, gate = desk.services.casefiles, threading.Event()
        reveal = files.reveal_identity

        def slow(case_id: int) -> dict[str, str]:
            gate.wait(60)
            return dict(reveal(case_id))

        files.reveal_identity = slow  # type: ignore[method-assign]  # the double answers late
        await desk.pilot.press("full_stop", "full_stop")
        desk.app.hide_revealed_fields()
        gate.set()
        await desk.settle()

        assert ID_NO not in desk.text
