"""Listing and showing documents."""

from typing import NamedTuple

BESIDE_WIDTH = 48
"""The width of the lines beside a page; they are shown if the terminal has as many cells left for the page."""


class ViewerWords(NamedTuple):
    """The texts around a page: the two lines above it, the text of a blank page, and the lines beside it."""

    caption: str
    keys: str
    blank: str
    beside: str
