"""Keys that move or type draw one frame, without a new layout; a dialog is styled once; hints are not asked in vain."""

from typing import Any

import pytest
from textual.content import Content
from textual.screen import Screen

from screens.shell import footer
from screens.shell.base_screen import BaseScreen
from tests.screens.cases import troubled
from tests.screens.driver import memory_workbench


async def test_a_key_draws_one_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    frames: list[object] = []
    layouts: list[object] = []
    compositor_refresh, refresh_layout = BaseScreen._compositor_refresh, BaseScreen._refresh_layout

    def noted_frame(screen: BaseScreen[None]) -> None:
        frames.extend([screen] * bool(screen._compositor._dirty_regions))
        compositor_refresh(screen)

    def noted_layout(screen: BaseScreen[None], *arguments: Any, **options: Any) -> None:
        layouts.append(screen)
        refresh_layout(screen, *arguments, **options)

    monkeypatch.setattr(BaseScreen, "_compositor_refresh", noted_frame)
    monkeypatch.setattr(BaseScreen, "_refresh_layout", noted_layout)
    async with memory_workbench(troubled()) as desk:
        for before, key in ((("n", "tab", "shift+tab"), "down"), ((), "tab"), ((), "3"), (("g", "q", "slash"), "x")):
            await desk.press(*before)
            await desk.pilot.pause(0.1)
            frames.clear()
            layouts.clear()
            await desk.press(key)
            await desk.pilot.pause(0.1)
            assert (len(frames), len(layouts)) == (1, 0), key


async def test_a_dialog_has_the_classes_of_its_window_before_its_widgets() -> None:
    async with memory_workbench(troubled()) as desk:
        await desk.press("n")
        found: list[set[str]] = []
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(BaseScreen, "_extend_compose", lambda screen, _widgets: found.append(set(screen.classes)))
            await desk.press("p", "escape", "question_mark", "escape", "g")

    assert found == [{"-wide", "-tall"}] * 3


async def test_the_footer_of_the_shown_screen_asks_the_commands_once_for_all_changes_at_once() -> None:
    asked: list[object] = []
    hints = footer.hints

    def noted(screen: Screen[object], width: int) -> Content:
        asked.append(screen)
        return hints(screen, width)

    async with memory_workbench(troubled()) as desk:
        await desk.press("g", "q")
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(footer, "hints", noted)
            for _ in range(3):
                desk.desk_screen.refresh_bindings()
                desk.app.screen.refresh_bindings()
            await desk.settle()

            assert asked == [desk.app.screen]
