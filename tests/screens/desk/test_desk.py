"""The desk as a whole: its cases, their panels, acts and holds, and that it stays steady."""

import asyncio
import gc
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from weakref import ref

import pytest

from db.enums import CaseState
from screens import app
from screens.shell.keyboard_app import collect_if_idle
from screens.widgets.safe_text import Static
from tests.screens.cases import ID_NO, NOW, clean, evidence, troubled
from tests.screens.doubles.services import MemoryServices
from tests.screens.driver import KeyDriver, memory_workbench, site_workbench
from tests.sites import Site
from workbench.domain.case.casefile import NoNextCase
from workbench.errors import StorageBusy
from workbench.services.time.deadlines.tick import TickCounts


async def test_a_case_stands_in_panels_with_its_findings_above_the_facts_and_each_mark_beside_its_fact() -> None:
    async with memory_workbench(troubled()) as desk:
        await desk.press("n")
        lines = desk.text.splitlines()
        finding = next(at for at, line in enumerate(lines) if "73 calls in the busiest hour" in line)
        fact = next(at for at, line in enumerate(lines) if "at most 6 s" in line)
        assert finding < fact
        assert "warn > 15 % !" in lines[fact]
        assert next(line for line in lines if " ID number  1" in line).split("││")[0].rstrip().endswith("✓")
        assert next(line for line in lines if " ID card    to" in line).split("││")[0].rstrip().endswith("✗")

        await desk.press("3", "plus")
        assert "1 Identity" not in desk.text
        assert "Documents · " in desk.text
        await desk.press("escape")
        assert "1 Identity" in desk.text


async def test_in_a_window_of_any_size_the_panels_end_in_one_column_and_stored_markup_is_text() -> None:
    async with memory_workbench(troubled()) as desk:
        await desk.press("n")
        for width, height in ((100, 40), (120, 40), (161, 40)):
            await desk.pilot.resize_terminal(width, height)
            await desk.settle()
            credit, history = desk.app.screen.query_one("#credit"), desk.app.screen.query_one("#history")
            assert credit.region.right == history.region.right == width
            inside = [line for line in desk.text.splitlines() if line.startswith("│")]
            assert all(line[1] == line[-2] == " " for line in inside)
        for width, height in ((59, 24), (80, 15)):
            await desk.pilot.resize_terminal(width, height)
            await desk.settle()
            assert "The window is too small" in desk.text.replace("\n", " ")

        await desk.pilot.resize_terminal(160, 70)
        await desk.settle()
        assert "C-000123" in desk.text
        assert "too small" not in desk.text
        assert "虚构[/b]远声 array[int]" in desk.text
        assert "课程咨询回访 [/b]" in desk.text
        assert "received [/b]" in desk.text
        await desk.press("2", "plus")
        assert "称已拒绝仍来电 [@click=app.exit]" in desk.text


@pytest.mark.promise("N4", "D5")
async def test_a_revealed_field_is_masked_after_15_seconds_and_all_of_them_after_a_minute_without_keys() -> None:
    async with memory_workbench(clean(), size=(120, 60)) as desk:
        await desk.press("n")
        assert "虚•••" in desk.text
        assert "虚构乙丙" not in desk.text
        await desk.press("J", "full_stop")
        assert "虚构乙丙" in desk.text
        assert desk.services.log.count(("reveal", 123, "handler_name")) == 1
        desk.clocks.advance(16)
        desk.desk_screen.tick()
        await desk.settle()
        assert "虚构乙丙" not in desk.text

        await desk.pilot.press("full_stop", "full_stop")
        await desk.settle()
        assert ID_NO in desk.text
        assert ("reveal", 123, "identity") in desk.services.log
        desk.clocks.advance(50)
        await desk.press("2")
        desk.clocks.advance(50)
        desk.desk_screen.tick()
        await desk.settle()
        assert ID_NO in desk.text
        desk.clocks.advance(61)
        desk.desk_screen.tick()
        await desk.settle()
        assert ID_NO not in desk.text


async def test_an_empty_queue_explains_why() -> None:
    async with memory_workbench() as desk:
        assert "2 cases are queued." in desk.text
        assert "n takes the next one" in desk.text
        for number in desk.services.files:
            desk.services.change(number, state=CaseState.PASSED)
        until = NOW + timedelta(minutes=26)
        for empty, message in (
            (NoNextCase(kind="none"), "New cases come with the next import."),
            (NoNextCase(kind="held", count=3, who=(("rev2", until),)), "rev2 until Tue 24 Nov 14:58"),
            (NoNextCase(kind="assigned", count=2, assigned=(("rev2", 2, False),)), "2 assigned to rev2\n"),
            (NoNextCase(kind="held", count=3, assigned=(("rev4", 5, True),)), "5 assigned to rev4, who is away"),
            (NoNextCase(kind="held", count=3, assigned=(("rev4", 5, True),)), "g b moves the cases of absent people"),
            (NoNextCase(kind="skipped", count=2), "You skipped all that is left: 2."),
            (NoNextCase(kind="limit", limit=3), "You have put aside 3 cases, as many as you may."),
            (NoNextCase(kind="filtered", count=4), "Outside your filter or skills: 4."),
        ):
            desk.services.empty = empty
            await desk.press("n")
            assert message in desk.text
        desk.services.change(123, state=CaseState.QUEUED)
        desk.desk_screen.read_again()
        await desk.settle()
        assert "One case is queued." in desk.text


async def test_keys_record_what_is_done_with_a_case_and_skipping_takes_a_reason() -> None:
    async with memory_workbench() as desk:
        await desk.press("ｎ")
        assert "C-000123" in desk.text
        await desk.press("你")
        assert "An input method is on" in desk.text
        assert desk.dialog == "DeskScreen"

        await desk.press("c")
        await desk.type("call back")
        await desk.press("escape", "c", "enter")
        assert desk.notes[-1] == "Comment added; it stands in the history of C-000123."
        assert ("comment", 123, "call back") in desk.services.log
        await desk.press("l", "1", "2", "escape")
        assert [line.answer for line in desk.services.files[123].checklist][:2] == ["yes", "no"]
        await desk.press("e", "down")
        await desk.type("registered")
        await desk.press("enter")
        recorded = [(line.kind, line.result) for line in desk.services.files[123].verifications]
        assert recorded == [("registry", "registered")]

        await desk.press("s", "enter")
        assert "Enter some text first" in desk.text
        await desk.type("know them")
        await desk.press("enter")
        assert ("skip", 123, "know them") in desk.services.log
        assert "takes the next one" in desk.text


async def test_activity_renews_the_hold_at_most_once_a_minute_and_a_lost_one_disables_the_verdict_keys() -> None:
    async with memory_workbench() as desk:
        await desk.press("n", "tab", "tab")
        assert ("renew", 123) not in desk.services.log
        desk.clocks.advance(61)
        await desk.press("tab", "tab", "tab")
        assert desk.services.log.count(("renew", 123)) == 1

        desk.services.renewal_is_lost = True
        desk.clocks.advance(61)
        await desk.press("tab")
        assert "hold lost" in desk.text
        await desk.press("p")
        assert desk.dialog == "DeskScreen"
        assert "C-000123" in desk.text


async def test_quitting_with_a_held_case_asks_and_keeps_the_hold() -> None:
    async with memory_workbench() as desk:
        await desk.press("n", "q")
        assert "You hold C-000123." in desk.text
        await desk.press("escape")
        assert desk.dialog == "DeskScreen"

        await desk.press("ctrl+q", "ctrl+q")
        assert desk.app.return_code == 0
        assert desk.services.files[123].header.held_by == "rev1"


async def test_quitting_can_release_the_case_first() -> None:
    async with memory_workbench() as desk:
        await desk.press("n", "ctrl+c", "b")

        assert desk.app.return_code == 0
        assert ("release", 123) in desk.services.log


async def test_a_late_case_a_provisional_date_and_suspended_work_are_marked() -> None:
    def arranged(services: MemoryServices) -> None:
        services.change(123, is_overdue=True, is_due_provisional=True)
        services.change(124, suspended_from=NOW - timedelta(days=1))
        services.change(125, suspended_from=NOW - timedelta(days=1), is_overdue=True)

    async with memory_workbench(clean(), clean(), clean(), arrange=arranged) as desk:
        await desk.press("n")
        assert "◐ provisional · overdue" in desk.text
        await desk.press("h", "enter", "n")
        assert "work suspended · clock paused" in desk.text
        await desk.press("h", "enter", "n")
        assert "overdue" in desk.text
        assert "work suspended" not in desk.text


async def test_a_case_without_calls_says_that_it_has_none_and_a_number_of_which_document_it_is() -> None:
    permit = replace(evidence().application, handler_id_no="H12345678")
    none = replace(evidence().all_calls, calls=0, calls_in=0)
    async with memory_workbench(evidence(application=permit, calls=(), all_calls=none)) as desk:
        await desk.press("n")

        assert "No call records were imported" in desk.text
        assert "HK/Macau permit" in desk.text
        assert "H••••••78" in desk.text


async def test_what_changed_in_a_held_case_is_announced_until_the_case_is_reloaded() -> None:
    async with memory_workbench(troubled()) as desk:
        await desk.press("n")
        for policy, told in (
            ("", "New evidence has arrived for this case; n shows it"),
            ("1 → 2: +ID-CAPITAL", "The policy of this case has changed; n shows it: 1 → 2: +ID-CAPITAL"),
        ):
            desk.services.policy_news = policy
            held = desk.services.files[123]
            header = replace(held.header, evidence_no=held.header.evidence_no + 1)
            desk.services.files[123] = replace(held, header=header)
            desk.desk_screen.read_again()
            await desk.settle()
            assert told in desk.text

            await desk.press("n")
            assert "n shows it" not in desk.text


async def test_the_next_case_comes_by_itself_while_that_is_switched_on() -> None:
    async with memory_workbench(clean(), clean()) as desk:
        await desk.press("A", "n")
        assert "auto" in desk.text.splitlines()[0]
        await desk.press("p", "y")
        assert "C-000124" in desk.text
        assert desk.services.files[124].header.held_by == "rev1"

        await desk.press("A", "p", "y")
        assert "auto" not in desk.text.splitlines()[0]
        assert "C-000124 passed" in desk.text


async def test_the_drawn_lines_of_a_closed_dialog_are_dropped_once_nobody_types() -> None:
    # The collection at the end skips what other tests have left.
    gc.freeze()
    async with memory_workbench(clean()) as desk:
        await desk.press("n", "p")
        assert "y confirm" in desk.text
        drawn = [ref(widget._styles_cache) for widget in desk.app.screen.walk_children(Static)]
        # Textual still knows the screen that was closed last.
        await desk.press("escape", "question_mark", "escape")
        # Counts as a collection of the younger objects, after which a full one is due.
        gc.collect(1)
        desk.clocks.seconds += 60
        collect_if_idle(desk.app.presses)
        assert drawn
        assert [lines for lines in drawn if lines() is not None] == []


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
