"""Finds Chinese words by their pinyin initials: `sfzgq` finds 身份证过期."""

import unicodedata

from db.initials import initials

__all__ = ["initials", "matches"]


def _folded(text: str) -> str:
    """Return a text in its compared form: NFKC, lower case, without surrounding blanks."""
    return unicodedata.normalize("NFKC", text).casefold().strip()


def matches(query: str, code: str, text: str) -> bool:
    """Say whether a query is part of a code, of its text, or of the pinyin initials of the text."""
    wanted = _folded(query)
    if wanted in _folded(code) or wanted in _folded(text):
        return True
    # Only letters and digits can be initials, so that the pinyin dictionary is loaded only if needed.
    return wanted.isascii() and wanted.isalnum() and wanted in initials(text)
