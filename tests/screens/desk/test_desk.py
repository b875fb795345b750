"""The desk driven by keys: claiming, panels, revealing, comments and holds."""

from dataclasses import replace
from datetime import timedelta

import pytest

from db.enums import CaseState, Role
from tests.screens.cases import ID_NO, NOW, clean, evidence, troubled
from tests.screens.doubles.services import MemoryServices
from tests.screens.driver import WINDOWS, memory_workbench
from workbench.domain.case.casefile import NoNextCase
from workbench.domain.case.lifecycle import Actor


@pytest.mark.parametrize("size", WINDOWS)
async def test_n_opens_the_next_case_with_tabs_for_its_panels_below_a_hundred_columns(size: tuple[int, int]) -> None:
    async with memory_workbench(troubled(), size=size) as desk:
        await desk.press("n")
        assert "C-000123" in desk.text
        assert "TC-2026-00123" in desk.text
        assert "✗" in desk.text
        assert desk.services.files[123].header.held_by == "rev1"

        await desk.pilot.resize_terminal(80, 24)
        await desk.settle()
        assert "1 Identity  ✗ 2  ! 2 │  2 Calls  ✗ 1  ! 4 │  3 Credit  ! 1 │  4 History" in desk.text
        assert "73 calls in the busiest hour" not in desk.text
        await desk.press("tab")
        assert "73 calls in the busiest hour" in desk.text
        await desk.press("4")
        assert "claimed" in desk.text


async def test_a_case_stands_in_panels_with_its_findings_above_the_facts_and_each_mark_beside_its_fact() -> None:
    async with memory_workbench(troubled()) as desk:
        await desk.press("n")
        lines = desk.text.splitlines()
        finding = next(at for at, line in enumerate(lines) if "73 calls in the busiest hour (limit 60)" in line)
        fact = next(at for at, line in enumerate(lines) if "at most 6 s" in line)
        assert finding < fact
        assert "limit 15 % !" in lines[fact]
        assert next(line for line in lines if " ID number  1" in line).split("││")[0].rstrip().endswith("✓")
        assert next(line for line in lines if " ID card    to" in line).split("││")[0].rstrip().endswith("✗")

        await desk.press("3", "plus")
        assert "1 Identity" not in desk.text
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
        await desk.press("down", "full_stop")
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
            (NoNextCase(kind="skipped", count=2), "You skipped all that is left: 2."),
            (NoNextCase(kind="limit", limit=3), "You have put aside 3 cases, as many as you may."),
            (NoNextCase(kind="filtered", count=4), "Your filter hides what is left: 4."),
        ):
            desk.services.empty = empty
            await desk.press("n")
            assert message in desk.text


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


async def test_a_case_is_put_aside_until_a_time_as_people_say_it() -> None:
    times = (
        ("16:30", "understood: Tue 24 Nov 16:30, today", 118),
        ("30 min", "understood: Tue 24 Nov 15:02, today", 30),
        ("明天9点", "understood: Wed 25 Nov 09:00, in 1 working day", 18 * 60 + 28),
        ("", "empty means Tue 24 Nov 16:32, today", 120),
    )
    async with memory_workbench(*(clean() for _time in times)) as desk:
        for number, (typed, understood, minutes) in enumerate(times, start=123):
            await desk.press("n", "h")
            await desk.type(typed)
            assert understood in desk.text
            await desk.press("enter")
            assert desk.services.files[number].header.aside_until == NOW + timedelta(minutes=minutes)


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


async def test_an_auditor_cannot_claim() -> None:
    def audit(services: MemoryServices) -> None:
        services.actor = Actor(id=9, login="audit", roles=frozenset({Role.AUDITOR}), identity="named:9")

    async with memory_workbench(arrange=audit) as desk:
        await desk.press("n")

        assert desk.services.files[123].header.state is CaseState.QUEUED


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


async def test_the_next_case_replaces_the_last_one_in_every_panel() -> None:
    async with memory_workbench(clean(), troubled()) as desk:
        await desk.press("n", "h", "enter", "n")

        assert "C-000124" in desk.text
        assert "73 calls in the busiest hour" in desk.text
        assert "1 document missing" in desk.text
        assert "in arrears for 12 days" in desk.text


async def test_the_next_case_replaces_the_last_one_in_the_tabs() -> None:
    async with memory_workbench(clean(), troubled(), size=(80, 24)) as desk:
        await desk.press("n", "2", "3", "h", "enter", "n")
        assert "1 document missing" in desk.text

        await desk.press("3")
        assert "in arrears for 12 days" in desk.text


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
            desk.desk_screen.refresh_counts()
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
