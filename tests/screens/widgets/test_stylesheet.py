"""The stylesheet parses each of its sources once."""

from collections import Counter
from typing import Any

import pytest
from textual.css.parse import parse

from tests.screens.cases import clean
from tests.screens.driver import at_work


async def test_screens_that_are_opened_later_do_not_parse_our_styles_again(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: Counter[tuple[str, str]] = Counter()

    def counted(scope: str, css: str, read_from: tuple[str, str], **options: Any) -> Any:
        parsed[read_from] += 1
        return parse(scope, css, read_from, **options)

    monkeypatch.setattr("textual.css.stylesheet.parse", counted)

    async with at_work(clean()) as desk:
        await desk.go("q")
        await desk.go("d")
        await desk.press("n", "question_mark", "escape", "p")

    ours = {source: times for source, times in parsed.items() if "screens" in source[0]}
    assert len(ours) > 10
    assert set(ours.values()) == {1}
