"""Windows that are too small, frames, and keys that come early."""

import asyncio
from itertools import product
from typing import Any, ClassVar

import pytest
from textual import events
from textual._compositor import Compositor
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.color import Color
from textual.theme import Theme
from textual.widgets import Static

from screens.shell.base_screen import BaseScreen, BoxDialog
from screens.shell.theme import THEMES
from tests.screens.cases import troubled
from tests.screens.driver import memory_workbench

DIALOGS: dict[str, tuple[str, ...]] = {
    "verdict": ("p",),
    "question": ("s",),
    "sheet": ("i",),
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


class Counter(BoxDialog[None]):
    """Counts in its text how often a key was pressed."""

    BINDINGS: ClassVar[list[BindingType]] = [("x,enter,1", "count", "count")]
    presses = 0

    def parts(self) -> ComposeResult:
        yield Static("pressed 0", id="presses")

    def action_count(self) -> None:
        self.presses += 1
        self.query_one("#presses", Static).update(f"pressed {self.presses}")


async def test_a_key_for_a_dialog_that_is_not_composed_yet_acts_once_it_is() -> None:
    async with memory_workbench() as desk:
        desk.app.push_screen(Counter("Count"))
        key = events.Key("x", "x")
        # The key was forwarded to the desk before the dialog opened, and has come back to the app.
        key._set_forwarded()
        await desk.app.on_event(key)
        await desk.settle()

        assert "pressed 1" in desk.text


async def test_a_key_that_opened_a_dialog_acts_there_only_if_it_is_pressed_again() -> None:
    async with memory_workbench() as desk:
        for keys, pauses, count in (
            (("enter", "enter"), (0.3,), 1),
            (("1", "1"), (0.3,), 1),
            (("enter", "x", "enter"), (0.1, 0.1), 2),
            # Held down: a pause, then many presses.
            (("enter",) * 5, (0.5, 0.03, 0.03, 0.03), 0),
            # A key that bounces.
            (("enter", "enter"), (0.05,), 0),
            # Any other key acts again only in the screen on which it was pressed first.
            (("x", "x"), (0.3,), 0),
        ):
            desk.clocks.seconds += 60
            await desk.press(keys[0])
            desk.app.push_screen(Counter("Count"))
            await desk.settle()
            for key, pause in zip(keys[1:], pauses, strict=True):
                desk.clocks.seconds += pause
                # `pilot.press` would wait longer than the presses of a held key are apart.
                desk.app.post_message(events.Key(key, None))
                await asyncio.sleep(0.005)
            await desk.settle()
            assert isinstance(desk.app.screen, Counter)
            assert desk.app.screen.presses == count, keys
            desk.app.pop_screen()
            await desk.settle()


ROW_BACKGROUNDS = ("background", "surface", "panel", "block-cursor-background", "block-cursor-blurred-background")


LEAST_CONTRAST = 4.5
"""The contrast that text needs. Source: WCAG 2.1, 1.4.3."""


@pytest.mark.parametrize("theme", [theme for theme in THEMES.values() if not theme.ansi], ids=lambda theme: theme.name)
def test_every_text_colour_is_readable_on_every_row(theme: Theme) -> None:
    colours = theme.to_color_system().generate() | theme.variables
    texts = [name for name in theme.variables if name.startswith("text-")]
    for text, background in product(texts, ROW_BACKGROUNDS):
        darker, lighter = sorted(_luminance(colours[name]) for name in (text, background))
        contrast = (lighter + 0.05) / (darker + 0.05)
        assert contrast >= LEAST_CONTRAST, (text, background, contrast)


def _luminance(colour: str) -> float:
    """Return the relative luminance of a colour, as WCAG defines it."""
    linear = [
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in Color.parse(colour).normalized
    ]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
