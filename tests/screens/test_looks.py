"""How the screens look, in both languages and at both sizes; a change is looked at before it is accepted.

`pytest tests/screens/test_looks.py -n 0 --snapshot-update` keeps what is seen now.
"""

import asyncio
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pytest_textual_snapshot import SVGImageExtension
from syrupy.assertion import SnapshotAssertion
from textual.widgets import Input, TextArea

from db.enums import CaseState, FailKind, Priority, Role, Verdict
from screens.app import WorkbenchApp
from tests.demos import NOW as DEMO_NOW
from tests.demos import fresh_demo, made_demo
from tests.languages import speaking
from tests.screens.cases import NOW, troubled
from tests.screens.doubles.services import Clocks, MemoryServices
from tests.screens.driver import Driver, KeyDriver, memory_workbench, site_workbench
from tests.sites import ManualClock, Site
from workbench.domain.quality.period import parse_period
from workbench.errors import NotFound
from workbench.i18n import _
from workbench.services.quality.samples import SampleRequest

__all__ = ["fresh_demo", "made_demo"]

pytestmark = pytest.mark.proof

SIZES = {"80x24": (80, 24), "120x40": (120, 40)}
KEYS: dict[str, tuple[str, ...]] = {
    "welcome": (),
    "desk": ("n",),
    "calls": ("n", "2", "plus"),
    "verdict": ("n", "f"),
    "decided": ("n", "f", "y"),
    "help": ("n", "question_mark"),
    "palette": ("n", "colon"),
    "which_key": ("n", "g"),
    "leaving": ("n", "q"),
    "documents": ("n", "o"),
}
FILTERS = {"queue": "", "filter_error": "prioriti:high", "nothing_found": "state:queued applicant:xyzzy"}


VIEWS = [("en", "120x40"), pytest.param(("zh", "80x24"), marks=pytest.mark.terminal)]
"""Pairs of language and size, so that each occurs once."""


@dataclass(frozen=True)
class View:
    """A window size in columns and lines, and a language."""

    size: tuple[int, int]
    language: str


@pytest.fixture(params=VIEWS, ids="-".join)
def view(request: pytest.FixtureRequest) -> View:
    """The window and its language."""
    language, size = request.param
    return View(SIZES[size], language)


def a_mixed_queue(services: MemoryServices) -> None:
    """Fill the queue with cases that are overdue, due today, held, assigned or in time."""
    services.queue.fill(212)
    services.queue.put(
        1, is_overdue=True, due_at=NOW - timedelta(days=1), priority=Priority.URGENT, blocks=2, warns=3, round=2
    )
    services.queue.put(2, held_by="rev1", state=CaseState.IN_REVIEW, due_at=NOW + timedelta(hours=2), warns=1)
    services.queue.put(3, applicant_name="Example Horizon Calling Ltd", assignee="rev2", priority=Priority.HIGH)


async def picture(driver: KeyDriver) -> str:
    """Return the screen as SVG after it has stopped changing."""
    before, now = "", _picture(driver)
    while now != before:
        await driver.pilot.pause(0.1)
        before, now = now, _picture(driver)
    return now


def _picture(driver: KeyDriver) -> str:
    """Return the screen as SVG without blinking cursors."""
    for field in driver.app.screen.query(Input):
        field.cursor_blink = False
    for area in driver.app.screen.query(TextArea):
        area.cursor_blink = False
    return driver.app.export_screenshot(title="workbench")


@pytest.mark.parametrize("name", list(KEYS))
async def test_it_looks_as_it_did(name: str, view: View, snapshot: SnapshotAssertion) -> None:
    async with memory_workbench(troubled(), size=view.size, language=view.language) as driver:
        await driver.press(*KEYS[name])
        assert await picture(driver) == snapshot(extension_class=SVGImageExtension)


async def test_it_looks_as_it_did_in_ascii(snapshot: SnapshotAssertion) -> None:
    async with memory_workbench(troubled(), symbols="ascii") as driver:
        await driver.press("n")
        assert await picture(driver) == snapshot(extension_class=SVGImageExtension)


@pytest.mark.parametrize("name", list(FILTERS))
async def test_the_queue_looks_as_it_did(name: str, view: View, snapshot: SnapshotAssertion) -> None:
    async with memory_workbench(size=view.size, language=view.language, arrange=a_mixed_queue) as driver:
        await driver.go("q")
        if FILTERS[name]:
            await driver.press("slash")
            await driver.type(FILTERS[name])
            await driver.press("enter")
        assert await picture(driver) == snapshot(extension_class=SVGImageExtension)


CALENDAR = {
    "calendar": ("end",),
    "calendar_provisional": ("pagedown", "home"),
    "half_day": ("h",),
    "day_off": ("right", "o"),
}


@pytest.mark.parametrize("name", list(CALENDAR))
async def test_the_calendar_looks_as_it_did(name: str, view: View, snapshot: SnapshotAssertion) -> None:
    def as_admin(services: MemoryServices) -> None:
        services.actor = replace(services.actor, roles=frozenset(Role))

    async with memory_workbench(size=view.size, language=view.language, arrange=as_admin) as driver:
        await driver.go("k")
        await driver.press(*CALENDAR[name])
        assert await picture(driver) == snapshot(extension_class=SVGImageExtension)


def give_opinions(site: Site) -> None:
    """Draw a sample, and let a person differ on a few decisions."""
    site.services("sup").samples.draw(SampleRequest(period=parse_period("2026"), size=30, seed=7))
    opinions = site.services("rev2").opinions
    for number in range(4):
        opinions.read()
        answer = (Verdict.FAIL, FailKind.FIXABLE, ("USE-TRADE",), "[/b] trade") if number % 2 else None
        opinions.give(*(answer or (Verdict.PASS, None, ("OK",), "")))


DEMO = {
    "people": ("sup", ("g", "w")),
    "away": ("sup", ("g", "w", "down", "down", "down", "a")),
    "inquiries": ("rev1", ("g", "i")),
    "answer": ("ver2", ("enter",)),
    "quality": ("sup", ("g", "l")),
    "sample": ("sup", ("g", "l", "s")),
    "blind": ("rev1", ("g", "l", "n")),
    "opinion": ("rev1", ("g", "l", "n", "f")),
    "report": ("sup", ("g", "r", "right", "down", "down")),
    "move": ("sup", ("g", "q", "space", "space", "space", "a")),
}


@pytest.mark.parametrize("name", list(DEMO))
async def test_the_demo_looks_as_it_did(name: str, view: View, fresh_demo: Path, snapshot: SnapshotAssertion) -> None:
    site, (login, keys) = Site(fresh_demo, ManualClock(DEMO_NOW)), DEMO[name]
    # The program does the same soon after it starts.
    site.services("sup").ticking.tick()
    if "l" in keys:
        give_opinions(site)
    async with site_workbench(site, login, size=view.size, language=view.language) as driver:
        await driver.press(*keys)
        assert await picture(driver) == snapshot(extension_class=SVGImageExtension)
    site.close()


async def test_a_broken_start_looks_as_it_did(view: View, snapshot: SnapshotAssertion) -> None:
    clocks = Clocks()

    def broken() -> Any:
        raise NotFound(
            _(
                "There is no database at {where}; `workbench init` makes one, `workbench demo` shows sample data."
            ).format(where="/srv/review/workbench.db")
        )

    app = WorkbenchApp(broken, now=clocks.now, monotonic=clocks.monotonic)
    with speaking(view.language):
        async with app.run_test(size=view.size) as pilot:
            driver = Driver(app, pilot, clocks, MemoryServices(clocks))
            await driver.settle()
            await asyncio.sleep(0)
            assert await picture(driver) == snapshot(extension_class=SVGImageExtension)
