"""The first letters of a Chinese text's pinyin, for finding names that are tedious to type."""

import unicodedata
from functools import lru_cache


@lru_cache(maxsize=4096)
def initials(text: str) -> str:
    """Return the first letter of each character's pinyin; letters and digits between stay, the rest goes.

    Of a character with several readings the one that its word asks for: 银行 is `yh`, 行走 is `xz`.
    """
    from pypinyin import Style, lazy_pinyin

    folded = unicodedata.normalize("NFKC", text).casefold().strip()
    readings = "".join(lazy_pinyin(folded, style=Style.FIRST_LETTER))
    return "".join(letter for letter in readings if letter.isascii() and letter.isalnum())
