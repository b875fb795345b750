"""The pinyin initials of Chinese text, for finding names without typing them."""

import unicodedata
from functools import lru_cache


@lru_cache(maxsize=4096)
def initials(text: str) -> str:
    """Return the first letter of each character's pinyin. Letters and digits are kept, the rest is dropped.

    A character with several readings gets the reading that it has in its word: 银行 is `yh`, 行走 is `xz`.
    """
    from pypinyin import Style, lazy_pinyin

    folded = unicodedata.normalize("NFKC", text).casefold().strip()
    readings = "".join(lazy_pinyin(folded, style=Style.FIRST_LETTER))
    return "".join(letter for letter in readings if letter.isascii() and letter.isalnum())
