"""Switches the language of the program in a test."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from workbench import i18n
from workbench.manual import chapters

MANUALS = sorted({path.parent.name for path in Path(chapters.__file__).parent.glob("*/*.md")})
"""The languages of the manual; in any other, the program shows it in English."""

COLON = {"en": ": ", "zh": "："}
SEMICOLON = {"en": "; ", "zh": "；"}


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Use a language inside a `with` block."""
    before = i18n.current_language()
    i18n.use_language(language)
    try:
        yield
    finally:
        i18n.use_language(before)


def said(words: Mapping[str, str]) -> str:
    """Return words by language in the language in use, in English where nothing is said."""
    return words.get(i18n.current_language(), words["en"])
