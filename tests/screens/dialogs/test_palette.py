"""The help and the palette."""

import asyncio
from typing import Any

import pytest
from textual import events
from textual.command import CommandList

from screens.verdict.dialog import VerdictDialog
from screens.widgets.safe_text import FittedText
from tests.screens.cases import clean
from tests.screens.driver import Driver, memory_workbench


def listed(desk: Driver) -> list[str]:
    """Return the labels of the commands that the palette shows."""
    from textual.widgets import OptionList

    options = desk.app.screen.query_one(OptionList)
    return [str(options.get_option_at_index(at).prompt).split("  ")[0] for at in range(options.option_count)]


async def look(desk: Driver, words: str = "") -> list[str]:
    """Open the palette, type, and return what it shows."""
    await desk.press("ctrl+p")
    if words:
        await desk.type(words)
    await desk.pilot.pause(0.3)
    await desk.settle()
    return listed(desk)


async def test_the_palette_lists_the_available_commands_with_verdicts_first() -> None:
    async with memory_workbench(clean(), size=(80, 24)) as desk:
        assert (await look(desk))[0] == "next"
        assert desk.text.splitlines()[-1].strip() == "↑ ↓ choose   Enter do it   Esc back"
        await desk.press("escape", "n")

        shown = await look(desk)
        assert shown[:5] == ["pass", "fail", "pending", "rectify", "put aside"]
        assert shown.index("skip") < shown.index("comment") < shown.index("zoom") < shown.index("desk")
        assert "field above" not in shown
        assert "undo" not in shown


@pytest.mark.proof
@pytest.mark.parametrize(
    ("language", "label", "searched"), [("zh", "跳过", ("desk.skip", "skip", "tg")), ("en", "skip", ("skip", "跳过"))]
)
async def test_a_command_is_found_in_both_languages_and_by_initials(
    language: str, label: str, searched: tuple[str, ...]
) -> None:
    async with memory_workbench(clean(), language=language) as desk:
        await desk.press("n")
        for words in searched:
            assert label in await look(desk, words)
            await desk.press("escape")

        no_match = {"en": "No matching command.", "zh": "没有匹配的命令。"}[language]
        assert await look(desk, "xyzzy") == [no_match]
        await desk.press("down", "enter")
        assert (desk.dialog, desk.services.decided) == ("DeskScreen", [])


async def test_a_dialog_opened_by_the_palette_ignores_a_held_enter() -> None:
    async with memory_workbench(clean()) as desk:
        await desk.press("n")
        at = (await look(desk)).index("put aside")
        await desk.press(*["down"] * at, "enter")
        for _repeat in range(5):
            desk.clocks.seconds += 0.03
            await desk.pilot.press("enter")

        assert desk.dialog == "TimePrompt"


async def test_two_enters_at_once_run_the_command_once_and_close_nothing_else() -> None:
    async with memory_workbench(clean()) as desk:
        await desk.press("n")
        await look(desk, "skip")
        for _enter in range(2):
            enter = events.Key("enter", "\r")
            enter.set_sender(desk.app)
            desk.app.post_message(enter)
        await desk.pilot.pause(0.1)
        await desk.settle()

        assert [type(screen).__name__ for screen in desk.app.screen_stack] == ["DeskScreen", "Prompt"]


async def test_a_page_key_before_the_first_layout_of_the_list_does_nothing() -> None:
    async with memory_workbench(clean()) as desk:
        await desk.press("n")
        for action in ("page_up", "page_down"):
            desk.app.post_message(events.Key("ctrl+p", None))
            while not any(found.option_count for found in desk.app.screen.query(CommandList)):  # noqa: ASYNC110 - Textual has no event for it
                await asyncio.sleep(0)
            await desk.app.screen.run_action(f"command_list('{action}')")
            await desk.settle()
            assert desk.dialog == "Palette"
            await desk.press("escape")


async def test_a_command_of_a_screen_that_was_closed_meanwhile_does_nothing() -> None:
    async with memory_workbench(clean()) as desk:
        await desk.press("n", "p")
        verdict = desk.app.screen
        await look(desk, "whole letter")
        option: Any = desk.app.screen.query_one(CommandList).get_option_at_index(0)
        assert isinstance(verdict, VerdictDialog)
        verdict.leave()
        await desk.settle()
        await option.hit.command()
        await desk.settle()

        assert [type(screen).__name__ for screen in desk.app.screen_stack] == ["DeskScreen"]


def page(desk: Driver) -> str:
    """Return the complete help page, including the part below the window."""
    return str(desk.app.screen.query_one(FittedText).render())


@pytest.mark.proof
async def test_arrows_scroll_a_page_longer_than_the_window() -> None:
    async with memory_workbench(clean(), size=(80, 24)) as desk:
        await desk.press("n", "f1")
        first = desk.text
        assert "Quit the workbench" not in first
        await desk.press("end")
        await desk.pilot.pause(0.3)
        assert "Quit the workbench" in desk.text

        await desk.press("home", "down")
        await desk.pilot.pause(0.3)
        assert desk.text != first
