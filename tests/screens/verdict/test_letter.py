"""The letter that is sent equals the text in the editor."""

import random
import threading
from dataclasses import replace
from typing import Any

import pytest
from textual import events

from tests.screens.cases import troubled
from tests.screens.driver import Driver, memory_workbench


def dialog(desk: Driver) -> Any:
    return desk.app.screen


@pytest.mark.proof
async def test_a_burst_of_keys_is_completely_in_the_letter() -> None:
    rng = random.Random(20261126)
    async with memory_workbench(troubled()) as desk:
        await desk.press("n", "f", "1", "e")
        for _burst in range(20):
            for key, character in rng.choices((("b", "b"), ("backspace", "\x7f")), k=rng.randint(2, 6)):
                desk.app.post_message(events.Key(key, character))
            await desk.settle()

            assert dialog(desk)._state.letter == dialog(desk).letter.edit.text


async def test_a_letter_opened_before_its_preview_has_the_current_reasons() -> None:
    async with memory_workbench(troubled()) as desk:
        await desk.press("n", "f")
        preview, gate = dialog(desk)._actions.preview, threading.Event()

        def slow(request: Any) -> Any:
            gate.wait(60)
            return preview(request)

        dialog(desk)._actions = replace(dialog(desk)._actions, preview=slow)
        await desk.pilot.press("1")
        await desk.pilot.press("e")
        gate.set()
        await desk.settle()
        assert "ID-RIC-EXPIRED" not in dialog(desk).letter.edit.text

        await desk.type("x")
        assert "ID-RIC-EXPIRED" not in dialog(desk)._state.letter


async def test_a_text_in_another_language_than_the_letter_is_announced_as_a_quotation() -> None:
    async with memory_workbench(troubled()) as desk:
        await desk.press("n", "f", "e")
        assert "quotation" not in desk.text
        await desk.press("enter")
        await desk.type("Please resend the licence.")
        await desk.settle()

        assert "the letter shows it as a quotation" in " ".join(desk.text.split())


async def test_a_pending_verdict_asks_for_what_the_reviewer_types() -> None:
    async with memory_workbench(troubled()) as desk:
        await desk.press("n", "w", "slash")
        await desk.type("DOC-UNSEALED")
        await desk.press("enter", "escape", "y")
        assert desk.services.decided == []
        assert "Say which documents" in desk.text

        dialog(desk).query_one(".item").focus()
        await desk.press("ctrl+u")
        await desk.type("AUTH_LETTER")
        await desk.press("enter", "y")

        [request] = desk.services.decided
        assert [(item.code, item.text) for item in request.items] == [("DOC-UNSEALED", "AUTH_LETTER")]


async def test_a_general_request_to_the_applicant_is_pointed_out_until_it_is_specific() -> None:
    async with memory_workbench(troubled()) as desk:
        await desk.press("n", "w", "slash")
        await desk.type("WAIT-APPLICANT")
        await desk.press("enter", "escape", "y")
        assert desk.services.decided == []
        assert "does not say what the applicant has to send" in desk.text
        assert ("What the applicant must send" in desk.text, "To be rectified" in desk.text) == (True, False)

        dialog(desk).query_one(".item").focus()
        await desk.press("ctrl+u")
        await desk.type("the lease")
        await desk.settle()
        assert "does not say what the applicant has to send" not in desk.text
