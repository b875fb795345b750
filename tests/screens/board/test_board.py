"""The board on a real database, by keys."""

import pytest

from screens.queue.screen import QueueScreen
from tests.screens.driver import WINDOWS, KeyDriver, site_workbench
from tests.services.review.verdict_acts import take
from tests.sites import Site


def listed(desk: KeyDriver) -> list[int]:
    """Return the ids of the list that is shown."""
    screen = desk.app.screen
    assert isinstance(screen, QueueScreen)
    pages = screen.rows.pages
    assert pages is not None
    return list(screen.services.queue.ids(screen.cases.filter_text, 100))


@pytest.mark.parametrize("size", WINDOWS)
async def test_enter_lists_exactly_the_cases_of_the_figure_under_the_cursor(site: Site, size: tuple[int, int]) -> None:
    late = site.plant(3, due_in_days=-1)
    site.plant(2, due_in_days=9)
    held = take(site, "b").header.id
    async with site_workbench(site, "sup", size=size) as desk:
        await desk.go("b")
        assert "overdue 3" in desk.text
        await desk.press(*["right"] * 7, "enter")
        assert sorted(listed(desk)) == sorted(late)

        await desk.go("b")
        # The rows are those of a, admin, b, c and nobody.
        await desk.press(*["down"] * 3, *["left"] * 20, "enter")
        assert listed(desk) == [held]
        assert "holder:b" in desk.text


async def test_the_people_are_sorted_by_the_column_of_the_cursor_with_nobody_last(site: Site) -> None:
    site.plant(3)
    take(site, "b")
    async with site_workbench(site, "sup") as desk:
        await desk.go("b")
        await desk.press("down", *["left"] * 20, "o")
        rows = [line.split()[0] for line in desk.text.splitlines() if line.split()[:1] in (["a"], ["b"], ["nobody"])]
        assert rows == ["b", "a", "nobody"]


async def test_the_board_follows_other_programs_and_the_cursor_stays_on_its_person(site: Site) -> None:
    site.plant(2)
    take(site, "a")
    async with site_workbench(site, "sup") as desk:
        await desk.go("b")
        await desk.press("down", *["left"] * 20, "o")
        elsewhere = site.elsewhere()
        elsewhere.services("b").claims.next()
        elsewhere.services("a").claims.release(1)
        await desk.poll()
        rows = [line.split()[:2] for line in desk.text.splitlines() if line.split()[:1] in (["a"], ["b"])]
        assert rows == [["b", "1"], ["a", "–"]]
        await desk.press("enter")
        assert "holder:a" in desk.text


async def test_a_figure_that_counts_no_cases_has_no_list_and_a_reviewer_sees_the_own_row(site: Site) -> None:
    site.plant(1)
    async with site_workbench(site, "a", language="zh") as desk:
        await desk.go("b")
        assert "看板" in desk.text
        assert not any(line.strip().startswith(("b ", "无人")) for line in desk.text.splitlines())
        await desk.press(*["right"] * 11, "enter")
        assert "没有对应列表" in desk.text
        await desk.press("escape")
        assert desk.dialog == "DeskScreen"
