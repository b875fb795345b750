"""Charts in characters: sparklines, columns and a heat map of hours."""

from collections.abc import Sequence
from datetime import date


def sparkline(figures: Sequence[int], width: int, bars: str) -> str:
    """Return a bar for each of the last `width` figures.

    `bars` are the characters from empty to full; a figure above zero is never drawn empty.
    """
    shown = figures[-width:] if width > 0 else ()
    return "".join(_shade(figure, max(shown, default=0), bars) for figure in shown)


def _shade(figure: int, greatest: int, shades: str) -> str:
    """Return the character of a figure; `shades` go from empty to full."""
    if figure <= 0 or greatest <= 0:
        return shades[0]
    steps = len(shades) - 1
    # Rounded up.
    return shades[max(1, -(-figure * steps // greatest))]


def column_rows(figures: Sequence[int], height: int, bars: str) -> list[str]:
    """Return columns of the figures, one character wide and `height` lines high, the top line first.

    `bars` are the characters from empty to full; a figure above zero is never drawn empty.
    """
    greatest = max(figures, default=0)
    steps = len(bars) - 1
    heights = [max(1, round(figure * height * steps / greatest)) if figure else 0 for figure in figures]
    return [
        "".join(bars[min(max(filled - line * steps, 0), steps)] for filled in heights)
        for line in range(height - 1, -1, -1)
    ]


def heat_rows(hours: Sequence[Sequence[int]], shades: str, *, cell: int = 1) -> list[str]:
    """Return a row of characters for each weekday, each hour `cell` characters wide, all on one scale."""
    greatest = max((max(row, default=0) for row in hours), default=0)
    return ["".join(_shade(figure, greatest, shades) * cell for figure in row) for row in hours]


def day_scale(days: Sequence[tuple[date, int]], *, cell: int) -> str:
    """Return the line below a bar for each day, `cell` wide: the day of the month of the first day and of Mondays.

    With room for a number below each bar, each day has one.
    """
    scale = ""
    for index, (day, _figure) in enumerate(days):
        is_named = cell > len("31") or day.weekday() == 0 or index == 0
        if is_named and (index == 0 or index * cell > len(scale)):
            scale = scale.ljust(index * cell) + str(day.day)
    return scale


def hour_scale(marks: Sequence[int], *, cell: int = 1) -> str:
    """Return the line above a heat map that names some hours: `00    06    12`."""
    scale = ""
    for hour in marks:
        scale = scale.ljust(hour * cell) + f"{hour:02}"
    return scale.ljust(24 * cell)
