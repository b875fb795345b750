"""Texts with markup, control, bidirectional and wide characters of any length, in windows that change their size."""

import pytest
from textual import events

from screens.appeals import decision_dialog
from tests.cli.appeals.filed_appeals import failed, office
from tests.screens.driver import KeyDriver, site_workbench
from tests.sites import Site
from workbench.services.outbox.recording import Delivery

pytestmark = pytest.mark.proof

MARKUP = "[bold red]x[/] [/b] [@click=app.quit]go[/]"
HOSTILE = MARKUP + " \x1b[31m\x07\x9b2J \u202eabc\u2066 𠮷👩\u200d👧 " + "长" * 1900 + "w" * 1900
FORBIDDEN = "\x1b\x07\x9b\u202e\u2066"


async def resized(driver: KeyDriver) -> str:
    """Return what all windows show."""
    shown = ""
    for size in ((40, 10), (200, 50)):
        await driver.pilot.resize_terminal(*size)
        await driver.settle()
        shown += driver.text
        assert all(len(line) <= size[0] for line in driver.text.splitlines()), size
    return shown


@pytest.fixture
def hostile_site(site: Site, monkeypatch: pytest.MonkeyPatch) -> Site:
    """A site whose appeal and failed letter have hostile texts."""
    monkeypatch.setattr(decision_dialog, "_TYPING_PAUSE_S", 0.02)
    services = office(site)
    case = failed(services)
    services.at("2026-12-01 10:00")
    site.services("a").appeals.file(int(case.split("-")[1]), HOSTILE)
    site.services("a").notices.record([Delivery(notice_id=1, failure=HOSTILE[:1000])])
    return site


async def test_an_appeal_is_listed_opened_and_answered_with_any_text(hostile_site: Site) -> None:
    async with site_workbench(hostile_site, "sup", size=(80, 24)) as driver:
        await driver.go("a")
        shown = await resized(driver)
        await driver.pilot.click("#list", offset=(10, 0))
        await driver.settle()
        shown += await resized(driver)
        assert "1 Identity" in driver.text
        await driver.press("d", "2", "t")
        driver.app.screen.post_message(events.Paste(HOSTILE))
        await driver.settle()
        shown += await resized(driver)
        assert MARKUP in shown
        assert not set(FORBIDDEN) & set(shown)

        await driver.press("escape", "escape", "escape")
        driver.app.post_message(events.Paste("dgq" + HOSTILE))
        await driver.settle()
        assert driver.dialog == "AppealsScreen"


async def test_a_failed_letter_shows_any_cause(hostile_site: Site) -> None:
    async with site_workbench(hostile_site, "sup", size=(80, 24)) as driver:
        await driver.go("n")
        shown = await resized(driver)
        await driver.pilot.click("#list", offset=(10, 0))
        await driver.settle()
        assert driver.dialog == "TextSheet"
        shown += await resized(driver)
        assert MARKUP in shown
        assert not set(FORBIDDEN) & set(shown)
