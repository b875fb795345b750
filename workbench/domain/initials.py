"""Finding Chinese words by the first letters of their pinyin: `sfzgq` finds 身份证过期."""

import unicodedata
from functools import lru_cache


def _folded(text: str) -> str:
    """Return a text as it is compared: NFKC, no capitals, without blanks around."""
    return unicodedata.normalize("NFKC", text).casefold().strip()


@lru_cache(maxsize=4096)
def initials(text: str) -> str:
    """Return the first letter of each character's pinyin; letters and digits between stay, the rest goes.

    Of a character with several readings the one that its word asks for: 银行 is `yh`, 行走 is `xz`.
    """
    from pypinyin import Style, lazy_pinyin

    readings = "".join(lazy_pinyin(_folded(text), style=Style.FIRST_LETTER))
    return "".join(letter for letter in readings if letter.isascii() and letter.isalnum())


def matches(query: str, code: str, text: str) -> bool:
    """Say whether what was typed is part of a code, of its text, or of the text's pinyin initials."""
    wanted = _folded(query)
    if wanted in _folded(code) or wanted in _folded(text):
        return True
    # Only letters and digits can be initials; anything else need not wake the dictionary.
    return wanted.isascii() and wanted.isalnum() and wanted in initials(text)
