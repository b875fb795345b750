"""The help page and the key hints of the footer."""

from itertools import cycle

import pytest
from textual.widgets import Static

from screens.shell.footer import MOST
from tests.screens.calendar.test_calendar import as_admin
from tests.screens.cases import clean, troubled
from tests.screens.driver import Driver, at_work
from workbench.i18n import _
from workbench.keys import desk, queue
from workbench.keys.command import Command, Place, shown_key
from workbench.keys.registry import commands_of

OPENED: dict[Place, tuple[str, ...]] = {
    "desk": ("n",),
    "verdict": ("n", "f"),
    "checks": ("g", "c"),
    "queue": ("g", "q"),
    "calendar": ("g", "k"),
}


def page(driver: Driver) -> str:
    """Return the complete help page, including the part below the window."""
    return " ".join(str(driver.app.screen.query_one("#page", Static).content).split())


@pytest.mark.parametrize(("place", "language"), zip(OPENED, cycle(["zh", "en"])))
async def test_the_help_shows_the_first_and_last_key_of_every_command(place: Place, language: str) -> None:
    async with at_work(clean(), size=(80, 24), language=language, arrange=as_admin) as desk:
        await desk.press(*OPENED[place], "f1")
        shown = page(desk)

        for command in (*commands_of(place), *commands_of("everywhere")):
            assert _(command.label) in shown, command.id
            assert shown_key(command.keys[0]) in shown, command.id
            assert shown_key(command.keys[-1]) in shown, command.id


@pytest.mark.parametrize(
    ("keys", "left_out"),
    [(("n",), (desk.ASSIGN, desk.WAIVE, desk.REOPEN)), (("g", "q"), (queue.ASSIGN, queue.MARK_ROW))],
)
async def test_the_help_leaves_out_what_the_roles_never_allow(
    keys: tuple[str, ...], left_out: tuple[Command, ...]
) -> None:
    async with at_work(clean()) as driver:
        await driver.press(*keys, "f1")

        assert not [command.id for command in left_out if command.help in page(driver)]


async def test_arrows_scroll_a_page_longer_than_the_window() -> None:
    async with at_work(clean(), size=(80, 24)) as desk:
        await desk.press("n", "f1")
        first = desk.text
        assert "Quit the workbench" not in first
        await desk.press("end")
        await desk.pilot.pause(0.3)
        assert "Quit the workbench" in desk.text

        await desk.press("home", "down")
        await desk.pilot.pause(0.3)
        assert desk.text != first


@pytest.mark.parametrize(("size", "language"), [((80, 24), "zh"), ((200, 60), "en")])
async def test_the_footer_has_at_most_six_hints(size: tuple[int, int], language: str) -> None:
    async with at_work(troubled(), size=size, language=language) as desk:
        for keys in ((), ("n",), ("g", "c"), ("g", "q"), ("g", "k")):
            await desk.press(*keys)

            hints = [part for part in desk.text.splitlines()[-1].split("   ") if part.strip()]
            assert 2 <= len(hints) <= MOST, keys
            assert "? " in desk.text.splitlines()[-1], keys


async def test_the_footer_offers_the_verdicts_while_a_case_is_held() -> None:
    async with at_work(troubled()) as desk:
        await desk.press("n")

        assert desk.text.splitlines()[-1].split("   ")[:4] == [" p pass", "f fail", "w pending", "h put aside"]
