"""The manual on the screen: it opens at the chapter of the screen, finds words, and leaves everything as it was."""

import pytest
from textual.widgets import MarkdownViewer

from tests.screens.cases import troubled
from tests.screens.driver import Driver, memory_workbench


def shown(driver: Driver) -> str:
    """Return the file of the chapter that is shown."""
    return driver.app.screen.query_one(MarkdownViewer).navigator.location.name


async def test_help_and_m_open_the_chapter_of_the_screen_where_words_of_all_chapters_are_found() -> None:
    async with memory_workbench(size=(80, 24), language="zh") as driver:
        await driver.press("question_mark", "m")
        await driver.until("审核员的一天")

        assert shown(driver) == "02-reviewers-day.md"

        await driver.press("slash")
        await driver.type("重新生成")
        await driver.until("打开示例")
        await driver.press("enter")
        await driver.until("领取一件审核单")

        assert shown(driver) == "01-first-hour.md"
        assert "这个程序做什么" not in driver.text

        await driver.press("b")

        assert shown(driver) == "02-reviewers-day.md"

        await driver.press("escape")

        assert driver.dialog == "DeskScreen"


async def test_f1_twice_opens_the_manual_and_a_draft_is_kept_while_links_are_followed_by_keys() -> None:
    async with memory_workbench(troubled()) as driver:
        await driver.press("n", "f", "t")
        await driver.type("still the old card")
        await driver.press("f1", "f1")
        await driver.press("tab", "enter")
        await driver.until("Your first hour")

        assert shown(driver) == "01-first-hour.md"

        await driver.press("escape")

        assert "still the old card" in driver.text


@pytest.mark.proof
async def test_chinese_is_wrapped_by_its_rules_and_tables_are_whole() -> None:
    async with memory_workbench(size=(80, 24), language="zh") as driver:
        await driver.press("question_mark", "m")
        await driver.until("截止时间如何计算")

        assert [line for line in driver.text.splitlines() if line.strip()[:1] in tuple("。，、；：）")] == []

        await driver.press("c", "down", "down", "down", "down", "down", "enter")
        await driver.until("什么时候用")
        table = driver.text.partition("什么时候用")[2]

        assert "Ⅱ" not in driver.text
        assert "…" not in table
        assert [word for word in ("通过", "要求整改", "不通过", "待审核", "申请人可以") if word not in table] == []


async def test_the_headings_take_the_keys_and_give_them_back() -> None:
    async with memory_workbench(size=(80, 24)) as driver:
        await driver.press("question_mark", "m", "c", "c")
        await driver.press("pagedown")
        await driver.until("• o lists the documents")
