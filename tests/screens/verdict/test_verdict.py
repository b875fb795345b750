"""The verdict dialog driven by keys, from marking reasons to undo."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from threading import Event, Lock

import pytest
from textual import events
from textual.widgets import TextArea

from db.enums import CaseState, FailKind, InquiryOutcome, InquiryStatus, Verdict, WaitsFor
from screens.verdict import dialog as verdict_dialog
from screens.verdict.rectification_form import ItemField, RectificationForm
from tests.screens.cases import NOW, clean, troubled
from tests.screens.driver import memory_workbench
from workbench.domain.case.casefile import ItemRequest, VerdictPreview, VerdictRequest
from workbench.domain.facts.inquiry_lines import InquiryLine


def overdue_inquiry() -> InquiryLine:
    asked_at = NOW - timedelta(days=9)
    return InquiryLine(
        id=1,
        case_id=123,
        department="fraud",
        name=None,
        question="Is the number known?",
        asked_by="a",
        asked_at=asked_at,
        due_at=asked_at + timedelta(days=3),
        reminded_at=None,
        status=InquiryStatus.OPEN,
        outcome=None,
        note="",
        ended_at=None,
        ended_by=None,
        is_overdue=True,
        has_document=False,
    )


async def test_p_and_y_pass_a_case_and_the_line_about_it_stays_with_the_next_until_its_notice_goes_out() -> None:
    async with memory_workbench(clean(), clean(), size=(80, 24)) as desk:
        await desk.press("n", "p", "y")
        request = desk.services.decided[0]
        assert (request.verdict, request.reasons) == (Verdict.PASS, ("OK",))
        assert "C-000123 passed; letter is released in 60 s; u takes it back" in desk.text
        assert "n takes the next one" in desk.text
        assert "Another case" not in desk.text

        await desk.press("n")
        assert "C-000124" in desk.text.splitlines()[0]
        assert "Another case: C-000123 passed; letter is released in 60 s; u takes it back" in desk.text

        desk.services.undoable = None
        desk.clocks.advance(61)
        desk.desk_screen.tick()
        await desk.settle()
        assert "takes it back" not in desk.text

        await desk.press("p", "e")
        desk.app.screen.query_one("#letter-edit", TextArea).insert(" " + "word " * 60 + "END")
        await desk.settle()
        await desk.press("f8")
        page = desk.desk_screen.query_one("#page")
        assert page.query_one("Static").region.right <= page.scrollable_content_region.right


@pytest.mark.promise("D6")
async def test_neither_a_held_y_nor_one_right_after_the_first_paint_gives_a_verdict() -> None:
    async with memory_workbench(clean()) as desk:
        await desk.press("n", "l", "2", "escape", "p")
        assert desk.text.index("! answered no: ") < desk.text.index("unanswered")
        desk.clocks.seconds += 0.2
        await desk.pilot.press("y")
        await desk.settle()
        assert desk.services.decided == []

        for _press in range(40):
            desk.clocks.seconds += 0.05
            await desk.pilot.press("y")
        await desk.settle()
        assert desk.services.decided == []
        assert "Too soon" in desk.text

        await desk.press("y")
        assert len(desk.services.decided) == 1


HELD, BOUNCED = [0.03] * 6, 0.1
FAIL_KEYS = [
    # Recorded pauses between presses of f, and how often f counts in the dialog that its first press opens.
    *(([pause], 1) for pause in (0.15, 0.3, 0.69)),
    ([0.4, 0.2, 0.6], 3),
    *(([delay, *HELD], 0) for delay in (0.25, 0.5, 0.66)),
    # A key that is held down repeats slowly on some systems.
    ([0.5, *[0.09] * 6], 0),
    ([BOUNCED], 0),
    # Held down, then pressed again.
    ([0.5, *HELD, 0.3], 1),
]


@pytest.mark.proof
@pytest.mark.promise("D6")
async def test_two_presses_of_f_make_a_fail_final_and_a_held_f_does_not() -> None:
    async with memory_workbench(troubled()) as desk:
        await desk.press("n")
        is_final = False

        async def play(*keys: tuple[str, float]) -> None:
            for name, pause in keys:
                # The program waits on the machine's clock for the rest of a key that is held down.
                await asyncio.sleep(0.2 if pause >= 0.15 else 0)
                desk.clocks.seconds += pause
                press, before = events.Key(name, None), desk.app.presses.count
                # However long it waits to be handled, it was pressed now.
                press.time += 60
                desk.app.post_message(press)
                while desk.app.presses.count == before:  # noqa: ASYNC110 - the log has no event for it
                    await asyncio.sleep(0.001)
            await desk.settle()

        for pauses, count in FAIL_KEYS:
            await play(("f", 60), *(("f", pause) for pause in pauses))
            is_final ^= count % 2 == 1
            assert ("(•) final" in desk.text) is is_final, pauses
            assert ("Fail C-000123, final" in desk.text) is is_final
            assert ("y confirm: final" in desk.text) is is_final
            assert desk.services.decided == []
            await desk.press("escape")
        # In the open dialog each press counts; the confirmation that follows at once finds the last one done.
        assert is_final
        await desk.press("f")
        await play(("f6", 2), ("f6", 0.3), ("y", 0.05))
        assert [request.fail_kind for request in desk.services.decided] == [FailKind.FINAL]


async def test_a_pass_takes_a_reason_and_is_confirmed_from_inside_a_text_field_by_f8_but_never_by_enter() -> None:
    async with memory_workbench(clean(), size=(120, 40)) as desk:
        await desk.press("n", "p")
        box = desk.app.screen.query_one("#box").region
        assert (box.x, box.y) == ((120 - box.width) // 2, (40 - box.height) // 2), "the first dialog of a session"
        await desk.press("1", "y")
        assert desk.dialog == "VerdictDialog"
        assert desk.text.count("Mark at least one reason.") == 1

        await desk.press("1", "enter", "enter", "t", "enter")
        assert desk.services.decided == []
        assert desk.dialog == "VerdictDialog"
        await desk.press("t")
        await desk.type("seen")
        await desk.press("ctrl+j")
        await desk.type("twice")
        await desk.press("f8")
        assert desk.services.decided[0].note == "seen\ntwice"


async def test_what_is_typed_is_a_draft_with_which_the_dialog_goes_on_after_escape() -> None:
    async with memory_workbench(troubled()) as desk:
        await desk.press("n", "f", "escape", "f")
        assert "continued from your draft" not in desk.text
        await desk.press("4", "f", "t")
        await desk.type("[/b] yes")
        await desk.pilot.pause(0.5)
        await desk.settle()
        assert desk.services.saved[123]["note"] == "[/b] yes"
        assert len(desk.services.saved[123]["verdict"]["reasons"]) == 4

        await desk.press("escape")
        assert desk.dialog == "VerdictDialog"
        await desk.press("escape")
        assert desk.dialog == "DeskScreen"
        assert "[/b] yes" in desk.text

        await desk.press("p")
        assert "with the note of your draft" in desk.text, "what was written for a fail would go into the pass"
        await desk.press("escape", "f")
        assert "continued from your draft" in desk.text
        assert "a second person checks: a final fail" in desk.text
        await desk.press("t", "1", "escape", "y")
        request = desk.services.decided[0]
        assert request.note == "[/b] yes1", "a resumed text goes on at its end"
        assert request.fail_kind is FailKind.FINAL
        assert len(request.reasons) == 4
        assert "C-000123 waits for a second person; u takes it back · check: a final fail" in desk.text


async def test_r_starts_with_the_items_to_rectify_which_have_a_default_text() -> None:
    async with memory_workbench(troubled()) as desk:
        await desk.press("n", "r")
        assert "Esc leaves the field" in desk.text
        field = desk.app.focused
        own = field.value  # type: ignore[union-attr]  # it is an item
        await desk.press("ctrl+u", "tab")
        assert field.value == own  # type: ignore[union-attr]  # it is the item
        assert "Esc back" not in desk.text

        await desk.press("shift+tab", "end")
        await desk.type("!")
        await desk.press("f8")
        items = desk.services.decided[0].items
        assert items[0].code == "ID-RIC-EXPIRED"
        assert items[0].text.endswith("!")

        await desk.press("u", "r", "ctrl+u")
        await desk.type("-")
        await desk.press("tab")
        await desk.type("+AUTH_LETTER")
        await desk.press("f8")
        request = desk.services.decided[1]
        left_out, added_to, *_others = request.reasons
        codes = [item.code for item in request.items]
        assert request.only_items
        assert left_out not in codes
        assert codes[:2] == [added_to, "AUTH_LETTER"]


async def test_keys_meant_as_commands_neither_replace_an_item_nor_reach_the_applicant() -> None:
    async with memory_workbench(troubled()) as desk:
        await desk.press("n", "r")
        field = desk.app.screen.query_one(ItemField)
        own = field.value
        await desk.press("t")
        assert desk.app.focused is desk.app.screen.query_one("#note")
        await desk.press("f2", "y", "n")
        assert "Letters are no text here: type + or - first. F8 confirms." in desk.notes[-1]
        assert (field.value, desk.services.decided) == (own, [])
        await desk.press("1")
        assert field.value == f"{own}1"
        await desk.press("v")
        assert "You wrote into “ID card expired”" in desk.text
        assert ": “1v”" in desk.text
        await desk.press("ctrl+u", "1", "v", "f8")
        assert desk.services.decided == []
        assert "“1v” is too short to say what to send" in desk.text


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


async def test_each_verdict_names_open_inquiries_and_a_wait_says_that_it_passes_the_due_date() -> None:
    asked = "I-000001, fraud: “Is the number known?” overdue"
    late = "The case returns after its due date (Thu 26 Nov 18:00)"
    async with memory_workbench(clean(), size=(120, 40)) as desk:
        desk.services.files[123] = replace(desk.services.files[123], inquiries=(overdue_inquiry(),))
        await desk.press("n")
        for verdict in ("p", "f", "w"):
            await desk.press(verdict)
            assert asked in desk.text
            assert ("; it ends " in desk.text) is (verdict == "p")
            assert late not in desk.text
            await desk.press("escape")
        answered = replace(overdue_inquiry(), status=InquiryStatus.ANSWERED, outcome=InquiryOutcome.CONTRADICTED)
        desk.services.files[123] = replace(desk.services.files[123], inquiries=(replace(answered, ended_at=NOW),))
        desk.desk_screen.read_again()
        await desk.settle()
        await desk.press("p")
        assert "! I-000001" in desk.text
        await desk.press("escape", "w", "2", "r")
        await desk.type("2026-12-04")
        await desk.press("enter")
        assert late in desk.text


async def test_an_invalid_date_is_reported_and_nothing_is_decided() -> None:
    async with memory_workbench(clean()) as desk:
        await desk.press("n", "w", "2", "r")
        await desk.type("soon")
        assert "“soon” is not a date" in desk.text
        await desk.press("enter", "v")
        assert "The letter as it goes out" not in desk.text
        assert desk.text.count("“soon” is not a date") == 2
        await desk.press("y")

        assert desk.services.decided == []
        assert desk.text.count("“soon” is not a date") == 2
        assert "A note: F3." in desk.text


async def test_what_changed_is_announced_and_needs_a_second_confirmation() -> None:
    async with memory_workbench(clean(), clean()) as desk:
        for policy, told, problem in (
            ("", "New evidence has come since", "New evidence has come; confirm"),
            ("1 → 2: +ID-CAPITAL", "+ID-CAPITAL). Esc shows it", "The policy has changed; confirm"),
        ):
            desk.services.new_evidence = False
            await desk.press("n")
            desk.services.new_evidence, desk.services.policy_news = True, policy
            await desk.press("p")
            assert told in desk.text
            before = list(desk.services.decided)
            await desk.press("y")
            assert desk.services.decided == before
            assert problem in desk.text

            await desk.press("y")
            assert desk.services.decided[len(before)].evidence_no is None


async def test_undo_restores_the_case_and_its_draft_whose_text_follows_the_reasons_until_it_is_edited() -> None:
    async with memory_workbench(troubled(), clean()) as desk:
        await desk.press("n", "f", "e", "f3", "escape", "4", "y")
        assert desk.services.decided[0].letter is None
        await desk.press("u")
        assert "C-000123" in desk.text
        assert desk.services.files[123].header.state is CaseState.IN_REVIEW

        await desk.press("f")
        assert len(desk.app.screen._state.reasons) == 4  # type: ignore[attr-defined]  # the dialog on top
        await desk.press("e")
        await desk.type(" now")
        await desk.press("f8")
        assert (desk.services.decided[1].letter or "").endswith(" now")


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


async def test_while_the_preview_of_a_final_fail_is_computed_the_dialog_says_nothing_about_a_second_person() -> None:
    async with memory_workbench(troubled()) as desk:
        preview: Callable[[VerdictRequest], VerdictPreview] = desk.services.verdicts.preview
        may_go_on = Event()
        may_go_on.set()

        def waiting(request: VerdictRequest) -> VerdictPreview:
            may_go_on.wait(10)
            return preview(request)

        desk.services.verdicts.preview = waiting  # type: ignore[method-assign]  # the double is slowed down in place
        await desk.press("n", "f")
        assert "no second person needed" in desk.text
        assert "letter is released in 60 s" in desk.text

        may_go_on.clear()
        desk.clocks.seconds += 1
        await desk.pilot.press("f")
        await desk.pilot.pause()
        assert "(•) final" in desk.text
        assert "second person" not in desk.text
        assert "letter is released" not in desk.text

        may_go_on.set()
        await desk.settle()
        assert "a second person checks" in desk.text
