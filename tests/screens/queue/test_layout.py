"""The queue: its list, its cursor and marks, its columns and its views."""

from pathlib import Path

import pytest
from sqlalchemy import text

from db.enums import CaseState
from screens.queue.columns import CHOOSABLE
from screens.queue.layout import ALWAYS_SHOWN, columns
from screens.queue.layout_dialogs import COLUMN_WORDS
from screens.queue.screen import QueueScreen
from tests.screens.cases import clean
from tests.screens.doubles.queue import case_row
from tests.screens.doubles.services import MemoryServices
from tests.screens.driver import memory_workbench, site_workbench
from tests.screens.queue.queue_visits import filled_queue, go, under_cursor
from tests.sites import Site
from workbench.domain.filter.ordering import COLUMN_NAMES, ListLayout
from workbench.services.queue.listing import Queue
from workbench.services.records.exporting.queue import FIELDS, columns_of
from workbench.settings.look import Look
from workbench.settings.user_settings import LoadedSettings, load_settings


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
        assert screen.cases.chosen_layout.order == "-due"
        assert "due" not in desk.text.splitlines()[1]
        assert "due date, latest first" in desk.text.splitlines()[0]


async def test_a_layout_that_cannot_be_saved_still_holds_until_the_end(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file where the folder should be", encoding="utf-8")
    async with memory_workbench(arrange=filled_queue(9), look=Look(tmp_path / "state")) as desk:
        screen = await go(desk)
        await desk.press("o", *["down"] * 4, "enter")

        assert under_cursor(screen) == 9
        assert any("was not saved" in note for note in desk.notes)


def settings(folder: Path) -> LoadedSettings:
    return load_settings(folder / "settings.toml")


async def test_a_view_is_saved_and_comes_back_by_its_digit_at_the_next_start(tmp_path: Path) -> None:
    look = Look(tmp_path)
    async with memory_workbench(
        size=(80, 24), arrange=filled_queue(30), settings=settings(tmp_path), look=look
    ) as desk:
        await go(desk)
        await desk.press("slash", *"虚构公司2", "enter", "o", *["down"] * 4, "enter", "s")
        await desk.type("My [/b] twos")
        await desk.press("enter")
        assert desk.text.splitlines()[0].startswith(" My [/b] twos")

        await go(desk, "m")
        await desk.press("1")
        screen = desk.app.screen
        assert isinstance(screen, QueueScreen)
        assert under_cursor(screen) == 29
        assert screen.cases.view_name == "My [/b] twos"
        await desk.press("0")
        assert (under_cursor(screen), screen.cases.filter_text, screen.cases.chosen_layout.order) == (30, "", "case")

    async with memory_workbench(size=(80, 24), arrange=filled_queue(30), settings=settings(tmp_path)) as desk:
        again = await go(desk)
        await desk.press("1")
        assert (under_cursor(again), again.cases.filter_text) == (29, "虚构公司2")
        await desk.press("2")
        assert desk.notes[-1].startswith("No view is saved under 2; s saves")


async def test_another_filter_or_order_leaves_the_view_and_does_not_change_what_is_kept(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text('[views.1]\nname = "Twos"\nfilter = "虚构公司2"\n', encoding="utf-8")
    async with memory_workbench(arrange=filled_queue(30), settings=settings(tmp_path)) as desk:
        screen = await go(desk)
        await desk.press("1", "o", *["down"] * 4, "enter")
        assert under_cursor(screen) == 29
        assert screen.look.layout("queue").order == ""
        await desk.press("slash", "ctrl+u", "enter")
        assert desk.text.splitlines()[0].startswith(" Queue")


async def test_the_palette_shows_a_view_by_its_name_over_the_queue_or_an_opened_case(tmp_path: Path) -> None:
    def arrange(services: MemoryServices) -> None:
        services.queue.all = [case_row(123)]

    (tmp_path / "settings.toml").write_text('[views.4]\nname = "Twos [/b]"\n', encoding="utf-8")
    async with memory_workbench(clean(), arrange=arrange, settings=settings(tmp_path)) as desk:
        await go(desk)
        for screen, keys in (("QueueScreen", []), ("ReadOnlyScreen", ["enter"])):
            await desk.press("0", *keys)
            assert desk.dialog == screen
            await desk.press("colon")
            await desk.type("twos")
            await desk.until("Twos [/b]  4")
            await desk.press("enter")
            assert desk.text.splitlines()[0].startswith(" Twos [/b]")


async def test_a_row_of_the_table_narrows_the_filter(site: Site) -> None:
    site.plant(3)
    site.plant(1, priority="urgent")
    with site.services("admin").context.write() as session:
        session.execute(text("UPDATE \"case\" SET agent = 'Example Partners'"))
    async with site_workbench(site, "a", size=(80, 24)) as desk:
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


def test_an_export_has_the_columns_of_the_list_in_its_order() -> None:
    def first_fields(layout: ListLayout) -> list[str]:
        return [field for field in columns_of("", layout) if field in {fields[0] for fields in FIELDS.values()}]

    shown = [name for name in CHOOSABLE if name != "signs"]
    assert [*FIELDS] == shown
    assert {*COLUMN_NAMES, "applicant"} == {*shown}
    usual = [name for column, _width in columns(250, ()) for name in CHOOSABLE if column in CHOOSABLE[name]]
    assert first_fields(ListLayout()) == [FIELDS[name][0] for name in usual if name != "signs"]
    assert first_fields(ListLayout("", ("who", "due"))) == ["due_at", "case", "applicant_name", "held_by"]
