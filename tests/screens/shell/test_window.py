"""Windows that are too small: nothing is confirmed unseen and nothing typed is lost."""

from typing import Any

import pytest
from textual import events
from textual._compositor import Compositor

from tests.screens.cases import troubled
from tests.screens.driver import memory_workbench

DIALOGS: dict[str, tuple[str, ...]] = {
    "verdict": ("p",),
    "question": ("s",),
    "checklist": ("l",),
    "confirmed": ("e",),
    "sheet": ("i",),
    "leaving": ("q",),
    "documents": ("o",),
}


async def test_a_dialog_in_a_too_small_window_shows_only_a_message() -> None:
    async with memory_workbench(troubled()) as desk:
        await desk.press("n")
        for name, keys in DIALOGS.items():
            await desk.press(*keys)
            await desk.pilot.resize_terminal(40, 12)
            await desk.settle()
            shown = " ".join(desk.text.split())
            assert shown == "The window is too small; it needs 60×16. Nothing is lost.", name
            await desk.pilot.resize_terminal(120, 40)
            await desk.press("escape")
            assert desk.dialog == "DeskScreen", name


async def test_the_layout_of_a_dialog_in_a_window_of_one_column_comes_to_an_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    layouts = 0
    real = Compositor.reflow

    def counted(*arguments: Any, **options: Any) -> Any:
        nonlocal layouts
        layouts += 1
        return real(*arguments, **options)

    monkeypatch.setattr(Compositor, "reflow", counted)
    async with memory_workbench(troubled()) as desk:
        await desk.press("n")
        for key in ("question_mark", "x", "o"):
            await desk.press(key)
            layouts = 0
            await desk.pilot.resize_terminal(1, 1)
            await desk.settle()
            assert 0 < layouts < 50
            await desk.pilot.resize_terminal(120, 40)
            await desk.press("escape")


async def test_nothing_is_confirmed_unseen_and_no_typed_character_is_lost() -> None:
    async with memory_workbench(troubled()) as desk:
        await desk.press("n", "f", "t")
        await desk.type("seen")
        await desk.pilot.resize_terminal(40, 12)
        await desk.press("f8", "x", "escape", "y", "f8")
        assert desk.services.decided == []
        assert desk.dialog == "VerdictDialog"

        await desk.pilot.resize_terminal(120, 40)
        await desk.settle()
        assert "seenxy" in desk.text
        await desk.press("f8")
        assert desk.services.decided[0].note == "seenxy"


async def test_quitting_asks_and_works_in_a_too_small_window() -> None:
    async with memory_workbench(troubled()) as desk:
        await desk.press("n", "q")
        assert "q quit (1)   b release the case and quit (2)   Esc stay" in desk.text
        await desk.press("escape")
        await desk.pilot.resize_terminal(40, 12)
        await desk.press("p", "q", "q")

        assert desk.services.decided == []
        assert desk.app.return_code == 0


async def test_a_click_on_a_widget_that_was_just_removed_does_nothing() -> None:
    async with memory_workbench(troubled()) as desk:
        await desk.press("n")
        removed, _region = desk.app.screen.get_widget_at(20, 10)
        await removed.remove()
        for kind in (events.MouseDown, events.MouseMove, events.MouseUp):
            desk.app.screen._forward_event(kind(None, 20, 10, 0, 0, 1, False, False, False, 20, 10))
        await desk.settle()

        assert desk.dialog == "DeskScreen"
