"""The program's own signs, and plain ones for terminals that draw them in two cells."""

from typing import Literal

SymbolSet = Literal["auto", "ascii"]

_PLAIN = str.maketrans(
    {
        "•": "*",
        "…": "...",
        "–": "-",
        "—": "-",
        "×": "x",
        "¥": "CNY",
        "·": "-",
        "≤": "<=",
        "≥": ">=",
        "±": "+-",
        "“": '"',
        "”": '"',
        "‘": "'",
        "’": "'",
        "↑": "Up",
        "↓": "Down",
        "←": "Left",
        "→": "->",
        "✓": "v",
        "✗": "x",
        "◆": "*",
        "▲": "^",
        "▼": "v",
        "◐": "~",
        "◌": "o",
        "│": "|",
        "─": "-",
        "‹": "<",
        "›": ">",
    }
)
_is_plain = False


def use(symbols: SymbolSet) -> None:
    """Draw with these signs from now on, in the whole process."""
    global _is_plain  # noqa: PLW0603 - one process draws on one terminal
    _is_plain = symbols == "ascii"


def drawn(text: str) -> str:
    """Return a text as this terminal can draw it: as it is, or with ASCII for signs of uncertain width.

    What is stored is not changed by it; Chinese characters and their punctuation stay.
    """
    return text.translate(_PLAIN) if _is_plain and not text.isascii() else text
