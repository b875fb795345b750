"""Deadlines of items in the verdict dialog and the history panel, and waivers by key."""

import pytest
from sqlalchemy import text

from tests.cli.calendar.test_reminders import fail
from tests.cli.cases.test_rectification import PLAN, items, limit, own_deadlines, standing, verifying
from tests.clock_site import ClockSite
from tests.screens.driver import KeyDriver, site_workbench
from tests.sites import Site

pytestmark = pytest.mark.proof


@pytest.fixture
def services(site: Site) -> ClockSite:
    return ClockSite(site).at("2026-11-24 10:00")


async def open_rectifying(desk: KeyDriver) -> None:
    """Open the only case that is being rectified, on its history."""
    await desk.go("q")
    await desk.press("slash", "ctrl+a")
    await desk.type("state:rectifying")
    await desk.press("enter", "enter")
    assert desk.dialog == "ReadOnlyScreen"
    await desk.press("4", "plus")


async def test_a_supervisor_waives_an_item_by_key(services: ClockSite) -> None:
    case = verifying(services, "--item", PLAN)
    async with site_workbench(services.site, "sup") as desk:
        await open_rectifying(desk)
        assert "10:01)" in desk.text

        await desk.press("W")
        assert desk.dialog == "WaiverDialog"
        await desk.press("down", "enter")
        assert "Enter some text first" in desk.text
        await desk.type("plan is here")
        await desk.press("enter")
        assert "waived by sup: plan is here" in desk.text
        assert [item["is_waived"] for item in items(services, case)] == [False, True]

        await desk.go("d")
        await desk.until(f"{case}: item waived; u takes it back")
        await desk.press("u")
        assert case in desk.notes[-1]
    assert [item["is_waived"] for item in items(services, case)] == [False, False]
    assert standing(services, case) == ("rectifying", 1)


async def test_a_supervisor_extends_all_deadlines_or_one_of_an_item_by_key(services: ClockSite) -> None:
    case = verifying(services, "--item", PLAN)
    async with site_workbench(services.site, "sup") as desk:
        await open_rectifying(desk)
        await desk.press("E")
        assert desk.dialog == "ChoiceDialog"
        await desk.press("enter")
        await desk.type("soon")
        await desk.press("enter")
        assert "“soon” is not a date; write 3 Dec" in desk.text
        await desk.press("ctrl+u")
        await desk.type("2026-11-24")
        await desk.press("enter")
        await desk.until("already due on that day or later")
        await desk.press("ctrl+u")
        # A Saturday: the deadline is the next working day, which is said before it is confirmed.
        await desk.type("5 Dec")
        assert "understood: Sat 5 Dec, in 11 days, a day off" in desk.text
        await desk.press("enter")
        await desk.until("; then Mon 7 Dec 18:00.")
        await desk.type("a journey")
        await desk.press("enter")
        assert desk.notes[-1] == f"{case}: extended to Mon 7 Dec 18:00. To undo, press u on the desk."
        assert services.clock(case)["mend_by"] == "2026-12-07T18:00:00+08:00"
        assert own_deadlines(services, case) == ["2026-11-25T10:01:00+08:00", None]

        await desk.press("E", "down", "enter")
        await desk.type("4 Dec")
        await desk.press("enter")
        await desk.type("a journey")
        await desk.press("enter")
    assert own_deadlines(services, case) == ["2026-12-04T18:00:00+08:00", None]
    assert services.clock(case)["mend_by"] == "2026-12-07T18:00:00+08:00"


async def test_a_reviewer_has_no_key_to_waive_or_extend(services: ClockSite) -> None:
    verifying(services, "--item", PLAN)
    async with site_workbench(services.site, "a") as desk:
        await open_rectifying(desk)
        for key in "WE":
            await desk.press(key)
            assert desk.dialog == "ReadOnlyScreen"


async def test_the_verdict_dialog_names_an_item_whose_deadline_is_earlier(services: ClockSite) -> None:
    services.received("2026-11-24 10:00")
    async with site_workbench(services.site, "a") as desk:
        await desk.press("n", "r")
        await desk.press("f4")
        await desk.type("ID-REVERIFY")
        await desk.press("enter", "f4")
        await desk.type("ID-NAME")
        await desk.press("enter")
        await desk.until("second identity verification: by Wed 25 Nov 10:01")


def received_with_two_numbers(services: ClockSite) -> str:
    case = services.received("2026-11-24 10:00")
    with services.site.services("admin").context.write() as session:
        session.execute(text("UPDATE application SET msisdns = '13800138001;13800138002'"))
    return case


async def test_space_marks_the_numbers_that_a_measure_concerns(services: ClockSite) -> None:
    case = received_with_two_numbers(services)
    async with site_workbench(services.site, "a", size=(80, 24)) as desk:
        await desk.press("n", "f", "1", "n")
        assert desk.dialog == "VerdictDialog"
        await desk.press("m")
        await desk.until("bar outbound: all 2 numbers")
        await desk.press("n", "down", "space", "escape")
        assert "all 2 numbers" in desk.text
        await desk.press("n", "down", "space")
        assert "[x] 2 138••••••02" in desk.text
        await desk.press("enter")
        await desk.until("bar outbound: 138••••••02")
        # The draft keeps the choice.
        await desk.press("escape", "f")
        await desk.until("bar outbound: 138••••••02")
        await desk.press("y")
        assert desk.dialog == "DeskScreen"
    orders = services.terminal.document("audit", "measures", "list")["measures"]
    assert [(order["msisdn"], order["measure"]) for order in orders] == [("138••••••02", "bar-out")]
    assert case in str(orders)


async def test_the_dialog_of_a_pass_names_the_numbers_whose_bar_it_lifts(services: ClockSite) -> None:
    case = received_with_two_numbers(services)
    services.run("a", "next")
    services.run("a", "decide", case, "fail", "--reason", "ACT-PEAK-HOUR", "--measure", "bar-out")
    services.at("2026-11-25 10:00").run("a", "resubmit", case)
    async with site_workbench(services.site, "a") as desk:
        await desk.press("n", "escape", "p")
        await desk.until("lifts the bars on 2 numbers: 138••••••01")
        await desk.press("escape", "f")
        assert "138••••••02" not in desk.text


async def test_the_last_round_of_the_policy_offers_only_a_final_fail(services: ClockSite) -> None:
    limit(services, "max_rounds = 2")
    services.run("a", "resubmit", fail(services))
    async with site_workbench(services.site, "a") as desk:
        await desk.press("n", "escape", "r", "f", "1")
        assert "(•) final   round 2 of 2: only a final fail" in desk.text
        assert "can be rectified" not in desk.text
        await desk.press("y")
        assert desk.dialog == "DeskScreen"
    assert services.terminal.document("a", "show", "C-1")["decisions"][-1]["fail_kind"] == "final"
