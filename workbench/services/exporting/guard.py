"""Quotes texts that a spreadsheet would read as formulas, reversibly."""

import re

# Spreadsheets also recognise a formula after blanks and invisible characters.
_SKIPPED = (
    r"\s\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e"
    r"\u2060-\u2064\u2066-\u206f\u3164\ufeff\uffa0"
)
_STARTS = re.compile(rf"[\t\r＝＋－＠]|[{_SKIPPED}]*[=+\-@\t\r＝＋－＠]")
_GUARDED = re.compile(rf"'+(?:{_STARTS.pattern})")


BETWEEN_TEXTS = "\0"
_SUSPECT = re.compile(rf"{BETWEEN_TEXTS}['\t\r＝＋－＠=+\-@{_SKIPPED}]")


def is_harmless(texts: str) -> bool:
    """Say whether no text, of many that a NUL separates, begins with a character that can make `guarded` change it."""
    return not _SUSPECT.search(BETWEEN_TEXTS + texts)


def guarded(text: str) -> str:
    """Return a text with a quote in front if a spreadsheet could read it as a formula.

    A text that already looks guarded gets one more quote, so that removing one quote restores every text.
    """
    return f"'{text}" if _STARTS.match(text) or _GUARDED.match(text) else text
