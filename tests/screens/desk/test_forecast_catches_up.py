"""An open workbench performs time-triggered actions, as `workbench tick` does."""

import asyncio
from collections.abc import Callable

import pytest

from screens import app
from tests.screens.driver import KeyDriver, memory_workbench, site_workbench
from tests.sites import Site
from workbench.errors import StorageBusy
from workbench.services.time.deadlines.tick import TickCounts


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "CATCH_UP_AFTER_S", 0.01)
    monkeypatch.setattr(app, "CATCH_UP_EVERY_S", 0.05)


async def _until(desk: KeyDriver, done: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not done():
            await desk.pilot.pause(0.01)


async def test_an_open_workbench_notifies_the_applicant_of_a_late_case_once(site: Site) -> None:
    (case,) = site.plant(due_in_days=-1)
    async with site_workbench(site, "a") as desk:
        await _until(desk, lambda: "delay-told" in site.actions(case))
        await asyncio.sleep(0.2)
        assert site.actions(case).count("delay-told") == 1
        await desk.press("n")
        assert "C-000001" in desk.text


async def test_a_failure_is_reported_and_the_action_is_tried_again() -> None:
    attempts = []

    def catch_up() -> TickCounts:
        attempts.append(1)
        if len(attempts) == 1:
            raise StorageBusy("Another program holds the database.")
        return TickCounts(queued=0, lapsed=0, delayed=0, resumed=0, reminded=0)

    async with memory_workbench(arrange=lambda services: setattr(services, "catch_up", catch_up)) as desk:
        await _until(desk, lambda: len(attempts) > 1)
        assert any("could not be handled: Another program holds the database." in note for note in desk.notes)
