"""Measures text in terminal cells, and fits it into columns.

The tables are hand-written because Python's Unicode tables are older than those of terminals: unassigned ideographs,
and symbols that became wide in Unicode 16, take two cells.
"""

import unicodedata
from collections.abc import Iterator

TAB_CELLS = 8
"""A tab is at most this wide; counting the greatest width is safe."""

# Hangul vowels and final consonants combine with the leading consonant.
_CONJOINING_HANGUL = ((0x1160, 0x11FF), (0xD7B0, 0xD7FF))
# Wide since Unicode 16, which this Python may not support: trigrams, hexagrams, counting rods.
_WIDE_IN_UNICODE_16 = ((0x2630, 0x2637), (0x268A, 0x268F), (0x4DC0, 0x4DFF), (0x1D300, 0x1D356), (0x1D360, 0x1D376))
# Planes of rare ideographs: wide even if this Python does not know a character.
_IDEOGRAPHIC = ((0x20000, 0x2FFFD), (0x30000, 0x3FFFD))


def within(code: int, ranges: tuple[tuple[int, int], ...]) -> bool:
    """Say whether a code point lies in one of the (first, last) ranges."""
    return any(first <= code <= last for first, last in ranges)


def is_ideographic_plane(char: str) -> bool:
    """Say whether a character is in the planes reserved for rare ideographs, assigned or not."""
    return within(ord(char), _IDEOGRAPHIC)


def is_mark(char: str) -> bool:
    """Say whether a character combines with the one before it."""
    return unicodedata.category(char) in {"Mn", "Mc", "Me"} or within(ord(char), _CONJOINING_HANGUL)


def _cells_of(char: str) -> int:
    """Return the cells of a single character: 0, 1 or 2, or those of a tab."""
    if char == "\t":
        return TAB_CELLS
    code = ord(char)
    category = unicodedata.category(char)
    if category in {"Cc", "Cf", "Zl", "Zp"} or is_mark(char):
        return 0
    if category == "Cn":
        return 2 if within(code, _IDEOGRAPHIC) else 1
    wide = unicodedata.east_asian_width(char) in {"W", "F"} or within(code, _WIDE_IN_UNICODE_16)
    return 2 if wide else 1


def clusters(text: str) -> Iterator[tuple[str, int]]:
    """Yield the units of a text that must not be split: a character with its marks, and its cells."""
    held, width = "", 0
    for char in text:
        own = _cells_of(char)
        if held and own == 0 and char != "\n":
            held += char
            continue
        if held:
            yield held, width
        held, width = char, own
    if held:
        yield held, width


def cells(text: str) -> int:
    """Return the width of a text in terminal cells.

    Characters of ambiguous width (`…`, `•`) count as one, as terminals draw them without a Chinese font.
    """
    if text.isascii() and text.isprintable():
        return len(text)
    return sum(width for _cluster, width in clusters(text))


def head(text: str, width: int) -> str:
    """Return the longest beginning that fits into `width` cells, without splitting a character."""
    taken, used = [], 0
    for cluster, own in clusters(text):
        if used + own > width:
            break
        taken.append(cluster)
        used += own
    return "".join(taken)


def pad_right(text: str, width: int) -> str:
    """Pad a text with blanks on the right; a longer text is unchanged."""
    return text + " " * (width - cells(text))


def pad_left(text: str, width: int) -> str:
    """Pad a text with blanks on the left, for numbers; a longer text is unchanged."""
    return " " * (width - cells(text)) + text


def fit(text: str, width: int, ellipsis: str = "…") -> str:
    """Return a text truncated or padded to exactly `width` cells; a truncated one ends with the ellipsis.

    If the terminal draws `…` two cells wide, pass another ellipsis.
    """
    if width <= 0:
        return ""
    if cells(text) <= width:
        return pad_right(text, width)
    sign = head(ellipsis, width)
    return pad_right(head(text, width - cells(sign)) + sign, width)
