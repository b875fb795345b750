"""The queue screen on a real database."""

import pytest

from screens.queue.screen import QueueScreen
from tests.cli.appeals.filed_appeals import appealed, office
from tests.screens.driver import WINDOWS, KeyDriver, site_workbench
from tests.sites import Site

pytestmark = pytest.mark.proof


async def go(desk: KeyDriver) -> QueueScreen:
    await desk.go("q")
    screen = desk.app.screen
    assert isinstance(screen, QueueScreen)
    return screen


async def test_the_list_is_in_the_order_of_next_and_uses_the_filter_language(site: Site) -> None:
    site.plant(120)
    (urgent,) = site.plant(1, priority="urgent", severity="block")
    async with site_workbench(site, "a") as desk:
        screen = await go(desk)
        assert screen.rows.current is not None
        assert screen.rows.current.id == urgent
        assert "121" in desk.text.split("\n")[0]

        await desk.press("end")
        assert screen.rows.current.id == 120

        await desk.press("slash")
        await desk.type("rule:ACT-PEAK-HOUR")
        await desk.press("enter")
        assert "1 of 121" in desk.text
        assert screen.rows.current.id == urgent


@pytest.mark.proof
async def test_marked_cases_are_assigned_and_the_desk_of_their_holder_says_so(site: Site) -> None:
    site.plant(3)
    site.services("sup").queue.count()
    async with site_workbench(site, "a") as held:
        await held.press("n", "c")
        await held.type("hm")
        await held.press("escape")

        async with site_workbench(site.elsewhere(), "sup") as desk:
            await go(desk)
            await desk.press("space", "space", "a")
            assert "held by a" in desk.text
            people = [one.login for one in site.services("sup").assigning.candidates()]
            await desk.press(str(people.index("b") + 1))
            await desk.type("why")
            await desk.press("enter")
            assert "2 cases go to b. To undo, press u." in desk.notes

        await held.poll()
        assert "C-000001 was given to b by sup at 10:00; your draft is kept" in held.text
        assert site.services("a").casefiles.show(1).draft == {"comment": "hm"}

        await held.press("n")
        assert "C-000003" in held.text


async def test_a_case_opens_read_only_and_a_held_case_opens_on_the_desk(site: Site) -> None:
    site.plant(3)
    async with site_workbench(site, "a") as desk:
        await desk.press("n")
        screen = await go(desk)
        await desk.press("down", "enter")
        assert desk.dialog == "ReadOnlyScreen"
        assert "C-000002" in desk.text

        await desk.press("escape")
        assert screen.rows.cursor == 1
        await desk.press("up", "enter")
        assert desk.dialog == "DeskScreen"
        assert desk.desk_screen.session.is_held


@pytest.mark.parametrize("size", WINDOWS)
async def test_each_row_says_who_has_the_case_and_until_when(site: Site, size: tuple[int, int]) -> None:
    services = office(site)
    appealed(services, at="2026-11-24 11:00")
    asked, carrier, rectifying, aside, assigned, returned = (
        services.received("2026-11-24 11:00") for _number in range(6)
    )
    services.ask("2026-11-24 11:00", asked)
    services.run("b", "next")
    services.run("b", "decide", carrier, "pending", "--reason", "WAIT-CARRIER", "--until", "2026-12-02")
    services.ask_for_a_seal("2026-11-24 11:00", rectifying)
    services.run("c", "next")
    services.run("c", "aside", aside)
    services.run("sup", "assign", assigned, "--to", "b", "--reason", "knows them")
    services.run("b", "next")
    services.run("sup", "assign", returned, "--to", "b", "--reason", "knows them")
    services.run("b", "release", assigned)
    services.run("b", "take", returned, "--reason", "on the phone")
    services.run("b", "decide", returned, "fail", "--final", "--reason", "CR-DEBTOR", "--note", "court list")
    services.run("sup", "check", returned, "return", "--note", "look again")
    async with site_workbench(site, "b", size=size) as desk:
        await go(desk)
        rows = {line.split("C-")[1][:6]: line for line in desk.text.splitlines() if "C-0" in line}

    words = {
        "C-000001": ("appealed", "(sup"),
        asked: ("answer by 12-01",),
        carrier: ("carrier to 12-02",),
        rectifying: ("rectify by 11-27",),
        aside: ("c ", "aside to 13:00"),
        assigned: ("(b)",),
        returned: ("b ", "returned"),
    }
    for case, parts in words.items():
        assert all(part in rows[case[2:]] for part in parts), (case, rows)


async def test_a_due_date_as_people_say_it_filters_and_one_with_two_readings_says_so(site: Site) -> None:
    site.plant(2)
    async with site_workbench(site, "a") as desk:
        await desk.go("q")
        await desk.press("slash")
        await desk.type("due<=+30")
        await desk.press("enter")
        assert "C-000002" in desk.text

        await desk.press("slash", "ctrl+u")
        await desk.type("due<03/04/2027")
        await desk.press("enter")
        assert "could be 2027-04-03 or 2027-03-04" in desk.text


@pytest.mark.parametrize("size", WINDOWS)
@pytest.mark.parametrize(("keys", "word"), [(("P", "down", "down"), "urgent"), (("C", "up", "up"), "extended")])
async def test_the_marked_cases_get_a_priority_or_class_and_refusals_are_listed(
    site: Site, size: tuple[int, int], keys: tuple[str, ...], word: str
) -> None:
    site.plant(3)
    site.services("sup").remarks.withdraw(2, "gone")
    async with site_workbench(site, "sup", size=size) as desk:
        await go(desk)
        await desk.press("slash")
        await desk.type("state:all")
        await desk.press("enter", "V", *keys)
        await desk.type("[/b] why")
        await desk.press("enter")
        await desk.until("Not changed: 1 case")

        assert "C-000002" in desk.text
        assert f"2 cases: now {word}." in desk.notes
        await desk.press("escape")
        header = site.services("sup").casefiles.show(1).header
        assert word in {header.priority, header.service_class}
        assert desk.dialog == "QueueScreen"


async def test_a_key_for_supervisors_says_so_to_a_reviewer(site: Site) -> None:
    site.plant(1)
    async with site_workbench(site, "a") as desk:
        await go(desk)
        for key in ("P", "C", "a", "space", "V", "R"):
            desk.app.clear_notifications()
            await desk.press(key)
            assert desk.dialog == "QueueScreen"
            assert "supervisor" in desk.notes[-1], key


async def test_an_open_case_says_why_it_cannot_be_opened_again(site: Site) -> None:
    site.plant(1)
    async with site_workbench(site, "sup") as desk:
        await go(desk)
        await desk.press("R")
        assert "C-000001 is queued" in desk.notes[-1]
