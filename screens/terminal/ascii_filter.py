"""Replaces each symbol that is not ASCII by one ASCII character of one cell, so that columns stay aligned.

Textual has no ASCII mode: its borders and scroll bars are drawn in characters whose width some terminals get wrong.
`workbench.settings.symbols` replaces symbols in the text of the program before the layout, perhaps by longer ones. This
filter replaces the rest after the layout, such as ≤ or quotes in stored text, so one cell must stay one cell.
"""

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

_SIGNS = {
    **dict.fromkeys("─━═╌┄┈╍┅┉╴╶╸╺–—▔", "-"),
    **dict.fromkeys("│┃║╎┆┊╏┇┋▏▎▍▌▋▊▉▐▕", "|"),
    **dict.fromkeys("┌┐└┘├┤┬┴┼╭╮╯╰┏┓┗┛┣┫┳┻╋╔╗╚╝╠╣╦╩╬▗▖▘▝▛▜▙▟▞▚╱╲╳", "+"),
    **dict.fromkeys("█▀▒▓░", "#"),
    # The ends of a scroll bar; its colour is enough.
    **dict.fromkeys("▁▂▃▄▅▆▇", " "),
    **dict.fromkeys("◆●•✱★■", "*"),
    **dict.fromkeys("○◌◇□", "o"),
    **dict.fromkeys("▲△↑", "^"),
    **dict.fromkeys("▼▽↓✓✔", "v"),
    **dict.fromkeys("▶►▸→", ">"),
    **dict.fromkeys("◀◄◂←", "<"),
    **dict.fromkeys("✗✕✘×", "x"),
    **dict.fromkeys("“”", '"'),
    **dict.fromkeys("‘’", "'"),
}
_TABLE = str.maketrans(_SIGNS) | str.maketrans("…·≤≥±◐⭘‹›ⅠⅡⅢ", "~-<>+~o<>123")


class AsciiFilter(LineFilter):
    """Replaces each symbol of ambiguous width by one ASCII character, so that the layout stays."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002 - Textual's signature
        """Return the segments of a line in ASCII."""
        return [
            segment
            if segment.text.isascii()
            else Segment(segment.text.translate(_TABLE), segment.style, segment.control)
            for segment in segments
        ]
