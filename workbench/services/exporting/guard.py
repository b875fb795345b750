"""Keeps a spreadsheet from taking a text for a formula, in a way that can be undone."""

import re

# Excel and its kin also start a formula after blanks and what is drawn as nothing.
_SKIPPED = (
    r"\s\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e"
    r"\u2060-\u2064\u2066-\u206f\u3164\ufeff\uffa0"
)
_STARTS = re.compile(rf"[\t\r＝＋－＠]|[{_SKIPPED}]*[=+\-@\t\r＝＋－＠]")
_GUARDED = re.compile(rf"'+(?:{_STARTS.pattern})")

GUARD = "'"


def guarded(text: str) -> str:
    """Return a text with a quote in front where a spreadsheet could read it as a formula.

    A text that looks guarded already gets one quote more, so that taking one away gives back what was there.
    """
    return GUARD + text if _STARTS.match(text) or _GUARDED.match(text) else text
