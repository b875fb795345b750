"""ASCII replacements for symbols of uncertain width, for terminals that draw them two cells wide."""

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
    """Set the symbols of the process."""
    global _is_plain  # noqa: PLW0603 - one process draws on one terminal
    _is_plain = symbols == "ascii"


def drawn(text: str) -> str:
    """Return a text as this terminal draws it: unchanged, or with symbols of uncertain width as ASCII.

    Chinese characters and their punctuation stay.
    """
    return text.translate(_PLAIN) if _is_plain and not text.isascii() else text
