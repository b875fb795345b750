"""The desk stays where it is: lines come and go without moving the panels, and messages go with their case."""

import gc
from weakref import ref

import pytest

from screens.panels.evidence_panels import EvidencePanels
from screens.shell.header import HeaderBar
from screens.shell.keyboard_app import collect_if_idle
from screens.widgets.safe_text import Static
from tests.screens.cases import clean, troubled
from tests.screens.driver import WINDOWS, memory_workbench


@pytest.mark.parametrize("size", WINDOWS)
async def test_the_panels_do_not_move_when_a_line_comes_or_goes(size: tuple[int, int]) -> None:
    async with memory_workbench(clean(), troubled(), size=size) as desk:
        await desk.press("n")
        before = desk.desk_screen.panels.region

        await desk.press("full_stop", "full_stop")
        assert desk.desk_screen.reveal_bar.display
        assert desk.desk_screen.panels.region == before

        await desk.press("p", "y", "n")
        assert desk.desk_screen.notice.display
        assert "u takes it back" in desk.text
        after = desk.desk_screen.panels.region
        # The header of another case may have another height.
        assert (after.y, after.bottom) == (desk.desk_screen.query_one(HeaderBar).region.bottom, before.bottom)


async def test_a_message_about_a_case_goes_with_the_next_one() -> None:
    async with memory_workbench(clean(), troubled()) as desk:
        await desk.press("n", "s", "x", "enter")
        assert any("skipped" in note for note in desk.notes)

        await desk.press("n")
        assert desk.notes == []


async def test_a_message_covers_neither_the_panels_nor_the_line_that_confirms() -> None:
    async with memory_workbench(troubled(), size=(80, 24)) as desk:
        await desk.press("n")
        desk.app.notify("a message")
        await desk.settle()
        assert "a message" in desk.text.splitlines()[-1]

        await desk.press("p")
        assert "y confirm" in desk.text
        assert "a message" in desk.text.splitlines()[0]


async def test_in_a_wide_window_a_figure_and_its_limit_stay_together_and_the_history_is_beside_them() -> None:
    async with memory_workbench(troubled(), size=(200, 60)) as desk:
        await desk.press("n", "2", "plus")
        line = next(line for line in desk.text.splitlines() if "mean duration" in line)
        assert len(line.rstrip(" │").strip()) < 60

        await desk.press("plus")
        history = desk.desk_screen.query_one(EvidencePanels).query_one("#history").region
        assert history.x > desk.desk_screen.query_one("#credit").region.x
        assert history.height == desk.desk_screen.query_one("#credit").region.height


async def test_the_drawn_lines_of_a_closed_dialog_are_dropped_once_nobody_types() -> None:
    # The collection at the end skips what other tests have left.
    gc.freeze()
    async with memory_workbench(clean()) as desk:
        await desk.press("n", "p")
        assert "y confirm" in desk.text
        drawn = [ref(widget._styles_cache) for widget in desk.app.screen.walk_children(Static)]
        # Textual still knows the screen that was closed last.
        await desk.press("escape", "question_mark", "escape")
        # Counts as a collection of the younger objects, after which a full one is due.
        gc.collect(1)
        desk.clocks.seconds += 60
        collect_if_idle(desk.app.presses)
        assert drawn
        assert [lines for lines in drawn if lines() is not None] == []
