"""Restores the stored text from an exported one."""

from workbench.services.records.exporting.sheets import _GUARDED


def unguarded(text: str) -> str:
    """Return a text without the quote that `guarded` put in front of it."""
    return text[1:] if _GUARDED.match(text) else text
