"""The queue screen driven by keys: rows, moving, marking, assigning, and its empty and error states."""

import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from db.enums import CaseState, Priority, Role, WaitsFor
from screens.queue.filter_bar import FilterBar
from screens.widgets.safe_text import FittedText
from tests.screens.cases import NOW
from tests.screens.doubles.queue import MemoryAssigning, case_row
from tests.screens.doubles.services import MemoryServices
from tests.screens.driver import memory_workbench
from tests.screens.queue.queue_visits import change_elsewhere, filled_queue, go, under_cursor
from workbench.services.foundation.case_access import LostHold


async def test_the_queue_shows_due_date_urgency_applicant_and_holder() -> None:
    def arrange(services: MemoryServices) -> None:
        filled_queue(1284)(services)
        put = services.queue.put
        put(1, is_overdue=True, due_at=NOW - timedelta(days=1), priority=Priority.URGENT, blocks=2, warns=3)
        put(2, held_by="rev1", state=CaseState.IN_REVIEW, due_at=NOW + timedelta(hours=2))
        put(3, assignee="rev2", is_due_provisional=True)
        put(4, state=CaseState.RECTIFYING, due_at=NOW - timedelta(days=15))
        put(5, state=CaseState.PENDING, waits_for=WaitsFor.APPLICANT, due_at=NOW - timedelta(days=1))
        put(6, state=CaseState.PENDING, waits_for=WaitsFor.CARRIER, is_overdue=True)
        put(7, suspended_from=NOW - timedelta(days=1), due_at=NOW - timedelta(hours=1))
        put(8, suspended_from=NOW + timedelta(days=1))

    async with memory_workbench(arrange=arrange) as desk:
        await go(desk)
        for size, applicant in (((120, 40), "with applicant"), ((80, 24), " applicant ")):
            await desk.pilot.resize_terminal(*size)
            await desk.settle()
            head, _titles, *rows = desk.text.split("\n")
            assert "1,284" in head
            assert [sign in rows[0] for sign in ("✗", "▲▲", "✗2 !3", "C-000001")] == [True] * 4
            assert [sign in rows[1] for sign in ("◆", "!", "rev1")] == [True] * 3
            assert [sign in rows[2] for sign in ("◐", "(rev2)")] == [True] * 2
            assert [applicant in row for row in rows[3:6]] == [True, True, False]
            assert ("✗" in rows[3] + rows[4], "!" in rows[3] + rows[4], "✗" in rows[5]) == (False, False, True)
            assert ["suspended" in row for row in rows[6:8]] == [True, False]


@pytest.mark.proof
async def test_the_end_of_a_long_list_is_one_key_away() -> None:
    async with memory_workbench(arrange=filled_queue(100_000)) as desk:
        screen = await go(desk)
        await desk.press("end")
        assert under_cursor(screen) == 100_000
        assert "C-100000" in desk.text
        assert len(desk.services.queue.requests) < 5

        await desk.press("home", "down", "pagedown")
        assert under_cursor(screen) == 2 + screen.rows.size.height - 1


async def test_a_list_changed_by_others_is_read_again_around_the_cursor_and_a_range_excludes_cases_added_since() -> (
    None
):
    async with memory_workbench(arrange=filled_queue(300)) as desk:
        screen = await go(desk)
        desk.services.queue.put(2, held_by="rev2")
        await change_elsewhere(desk)
        assert "rev2" in desk.text

        desk.services.queue.all.insert(0, case_row(999))
        await change_elsewhere(desk)
        assert "C-000999" in desk.text
        assert under_cursor(screen) == 1

        await desk.press("home", "v", "down", "down")
        desk.services.queue.all.insert(0, case_row(998))
        await change_elsewhere(desk)
        assert "C-000998" not in desk.text
        assert "list changed, press n to reload" in desk.text
        await desk.press("v")
        assert screen.rows.marks == {999, 1, 2}

        await desk.press("f2")
        assert "list changed" not in desk.text
        await desk.press(*["down"] * 60)
        before, line = under_cursor(screen), screen.rows.cursor - screen.rows.scroll_offset.y
        for number in range(900, 910):
            desk.services.queue.all.insert(0, case_row(number))
        await change_elsewhere(desk)
        assert (under_cursor(screen), screen.rows.cursor - screen.rows.scroll_offset.y) == (before, line)
        assert screen.rows.marks == {999, 1, 2}


async def test_rows_are_marked_singly_as_a_range_or_all_at_once() -> None:
    async with memory_workbench(arrange=filled_queue(6_000)) as desk:
        screen = await go(desk)
        await desk.press("space", "space", "down", "v", *["down"] * 3)
        assert "range started" in desk.text
        await desk.press("v")
        assert screen.rows.marks == {1, 2, 4, 5, 6, 7}

        await desk.press("escape")
        assert screen.rows.marks == set()

        await desk.press("V")
        assert len(screen.rows.marks) == 5_000
        assert "Marked the first 5,000, the most that can be marked at once." in desk.notes


async def test_an_empty_list_explains_why_and_escape_leaves_it() -> None:
    async with memory_workbench() as desk:
        for letter, message in (
            ("m", "You hold no cases, and none are assigned to you."),
            ("p", "No cases are pending."),
            ("o", "No verdict is contradicted by newer block findings."),
            ("q", "No cases are open."),
        ):
            await go(desk, letter)
            assert message in desk.text
            assert "n reload the list" in desk.text
            await desk.press("escape")
            assert desk.dialog == "DeskScreen"


async def test_a_read_error_is_explained_and_the_list_can_be_reloaded_with_hostile_names_as_text() -> None:
    def broken(services: MemoryServices) -> None:
        filled_queue(3)(services)
        services.queue.put(1, applicant_name="[/b]\x1b]52;c;eA==\x07\u202eab array[int]")
        services.queue.fail()

    async with memory_workbench(size=(160, 40), arrange=broken) as desk:
        await go(desk)
        assert "The list cannot be loaded." in desk.text
        assert "disk I/O error" in desk.text

        desk.services.queue.broken = None
        await desk.press("n")
        assert "C-000001" in desk.text
        assert "[/b]␛]52;c;eA==␇‹202E›ab array[int]" in desk.text
        assert "\x1b" not in desk.text


async def test_mine_marks_what_came_back_from_a_check_or_from_aside() -> None:
    def arrange(services: MemoryServices) -> None:
        filled_queue(4)(services)
        held = {"held_by": "rev1", "state": CaseState.IN_REVIEW, "held_until": NOW + timedelta(minutes=20)}
        services.queue.put(1, **held, aside_until=NOW - timedelta(minutes=10))
        services.queue.put(2, **held, aside_until=NOW + timedelta(hours=2))
        services.queue.put(3, assignee="rev1", is_returned=True)
        services.queue.put(4, assignee="rev1", is_returned=True, state=CaseState.WITHDRAWN)

    async with memory_workbench(arrange=arrange) as desk:
        await go(desk, "m")
        rows = [line for line in desk.text.splitlines() if "C-0000" in line]
        shown = zip(("back since 14:22", "aside to 16:32", "returned"), rows, strict=False)
        assert [words in row for words, row in shown] == [True] * 3, rows


async def test_only_a_supervisor_opens_a_case_again_from_the_list_of_those_with_new_findings() -> None:
    def arrange(services: MemoryServices) -> None:
        filled_queue(9)(services)
        services.actor = replace(services.actor, roles=frozenset({Role.REVIEWER}))
        for number in (5, 6):
            services.queue.put(number, state=CaseState.PASSED, reopen_for=("CR-DEBTOR",))
        counted = services.queue.read_counts
        services.queue.read_counts = lambda: replace(counted(), to_reopen=2)

    async with memory_workbench(arrange=arrange) as desk:
        assert "2 to open again" in desk.text.splitlines()[0]
        assert under_cursor(await go(desk, "o")) == 5
        assert "To open again   attention:reopen" in desk.text
        assert "CR-DEBTOR" in desk.text
        assert "R open again" not in desk.text
        await desk.press("R")
        assert desk.dialog == "QueueScreen"

        desk.services.actor = replace(desk.services.actor, roles=frozenset({Role.SUPERVISOR}))
        await go(desk, "q")
        await go(desk, "o")
        assert "R open again" in desk.text
        for number, key in ((5, "R"), (6, "f8")):
            await desk.press(key)
            assert f"Open C-00000{number} again" in desk.text
            await desk.press("enter")
            assert "Enter some text first" in desk.text
            await desk.type("[/b] listed")
            await desk.press("enter")
            assert ("reopen", number, "[/b] listed") in desk.services.log
            assert f"C-00000{number} is back in the queue. To undo, press u on the desk." in desk.notes
        assert "No verdict is contradicted by newer block findings." in desk.text


async def test_assigning_asks_for_person_and_reason_and_reports_each_case() -> None:
    async with memory_workbench(arrange=filled_queue(20)) as desk:
        screen = await go(desk)
        desk.services.queue.put(2, held_by="rev1", state=CaseState.IN_REVIEW)
        desk.services.assigning.refuse = frozenset({3})
        await desk.press("space", "space", "space", "a")
        assert "Assign 3 cases" in desk.text
        assert "1 case held by rev1: the hold ends and the draft is handed over." in desk.text
        assert "1 case cannot be assigned, for example: C-000003 is passed" in desk.text
        assert "away" in desk.text
        assert "0 spread evenly" in desk.text
        assert "C-000002   rev1 → rev2" in desk.text

        await desk.press("enter", "enter")
        assert "Enter some text first" in desk.text
        await desk.type("why")
        assert "assign 2 cases to rev2" in desk.text
        await desk.press("enter")

        assert desk.services.assigning.given == [((1, 2), "rev2", "why")]
        assert "Not assigned: 1 case" in desk.text
        assert "C-000003 is passed" in desk.text
        await desk.press("escape")
        assert screen.rows.marks == set()
        assert "(rev2)" in desk.text
        await desk.press("home", *["down"] * 4, "a", "2")
        await desk.type("hers")
        await desk.press("enter")
        assert desk.services.assigning.given[1:] == [((5,), "rev3", "hers")], "the case under the cursor"


@pytest.mark.proof
@pytest.mark.parametrize(
    ("slow", "choosing", "to"), [("candidates", ("2",), "rev3"), ("plan", ("down", "down", "enter"), "rev3")]
)
async def test_keys_pressed_while_the_move_dialog_loads_act_in_order_once_it_has_loaded(
    slow: str, choosing: tuple[str, ...], to: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_answer, assigning = threading.Event(), MemoryAssigning
    read = getattr(assigning, slow)

    def later(*arguments: Any) -> Any:
        may_answer.wait()
        return read(*arguments)

    monkeypatch.setattr(assigning, slow, later)
    async with memory_workbench(arrange=filled_queue(20)) as desk:
        await go(desk)
        for key in ("down", "a", *choosing, *"hers", "enter"):
            desk.clocks.seconds += 2
            await desk.pilot.press(key)
        assert desk.services.assigning.given == []

        may_answer.set()
        await desk.settle()

        assert desk.services.assigning.given == [((2,), to, "hers")]


async def test_a_range_includes_rows_that_are_not_loaded_unless_the_list_changed() -> None:
    async with memory_workbench(arrange=filled_queue(3_000)) as desk:
        screen = await go(desk)
        await desk.press("v", "end", "v")
        assert len(screen.rows.marks) == 3_000

        await desk.press("escape", "home", "v", "end")
        desk.services.queue.all.insert(0, case_row(9_999))
        await desk.press("v")
        assert not screen.rows.marks
        assert any("The list changed while" in note for note in desk.notes)


async def test_marking_all_has_no_effect_if_the_filter_changed_meanwhile() -> None:
    async with memory_workbench(arrange=filled_queue(300)) as desk:
        screen = await go(desk)
        gate, real = threading.Event(), desk.services.queue.ids

        def slow(filter_text: str, limit: int, order: str = "") -> tuple[int, ...]:
            gate.wait(60)
            return real(filter_text, limit, order)

        desk.services.queue.ids = slow  # type: ignore[method-assign]  # the double answers late
        screen.cases.mark_all()
        screen.bar.post_message(FilterBar.Applied("虚构公司299"))
        while screen.cases.filter_text != "虚构公司299":
            await desk.pilot.pause()
        gate.set()
        await desk.settle()

        assert screen.rows.length == 1
        assert not screen.rows.marks


async def test_a_click_moves_the_cursor_and_a_click_on_it_opens() -> None:
    def arrange(services: MemoryServices) -> None:
        services.queue.all = [case_row(123), case_row(124)]

    async with memory_workbench(arrange=arrange) as desk:
        screen = await go(desk)
        for order in ("case", "-case"):
            title = desk.text.splitlines()[1].index("case")
            await desk.pilot.click("#titles", offset=(title, 0))
            await desk.settle()
            assert screen.cases.chosen_layout.order == order
        await desk.pilot.click("#rows", offset=(10, 1))
        assert under_cursor(screen) == 124
        await desk.pilot.click("#rows", offset=(10, 1))
        await desk.settle()

        assert desk.dialog == "ReadOnlyScreen"


async def test_the_holder_of_a_case_that_was_taken_away_sees_by_whom_and_when() -> None:
    async with memory_workbench() as desk:
        for action, to, words in (
            (
                "undo",
                "rev1",
                "sup took the case away and gave it back at 14:32; C-000123 is yours again with your draft",
            ),
            ("assign", "rev2", "C-000123 was given to rev2 by sup at 14:32; your draft is kept; n takes another"),
        ):
            await desk.press("n")
            desk.services.loss = LostHold(case_id=123, action=action, by="sup", to=to, at=desk.clocks.now())
            await change_elsewhere(desk)
            assert words in desk.text
            assert "hold lost" in desk.text
            await desk.press("p")
            assert desk.dialog == "DeskScreen"
            desk.services.loss = None


async def test_escape_closes_what_is_open_in_each_list_and_then_returns_to_the_desk() -> None:
    def arrange(services: MemoryServices) -> None:
        filled_queue(9)(services)
        services.queue.put(4, assignee="rev1")
        services.queue.put(7, state=CaseState.PENDING)

    async with memory_workbench(arrange=arrange) as desk:
        for letter, first, filtered in (("q", 1, ""), ("m", 4, "who:me"), ("p", 7, "state:pending")):
            screen = await go(desk, letter)
            assert under_cursor(screen) == first
            assert filtered in desk.text
            footer = desk.text.splitlines()[-1]
            assert all(hint in footer for hint in ("Enter open", "/ filter", "Esc desk", "g go to …", "? keys"))

            await desk.press("slash", "escape")
            assert desk.app.screen is screen
            await desk.press("space")
            assert "Esc back" in desk.text.splitlines()[-1]
            await desk.press("escape")
            assert desk.app.screen is screen
            await desk.press("v", "escape")
            assert desk.app.screen is screen
            await desk.press("escape")
            assert desk.dialog == "DeskScreen"


async def test_the_help_page_explains_marks_and_brackets() -> None:
    async with memory_workbench(size=(80, 24), arrange=filled_queue(3)) as desk:
        await go(desk)
        await desk.press("question_mark")
        shown = str(desk.app.screen.query_one(FittedText).render())

        assert all(sign in shown for sign in ("◆", "✗2 !3", "▲▲ ▲ ▼", "◐", "(sup)", "rev3"))
