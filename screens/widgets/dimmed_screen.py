"""The screen behind a dialog, dimmed."""

from collections.abc import Iterable, Iterator
from functools import lru_cache

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.renderables.background_screen import BackgroundScreen


class DimmedScreen(BackgroundScreen):
    """Mixes a color into a screen; each style is mixed once, since a screen has thousands of segments in few styles."""

    @classmethod
    def process_segments(cls, segments: Iterable[Segment], color: Color) -> Iterator[Segment]:
        """Yield the segments in the mixed colors, without links."""
        for text, style, control in segments:
            yield Segment(text, style if control else _mixed(style, color), control)


@lru_cache(maxsize=2048)
def _mixed(style: Style | None, color: Color) -> Style | None:
    """Return a style with a color mixed into it, as Textual mixes it."""
    (segment,) = BackgroundScreen.process_segments([Segment("", style)], color)
    return segment.style
