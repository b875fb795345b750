"""The comparable form of logins, and whether two logins look alike.

The table of characters that look alike is our own. Unicode's table has some six thousand entries, of which logins use
few, and no small library maintains it.
"""

import sys
import unicodedata
from itertools import product

from workbench.domain.values.visibility import is_hidden

FOLDS_CASE = sys.platform == "darwin"
"""Whether the operating system ignores letter case in logins."""

_LONGEST = 64

_I_OR_L = "1"
"""Stands for a character that looks like i and like l."""

_ALIKE = str.maketrans(
    {
        **dict.fromkeys("0OΟοОоσ〇օᴏ", "o"),
        **dict.fromkeys("1I|ІӀΙ", _I_OR_L),
        **dict.fromkeys("lӏ", "l"),
        **dict.fromkeys("AaАаΑαɑ⍺ᴀ", "a"),
        **dict.fromkeys("BВвΒβ", "b"),
        **dict.fromkeys("CcСсϹϲᴄ", "c"),
        **dict.fromkeys("dԁ", "d"),
        **dict.fromkeys("EeЕеΕҽ", "e"),
        **dict.fromkeys("gɡց", "g"),
        **dict.fromkeys("HНнΗhһհ", "h"),
        **dict.fromkeys("iіıιɩ", "i"),
        **dict.fromkeys("JjЈј", "j"),
        **dict.fromkeys("KkКкΚκ", "k"),
        **dict.fromkeys("MмМΜ", "m"),
        **dict.fromkeys("NΝnո", "n"),
        **dict.fromkeys("PpРрΡρ", "p"),
        **dict.fromkeys("qԛ", "q"),
        **dict.fromkeys("SsЅѕ5ꜱ", "s"),
        **dict.fromkeys("TТтΤτ", "t"),
        **dict.fromkeys("uυսᴜ", "u"),
        **dict.fromkeys("vνᴠѵ", "v"),
        **dict.fromkeys("wԝѡᴡ", "w"),
        **dict.fromkeys("XxХхΧχ", "x"),
        **dict.fromkeys("YyУуΥ", "y"),
        **dict.fromkeys("zᴢ", "z"),
    }
)


def normal_login(text: str) -> str:
    """Return a login as it is stored and compared: NFKC, without blanks, in lower case if the system ignores case."""
    login = "".join(unicodedata.normalize("NFKC", text).split())
    return login.casefold() if FOLDS_CASE else login


def is_allowed_login(login: str) -> bool:
    """Say whether a login has 1 to 64 characters that can all be seen, so that no other login looks the same."""
    return 0 < len(login) <= _LONGEST and all(map(_is_seen, login))


def _is_seen(char: str) -> bool:
    return char.isprintable() and not is_hidden(char)


def look_alike(one: str, other: str) -> bool:
    """Say whether two logins look alike: accents, case and similar characters are ignored."""
    return any(_is_alike(*pair) for pair in product(_forms(one), _forms(other)))


def look_alike_keys(login: str) -> frozenset[str]:
    """Return the keys of a login. Logins that look alike share a key; logins that share one need not look alike."""
    return frozenset(form.replace(_I_OR_L, "l").replace("i", "l") for form in _forms(login))


def _forms(login: str) -> frozenset[str]:
    """Return the two forms of a login in which similar characters have become one letter.

    One form replaces characters before the conversion to lower case, the other after it: I is similar to l, but i is
    not.
    """
    decomposed = unicodedata.normalize("NFKD", normal_login(login))
    letters = "".join(char for char in decomposed if not unicodedata.combining(char) and _is_seen(char))
    alike = (letters.translate(_ALIKE).casefold(), letters.casefold().translate(_ALIKE))
    return frozenset(text.replace("rn", "m").replace("vv", "w") for text in alike)


def _is_alike(one: str, other: str) -> bool:
    if len(one) != len(other):
        return False
    different = [{char, char_of_other} for char, char_of_other in zip(one, other, strict=True) if char != char_of_other]
    return all(_I_OR_L in pair and pair <= {_I_OR_L, "i", "l"} for pair in different)
