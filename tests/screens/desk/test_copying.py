"""Copying by key: fields of a case, of which personal ones are revealed and logged, and rows of lists."""

import pytest

from tests.screens.cases import clean, troubled
from tests.screens.checks.test_checks import stage
from tests.screens.driver import KeyDriver, memory_workbench, site_workbench
from tests.sites import Site

REVEALED = "110101199003070038"


def copied(desk: KeyDriver) -> str:
    return desk.app.clipboard


@pytest.mark.promise("N4")
async def test_a_masked_field_under_the_cursor_is_revealed_and_copied_and_logged_once() -> None:
    async with memory_workbench(clean()) as desk:
        await desk.press("n", "down", "down")
        assert REVEALED not in desk.text
        # The second press within a second does not reveal the whole identity.
        await desk.press("ctrl+k", "ctrl+k")
        await desk.until(REVEALED)

        assert copied(desk) == REVEALED
        assert REVEALED in desk.text
        assert [entry for entry in desk.services.log if entry[0] == "reveal"] == [("reveal", 123, "handler_id_no")]
        assert "Copied: 18 characters." in desk.notes[-1]


async def test_any_fact_of_a_panel_is_copied_from_a_list_and_the_text_of_a_field_as_it_is() -> None:
    async with memory_workbench(clean()) as desk:
        await desk.press("ctrl+k")
        assert "nothing to copy here" in desk.notes[-1]

        await desk.press("n", "1", "ctrl+k")
        assert "Copy which field?" in desk.text
        await desk.press("escape")
        assert copied(desk) == ""
        await desk.press("ctrl+k", "down", "enter")
        assert copied(desk) == "TC-2026-00123"
        await desk.press("ctrl+k", "down", "down", "down", "enter")
        assert copied(desk) == "91510107MA6C8XK93Q"

        await desk.press("c")
        await desk.type("call back")
        await desk.press("home", "ctrl+k")
        assert copied(desk) == "call back"
        assert "call back" in desk.text


async def test_text_selected_with_the_mouse_is_copied_as_it_is_shown() -> None:
    async with memory_workbench(clean()) as desk:
        await desk.press("n")
        await desk.pilot.mouse_down(offset=(2, 13))
        await desk.pilot.hover(offset=(30, 13))
        await desk.pilot.mouse_up(offset=(30, 15))
        await desk.press("ctrl+k")

        assert copied(desk).split() == ["Handler", "name", "虚•••"]


async def test_a_field_of_a_case_to_check_is_copied_as_it_is_shown() -> None:
    async with memory_workbench(troubled()) as desk:
        await stage(desk)
        await desk.press("enter", "1", "ctrl+k", *["down"] * 8, "enter")

        assert "••" in copied(desk)
        assert not any(entry[0] == "reveal" for entry in desk.services.log)


async def test_rows_of_a_list_are_copied_with_tabs(site: Site) -> None:
    site.plant(3)
    async with site_workbench(site, "sup") as desk:
        await desk.go("q")
        await desk.press("ctrl+k")
        assert copied(desk).split("\t")[1] == "C-000001"

        await desk.press("space", "down", "space", "ctrl+k")
        assert [line.split("\t")[1] for line in copied(desk).splitlines()] == ["C-000001", "C-000003"]
