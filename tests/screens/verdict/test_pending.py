"""A pending verdict by keys: whom it waits for, what for, until when, and its letter."""

from typing import Any

import pytest

from tests.clock_site import ClockSite
from tests.screens.cases import clean, troubled
from tests.screens.driver import KeyDriver, memory_workbench, site_workbench
from tests.sites import Site

pytestmark = pytest.mark.proof


def reasons(desk: KeyDriver) -> tuple[str, ...]:
    dialog: Any = desk.app.screen
    marked: tuple[str, ...] = dialog._state.reasons
    return marked


async def test_whom_the_case_waits_for_and_its_reason_are_one_choice() -> None:
    async with memory_workbench(clean(), size=(80, 24)) as desk:
        await desk.press("n", "w", "2")
        assert reasons(desk) == ("WAIT-CARRIER",)
        assert "(•) the carrier" in desk.text

        await desk.press("3")
        assert reasons(desk) == ("WAIT-REGISTRY",)
        assert "(•) the carrier" not in desk.text
        await desk.press("w")
        asked = "No department is asked by this: Esc, then I asks one, whose answer brings it back."
        assert asked in " ".join(desk.text.replace("│", " ").split())
        await desk.press("w", "escape", "w")
        assert reasons(desk) == ("WAIT-CARRIER",)
        assert "(•) the carrier" in desk.text
        await desk.press("y")
        [request] = desk.services.decided
        assert (request.waits_for, request.reasons) == ("carrier", ("WAIT-CARRIER",))


async def test_a_reason_that_names_somebody_chooses_whom_the_case_waits_for() -> None:
    async with memory_workbench(clean(), clean(), clean()) as desk:
        for first in ("ID-RIC", "ID-CARRIER", "CR-DEBTOR"):
            await desk.press("n", "w", "slash")
            await desk.type(first)
            await desk.press("enter", "y")
        assert [request.waits_for for request in desk.services.decided] == ["applicant", "carrier", "registry"]


async def test_the_choice_of_whom_a_case_waits_for_wins_over_its_other_reasons() -> None:
    async with memory_workbench(clean()) as desk:
        await desk.press("n", "w", "slash")
        await desk.type("ID-RIC")
        await desk.press("enter", "w", "y")
        [request] = desk.services.decided
        assert (request.waits_for, request.reasons) == ("carrier", ("ID-RIC", "WAIT-CARRIER"))
        assert request.items == ()


async def test_waiting_for_the_applicant_takes_an_item_that_says_what() -> None:
    async with memory_workbench(clean(), size=(80, 24)) as desk:
        await desk.press("n", "w", "1")
        assert desk.dialog == "ItemChooser"
        await desk.press("escape", "y")
        assert desk.services.decided == []
        assert "Say what the applicant has to send: r" in desk.text

        await desk.press("r", "1", "tab")
        await desk.type("最近的租约")
        await desk.press("enter", "y")
        [request] = desk.services.decided
        assert [item.text for item in request.items] == ["营业执照副本、最近的租约"]


@pytest.mark.parametrize("keys", [("w", "1", "1", "enter"), ("f",)])
async def test_one_key_leads_to_the_items_first_and_then_to_the_date(keys: tuple[str, ...]) -> None:
    async with memory_workbench(clean() if "w" in keys else troubled()) as desk:
        await desk.press("n", *keys, "f2")
        dialog: Any = desk.app.screen
        assert dialog.focused.has_class("item")
        await desk.press("f2")
        assert dialog.focused.id == "until"


async def test_an_item_that_was_emptied_again_is_asked_for_again() -> None:
    async with memory_workbench(clean()) as desk:
        await desk.press("n", "w", "1", "1", "enter")
        desk.app.screen.query_one(".item").focus()
        await desk.press("ctrl+u", "f8")
        assert desk.services.decided == []
        await desk.press("escape", "r")
        assert desk.dialog == "ItemChooser"


@pytest.fixture
def clock_site(site: Site) -> ClockSite:
    promised = ClockSite(site).at("2026-11-24 10:00")
    promised.received("2026-11-24 09:30")
    return promised


async def test_the_date_has_a_default_by_whom_the_case_waits_for(clock_site: ClockSite) -> None:
    async with site_workbench(clock_site.site, "a", size=(80, 24)) as desk:
        await desk.press("n", "w", "y")
        # The reasons are on the screen, so the codes of others are no help.
        await desk.until("Not decided: see “to do” above (Space mark).")
        for keys, day in (
            (("2",), "Fri 27 Nov"),
            (("3",), "Thu 3 Dec"),
            (("4",), "Fri 27 Nov"),
            (("1", "1", "enter"), "Tue 1 Dec"),
        ):
            await desk.press(*keys)
            await desk.until(day)
            assert day in desk.text


@pytest.mark.parametrize("keys", [("w", "1", "1", "4", "enter"), ("f", "slash")])
async def test_the_letter_is_shown_as_it_will_go_out(clock_site: ClockSite, keys: tuple[str, ...]) -> None:
    async with site_workbench(clock_site.site, "a", size=(80, 24)) as desk:
        await desk.press("n", *keys)
        if keys[-1] == "slash":
            await desk.type("ID-HANDHELD")
            await desk.press("enter", "m")
        await desk.press("v")
        assert desk.dialog == "TextSheet"
        sheet: Any = desk.app.screen
        letter = "\n".join(line.plain for line in sheet.lines(10_000))
        assert letter[:4] in desk.text

        await desk.press("escape", "y")
        await desk.until("60")
    assert (
        clock_site.site.services("a").casefiles.show(1).notice == letter.split("The applicant reads (Chinese)\n\n")[1]
    )
