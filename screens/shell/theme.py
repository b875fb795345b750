"""The dark and the light theme: problems are bright, everything else is quiet."""

from typing import Any

from textual.theme import Theme

_COLOURS: dict[str, tuple[str, str]] = {
    "primary": ("#7aa2d6", "#2b5c94"),
    "secondary": ("#8a93a6", "#5d6675"),
    "accent": ("#5fb3b3", "#1d6f73"),
    "foreground": ("#d4d8de", "#1f242b"),
    "background": ("#14171c", "#f7f6f3"),
    "surface": ("#1a1e25", "#efeeea"),
    "panel": ("#232935", "#e4e2dc"),
    "success": ("#7fa98a", "#3c6e4b"),
    "warning": ("#dba94a", "#8a5a00"),
    "error": ("#e8736c", "#b3261e"),
}
_VARIABLES: dict[str, tuple[str, str]] = {
    "border": ("#4f8f9c", "#2f7780"),
    "border-blurred": ("#3a4250", "#b9b6ad"),
    "text-muted": ("#8b93a1", "#666d78"),
    "text-error": ("#f08b84", "#b3261e"),
    "text-warning": ("#e3b55c", "#8a5a00"),
    "text-success": ("#86ab90", "#3c6e4b"),
    "text-primary": ("#8fb3e0", "#2b5c94"),
    "text-accent": ("#74c4c4", "#1d6f73"),
    "footer-background": ("#1a1e25", "#efeeea"),
    "input-selection-background": ("#35506b", "#c9dcef"),
}
"""Each colour of the dark theme, and that of the light theme for the same role."""


def _theme(name: str, at: int) -> Theme:
    """Return the dark theme, which is at 0 in each pair of colours, or the light one, which is at 1."""
    colours: dict[str, Any] = {role: pair[at] for role, pair in _COLOURS.items()}
    return Theme(name, dark=at == 0, variables={role: pair[at] for role, pair in _VARIABLES.items()}, **colours)


DARK = _theme("desk-dark", 0)
LIGHT = _theme("desk-light", 1)
