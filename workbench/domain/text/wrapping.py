"""Wraps texts to lines, Chinese and English."""

import re

from workbench.domain.text.cells import cells

_NEVER_FIRST = frozenset("。，、；：？！）》」』】”’…％")
"""Characters that must not start a line of Chinese. Source: GB/T 15834, 5.1."""

_NEVER_LAST = frozenset("（《「『“‘")
"""Characters that must not end a line of Chinese. Source: GB/T 15834, 5.1."""

_WEEKDAY = "周[一二三四五六日](?: [0-9]{1,2}:[0-9]{2})?"
_KEYS = "(?<![0-9A-Za-z])[g?] [a-z](?![0-9A-Za-z])"
_WHOLE = re.compile(
    rf"{_KEYS}|(?:[0-9]{{4}}年)?[0-9]{{1,2}}月[0-9]{{1,2}}日(?: {_WEEKDAY})?|{_WEEKDAY}|[0-9A-Za-z][0-9A-Za-z.,:/_•–-]*"
)
"""A date with its weekday and time, a number, a code, a foreign word within Chinese or two keys: on one line."""

_LONGEST_WORD = 100
"""The most characters of a word that are examined; a longer word does not fit on a line anyway."""


def wrap_paragraph(paragraph: str, width: int) -> list[str]:
    """Return a text without line ends as lines of at most `width` cells, cut at blanks if possible."""
    lines: list[str] = []
    rest = paragraph
    while cells(rest) > width:
        head = _head(rest, width)
        blank = head.rfind(" ")
        # Break at a blank in the second half of the line; Chinese has no blanks and breaks anywhere.
        is_at_blank = blank > len(head) // 2 and rest[len(head) : len(head) + 1].isascii()
        cut = _chinese_cut(rest, blank if is_at_blank else len(head))
        lines.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [*lines, rest]


def _chinese_cut(text: str, most: int) -> int:
    """Return the last index up to `most` at which a line can end without splitting a date or misplacing punctuation."""
    unbreakable = [(match.start(), match.end()) for match in _WHOLE.finditer(text, 0, most + _LONGEST_WORD)]
    cut, before = most, len(text)
    while cut < before:
        before = cut
        cut = next((start for start, end in unbreakable if start < cut < end), cut)
        if cut > 0 and (text[cut] in _NEVER_FIRST or text[cut - 1] in _NEVER_LAST):
            cut -= 1
    # A line is at least half full.
    return cut if 2 * cells(text[:cut]) >= cells(text[:most]) else most


def _head(text: str, width: int) -> str:
    """Return the longest beginning of at most `width` cells, but at least one character."""
    taken = 0
    for index, char in enumerate(text):
        taken += cells(char)
        if taken > width:
            return text[: max(1, index)]
    return text
