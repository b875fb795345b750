"""The comparable form of logins, and a key that is equal for logins that look alike.

The table of characters that look alike is our own. Unicode's table has some six thousand entries, of which logins use
few, and no small library maintains it.
"""

import sys
import unicodedata

FOLDS_CASE = sys.platform == "darwin"
"""Whether the operating system ignores letter case in logins."""

_ALIKE = str.maketrans(
    {
        **dict.fromkeys("0OΟοОоσ〇", "o"),
        **dict.fromkeys("1I|lІіӀӏΙι", "l"),
        **dict.fromkeys("AaАаΑα", "a"),
        **dict.fromkeys("BВвΒβ", "b"),
        **dict.fromkeys("CcСсϹϲ", "c"),
        **dict.fromkeys("EeЕеΕ", "e"),
        **dict.fromkeys("HНнΗ", "h"),
        **dict.fromkeys("JjЈј", "j"),
        **dict.fromkeys("KkКкΚκ", "k"),
        **dict.fromkeys("MМмΜ", "m"),
        **dict.fromkeys("NΝ", "n"),
        **dict.fromkeys("PpРрΡρ", "p"),
        **dict.fromkeys("SsЅѕ5", "s"),
        **dict.fromkeys("TТтΤτ", "t"),
        **dict.fromkeys("uυ", "u"),
        **dict.fromkeys("vν", "v"),
        **dict.fromkeys("XxХхΧχ", "x"),
        **dict.fromkeys("YyУуΥ", "y"),
    }
)


def normal_login(text: str) -> str:
    """Return a login as it is stored and compared: NFKC, without blanks, in lower case if the system ignores case."""
    login = "".join(unicodedata.normalize("NFKC", text).split())
    return login.casefold() if FOLDS_CASE else login


def lookalike_key(login: str) -> str:
    """Return a key that is equal for logins that look alike: it ignores accents, case and similar characters."""
    decomposed = unicodedata.normalize("NFKD", normal_login(login))
    without_marks = "".join(char for char in decomposed if not unicodedata.combining(char))
    return without_marks.translate(_ALIKE).casefold().replace("rn", "m")
