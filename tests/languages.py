"""Switches the language of the program in a test."""

from collections.abc import Iterator
from contextlib import contextmanager

from workbench import i18n


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Use a language inside a `with` block."""
    before = i18n.current_language()
    i18n.use_language(language)
    try:
        yield
    finally:
        i18n.use_language(before)
