"""The colours of the themes."""

from itertools import product

import pytest
from textual.color import Color
from textual.theme import Theme

from screens.shell.theme import THEMES

ROW_BACKGROUNDS = ("background", "surface", "panel", "block-cursor-background", "block-cursor-blurred-background")
LEAST_CONTRAST = 4.5
"""The contrast that text needs. Source: WCAG 2.1, 1.4.3."""


@pytest.mark.parametrize("theme", [theme for theme in THEMES.values() if not theme.ansi], ids=lambda theme: theme.name)
def test_every_text_colour_is_readable_on_every_row(theme: Theme) -> None:
    colours = theme.to_color_system().generate() | theme.variables
    texts = [name for name in theme.variables if name.startswith("text-")]
    for text, background in product(texts, ROW_BACKGROUNDS):
        darker, lighter = sorted(_luminance(colours[name]) for name in (text, background))
        contrast = (lighter + 0.05) / (darker + 0.05)
        assert contrast >= LEAST_CONTRAST, (text, background, contrast)


def _luminance(colour: str) -> float:
    """Return the relative luminance of a colour, as WCAG defines it."""
    linear = [
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in Color.parse(colour).normalized
    ]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
