"""Taking a chosen case by key, from the queue and from an opened case."""

from tests.policies import amend_policy
from tests.screens.driver import site_workbench
from tests.sites import Site


async def test_capital_n_takes_the_case_that_is_open_or_under_the_cursor(site: Site) -> None:
    site.plant(3)
    async with site_workbench(site, "a") as desk:
        await desk.press("n")
        for opening in ((), ("enter",)):
            await desk.go("q")
            await desk.press("home", "down", *opening, "N")
            assert "stays yours" in desk.text
            await desk.press("enter")
            assert desk.dialog == "Prompt"
            await desk.type("on the phone")
            await desk.press("enter")
            assert desk.dialog == "DeskScreen"
            assert "C-000002" in desk.text.splitlines()[0]
            await desk.press("N")
            assert "C-000002 is on your desk already." in desk.notes

            await desk.go("q")
            await desk.press("N")
            assert desk.dialog == "DeskScreen"
            await desk.press("b", "n")
            assert "C-000001" in desk.text.splitlines()[0]
        await desk.go("q")
        assert desk.dialog == "QueueScreen"
    assert site.actions(2) == ["take", "release"] * 2


async def test_the_list_of_acts_says_who_may_take_a_case(site: Site) -> None:
    amend_policy(site, ('take = "anybody"', 'take = "supervisor"'))
    site.plant()
    for login, key in (("a", ""), ("sup", "N    take")):
        async with site_workbench(site, login, size=(80, 24)) as desk:
            await desk.go("q")
            await desk.press("enter", "x", "N")
            if key:
                await desk.type("on the phone")
                await desk.press("enter")
                assert "C-000001" in desk.text.splitlines()[0]
            else:
                assert "a may not do this; it needs one of these roles: supervisor." in desk.text
                await desk.press("escape", "escape", "N")
                assert desk.dialog == "QueueScreen"
                assert "a may not do this; it needs one of these roles: supervisor." in desk.notes
    assert site.actions(1) == ["take"]


async def test_a_case_that_another_person_took_is_named_with_the_person(site: Site) -> None:
    site.plant()
    async with site_workbench(site, "a") as desk:
        await desk.press("n")
        site.clock.advance(minutes=31)
        site.services("b").taking.take(1, "on the phone")
        await desk.press("c")
        await desk.type("late")
        await desk.press("enter")
        desk.desk_screen.ticks = 4
        desk.desk_screen.tick()
        await desk.until("C-000001 was taken over by b")
