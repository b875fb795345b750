"""Every screen and dialog with ASCII symbols contains no character of ambiguous width."""

import re
import unicodedata
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from db.enums import CaseState, Role
from screens.terminal.ascii_filter import AsciiFilter
from screens.widgets.safe_text import fitted, plain, row
from tests.languages import speaking
from tests.screens.cases import clean, troubled
from tests.screens.doubles.services import MemoryServices
from tests.screens.driver import Driver, memory_workbench
from tests.sizes import sample
from workbench.domain.text.mask import DOT
from workbench.settings.symbols import for_terminal, use_symbols

WALK: dict[str, tuple[str, ...]] = {
    "welcome": (),
    "desk": ("n",),
    "zoomed": ("n", "plus"),
    "history": ("n", "4"),
    "a masked field chosen": ("n", "down"),
    "pass": ("n", "p"),
    "fail": ("n", "f", "1"),
    "fail, its text edited": ("n", "f", "e"),
    "mend": ("n", "r"),
    "pending": ("n", "w"),
    "reasons searched": ("n", "f", "slash", "z", "z"),
    "too soon": ("n", "p", "f8"),
    "decided": ("n", "f", "4", "y"),
    "put aside": ("n", "h"),
    "skip": ("n", "s", "enter"),
    "comment": ("n", "c"),
    "checklist": ("n", "l"),
    "verify": ("n", "e"),
    "explain": ("n", "i"),
    "keys": ("n", "question_mark"),
    "manual": ("question_mark", "m"),
    "keys of a dialog": ("n", "p", "f1"),
    "palette": ("n", "ctrl+p"),
    "palette that finds nothing": ("ctrl+p", "q", "x", "z"),
    "which key": ("n", "g"),
    "leaving": ("n", "q"),
    "checks": ("g", "c"),
    "a check open": ("g", "c", "enter"),
    "a check returned": ("g", "c", "r"),
    "a text composed": ("n", "你"),
    "queue": ("g", "q"),
    "queue filtered": ("g", "q", "slash"),
    "queue marked": ("g", "q", "space"),
    "a case read": ("g", "q", "enter"),
    "documents": ("n", "o"),
    "calendar": ("g", "k"),
    "calendar not published": ("g", "k", "pagedown"),
    "a day set": ("g", "k", "o"),
    "forecast": ("g", "f"),
    "forecast, what if": ("g", "f", "plus"),
    "how long": ("n", "t"),
}


def waiting(services: MemoryServices) -> None:
    """Let the second case wait for a second check."""
    services.change(124, state=CaseState.AWAITING_CHECK)
    services.actor = replace(services.actor, roles=services.actor.roles | {Role.ADMIN})


@asynccontextmanager
async def walked(keys: tuple[str, ...], language: str, size: tuple[int, int]) -> AsyncIterator[Driver]:
    """Open the workbench in ASCII and press keys."""
    at_hand = (troubled(), clean())
    async with memory_workbench(*at_hand, language=language, size=size, symbols="ascii", arrange=waiting) as desk:
        await desk.press(*keys)
        await desk.pilot.pause(0.05)
        yield desk


def own_and_ambiguous(text: str) -> set[str]:
    """Return the characters of the program that have an ambiguous width."""
    return {char for char in text if unicodedata.east_asian_width(char) == "A"}


def neither_ascii_nor_chinese(text: str) -> set[str]:
    """Return the characters that are neither ASCII nor wide in every terminal."""
    return {char for char in text if not char.isascii() and unicodedata.east_asian_width(char) not in {"W", "F"}}


async def test_a_screen_has_no_character_of_ambiguous_width_and_masks_of_asterisks() -> None:
    async with walked((), "zh", (80, 24)) as desk:
        for keys in (("n",), ("f", "1"), ("escape", "question_mark"), ("escape", "你"), ("g", "k")):
            await desk.press(*keys)
            assert neither_ascii_nor_chinese(desk.text) == set(), keys
            if keys == ("n",):
                assert DOT not in desk.text
                await desk.pilot.resize_terminal(120, 40)
                await desk.settle()
                assert re.search(r"138\*{6}78", desk.text)
                assert neither_ascii_nor_chinese(desk.text) == set()
                await desk.pilot.resize_terminal(80, 24)


@pytest.mark.proof
@pytest.mark.parametrize(("language", "size"), sample([("zh", (80, 24)), ("en", (120, 40))], ci=1))
@pytest.mark.parametrize("place", sample(list(WALK), ci=6))
async def test_no_screen_has_a_character_of_ambiguous_width(place: str, language: str, size: tuple[int, int]) -> None:
    async with walked(WALK[place], language, size) as desk:
        assert neither_ascii_nor_chinese(desk.text) == set()


async def test_other_terminals_keep_unicode_symbols_after_ascii_was_used() -> None:
    async with walked(("n",), "en", (120, 40)) as desk:
        assert neither_ascii_nor_chinese(desk.text) == set()
        assert re.search(r"138\*{6}78", desk.text)
    async with memory_workbench(clean()) as desk:
        await desk.press("n")
        assert {"╭", "◆", DOT} <= set(desk.text)


def test_shortened_text_fits_its_cells() -> None:
    use_symbols("ascii")
    try:
        assert fitted("虚构远声科技有限公司", 9) == "虚构远..."
        assert row(plain("a long beginning"), plain("END"), 12).plain == "a lon... END"
        assert plain("“x” ≤ 6 · 3 × 4 — 5…").plain == '"x" <= 6 - 3 x 4 - 5...'
        assert plain("← → turn; a → b").plain == "<- -> turn; a -> b"
    finally:
        use_symbols("auto")


@pytest.mark.parametrize("sign", "─│╭╮╰╯┌┐└┘▏▎▌▐█▀▄▂▁•◆▲▼…–—×·≤“”‘’↑↓→←✓✗◐○●ⅠⅡⅢ")
def test_the_final_filter_replaces_each_symbol_by_one_ascii_character(sign: str) -> None:
    from rich.segment import Segment
    from textual.color import Color

    (drawn,) = AsciiFilter().apply([Segment(f"a{sign}虚")], Color(0, 0, 0))

    assert len(drawn.text) == 3
    assert drawn.text[:2].isascii()
    assert drawn.text[2] == "虚"


def test_every_symbol_of_the_program_has_an_ascii_one() -> None:
    from pathlib import Path

    root = Path(__file__).parents[3]
    sources = [
        *root.glob("screens/**/*.py"),
        root / "workbench/keys/command.py",
        root / "workbench/wording/findings.py",
    ]
    left = {"screens/shell/view.py", "screens/terminal/ascii_filter.py", "screens/terminal/width_probe.py"}
    use_symbols("ascii")
    try:
        for file in sources:
            if str(file.relative_to(root)) not in left:
                code = "\n".join(line.partition("# ")[0] for line in file.read_text(encoding="utf-8").splitlines())
                assert own_and_ambiguous(for_terminal(re.sub(r'""".*?"""', "", code, flags=re.S))) == set(), file
    finally:
        use_symbols("auto")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_message_can_be_drawn_with_ascii_symbols(language: str) -> None:
    from workbench.i18n import catalogue

    use_symbols("ascii")
    try:
        with speaking(language):
            messages = catalogue("zh")._catalog.items()  # type: ignore[attr-defined]  # gettext keeps them there
            for message, translated in messages:
                shown = for_terminal(translated if language == "zh" else str(message))
                assert own_and_ambiguous(shown) == set(), message
    finally:
        use_symbols("auto")
