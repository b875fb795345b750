"""Finding Chinese words by the first letters of their pinyin: `sfzgq` finds 身份证过期."""

import unicodedata

from db.initials import initials

__all__ = ["initials", "matches"]


def _folded(text: str) -> str:
    """Return a text as it is compared: NFKC, no capitals, without blanks around."""
    return unicodedata.normalize("NFKC", text).casefold().strip()


def matches(query: str, code: str, text: str) -> bool:
    """Say whether what was typed is part of a code, of its text, or of the text's pinyin initials."""
    wanted = _folded(query)
    if wanted in _folded(code) or wanted in _folded(text):
        return True
    # Only letters and digits can be initials; anything else need not wake the dictionary.
    return wanted.isascii() and wanted.isalnum() and wanted in initials(text)
