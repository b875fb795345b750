"""The order and the columns of a list, chosen by keys and kept between starts."""

from pathlib import Path

import pytest

from db.enums import CaseState
from screens.queue.columns import ALWAYS_SHOWN, CHOOSABLE, columns
from screens.queue.layout_dialogs import COLUMN_WORDS
from tests.screens.doubles.services import MemoryServices
from tests.screens.driver import memory_workbench
from tests.screens.queue.queue_visits import filled_queue, go, under_cursor
from workbench.domain.filter.ordering import ListLayout
from workbench.services.queue.listing import Queue
from workbench.settings.look import Look


async def test_o_sorts_the_list_also_beyond_its_first_page_and_marks_stay_on_their_cases() -> None:
    async with memory_workbench(size=(80, 24), arrange=filled_queue(300)) as desk:
        screen = await go(desk)
        await desk.press("space", "v", "o", *["down"] * 4, "enter")
        assert (screen.rows.marks, screen.rows.range_from) == ({1}, None)
        await desk.press("home")
        assert under_cursor(screen) == 300
        assert "case number, newest first" in desk.text.splitlines()[0]

        await desk.press("end")
        assert under_cursor(screen) == 1
        await desk.press("o", "left", "enter")
        assert under_cursor(screen) == 1
        assert "case number, oldest first" in desk.text.splitlines()[0]


async def test_a_vast_window_also_shows_agent_province_class_and_risk() -> None:
    async with memory_workbench(arrange=filled_queue(2)) as desk:
        await go(desk)
        for size, is_shown in (((120, 40), False), ((200, 60), True)):
            await desk.pilot.resize_terminal(*size)
            await desk.settle()
            titles = desk.text.splitlines()[1].split()
            assert ({"agent", "province", "class", "risk"} <= set(titles)) is is_shown


async def test_an_order_of_a_long_list_says_how_many_cases_it_sorts() -> None:
    async with memory_workbench(arrange=filled_queue(Queue.MOST_SORTED + 5)) as desk:
        await go(desk)
        await desk.press("o", *["down"] * 5, "enter")

        assert "the first 10,000: applicant, A to Z" in desk.text


async def test_columns_are_chosen_by_keys_and_zero_brings_the_usual_ones_back() -> None:
    def arrange(services: MemoryServices) -> None:
        filled_queue(9)(services)
        services.queue.put(2, agent="虚构代理一", province="四川", state=CaseState.QUEUED, is_returned=True)

    async with memory_workbench(size=(140, 40), arrange=arrange) as desk:
        await go(desk)
        assert "returned" in desk.text
        await desk.press("O", *["down"] * 8, "space", "space", "enter")
        titles, second = desk.text.splitlines()[1], desk.text.splitlines()[3]
        assert ("agent" in titles, "province" in titles, "虚构代理一" in second, "Sichuan" in second) == (True,) * 4

        await desk.press("O", "0")
        assert "province" not in desk.text.splitlines()[1]


@pytest.mark.parametrize("width", [60, 80, 99, 120, 200])
def test_a_row_has_the_chosen_columns_that_fit_and_always_the_case(width: int) -> None:
    everything = tuple(COLUMN_WORDS)
    shown = columns(width, everything)

    assert sum(cells + column.gap for column, cells in shown) == width
    fixed = {kind for name in ALWAYS_SHOWN for kind in CHOOSABLE[name]}
    assert fixed <= {column for column, _cells in shown}
    assert set(COLUMN_WORDS) | ALWAYS_SHOWN == set(CHOOSABLE)


async def test_order_and_columns_are_kept_for_each_list(tmp_path: Path) -> None:
    look = Look(tmp_path)
    async with memory_workbench(arrange=filled_queue(9), look=look) as desk:
        await go(desk)
        await desk.press("o", "down", "left", "enter", "O", "space", "enter")
    assert look.layout("mine") == ListLayout()

    async with memory_workbench(arrange=filled_queue(9), look=look) as desk:
        screen = await go(desk)
        assert screen.cases.layout_now.order == "-due"
        assert "due" not in desk.text.splitlines()[1]
        assert "due date, latest first" in desk.text.splitlines()[0]


@pytest.mark.parametrize(
    "stored", ["[]", '{"lists": 3}', '{"lists": {"queue": {"order": "size", "columns": ["x", 1]}}}']
)
async def test_a_layout_that_cannot_be_used_counts_as_the_usual_one(tmp_path: Path, stored: str) -> None:
    (tmp_path / "look.json").write_text(stored, encoding="utf-8")
    async with memory_workbench(arrange=filled_queue(9), look=Look(tmp_path)) as desk:
        assert (await go(desk)).cases.layout_now == ListLayout()


async def test_a_layout_that_cannot_be_saved_still_holds_until_the_end(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file where the folder should be", encoding="utf-8")
    async with memory_workbench(arrange=filled_queue(9), look=Look(tmp_path / "state")) as desk:
        screen = await go(desk)
        await desk.press("o", *["down"] * 4, "enter")

        assert under_cursor(screen) == 9
        assert any("was not saved" in note for note in desk.notes)
