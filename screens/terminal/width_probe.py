"""Whether a terminal draws the program's signs in two cells: asked by drawing some and asking where the cursor is.

Unicode leaves the width of these signs to the terminal and its font, so that no table, neither Rich's nor wcwidth's,
can tell; only the terminal can.
"""

from collections.abc import Mapping

_SIGNS = "◆…─█•"
QUESTION = f"\x1b[H{_SIGNS}\x1b[6n\x1b[H"
"""Drawn before the first frame, which covers it; the answer is a cursor position report."""

_MULTIPLEXERS = ("screen", "tmux", "dumb")


def is_worth_asking(environment: Mapping[str, str]) -> bool:
    """Say whether the answer would be the terminal's own: tmux and screen answer for one that they do not know."""
    inside = environment.get("TMUX") or environment.get("STY")
    return not inside and not environment.get("TERM", "dumb").startswith(_MULTIPLEXERS)


def is_wide(column: int, row: int) -> bool:
    """Say whether an answer tells of wide signs; `column` and `row` count from 0, as cells.

    What no terminal could answer is taken for a key that looks like an answer.
    """
    return row == 0 and len(_SIGNS) < column <= 2 * len(_SIGNS)
