"""Logins in the form in which they are compared, and which of them people take for one another.

The table of characters that look alike is our own: Unicode's has some six thousand, of which logins have few, and no
library that keeps it up to date is small.
"""

import sys
import unicodedata

FOLDS_CASE = sys.platform == "darwin"
"""Whether the system takes logins that differ in case only for one."""

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
    """Return a login as it is stored and compared: NFKC, without blanks, folded if the system folds it."""
    login = "".join(unicodedata.normalize("NFKC", text).split())
    return login.casefold() if FOLDS_CASE else login


def likeness(login: str) -> str:
    """Return what logins that look alike have in common: accents, case and similar characters do not count."""
    apart = unicodedata.normalize("NFKD", normal_login(login))
    bare = "".join(char for char in apart if not unicodedata.combining(char))
    return bare.translate(_ALIKE).casefold().replace("rn", "m")
