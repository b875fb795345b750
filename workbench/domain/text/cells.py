"""How many terminal cells a text takes, and how to fit one into a column."""

import unicodedata
from collections.abc import Iterator

TAB_CELLS = 8
"""A tab moves to the next stop, at most this far; the greatest width is the safe one to count."""

# Conjoining vowels and final consonants of Hangul stand on top of the leading one.
_JOINING = ((0x1160, 0x11FF), (0xD7B0, 0xD7FF))
# Wide since Unicode 16, which this Python may not know yet: trigrams, hexagrams, counting rods.
_WIDE_NOW = ((0x2630, 0x2637), (0x268A, 0x268F), (0x4DC0, 0x4DFF), (0x1D300, 0x1D356), (0x1D360, 0x1D376))
# Planes of rare ideographs: wide even where this Python has not heard of a character yet.
_IDEOGRAPHIC = ((0x20000, 0x2FFFD), (0x30000, 0x3FFFD))


def within(code: int, ranges: tuple[tuple[int, int], ...]) -> bool:
    """Say whether a code point lies in one of the (first, last) ranges."""
    return any(first <= code <= last for first, last in ranges)


def is_ideographic_plane(char: str) -> bool:
    """Say whether a character lies in the planes kept for rare ideographs, assigned or not."""
    return within(ord(char), _IDEOGRAPHIC)


def is_mark(char: str) -> bool:
    """Say whether a character is drawn on top of the one before it."""
    return unicodedata.category(char) in {"Mn", "Mc", "Me"} or within(ord(char), _JOINING)


def _cells_of(char: str) -> int:
    """Return the cells of one character by itself: 0, 1 or 2, or those of a tab."""
    if char == "\t":
        return TAB_CELLS
    code = ord(char)
    category = unicodedata.category(char)
    if category in {"Cc", "Cf", "Zl", "Zp"} or is_mark(char):
        return 0
    if category == "Cn":
        return 2 if within(code, _IDEOGRAPHIC) else 1
    wide = unicodedata.east_asian_width(char) in {"W", "F"} or within(code, _WIDE_NOW)
    return 2 if wide else 1


def clusters(text: str) -> Iterator[tuple[str, int]]:
    """Split a text into what must not be cut apart: a character with its marks, and its cells."""
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
    """Return how many terminal cells a text takes, in cells.

    Characters of ambiguous width (`…`, `•`) count one, as terminals draw them unless a Chinese font is set.
    """
    if text.isascii() and text.isprintable():
        return len(text)
    return sum(width for _cluster, width in clusters(text))


def head(text: str, width: int) -> str:
    """Return as much of the beginning as fits into so many cells, without cutting a character."""
    taken, used = [], 0
    for cluster, own in clusters(text):
        if used + own > width:
            break
        taken.append(cluster)
        used += own
    return "".join(taken)


def pad_right(text: str, width: int) -> str:
    """Fill up with blanks behind, so that what follows stands in its column; a longer text stays as it is."""
    return text + " " * (width - cells(text))


def pad_left(text: str, width: int) -> str:
    """Fill up with blanks in front, for figures; a longer text stays as it is."""
    return " " * (width - cells(text)) + text


def fit(text: str, width: int, ellipsis: str = "…") -> str:
    """Return a text cut or filled up to exactly `width` cells; a cut shows as the ellipsis.

    Where the terminal draws `…` two cells wide, pass another ellipsis.
    """
    if width <= 0:
        return ""
    if cells(text) <= width:
        return pad_right(text, width)
    sign = head(ellipsis, width)
    return pad_right(head(text, width - cells(sign)) + sign, width)
