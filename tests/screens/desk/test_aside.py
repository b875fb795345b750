"""Putting a case aside: the question for a time."""

import pytest

from tests.screens.driver import memory_workbench, site_workbench
from tests.sites import Site


@pytest.mark.parametrize("typed", ["bald", "明天下午", "yesterday", "2020-01-01 09:00"])
async def test_a_past_or_invalid_time_keeps_the_question_open(typed: str) -> None:
    async with memory_workbench() as desk:
        await desk.press("n", "h")
        await desk.type(typed)
        await desk.press("enter")

        assert desk.dialog == "TimePrompt"
        assert typed in desk.text
        assert "is not a date or time; write 3 Dec" in desk.text or "must be in the future" in desk.text
        assert "Enter save   Esc back" in desk.text
        await desk.type("qp明")
        assert desk.dialog == "TimePrompt"


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_a_case_comes_back_by_itself_with_a_quiet_line_and_is_the_next(site: Site, language: str) -> None:
    site.plant(2)
    async with site_workbench(site, "a", size=(80, 24), language=language) as desk:
        await desk.press("n", "h", "enter", "n")
        assert "C-000002" in desk.text
        words = {
            "en": "C-000001 is back from being put aside; n gives it after this case",
            "zh": "C-000001 暂放时间已到",
        }
        assert words[language] not in desk.text

        site.clock.advance(hours=2, minutes=1)
        desk.desk_screen.tick()
        await desk.until(words[language])

        site.services("a").claims.renew(2)
        await desk.press("b")
        assert {"en": "n gives it", "zh": "按 n 取回"}[language] in desk.text
        await desk.press("n")
        assert "C-000001" in desk.text.splitlines()[0]
        assert words[language] not in desk.text


@pytest.mark.parametrize(
    ("language", "keys", "words"),
    [
        ("en", ["down"], "Tue 24 Nov 10:30"),
        ("en", ["down", "down"], "Tue 24 Nov 12:00"),
        ("en", ["up"], "Wed 25 Nov 09:00"),
        ("zh", ["up"], "11月25日 周三 09:00"),
        ("zh", ["down"], "11月24日 周二 10:30"),
    ],
)
async def test_the_arrows_suggest_half_an_hour_two_hours_and_tomorrow(
    site: Site, language: str, keys: list[str], words: str
) -> None:
    site.plant()
    async with site_workbench(site, "a", size=(80, 24), language=language) as desk:
        await desk.press("n", "h", *keys)
        assert {"en": "↑ ↓   30 min   2 h   tomorrow 9:00", "zh": "↑ ↓   30分钟   2小时   明天9:00"}[
            language
        ] in desk.text
        await desk.press("enter")
        assert words in desk.notes[-1]
    assert site.actions(1) == ["next", "aside"]
