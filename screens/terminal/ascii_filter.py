"""The last look at what is drawn where signs must be ASCII: frames, bars and marks that Textual draws by itself."""

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

_SIGNS = {
    **dict.fromkeys("─━═╌┄┈╍┅┉╴╶╸╺–—▔", "-"),
    **dict.fromkeys("│┃║╎┆┊╏┇┋▏▎▍▌▋▊▉▐▕", "|"),
    **dict.fromkeys("┌┐└┘├┤┬┴┼╭╮╯╰┏┓┗┛┣┫┳┻╋╔╗╚╝╠╣╦╩╬▗▖▘▝▛▜▙▟▞▚╱╲╳", "+"),
    **dict.fromkeys("█▀▒▓░", "#"),
    # The ends of a scroll bar; its colour says enough.
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
    "…": "~",
    "·": "-",
    "≤": "<",
    "≥": ">",
    "±": "+",
    "◐": "~",
    "⭘": "o",
    "‹": "<",
    "›": ">",
}
_TABLE = str.maketrans(_SIGNS)


class AsciiLines(LineFilter):
    """Draws one ASCII character for each sign of uncertain width; nothing moves."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002 - Textual's signature
        """Return the segments of a line with ASCII signs."""
        return [
            segment
            if segment.text.isascii()
            else Segment(segment.text.translate(_TABLE), segment.style, segment.control)
            for segment in segments
        ]
