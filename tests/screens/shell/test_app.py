"""The start and end of the app, keys pressed while the database opens, modes and the palette."""

import asyncio
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.pilot import Pilot

from screens.app import WorkbenchApp
from tests.screens.cases import clean
from tests.screens.doubles.services import Clocks, MemoryServices
from tests.screens.driver import Driver, memory_workbench
from workbench.errors import BadConfiguration, NotFound, StorageBusy
from workbench.settings.user_settings import LoadedSettings

HEAVY = (
    *("sqlmodel", "sqlalchemy", "duckdb", "jinja2", "alembic", "psycopg", "pypinyin", "typer"),
    *("workbench.domain.case.casefile", "workbench.domain.text.mask"),
)


def test_what_is_imported_before_the_first_frame_loads_no_heavy_module() -> None:
    modules = "screens.app, workbench.cli.framework.fast_start"
    code = f"import sys, {modules}; print([name for name in {HEAVY!r} if name in sys.modules])"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


class Opening:
    """A workbench whose database opens when the test lets it."""

    def __init__(self) -> None:
        self.clocks, self._gate = Clocks(), threading.Event()
        self.services: Any = MemoryServices(self.clocks, clean())
        self.app = WorkbenchApp(self._open, now=self.clocks.now, monotonic=self.clocks.monotonic)

    def _open(self) -> Any:
        self._gate.wait(60)
        return self.services

    async def type(self, pilot: Pilot[None], *keys: str) -> Driver:
        """Press keys while the database is opening, let it open, and wait until the app is idle."""
        driver = Driver(self.app, pilot, self.clocks, self.services)
        await pilot.pause()
        for key in keys:
            self.app.post_message(events.Key(key, key))
        await pilot.pause()
        self._gate.set()
        await driver.settle()
        return driver


async def test_a_key_pressed_before_the_desk_is_open_acts_afterwards() -> None:
    opening = Opening()
    async with opening.app.run_test(size=(120, 40)) as pilot:
        driver = Driver(opening.app, pilot, opening.clocks, opening.services)
        await pilot.pause()
        assert "Opening …" in driver.text
        assert "Desk" in driver.text
        await opening.type(pilot, "n")
        await driver.settle()
        assert "C-000123" in driver.text


async def test_the_start_says_what_takes_long() -> None:
    opening = Opening()
    opening.app.start_screen.opening = "Creating sample data … [/b]"
    async with opening.app.run_test(size=(120, 40)) as pilot:
        driver = Driver(opening.app, pilot, opening.clocks, opening.services)
        await pilot.pause()
        assert "Creating sample data … [/b]" in driver.text
        assert "Opening" not in driver.text
        await opening.type(pilot)


async def test_a_failed_count_of_waiting_cases_is_reported_and_retried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("screens.desk.case_screen.TICK_S", 0.05)
    may_count = threading.Event()

    def arrange(services: MemoryServices) -> None:
        def counts() -> Any:
            if not may_count.is_set():
                raise StorageBusy("Another program holds the database.")
            return counted()

        counted, services.queue.read_counts = services.queue.read_counts, counts

    async with memory_workbench(arrange=arrange) as desk:
        await desk.until("The waiting cases could not be counted: Another program holds")
        assert "Opening …" not in desk.text
        may_count.set()
        await desk.until("2 cases are queued.")


async def test_a_failed_claim_from_an_early_key_leaves_the_desk_empty() -> None:
    def fails(filter_text: str = "") -> Any:
        raise StorageBusy("Another program holds the database.")

    opening = Opening()
    opening.services.claims.next = fails
    async with opening.app.run_test(size=(120, 40), notifications=True) as pilot:
        driver = await opening.type(pilot, "n")
        await driver.settle()
        assert "Opening …" not in driver.text
        assert "takes the next" in driver.text
        assert driver.notes == ["Another program holds the database."]


@pytest.mark.parametrize(
    ("error", "code"), [(NotFound("There is no database [/b]."), 66), (BadConfiguration("The schema is newer."), 78)]
)
async def test_a_database_that_cannot_be_opened_is_reported_with_the_remedy(error: Exception, code: int) -> None:
    def broken() -> Any:
        raise error

    clocks = Clocks()
    app = WorkbenchApp(broken, now=clocks.now, monotonic=clocks.monotonic)
    async with app.run_test(size=(80, 24)) as pilot:
        driver = Driver(app, pilot, clocks, MemoryServices(clocks))
        await driver.settle()
        assert str(error) in driver.text
        assert "workbench init" in driver.text
        assert "workbench demo" in driver.text

        await driver.press("q")
    assert app.return_code == code


@pytest.mark.parametrize(("keys", "dialog"), [(("g", "q"), "QueueScreen"), (("n", "2", "plus", "q"), "QuitDialog")])
async def test_keys_typed_before_the_desk_is_open_act_in_order(keys: tuple[str, ...], dialog: str) -> None:
    opening = Opening()
    async with opening.app.run_test() as pilot:
        driver = await opening.type(pilot, *keys)

        assert (driver.dialog, opening.app.return_code) == (dialog, None)
        if "plus" in keys:
            assert driver.desk_screen.panels.active == "activity"
            assert driver.desk_screen.panels.is_zoomed


async def test_q_quits_at_once_while_the_database_opens() -> None:
    clocks, gate = Clocks(), threading.Event()

    def slow() -> Any:
        gate.wait(60)
        raise NotFound("gone")

    app = WorkbenchApp(slow, now=clocks.now, monotonic=clocks.monotonic)
    async with app.run_test() as pilot:
        await pilot.press("q")
        await asyncio.sleep(0.05)
        gate.set()
        await pilot.pause()
    assert app.return_code == 0


async def test_help_shows_the_keys_of_each_screen_and_an_end_from_outside_saves_the_typed_text() -> None:
    async with memory_workbench(clean(), size=(120, 60)) as desk:
        await desk.press("n", "question_mark")
        assert "Take the next case" in desk.text
        assert "n F2" in desk.text
        await desk.press("escape", "p", "f1")
        assert "Give this verdict." in desk.text

        # Every other dialog lists its own keys, F1 also in a text field.
        await desk.press("escape", "escape")
        for keys, words in ((("s", "f1"), "^t canned text"), (("l", "question_mark"), "↑ ↓ choose")):
            await desk.press(*keys)
            assert desk.dialog == "KeySheet"
            assert words in desk.text
            await desk.press("escape", "escape")

        await desk.press("p", "t")
        await desk.pilot.press("x", "y")
        await desk.app.end(143)
        assert desk.services.saved[123]["note"] == "xy"
        assert desk.app.return_code == 143


async def test_wrong_settings_are_told_once_the_desk_is_open_and_a_key_goes_through_the_themes() -> None:
    async with memory_workbench(settings=LoadedSettings(file=Path(), problems=("settings.toml, line 1: no",))) as desk:
        assert "settings.toml, line 1: no" in desk.text
        desk.app.clear_notifications()
        await desk.settle()
        assert desk.text.splitlines()[-1].startswith(" n next")
        for theme in ("light", "colour-blind", "terminal", "dark"):
            await desk.press("f10")
            assert desk.app.theme == f"desk-{theme}"


async def test_the_menu_after_g_shows_the_letters_and_stays_until_a_key_however_late_it_is() -> None:
    async with memory_workbench(clean()) as desk:
        await desk.press("g")
        assert desk.dialog == "GoMenu"
        assert "d desk   q queue   m mine   p pending   c checks" in desk.text
        await desk.press("z")
        assert desk.dialog == "DeskScreen"
        assert desk.services.files[123].header.held_by is None

        # A late q, after g once more, goes to the queue and does not quit.
        await desk.press("g", "g")
        desk.clocks.seconds += 3600
        await desk.settle()
        assert desk.dialog == "GoMenu"
        await desk.press("q")
        assert desk.dialog == "QueueScreen"
        await desk.press("g", "escape")
        assert desk.dialog == "QueueScreen"
