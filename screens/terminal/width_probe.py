"""Finds out whether a terminal draws the program's symbols two cells wide.

The width of these symbols is ambiguous in Unicode: it depends on the terminal and its font, and neither the locale nor
terminfo contains it. So the probe draws some symbols, and the terminal reports the position of the cursor.
"""

from collections.abc import Mapping

_SIGNS = "◆…─█•"
QUESTION = f"\x1b[H{_SIGNS}\x1b[6n\x1b[H"
"""Sent before the first frame, which covers the symbols; the answer is a cursor position report."""

_NOT_ASKED = ("screen", "tmux", "dumb")
"""The beginnings of TERM in terminals that do not answer, or answer without knowing the font."""


def is_worth_asking(environment: Mapping[str, str]) -> bool:
    """Return whether the terminal itself would answer.

    Inside tmux or screen, these answer instead, but do not know the font of the terminal. A dumb terminal does not
    answer.
    """
    inside = environment.get("TMUX") or environment.get("STY")
    return not inside and not environment.get("TERM", "dumb").startswith(_NOT_ASKED)


def is_wide(column: int, row: int) -> bool:
    """Return whether the reported cursor position means wide symbols; `column` and `row` count from 0.

    Any other position is no answer: some keys have codes that look like a position report.
    """
    return row == 0 and len(_SIGNS) < column <= 2 * len(_SIGNS)
