"""With an input method that takes every letter, cases can be decided, and none by accident."""

import re
import shutil
import time
import unicodedata
from pathlib import Path

import pytest

from db.engine import Database
from tests.sizes import sample
from tests.terminal.pty_session import PtySession

F2, F5, F6, F7, F8 = "\x1bOQ", "\x1b[15~", "\x1b[17~", "\x1b[18~", "\x1b[19~"
ENTER, TAB, DOWN, ESCAPE, PALETTE = "\r", "\t", "\x1b[B", "\x1b", "\x10"
DONE = r"{case} (passed|failed|pending|waits for)"


def acts(home: Path) -> list[tuple[str, str]]:
    """Return the logged actions of the demo."""
    from sqlalchemy import text

    (database,) = (home / "data").rglob("demo.db")
    reader = Database(database)
    with reader.read() as session:
        found = session.execute(text("SELECT action, coalesce(case_id, 0) FROM event ORDER BY seq")).all()
    reader.close()
    return [(str(action), f"C-{case:06d}") for action, case in found]


@pytest.fixture(scope="module")
def home(demo_of_today: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder with a demo that the tests of this module change one after another."""
    made = tmp_path_factory.mktemp("home")
    shutil.copytree(demo_of_today, made / "data" / "workbench" / "demo")
    return made


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


@pytest.mark.long(12)
@pytest.mark.proof
def test_cases_are_decided_without_one_letter_key(home: Path) -> None:
    done: list[str] = []
    with PtySession(["demo"], home) as terminal:
        terminal.wait_for(r"takes the next|brings back")
        began = len(acts(home))
        for key in sample((F6, F7, F6, F7, F6), ci=2):
            case = take_next(terminal, done)
            decide(terminal, case, key)
            done.append(case)

    decided = [case for action, case in acts(home)[began:] if action == "decide"]
    assert decided == done


@pytest.mark.proof
def test_composed_text_changes_nothing_and_the_screen_says_why(home: Path) -> None:
    with PtySession(["demo"], home, language="zh_CN.UTF-8") as terminal:
        terminal.wait_for(r"排\s*队\s*中")
        terminal.press(F2)
        shown = terminal.wait_for(r"工\s*作\s*台\s+C-\d{6}")
        case = re.search(r"C-\d{6}", shown.splitlines()[0])
        assert case
        terminal.rest(1.0)
        # An open workbench also does what has come due, and tells of delays.
        before = [act for act in acts(home) if act[1] == case[0] and act[0] != "delay-told"]

        for text in ("通过", "ｐ过", "不通过f", "批准yy", "下一件n", "跳过，释放b", "撤销u"):
            terminal.press(text)
            if text == "通过":
                terminal.wait_for(r"输\s*入\s*法")
            terminal.rest(0.3)
        terminal.rest(1.0)

        assert [act for act in acts(home) if act[1] == case[0] and act[0] != "delay-told"] == before
        assert case[0] in terminal.text.splitlines()[0]


@pytest.mark.parametrize("symbols", ["ascii"])
def test_columns_are_aligned_after_chinese_text(tmp_path: Path, symbols: str) -> None:
    arguments = [str(tmp_path / "done.json"), symbols, "zh"]
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
