"""Quotes texts that a spreadsheet would read as formulas, in a reversible way."""

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
    """Say whether `guarded` leaves these texts unchanged, judged by their first characters; a NUL separates them."""
    return not _SUSPECT.search(BETWEEN_TEXTS + texts)


def guarded(text: str) -> str:
    """Return a text with a quote in front if a spreadsheet could read it as a formula.

    A text that already looks guarded gets another quote, so that removing one quote always restores the text.
    """
    return f"'{text}" if _STARTS.match(text) or _GUARDED.match(text) else text
