"""The screen of verdicts that wait for a second check."""

from dataclasses import replace
from datetime import timedelta

import pytest

from db.enums import CaseState
from tests.clock_site import ClockSite
from tests.screens.cases import troubled
from tests.screens.doubles.services import MemoryServices
from tests.screens.driver import WINDOWS, Driver, memory_workbench, site_workbench
from tests.sites import Site
from workbench.domain.case.records import HistoryLine


async def go_to_checks(desk: Driver) -> None:
    await desk.pilot.press("g", "c")
    await desk.settle()


async def stage(desk: Driver) -> None:
    """Decide a final fail as rev1, then act as rev2."""
    await desk.press("n", "f", "f", "t")
    await desk.type("seen twice [/b]")
    await desk.press("f8")
    desk.services.actor = replace(desk.services.actor, login="rev2")
    await go_to_checks(desk)


@pytest.mark.parametrize("size", WINDOWS)
async def test_the_list_shows_waiting_verdicts_with_their_reasons(size: tuple[int, int]) -> None:
    async with memory_workbench(troubled(), size=size) as desk:
        await stage(desk)

        assert "C-000123" in desk.text
        assert "failed, final" in desk.text
        assert "by rev1" in desk.text
        assert "ID-RIC-EXPIRED" in desk.text
        assert "seen twice [/b]" in desk.text


async def test_a_key_that_does_nothing_on_a_case_to_check_says_why(site: Site) -> None:
    services = ClockSite(site)
    case = services.received("2026-11-24 09:00")
    services.at("2026-11-24 10:00").run("a", "next")
    services.run("a", "decide", case, "fail", "--final", "--reason", "ID-USCC")
    async with site_workbench(site, "a") as desk:
        await desk.go("c")
        await desk.press("a", "enter", "c", "u")
        assert desk.notes == [
            "This is your own verdict; a second person must check it. Until then, undo it with u on the desk.",
            "This key works on a case that you open from the queue (g q). To see the keys of this screen, press ?.",
            "This key works on the desk: press g d first.",
        ]


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_a_small_list_says_who_made_each_verdict_and_how_to_leave(site: Site, language: str) -> None:
    services = ClockSite(site)
    for number, login in enumerate("ab", start=1):
        services.received(f"2026-11-24 09:0{number}")
        services.at("2026-11-24 10:00").run(login, "next")
        services.run(login, "decide", f"C-{number}", "fail", "--final", "--reason", "ID-USCC")
    async with site_workbench(site, "a", size=(60, 16), language=language) as desk:
        # The own verdict is for another person to check.
        assert {"en": "one verdict to check", "zh": "1项结论待复核"}[language] in desk.text
        await desk.go("c")
        await desk.press("down")
        rows = [line for line in desk.text.splitlines() if line.startswith(" C-00000")][:2]
        words = {"en": ("by a ", "by b "), "zh": ("a 作出", "b 作出")}[language]
        assert [word in row for word, row in zip(words, rows, strict=True)] == [True, True]
        assert "虚构公司1" in rows[0]
        assert "Esc" in desk.text.splitlines()[-1]


async def test_the_parts_of_a_verdict_have_chinese_commas_in_chinese() -> None:
    async with memory_workbench(troubled(), language="zh") as desk:
        await stage(desk)

        assert "不通过，不可整改" in desk.text


async def test_enter_opens_the_case_read_only_and_escape_goes_back() -> None:
    async with memory_workbench(troubled()) as desk:
        await stage(desk)
        await desk.press("enter")
        assert "1 Identity" in desk.text
        assert "handler's ID card expired" in desk.text

        await desk.press("escape")
        assert "1 Identity" not in desk.text
        assert "Esc desk" in desk.text

        await desk.press("escape")
        assert desk.dialog == "DeskScreen"


@pytest.mark.parametrize("key", ["question_mark", "o", "r"])
async def test_a_dialog_over_an_opened_case_leaves_it_open(key: str) -> None:
    async with memory_workbench(troubled()) as desk:
        await stage(desk)
        await desk.press("enter", key, "escape")

        assert "1 Identity" in desk.text


async def test_the_keys_of_the_panels_work_after_a_click_on_the_verdict() -> None:
    async with memory_workbench(troubled()) as desk:
        await stage(desk)
        await desk.press("enter")
        await desk.pilot.click("#about")
        await desk.press("4", "plus")

        assert "4 History" in desk.text
        assert "1 Identity" not in desk.text


async def test_an_approval_requires_a_note_and_stores_it() -> None:
    async with memory_workbench(troubled()) as desk:
        await stage(desk)
        await desk.press("a", "enter")
        assert "A note is required" in desk.text
        assert "Enter some text first, or press Esc to cancel." in desk.text

        await desk.type("agreed")
        await desk.press("escape", "a", "enter")
        assert ("approve", 123, "agreed") in desk.services.log
        assert "No verdicts are waiting for a check." in desk.text


async def test_a_return_requires_a_note() -> None:
    async with memory_workbench(troubled()) as desk:
        await stage(desk)
        await desk.press("enter", "r", "enter")
        assert "Enter some text first" in desk.text

        await desk.type("seal?")
        await desk.press("enter")
        assert ("give_back", 123, "seal?") in desk.services.log


async def test_the_maker_cannot_check_a_verdict() -> None:
    async with memory_workbench(troubled()) as desk:
        await desk.press("n", "f", "f", "y")
        await go_to_checks(desk)
        await desk.press("a")

        assert desk.dialog == "ChecksScreen"
        assert desk.services.files[123].header.state is CaseState.AWAITING_CHECK


async def test_an_empty_list_says_that_nothing_waits() -> None:
    def nothing(services: MemoryServices) -> None:
        services.files.clear()

    async with memory_workbench(arrange=nothing) as desk:
        await go_to_checks(desk)

        assert "No verdicts are waiting for a check." in desk.text


async def test_with_a_solo_reviewer_the_screen_says_why_nothing_is_checked() -> None:
    def alone(services: MemoryServices) -> None:
        services.why_alone = "a shop of one person [/b]"

    async with memory_workbench(troubled(), arrange=alone) as desk:
        await go_to_checks(desk)

        assert "Only one person reviews here (a shop of one person [/b]): verdicts take effect" in desk.text


async def test_one_person_alone_approves_a_verdict_of_their_own_that_still_waits() -> None:
    async with memory_workbench(troubled()) as desk:
        await desk.press("n", "f", "f", "y")
        desk.services.why_alone = "a shop of one person"
        await go_to_checks(desk)
        assert "no second person can check it" in desk.text
        await desk.press("r", "a")
        await desk.type("looked again")
        await desk.press("enter")

        assert ("approve", 123, "looked again") in desk.services.log


@pytest.mark.parametrize("size", WINDOWS)
async def test_the_checker_sees_what_came_since_the_verdict_and_nothing_older(size: tuple[int, int]) -> None:
    async with memory_workbench(troubled(), size=size) as desk:
        await desk.press("n", "f", "f", "y")
        await go_to_checks(desk)
        assert "Nothing new since the verdict." in desk.text
        found, now = desk.services.files[123], desk.services.clocks.now()
        came = [
            ("evidence", "cards", 60),
            ("comment", "he called [/b]", 30),
            ("next", "", 20),
            ("evidence", "calls", -60),
        ]
        lines = tuple(
            HistoryLine(at=now + timedelta(seconds=s), action=action, who="imp", text=words, round=1, state=None)
            for action, words, s in came
        )
        desk.services.files[123] = replace(found, history=lines)
        await desk.press("n")

        shown = desk.text.partition("Since the verdict")[2]
        assert [word in shown for word in ("cards", "he called [/b]", "claimed", "call records")] == [
            True,
            True,
            False,
            False,
        ]


async def test_the_screen_says_why_the_maker_has_no_action() -> None:
    async with memory_workbench(troubled()) as desk:
        await desk.press("n", "f", "f", "y")
        await go_to_checks(desk)
        assert "This is your own verdict" in desk.text
        assert "a approve" not in desk.text

        await desk.press("f5", "f6")
        assert desk.dialog == "ChecksScreen"


@pytest.mark.proof
async def test_the_verdict_of_an_opened_case_is_a_panel_that_scrolls() -> None:
    async with memory_workbench(troubled(), size=(60, 16)) as desk:
        await stage(desk)
        await desk.press("enter", "5")
        assert desk.text.count("failed, final") == 2, "in the story, and in the panel"
        assert "▼ 9 more" in desk.text

        await desk.press("end")
        assert desk.text.count("failed, final") == 1
        assert "▼" not in desk.text
        await desk.press("4")
        assert "The applicant reads" not in desk.text
