"""The frequency table of the queue by keys, and as a command."""

import pytest
from sqlalchemy import text

from tests.screens.driver import WINDOWS, site_workbench
from tests.screens.queue.queue_visits import go
from tests.sites import Site


@pytest.mark.parametrize("size", WINDOWS)
async def test_a_row_of_the_table_narrows_the_filter(site: Site, size: tuple[int, int]) -> None:
    site.plant(3)
    site.plant(1, priority="urgent")
    with site.services("admin").context.write() as session:
        session.execute(text("UPDATE \"case\" SET agent = 'Example Partners'"))
    async with site_workbench(site, "a", size=size) as desk:
        screen = await go(desk)  # type: ignore[arg-type]  # a queue screen all the same
        await desk.press("number_sign", *["down"] * 10, "enter", "right")
        assert "Cases by priority" not in desk.text
        await desk.press("left")
        assert "Cases by priority" in desk.text
        rows = [line for line in desk.text.splitlines() if " %" in line]
        assert ["3" in rows[0], "75 %" in rows[0], "25 %" in rows[1]] == [True] * 3

        await desk.press("down", "enter")
        assert screen.cases.filter_text == "priority:urgent"
        assert screen.rows.length == 1
        await desk.press("number_sign", "enter", "escape")
        assert screen.cases.filter_text == "priority:urgent"

        await desk.press("slash", "ctrl+u", "enter")
        # A value with a blank narrows the filter once.
        for keys in ([*["up"] * 10, *["down"] * 3], []):
            await desk.press("number_sign", *keys, "enter", "enter")
            assert screen.cases.filter_text == 'agent="Example Partners"'

        await desk.press("slash", "ctrl+u", "z", "z", "enter", "number_sign", "enter")
        assert "No cases." in desk.text
        await desk.press("enter", "escape")
        assert desk.dialog == "QueueScreen"
