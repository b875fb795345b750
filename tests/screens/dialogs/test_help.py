"""The help page and the key hints of the footer."""

import pytest
from textual.widgets import Static

from tests.cli.appeals.filed_appeals import appealed, office
from tests.screens.calendar.test_calendar import as_admin
from tests.screens.cases import clean, troubled
from tests.screens.driver import Driver, memory_workbench, site_workbench
from tests.sites import Site
from workbench.i18n import _
from workbench.keys.command import Place, shown_key
from workbench.keys.registry import commands_of

OPENED: dict[Place, tuple[str, ...]] = {
    "desk": ("n",),
    "verdict": ("f",),
    "checks": ("g", "c"),
    "queue": ("g", "q"),
    "calendar": ("g", "k"),
}


def page(desk: Driver) -> str:
    """Return the complete help page, including the part below the window."""
    return str(desk.app.screen.query_one("#page", Static).content)


async def test_the_help_shows_the_first_and_last_key_of_every_command() -> None:
    async with memory_workbench(clean(), size=(80, 24), language="zh", arrange=as_admin) as desk:
        for place, keys in OPENED.items():
            await desk.press(*keys, "f1")
            shown = page(desk)
            for command in (*commands_of(place), *commands_of("everywhere")):
                assert _(command.label) in shown, command.id
                assert shown_key(command.keys[0]) in shown, command.id
                assert shown_key(command.keys[-1]) in shown, command.id
            while desk.dialog != "DeskScreen":
                await desk.press("escape")


@pytest.mark.proof
async def test_arrows_scroll_a_page_longer_than_the_window() -> None:
    async with memory_workbench(clean(), size=(80, 24)) as desk:
        await desk.press("n", "f1")
        first = desk.text
        assert "Quit the workbench" not in first
        await desk.press("end")
        await desk.pilot.pause(0.3)
        assert "Quit the workbench" in desk.text

        await desk.press("home", "down")
        await desk.pilot.pause(0.3)
        assert desk.text != first


async def test_the_footer_offers_the_verdicts_of_a_held_case_first_and_as_many_commands_as_fit() -> None:
    async with memory_workbench(troubled()) as desk:
        await desk.press("n")
        assert desk.text.splitlines()[-1].split("   ")[:4] == [" p pass", "f fail", "w pending", "x acts"]
        for size, on_the_desk, in_the_queue in (
            ((80, 24), "h put aside", "O columns"),
            ((200, 60), "L letters", "N take"),
        ):
            await desk.pilot.resize_terminal(*size)
            for letter, last in (("d", on_the_desk), ("q", in_the_queue)):
                await desk.go(letter)
                hints = [part.strip() for part in desk.text.splitlines()[-1].split("   ") if part.strip()]
                # The keys of help and palette are always at the right.
                assert hints[-3] == last
                assert hints[-2].startswith("? ")


@pytest.mark.parametrize(
    ("login", "places"),
    [
        (
            "a",
            {
                "q": (("open", "filter"), ("Assign the marked", "mark all", "open again", "supervisor")),
                "a": (("open", "refresh"), ("decide", "confirm")),
                "d": (("pass", "skip"), ("assign", "waive", "open again", "supervisor")),
            },
        ),
        ("sup", {"q": (("assign", "mark all", "open again"), ())}),
        (
            "audit",
            {
                "n": (("read", "only unsent"), ("not delivered", "unmark")),
                "d": (("identity", "find a case"), ("pass", "comment", "next case")),
            },
        ),
    ],
)
async def test_the_help_lists_only_the_keys_that_the_role_allows(
    site: Site, login: str, places: dict[str, tuple[tuple[str, ...], tuple[str, ...]]]
) -> None:
    async with site_workbench(site, login) as desk:
        for letter, (listed, missing) in places.items():
            await desk.go(letter)
            await desk.press("f1")
            shown = str(desk.app.screen.query_one("#page", Static).content).partition("Everywhere")[0]
            assert [word for word in (*listed, *missing) if word in shown] == list(listed)
            await desk.press("escape")


async def test_the_help_lists_the_keys_of_the_panels_of_an_opened_case(site: Site) -> None:
    appealed(office(site))
    async with site_workbench(site, "sup", size=(80, 24)) as desk:
        await desk.go("a")
        await desk.press("enter", "question_mark")
        shown = str(desk.app.screen.query_one("#page", Static).content)

    assert all(label in shown for label in ("decide", "documents", "identity", "history", "zoom", "next panel"))
