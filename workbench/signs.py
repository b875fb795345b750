"""ASCII replacements for symbols of uncertain width, for terminals that draw them two cells wide."""

from typing import Literal

SymbolSet = Literal["auto", "ascii"]

_ASCII_REPLACEMENTS = str.maketrans(
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
_is_ascii_only = False


def use(symbols: SymbolSet) -> None:
    """Set the symbol set of the process."""
    global _is_ascii_only  # noqa: PLW0603 - one process draws on one terminal
    _is_ascii_only = symbols == "ascii"


def for_terminal(text: str) -> str:
    """Return a text as this terminal draws it: unchanged, or with symbols of uncertain width as ASCII.

    Chinese characters and their punctuation are unchanged.
    """
    return text.translate(_ASCII_REPLACEMENTS) if _is_ascii_only and not text.isascii() else text
