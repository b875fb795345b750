"""ASCII replacements for symbols of uncertain width, for terminals that draw them two cells wide."""

from typing import Literal

SymbolSet = Literal["auto", "ascii"]

_ASCII_REPLACEMENTS = str.maketrans("•–—×·“”‘’✓✗◆▲▼◐◌│─‹›", "*--x-\"\"''vx*^v~o|-<>") | str.maketrans(
    {"…": "...", "¥": "CNY", "≤": "<=", "≥": ">=", "±": "+-", "↑": "Up", "↓": "Down", "←": "<-", "→": "->"}
    | {"≠": "!=", "κ": "kappa"}
)
_is_ascii_only = False


def use_symbols(symbols: SymbolSet) -> None:
    """Draw symbols in ASCII if `symbols` is "ascii"; "auto" keeps them until the app has measured their width."""
    global _is_ascii_only  # noqa: PLW0603 - one process draws on one terminal
    _is_ascii_only = symbols == "ascii"


def ascii_of(text: str) -> str:
    """Return a text with symbols of uncertain width as ASCII; Chinese characters and punctuation are unchanged."""
    return text.translate(_ASCII_REPLACEMENTS)


def for_terminal(text: str) -> str:
    """Return a text as this terminal draws it: unchanged, or as `ascii_of` returns it."""
    return ascii_of(text) if _is_ascii_only and not text.isascii() else text
