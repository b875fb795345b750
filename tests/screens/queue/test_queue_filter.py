"""The filter of the queue driven by keys: typing, completing, errors, applying and clearing."""

from screens.queue.filter_bar import FilterBar
from screens.queue.screen import QueueScreen
from tests.screens.doubles.services import MemoryServices
from tests.screens.driver import memory_workbench
from tests.screens.queue.queue_visits import filled_queue, go, under_cursor


async def test_what_is_typed_is_completed_and_explained_and_an_error_is_shown_at_its_place() -> None:
    async with memory_workbench(arrange=filled_queue(5)) as desk:
        screen = await go(desk)
        await desk.press("slash")
        assert "state:" in desk.text
        await desk.type("pri")
        await desk.press("tab")
        await desk.type("u")
        await desk.press("tab")
        assert screen.bar.field.value == "priority:urgent"
        assert "Enter applies · Tab completes · Esc cancels" in desk.text

        for typed, words in (
            ("due<+5", "understood: Tue 1 Dec, in 5 working days"),
            ("due<03/04/2027", "could be 2027-04-03 or 2027-03-04"),
            ("due:over", "overdue"),
        ):
            await desk.press("ctrl+u")
            await desk.type(typed)
            assert words in desk.text

        await desk.press("ctrl+u")
        await desk.type("虚构 ris:x")
        line, carets, sentence = desk.text.split("\n")[1:4]
        before = line[: line.index("ris")]
        assert carets.index("^") == len(before) + 2
        assert carets.strip() == "^" * len("ris")
        assert "did you mean risk" in sentence
        await desk.press("enter")
        assert screen.bar.is_open
        assert screen.cases.filter_text == ""
        await desk.press("escape")
        assert not screen.bar.is_open
        assert "all open cases" in desk.text


async def test_a_filter_is_applied_by_enter_and_cleared_by_an_empty_line() -> None:
    def arrange(services: MemoryServices) -> None:
        filled_queue(1284)(services)
        services.queue.put(77, applicant_name="成都虚构远声")

    async with memory_workbench(arrange=arrange) as desk:
        screen = await go(desk)
        await desk.press("f4")
        await desk.type("远声")
        await desk.press("enter")
        assert "1 of 1,284" in desk.text
        assert under_cursor(screen) == 77

        await desk.press("slash", *["backspace"] * 2, "enter")
        assert "1,284" in desk.text
        assert "1 of" not in desk.text


async def test_resizing_the_window_keeps_the_typed_filter() -> None:
    async with memory_workbench(arrange=filled_queue(500)) as desk:
        screen = await go(desk)
        await desk.press("end", "slash")
        await desk.type("risk:")
        for size in [(61, 17), (200, 60), (30, 8), (120, 40)]:
            await desk.pilot.resize_terminal(*size)
            await desk.settle()
        await desk.type("low")
        assert screen.bar.field.value == "risk:low"

        await desk.press("escape")
        assert under_cursor(screen) == 500
        assert "C-000500" in desk.text


async def test_a_filter_without_matches_is_shown_with_the_key_that_clears_it() -> None:
    async with memory_workbench(arrange=filled_queue(3)) as desk:
        await go(desk)
        await desk.press("slash")
        await desk.type("zz")
        await desk.press("enter")

        assert "No cases match  zz" in desk.text
        assert "clear the line to reset it" in desk.text
        assert "Only open cases were searched; with state:all also the closed ones are." in desk.text

        await desk.press("slash")
        await desk.type("zz state:all")
        await desk.press("enter")

        assert "No cases match  zz state:all" in desk.text
        assert "Only open cases were searched" not in desk.text

        screen = desk.app.screen
        assert isinstance(screen, QueueScreen)
        for word, term in (("overdue", "due:overdue"), ("逾期", "截止:逾期")):
            screen.bar.post_message(FilterBar.Applied(word))
            await desk.settle()
            assert f"Did you mean  {term}" in desk.text


async def test_the_filter_is_one_key_away_from_the_desk_and_takes_what_is_typed() -> None:
    async with memory_workbench(arrange=filled_queue(9)) as desk:
        await desk.press("n")
        for key in ("f4", "slash"):
            await desk.go("d")
            await desk.press(key)
            screen = desk.app.screen
            assert isinstance(screen, QueueScreen)
            assert screen.bar.is_open
            assert desk.desk_screen.session.case is not None
            await desk.type("a1")
            assert "/ a1" in desk.text
            assert desk.dialog == "QueueScreen"
            await desk.press("escape")


async def test_a_narrow_window_shows_the_whole_error_and_one_key_clears_the_line() -> None:
    async with memory_workbench(size=(80, 24), arrange=filled_queue(3)) as desk:
        screen = await go(desk)
        await desk.press("slash")
        await desk.type("due:late 虚构")
        await desk.press("enter")
        message = " ".join(line.strip() for line in desk.text.split("\n")[3:5])
        assert "takes overdue, today, tomorrow or a date such as 2026-12-01; “late” is none of them." in message

        await desk.press("ctrl+u")
        assert screen.bar.field.value == ""
