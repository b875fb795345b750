"""Listing and showing documents."""

BESIDE_WIDTH = 48
"""The width of the lines beside a page; they are shown if the terminal has as many cells left for the page."""
