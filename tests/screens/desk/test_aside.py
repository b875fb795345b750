"""Putting a case aside: the question for a time."""

import pytest

from tests.screens.driver import at_work


@pytest.mark.parametrize("typed", ["bald", "明天下午", "yesterday", "2020-01-01 09:00"])
async def test_a_past_or_invalid_time_keeps_the_question_open(typed: str) -> None:
    async with at_work() as desk:
        await desk.press("n", "h")
        await desk.type(typed)
        await desk.press("enter")

        assert desk.dialog == "TimePrompt"
        assert typed in desk.text
        assert "is not a date or time; write 3 Dec" in desk.text or "must be in the future" in desk.text
        assert "Enter save   Esc back" in desk.text
        await desk.type("qp明")
        assert desk.dialog == "TimePrompt"
