"""The manual on the screen: it opens at the chapter of the screen, finds words, and leaves everything as it was."""

import pytest
from textual.widgets import MarkdownViewer

from tests.screens.cases import troubled
from tests.screens.driver import Driver, memory_workbench


def shown(driver: Driver) -> str:
    """Return the file of the chapter that is shown."""
    return driver.app.screen.query_one(MarkdownViewer).navigator.location.name


@pytest.mark.parametrize("keys", [("question_mark", "m"), ("f1", "f1")])
async def test_help_and_m_open_the_chapter_of_the_screen_and_esc_comes_back(keys: tuple[str, ...]) -> None:
    async with memory_workbench(language="zh") as driver:
        await driver.press(*keys)

        assert shown(driver) == "02-reviewers-day.md"
        await driver.until("审核员的一天")
        await driver.press("escape")

        assert driver.dialog == "DeskScreen"


async def test_a_search_finds_words_in_other_chapters_and_b_goes_back() -> None:
    async with memory_workbench() as driver:
        await driver.press("question_mark", "m", "slash")
        await driver.type("reset all cases")
        await driver.until("Open the demo")
        await driver.press("enter", "enter")
        await driver.until("makes all cases again")

        assert shown(driver) == "01-first-hour.md"
        assert "What the program is for" not in driver.text.split("Open the demo")[-1]

        await driver.press("b")

        assert shown(driver) == "02-reviewers-day.md"


async def test_a_link_leads_to_another_chapter() -> None:
    async with memory_workbench() as driver:
        await driver.press("question_mark", "m")
        document = driver.app.screen.query_one(MarkdownViewer).document
        document.post_message(document.LinkClicked(document, "01-first-hour.md"))
        await driver.until("Your first hour")

        assert shown(driver) == "01-first-hour.md"


async def test_a_draft_is_kept_while_the_manual_is_read() -> None:
    async with memory_workbench(troubled()) as driver:
        await driver.press("n", "f", "t")
        await driver.type("still the old card")
        await driver.press("f1", "f1")

        assert driver.dialog == "ManualScreen"

        await driver.press("escape")

        assert "still the old card" in driver.text
