"""Putting a case aside: the question for a time."""

from tests.screens.driver import memory_workbench, site_workbench
from tests.sites import Site


async def test_a_past_or_invalid_time_keeps_the_question_open() -> None:
    async with memory_workbench() as desk:
        await desk.press("n", "h")
        for typed in ("bald", "明天下午", "yesterday", "2020-01-01 09:00"):
            await desk.type(typed)
            await desk.press("enter")
            assert desk.dialog == "TimePrompt"
            assert typed in desk.text
            assert "is not a date or time; write 3 Dec" in desk.text or "must be in the future" in desk.text
            assert "Enter save   Esc back" in desk.text
            await desk.type("qp明")
            assert desk.dialog == "TimePrompt"
            await desk.press("ctrl+u")


async def test_a_case_comes_back_by_itself_with_a_quiet_line_and_is_the_next(site: Site) -> None:
    site.plant(2)
    async with site_workbench(site, "a", size=(80, 24)) as desk:
        await desk.press("n", "h", "enter", "n")
        assert "C-000002" in desk.text
        words = "C-000001 is back from being put aside; n gives it after this case"
        assert words not in desk.text

        site.clock.advance(hours=2, minutes=1)
        desk.desk_screen.tick()
        await desk.until(words)

        site.services("a").claims.renew(2)
        await desk.press("b")
        assert "n gives it" in desk.text
        await desk.press("n")
        assert "C-000001" in desk.text.splitlines()[0]
        assert words not in desk.text


async def test_the_arrows_suggest_half_an_hour_two_hours_and_tomorrow(site: Site) -> None:
    site.plant(3)
    suggested = ((["down"], "Tue 24 Nov 10:30"), (["down", "down"], "Tue 24 Nov 12:00"), (["up"], "Wed 25 Nov 09:00"))
    async with site_workbench(site, "a", size=(80, 24)) as desk:
        for case, (keys, words) in enumerate(suggested, start=1):
            await desk.press("n", "h", *keys)
            assert "↑ ↓   30 min   2 h   tomorrow 9:00" in desk.text
            await desk.press("enter")
            assert words in desk.notes[-1]
            assert site.actions(case) == ["next", "aside"]
