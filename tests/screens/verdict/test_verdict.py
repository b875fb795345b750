"""The verdict dialog driven by keys, from marking reasons to undo."""

import asyncio
import gc
import time
import weakref
from collections.abc import Callable
from threading import Event, Lock

import pytest
from textual.widgets import TextArea

from db.enums import CaseState, FailKind, Verdict, WaitsFor
from screens.verdict import dialog as verdict_dialog
from screens.verdict.rectification_form import ItemField, RectificationForm
from tests.screens.cases import clean, troubled
from tests.screens.driver import WINDOWS, memory_workbench
from workbench.domain.case.casefile import DecisionResult, ItemRequest, VerdictPreview, VerdictRequest


@pytest.mark.parametrize("size", WINDOWS)
async def test_p_and_y_pass_a_clean_case(size: tuple[int, int]) -> None:
    async with memory_workbench(clean(), size=size) as desk:
        await desk.press("n", "p", "y")

        request = desk.services.decided[0]
        assert (request.verdict, request.reasons) == (Verdict.PASS, ("OK",))
        assert "C-000123 passed; notice goes out in 60 s; u takes it back" in desk.text
        assert "n takes the next one" in desk.text
        assert "Another case" not in desk.text


async def test_the_first_dialog_of_a_session_stands_in_the_middle() -> None:
    async with memory_workbench(clean(), size=(120, 40)) as desk:
        await desk.press("n", "p")
        box = desk.app.screen.query_one("#box").region

        assert (box.x, box.y) == ((120 - box.width) // 2, (40 - box.height) // 2)


@pytest.mark.parametrize("size", WINDOWS)
async def test_a_verdict_that_can_be_undone_is_not_taken_for_one_on_the_next_case(size: tuple[int, int]) -> None:
    async with memory_workbench(clean(), clean(), size=size) as desk:
        await desk.press("n", "p", "y", "n")

        assert "C-000124" in desk.text.splitlines()[0]
        assert "Another case: C-000123 passed; notice goes out in 60 s; u takes it back" in desk.text


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_a_fail_has_the_reasons_of_blocks_and_the_marked_ones(language: str) -> None:
    async with memory_workbench(troubled(), language=language) as desk:
        await desk.press("n", "f")
        before = set(desk.app.screen._state.reasons)  # type: ignore[attr-defined]  # the dialog on top
        await desk.press("9", "y")

        request = desk.services.decided[0]
        assert before == {"ID-RIC-EXPIRED", "DOC-MISSING", "ACT-PEAK-HOUR"}
        assert len(request.reasons) == 4
        assert request.fail_kind is FailKind.FIXABLE


async def test_a_digit_unmarks_a_marked_reason() -> None:
    async with memory_workbench(troubled()) as desk:
        await desk.press("n", "f", "1", "4", "4", "y")

        assert desk.services.decided[0].reasons == ("DOC-MISSING", "ACT-PEAK-HOUR")


@pytest.mark.parametrize("words", ["ID-HANDHELD", "handheld", "sczj"])
async def test_a_reason_is_found_by_code_words_or_initials(words: str) -> None:
    async with memory_workbench(troubled()) as desk:
        await desk.press("n", "f", "slash")
        await desk.type(words)
        shown = [reason.code for reason in desk.app.screen.picker.list.shown]  # type: ignore[attr-defined]  # the dialog on top

        assert len(shown) < 10


async def test_enter_marks_the_first_reason_found() -> None:
    async with memory_workbench(troubled()) as desk:
        await desk.press("n", "f", "slash")
        await desk.type("ID-HANDHELD")
        assert "Enter marks the first" in desk.text
        await desk.press("enter", "y")

        assert desk.services.decided[0].reasons[-1] == "ID-HANDHELD"


@pytest.mark.promise("D6")
async def test_a_held_y_gives_no_verdict() -> None:
    async with memory_workbench(clean()) as desk:
        await desk.press("n", "p")
        for _press in range(40):
            desk.clocks.seconds += 0.05
            await desk.pilot.press("y")
        await desk.settle()
        assert desk.services.decided == []
        assert "Too soon" in desk.text

        await desk.press("y")
        assert len(desk.services.decided) == 1


@pytest.mark.promise("D6")
async def test_y_right_after_the_first_paint_is_refused() -> None:
    async with memory_workbench(clean()) as desk:
        await desk.press("n", "p")
        desk.clocks.seconds += 0.2
        await desk.pilot.press("y")
        await desk.settle()

        assert desk.services.decided == []


async def test_enter_never_confirms() -> None:
    async with memory_workbench(clean()) as desk:
        await desk.press("n", "p", "enter", "enter", "t", "enter")

        assert desk.services.decided == []
        assert desk.dialog == "VerdictDialog"


async def test_f8_confirms_from_inside_a_text_field() -> None:
    async with memory_workbench(clean()) as desk:
        await desk.press("n", "p", "t")
        await desk.type("seen")
        await desk.press("f8")

        assert desk.services.decided[0].note == "seen"


async def test_escape_first_leaves_the_text_field_and_keeps_the_input() -> None:
    async with memory_workbench(troubled()) as desk:
        await desk.press("n", "f", "4", "f", "t")
        await desk.type("[/b] yes")
        await desk.press("escape")
        assert desk.dialog == "VerdictDialog"
        await desk.press("escape")
        assert desk.dialog == "DeskScreen"
        assert "[/b] yes" in desk.text

        await desk.press("f", "y")
        request = desk.services.decided[0]
        assert request.note == "[/b] yes"
        assert request.fail_kind is FailKind.FINAL
        assert len(request.reasons) == 4


async def test_the_draft_is_saved_as_it_is_typed() -> None:
    async with memory_workbench(troubled()) as desk:
        await desk.press("n", "f", "4", "t")
        await desk.type("note")
        await desk.pilot.pause(0.5)
        await desk.settle()

        assert desk.services.saved[123]["note"] == "note"
        assert len(desk.services.saved[123]["verdict"]["reasons"]) == 4


@pytest.mark.parametrize(("language", "words"), [("en", "continued from your draft"), ("zh", "接上次草稿")])
async def test_a_dialog_that_continues_a_draft_says_so(language: str, words: str) -> None:
    async with memory_workbench(troubled(), language=language) as desk:
        await desk.press("n", "f", "escape", "f")
        assert words not in desk.text

        await desk.press("f", "escape", "f")
        assert words in desk.text


async def test_r_starts_with_the_items_to_rectify() -> None:
    async with memory_workbench(troubled()) as desk:
        await desk.press("n", "r")
        await desk.press("end")
        await desk.type("!")
        await desk.press("f8")

        items = desk.services.decided[0].items
        assert items[0].code == "ID-RIC-EXPIRED"
        assert items[0].text.endswith("!")


async def test_the_text_for_the_applicant_can_be_edited() -> None:
    async with memory_workbench(troubled()) as desk:
        await desk.press("n", "f", "e")
        await desk.type(" now")
        await desk.press("f8")

        letter = desk.services.decided[0].letter
        assert letter is not None
        assert letter.endswith(" now")


async def test_a_text_opened_without_a_change_follows_the_reasons() -> None:
    async with memory_workbench(troubled()) as desk:
        await desk.press("n", "f", "e", "escape", "4", "y")

        assert desk.services.decided[0].letter is None


async def test_a_pending_verdict_has_whom_it_waits_for_and_until_when() -> None:
    async with memory_workbench(clean()) as desk:
        await desk.press("n", "w", "slash")
        await desk.type("WAIT-CARRIER")
        await desk.press("enter", "w", "r")
        await desk.type("+5")
        assert "Tue 1 Dec, in 5 working days" in desk.text
        await desk.press("enter")
        # A draft keeps the day that was understood.
        assert desk.app.screen.rectification.until.value == "2026-12-01"  # type: ignore[attr-defined]  # the dialog
        await desk.press("y")

        request = desk.services.decided[0]
        assert request.waits_for is WaitsFor.REGISTRY
        assert str(request.until) == "2026-12-01"


async def test_an_invalid_date_is_reported_and_nothing_is_decided() -> None:
    async with memory_workbench(clean()) as desk:
        await desk.press("n", "w", "2", "r")
        await desk.type("soon")
        await desk.press("enter", "y")

        assert desk.services.decided == []
        assert desk.text.count("“soon” is not a date") == 2
        assert "A note: F3." in desk.text


async def test_a_refusal_is_shown_in_the_dialog_and_nothing_is_lost() -> None:
    async with memory_workbench(clean()) as desk:
        await desk.press("n", "p", "1", "y")

        assert desk.dialog == "VerdictDialog"
        assert "Mark at least one reason." in desk.text


@pytest.mark.parametrize(
    ("policy", "told", "problem"),
    [
        ("", "New evidence has come since", "New evidence has come; confirm"),
        ("1 → 2: +ID-CAPITAL", "+ID-CAPITAL). Esc shows it", "The policy has changed; confirm"),
    ],
)
async def test_what_changed_is_announced_and_needs_a_second_confirmation(policy: str, told: str, problem: str) -> None:
    async with memory_workbench(clean()) as desk:
        await desk.press("n")
        desk.services.new_evidence, desk.services.policy_news = True, policy
        await desk.press("p")
        assert told in desk.text
        await desk.press("y")
        assert desk.services.decided == []
        assert problem in desk.text

        await desk.press("y")
        assert desk.services.decided[0].evidence_no is None


async def test_the_need_for_a_second_check_is_shown_with_its_reason() -> None:
    async with memory_workbench(troubled()) as desk:
        await desk.press("n", "f", "f")
        assert "a second person checks: a final fail" in desk.text

        await desk.press("y")
        assert "C-000123 waits for a second person (a final fail)" in desk.text


async def test_undo_restores_the_case_and_its_draft() -> None:
    async with memory_workbench(troubled(), clean()) as desk:
        await desk.press("n", "f", "4", "y", "u")
        assert "C-000123" in desk.text
        assert desk.services.files[123].header.state is CaseState.IN_REVIEW

        await desk.press("f")
        assert len(desk.app.screen._state.reasons) == 4  # type: ignore[attr-defined]  # the dialog on top


async def test_after_a_verdict_n_shows_the_next_case() -> None:
    async with memory_workbench(clean(), troubled()) as desk:
        await desk.press("n", "p", "y", "n")

        assert "C-000124" in desk.text


async def test_undo_is_not_offered_after_the_notice_is_released() -> None:
    async with memory_workbench(clean()) as desk:
        await desk.press("n", "p", "y")
        desk.services.undoable = None
        desk.clocks.advance(61)
        desk.desk_screen.tick()
        await desk.settle()

        assert "takes it back" not in desk.text


async def test_a_question_answered_no_is_listed_above_unanswered_ones() -> None:
    async with memory_workbench(clean()) as desk:
        await desk.press("n", "l", "2", "escape", "p")

        assert desk.text.index("! answered no: ") < desk.text.index("unanswered")


async def test_escape_restores_the_full_list_of_reasons() -> None:
    async with memory_workbench(troubled()) as desk:
        await desk.press("n", "f", "slash")
        await desk.type("ID-HANDHELD")
        await desk.press("enter")
        assert "found 1 of" in desk.text

        await desk.press("escape")
        assert desk.dialog == "VerdictDialog"
        assert "found 1 of" not in desk.text
        assert "ID-RIC-EXPIRED" in desk.text


async def test_an_item_is_left_out_or_gets_another_beside_it() -> None:
    async with memory_workbench(troubled()) as desk:
        await desk.press("n", "r", "ctrl+u")
        await desk.type("-")
        await desk.press("tab", "ctrl+u")
        await desk.type("+AUTH_LETTER")
        await desk.press("f8")

        [request] = desk.services.decided
        left_out, added_to, *_others = request.reasons
        codes = [item.code for item in request.items]
        assert request.only_items
        assert left_out not in codes
        assert codes[:2] == [added_to, "AUTH_LETTER"]


async def test_an_emptied_item_returns_to_its_default_text() -> None:
    async with memory_workbench(troubled()) as desk:
        await desk.press("n", "r")
        assert "Esc leaves the field" in desk.text
        own = desk.app.focused.value  # type: ignore[union-attr]  # an item has the focus
        await desk.press("ctrl+u")
        field = desk.app.focused
        await desk.press("tab")

        assert field.value == own  # type: ignore[union-attr]  # it is the item
        assert "Esc back" not in desk.text


async def test_an_invalid_date_message_replaces_the_previous_date() -> None:
    async with memory_workbench(clean()) as desk:
        await desk.press("n", "w", "2", "r")
        await desk.type("soon")

        assert "“soon” is not a date" in desk.text


async def test_a_problem_is_shown_once() -> None:
    async with memory_workbench(clean()) as desk:
        await desk.press("n", "p", "1", "y")

        assert desk.text.count("Mark at least one reason.") == 1


async def test_the_letter_after_a_verdict_is_complete_at_80_columns() -> None:
    async with memory_workbench(clean(), size=(80, 24)) as desk:
        await desk.press("n", "p", "e")
        desk.app.screen.query_one("#letter-edit", TextArea).insert(" " + "word " * 60 + "END")
        await desk.settle()
        await desk.press("f8")

        page = desk.desk_screen.query_one("#page")
        text = page.query_one("Static")
        assert text.region.right <= page.scrollable_content_region.right


async def test_items_are_complete_after_a_newer_preview_cancelled_an_older_one() -> None:
    items = tuple(ItemRequest(code=code, text=code) for code in ("ID-RIC-EXPIRED", "DOC-MISSING", "ACT-PEAK-HOUR"))
    async with memory_workbench(troubled()) as desk:
        await desk.press("n", "f")
        mend = desk.app.screen.query_one(RectificationForm)
        with desk.app._context():
            await mend.show(())
            cut_short = asyncio.create_task(mend.show(items))
            while not mend.items.children:
                await asyncio.wait([cut_short], timeout=0)
            cut_short.cancel()
            await asyncio.gather(cut_short, return_exceptions=True)
            assert len(mend.items.children) < len(items)

            await mend.show(items)
            assert [field.code for field in mend.items.query(ItemField)] == [item.code for item in items]


@pytest.mark.proof
async def test_a_note_is_previewed_after_a_pause_by_one_thread_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    note = "Called the applicant about the seal."
    async with memory_workbench(troubled()) as desk:
        # Longer than the event loop of a busy machine takes for a letter.
        monkeypatch.setattr(verdict_dialog, "_TYPING_PAUSE_S", 1.0)
        preview: Callable[[VerdictRequest], VerdictPreview] = desk.services.verdicts.preview
        lock = Lock()
        requests: list[VerdictRequest] = []
        running: list[int] = [0]

        def slow(request: VerdictRequest) -> VerdictPreview:
            with lock:
                requests.append(request)
                running.append(running[-1] + 1)
            time.sleep(0.1)
            with lock:
                running.append(running[-1] - 1)
            return preview(request)

        desk.services.verdicts.preview = slow  # type: ignore[method-assign]  # the double is slowed down in place
        await desk.press("n", "f", "t")
        requests.clear()
        for letter in note:
            desk.app.screen.query_one("#note", TextArea).insert(letter)
            await asyncio.sleep(0.01)
        await desk.settle()

        assert max(running) == 1
        assert 1 <= len(requests) < len(note) / 4
        assert requests[-1].note == note


async def test_a_verdict_closes_its_dialog_and_the_help_that_was_opened_over_it() -> None:
    async with memory_workbench(clean()) as desk:
        gate, decide = Event(), desk.services.verdicts.decide

        def slow(request: VerdictRequest) -> DecisionResult:
            gate.wait(10)
            return decide(request)

        desk.services.verdicts.decide = slow  # type: ignore[method-assign]  # the double answers late
        await desk.press("n", "p")
        desk.clocks.seconds += 2
        await desk.pilot.press("y")
        await desk.pilot.pause(0.1)
        await desk.pilot.press("question_mark")
        await desk.pilot.pause()
        assert desk.dialog == "TextSheet"
        gate.set()
        await desk.settle()

        assert desk.dialog == "DeskScreen"
        assert "C-000123 passed" in desk.text


async def test_a_closed_dialog_leaves_no_field_in_memory() -> None:
    # The collection at the end skips what other tests have left.
    gc.freeze()
    async with memory_workbench(clean()) as desk:
        await desk.press("n", "p")
        note = weakref.ref(desk.app.screen.query_one("#note", TextArea))
        # The workbench remembers the last screen that a key was pressed on.
        await desk.press("escape", "c", "escape")
        gc.collect()

        assert note() is None
