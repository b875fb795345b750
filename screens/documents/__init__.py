"""Listing and showing documents."""

from typing import NamedTuple

BESIDE_WIDTH = 48
"""The width of the lines beside a page; they are shown if the terminal has as many cells left for the page."""


class ViewerWords(NamedTuple):
    """The texts around a page of a document."""

    caption: str
    """The first line above the page."""
    keys: str
    """The second line above the page."""
    blank: str
    """The text that replaces a blank page."""
    beside: str
    """The lines left of the page."""
