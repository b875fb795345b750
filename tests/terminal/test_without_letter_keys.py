"""With an input method that takes every letter, cases can be decided, and none by accident."""

import re
import time
import unicodedata
from pathlib import Path

import pytest

from tests.sites import Site
from tests.sizes import sample
from tests.terminal.pty_session import PtySession

F2, F6, F7, F8 = "\x1bOQ", "\x1b[17~", "\x1b[18~", "\x1b[19~"
ENTER = "\r"
DONE = r"{case} (passed|failed|pending|waits for)"


def take_next(terminal: PtySession, done: list[str]) -> str:
    """Claim a case that is not yet decided."""
    terminal.press(F2)
    others = "|".join(case[2:] for case in done) or "x"
    shown = terminal.wait_for(rf"Desk\s+C-(?!{others})\d{{6}}")
    found = re.search(r"Desk\s+(C-\d{6})", shown)
    assert found
    return found[1]


def decide(terminal: PtySession, case: str, key: str) -> None:
    """Fill in a verdict and confirm it without letter keys."""
    terminal.press(key)
    terminal.wait_for(r"\[.\] 1 [\s\S]*y confirm")
    terminal.rest(1.0)
    if "[x]" not in terminal.text:
        terminal.press("1")
        terminal.wait_for(r"\[x\] 1 ")
    until = time.monotonic() + 30
    while time.monotonic() < until and not re.search(DONE.format(case=case), terminal.text):
        terminal.rest(1.0)
        if "Enter use these" in terminal.text:
            # The reason asks which documents it is about.
            terminal.press("1")
            terminal.rest(1.0)
            terminal.press(ENTER)
            terminal.rest(1.0)
        terminal.press(F8)
        terminal.rest(0.5)
    terminal.wait_for(DONE.format(case=case))


@pytest.mark.proof
def test_cases_are_decided_without_one_letter_key(site: Site, tmp_path: Path) -> None:
    site.plant(5)
    done: list[str] = []
    with PtySession(["--database", str(site.path), "--as", "a"], tmp_path) as terminal:
        terminal.wait_for("takes the next")
        for key in sample((F6, F7, F6, F7, F6), ci=2):
            case = take_next(terminal, done)
            decide(terminal, case, key)
            done.append(case)

    assert [f"C-{case:06d}" for case in range(1, 6) if "decide" in site.actions(case)] == sorted(done)


def test_columns_are_aligned_after_chinese_text(tmp_path: Path) -> None:
    arguments = [str(tmp_path / "done.json"), "ascii", "zh"]
    with PtySession(arguments, tmp_path, module="tests.terminal.memory_desk", language="zh_CN.UTF-8") as terminal:
        terminal.wait_for(r"n ")
        terminal.rest(1.0)
        terminal.press("n")
        terminal.wait_for(r"C-000123[\s\S]*\+-[\s\S]*\|")
        terminal.rest(1.0)
        screen = terminal.screen
        cells = [[screen.buffer[y][x].data for x in range(screen.columns)] for y in range(screen.lines)]

    top = next(y for y, row in enumerate(cells) if row[0] == "+")
    bottom = next(y for y in range(top + 1, len(cells)) if cells[y][0] == "+")
    edges = [x for x, sign in enumerate(cells[top]) if sign == "+"]
    assert len(edges) == 6
    chinese = {
        y for y in range(top + 1, bottom) if any(unicodedata.east_asian_width(c[:1] or "a") == "W" for c in cells[y])
    }
    assert chinese
    for y in range(top + 1, bottom):
        assert [cells[y][x] for x in edges] == ["|"] * 6, y
    drawn = {char for row in cells for sign in row for char in sign}
    assert {char for char in drawn if unicodedata.east_asian_width(char) == "A"} == set()
