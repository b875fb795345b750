"""How many terminal cells a text takes, and how to fit one into a column.

The widths are those of Rich's table, with which Textual lays out the screen.
"""

from collections.abc import Iterator

TAB_CELLS = 8
"""A tab moves to the next stop, at most this far; the greatest width is the safe one to count."""


def _is_plain(text: str) -> bool:
    """Say whether each character takes one cell, which needs no table."""
    return text.isascii() and text.isprintable()


def clusters(text: str) -> Iterator[tuple[str, int]]:
    """Split a text into what must not be cut apart: a character with its marks, and its cells."""
    if _is_plain(text):
        yield from ((char, 1) for char in text)
        return
    # Rich takes a while to import, which a command that prints ASCII need not wait for.
    from rich.cells import get_character_cell_size

    held, width = "", 0
    for char in text:
        own = TAB_CELLS if char == "\t" else get_character_cell_size(char)
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
    if _is_plain(text):
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
