"""Saved views of the queue by keys: saving, showing by digit and from the palette, and going back."""

from pathlib import Path

from screens.queue.screen import QueueScreen
from tests.screens.cases import clean
from tests.screens.doubles.queue import case_row
from tests.screens.doubles.services import MemoryServices
from tests.screens.driver import memory_workbench
from tests.screens.queue.queue_visits import filled_queue, go, under_cursor
from workbench.settings.look import Look
from workbench.settings.user_settings import LoadedSettings, load_settings


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
        assert (under_cursor(screen), screen.cases.filter_text, screen.cases.layout_now.order) == (30, "", "case")

    async with memory_workbench(size=(80, 24), arrange=filled_queue(30), settings=settings(tmp_path)) as desk:
        again = await go(desk)
        await desk.press("1")
        assert (under_cursor(again), again.cases.filter_text) == (29, "虚构公司2")
        await desk.press("2")
        assert desk.notes[-1].startswith("No view is saved under 2; s saves")


async def test_the_palette_lists_views_by_name_from_any_screen(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text('[views.4]\nname = "Twos [/b]"\nfilter = "虚构公司2"\n', encoding="utf-8")
    async with memory_workbench(arrange=filled_queue(30), settings=settings(tmp_path)) as desk:
        await desk.press("colon")
        await desk.type("twos")
        await desk.until("Twos [/b]  4")
        await desk.press("enter")
        await desk.until("11 of 30")
        assert desk.text.splitlines()[0].startswith(" Twos [/b]")


async def test_another_filter_or_order_leaves_the_view_and_does_not_change_what_is_kept(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text('[views.1]\nname = "Twos"\nfilter = "虚构公司2"\n', encoding="utf-8")
    async with memory_workbench(arrange=filled_queue(30), settings=settings(tmp_path)) as desk:
        screen = await go(desk)
        await desk.press("1", "o", *["down"] * 4, "enter")
        assert under_cursor(screen) == 29
        assert screen.look.layout("queue").order == ""
        await desk.press("slash", "ctrl+u", "enter")
        assert desk.text.splitlines()[0].startswith(" Queue")


async def test_the_palette_shows_a_view_over_an_opened_case(tmp_path: Path) -> None:
    def arrange(services: MemoryServices) -> None:
        services.queue.all = [case_row(123)]

    (tmp_path / "settings.toml").write_text('[views.4]\nname = "Twos"\n', encoding="utf-8")
    async with memory_workbench(clean(), arrange=arrange, settings=settings(tmp_path)) as desk:
        await go(desk)
        for screen, keys in (("QueueScreen", []), ("ReadOnlyScreen", ["enter"])):
            await desk.press("0", *keys)
            assert desk.dialog == screen
            await desk.press("colon")
            await desk.type("twos")
            await desk.until("Twos  4")
            await desk.press("enter")
            assert desk.text.splitlines()[0].startswith(" Twos")


async def test_a_view_without_columns_comes_back_at_the_next_start(tmp_path: Path) -> None:
    async with memory_workbench(arrange=filled_queue(9), settings=settings(tmp_path)) as desk:
        await go(desk)
        # Those that are shown at this width, from the top of the list.
        await desk.press("O", *["space"] * 7, "enter")
        assert desk.text.splitlines()[1].split() == ["case", "applicant"]
        await desk.press("s", *"Bare", "enter")

    async with memory_workbench(arrange=filled_queue(9), settings=settings(tmp_path)) as desk:
        await go(desk)
        await desk.press("1")
        assert desk.text.splitlines()[1].split() == ["case", "applicant"]
