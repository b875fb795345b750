"""Measures text in terminal cells, and fits it into columns.

The widths come from Rich, because Python's Unicode tables are older than those of terminals.
"""

from collections.abc import Iterator

TAB_CELLS = 8
"""A tab is at most this wide; counting the greatest width is safe."""


def _is_plain(text: str) -> bool:
    """Say whether each character takes one cell, so that no width is looked up."""
    return text.isascii() and text.isprintable()


def clusters(text: str) -> Iterator[tuple[str, int]]:
    """Yield each character together with its combining marks, and the number of cells that it takes."""
    if _is_plain(text):
        yield from ((char, 1) for char in text)
        return
    # Imported only for text that is not ASCII, because importing Rich is slow.
    from rich.cells import get_character_cell_size

    cluster, width = "", 0
    for char in text:
        char_width = TAB_CELLS if char == "\t" else get_character_cell_size(char)
        if cluster and char_width == 0 and char != "\n":
            cluster += char
            continue
        if cluster:
            yield cluster, width
        cluster, width = char, char_width
    if cluster:
        yield cluster, width


def cells(text: str) -> int:
    """Return the width of a text in terminal cells.

    Characters of ambiguous width (`…`, `•`) count as one, as terminals draw them without a Chinese font.
    """
    if _is_plain(text):
        return len(text)
    return sum(width for _cluster, width in clusters(text))


def fitting_prefix(text: str, width: int) -> str:
    """Return the longest beginning that fits into `width` cells, without splitting a character."""
    taken, used = [], 0
    for cluster, cluster_width in clusters(text):
        if used + cluster_width > width:
            break
        taken.append(cluster)
        used += cluster_width
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
    sign = fitting_prefix(ellipsis, width)
    return pad_right(fitting_prefix(text, width - cells(sign)) + sign, width)
