"""The themes: problems are bright, everything else is quiet."""

from typing import Any

from textual.theme import BUILTIN_THEMES, Theme

_NAMES = ("dark", "light", "colour-blind", "terminal")

# In the third column, errors are orange and successes blue (the palette of Okabe and Ito): people who confuse red
# and green can distinguish these. The last column has the sixteen colours of the terminal.
_COLOURS: dict[str, tuple[str, str, str, str]] = {
    "primary": ("#7aa2d6", "#2b5c94", "#7aa2d6", "ansi_blue"),
    "secondary": ("#8a93a6", "#5d6675", "#8a93a6", "ansi_cyan"),
    "accent": ("#5fb3b3", "#1d6f73", "#56b4e9", "ansi_cyan"),
    "foreground": ("#d4d8de", "#1f242b", "#d4d8de", "ansi_default"),
    "background": ("#14171c", "#f7f6f3", "#14171c", "ansi_default"),
    "surface": ("#1a1e25", "#efeeea", "#1a1e25", "ansi_default"),
    "panel": ("#232935", "#e4e2dc", "#232935", "ansi_default"),
    "success": ("#7fa98a", "#3c6e4b", "#56b4e9", "ansi_green"),
    "warning": ("#dba94a", "#8a5a00", "#f0e442", "ansi_yellow"),
    "error": ("#e8736c", "#b3261e", "#e69f00", "ansi_red"),
}
_VARIABLES: dict[str, tuple[str, str, str, str]] = {
    "border": ("#4f8f9c", "#2f7780", "#4f8f9c", "ansi_cyan"),
    "border-blurred": ("#3a4250", "#b9b6ad", "#3a4250", "ansi_bright_black"),
    "text-muted": ("#9aa2af", "#575e68", "#9aa2af", "ansi_bright_black"),
    "text-error": ("#f08b84", "#b3261e", "#f0ac1f", "ansi_red"),
    "text-warning": ("#e3b55c", "#7d5200", "#f0e442", "ansi_yellow"),
    "text-success": ("#86ab90", "#35633f", "#7cc6ee", "ansi_green"),
    "text-primary": ("#8fb3e0", "#2b5c94", "#8fb3e0", "ansi_blue"),
    "text-accent": ("#74c4c4", "#18656a", "#74c4c4", "ansi_cyan"),
    "footer-background": ("#1a1e25", "#efeeea", "#1a1e25", "ansi_default"),
    "input-selection-background": ("#35506b", "#c9dcef", "#35506b", "ansi_bright_black"),
    "block-cursor-background": ("#283850", "#cfdcea", "#283850", "ansi_white"),
    "block-cursor-foreground": ("#eef1f5", "#14171c", "#eef1f5", "ansi_black"),
    "block-cursor-blurred-background": ("#232935", "#e4e2dc", "#232935", "ansi_bright_black"),
    "scrollbar": ("#46505f", "#b9b6ad", "#46505f", "ansi_bright_black"),
    "scrollbar-hover": ("#5fb3b3", "#2f7780", "#56b4e9", "ansi_cyan"),
    "scrollbar-active": ("#5fb3b3", "#2f7780", "#56b4e9", "ansi_cyan"),
    "scrollbar-background": ("#1a1e25", "#efeeea", "#1a1e25", "ansi_default"),
    "scrollbar-background-hover": ("#1a1e25", "#efeeea", "#1a1e25", "ansi_default"),
    "scrollbar-background-active": ("#1a1e25", "#efeeea", "#1a1e25", "ansi_default"),
    "scrollbar-corner-color": ("#1a1e25", "#efeeea", "#1a1e25", "ansi_default"),
}
"""Each colour by role, in the order of the names."""


def _theme(column: int) -> Theme:
    """Return the theme with the colours of one column."""
    colours: dict[str, Any] = {role: row[column] for role, row in _COLOURS.items()}
    name = _NAMES[column]
    is_ansi = name == "terminal"
    # Without colours of its own, Textual needs more variables.
    needed = BUILTIN_THEMES["ansi-dark"].variables if is_ansi else {}
    variables = {**needed, **{role: row[column] for role, row in _VARIABLES.items()}}
    return Theme(f"desk-{name}", dark=name != "light", ansi=is_ansi, variables=variables, **colours)


THEMES: dict[str, Theme] = {name: _theme(column) for column, name in enumerate(_NAMES)}
"""The themes by their names in the settings, in the order in which the theme key switches between them."""
