"""Checks the numbers of identity documents, each kind as far as its form is public."""

import re
from datetime import date
from functools import lru_cache

from db.enums import IdType
from workbench.domain.values.identifiers import comparable_number, ric_valid

_RIC = "[0-9]{17}[0-9X]"
_HMT_PERMIT = "[HM](?:[0-9]{8}|[0-9]{10})"
_TW_PERMIT = "[0-9]{8}"
_OLD_FOREIGN_RESIDENCE = "[A-Z]{3}[0-9]{12}"

# The forms that a number may have. Military and police numbers have no public form.
# Sources: National Immigration Administration, permits to the mainland (H and M for Hong Kong and Macau; two more
# digits count the issues), permanent residence cards of 2017 and 2023 (the latter with the check digit of GB 11643);
# residence permits of 2018 (81, 82, 83).
_FORMS = {
    IdType.RESIDENT: re.compile(_RIC),
    IdType.PASSPORT: re.compile("[A-Z0-9]{5,17}"),
    IdType.HMT_PERMIT: re.compile(f"{_HMT_PERMIT}|(?=8[12]){_RIC}"),
    IdType.TW_PERMIT: re.compile(f"{_TW_PERMIT}|(?=83){_RIC}"),
    IdType.FOREIGN_RESIDENCE: re.compile(f"{_OLD_FOREIGN_RESIDENCE}|(?=9){_RIC}"),
}
# Diplomatic, public affairs and service passports begin with DE, PE and SE.
_CHINESE_PASSPORT = re.compile("[A-Z][0-9]{8}|E[A-Z][0-9]{7}|[DPS]E[0-9]{7}")

# The first form that fits a number says its kind. ICAO Doc 9303 gives passport numbers at most nine characters.
_KINDS = re.compile(
    f"(?P<{IdType.FOREIGN_RESIDENCE}>{_OLD_FOREIGN_RESIDENCE}|(?=9){_RIC})|(?P<{IdType.HMT_PERMIT}>{_HMT_PERMIT})"
    f"|(?P<{IdType.TW_PERMIT}>{_TW_PERMIT})|(?P<{IdType.PASSPORT}>[A-Z0-9]{{5,9}})"
)


@lru_cache(maxsize=1024)
def id_type_of(text: str, stated: IdType | None) -> IdType:
    """Return the kind of document that a number belongs to: the stated kind, or else the one whose form fits.

    A number that fits no known form counts as a resident ID number.
    """
    if stated is not None:
        return stated
    fitting = _KINDS.fullmatch(comparable_number(text))
    return IdType(str(fitting.lastgroup)) if fitting else IdType.RESIDENT


def id_number_valid(text: str, stated: IdType | None, today: date) -> bool | None:
    """Say whether a number is valid for its kind of document; None if it can only be checked by hand.

    It can only be checked by hand if its form is not public (military, police, foreign passports), or if the kind is
    not stated and the number has no check digit.
    """
    number, id_type = comparable_number(text), id_type_of(text, stated)
    form = _FORMS.get(id_type)
    if form is None:
        return None
    if not form.fullmatch(number):
        return False
    if _FORMS[IdType.RESIDENT].fullmatch(number):
        return ric_valid(number, today)
    has_public_form = id_type is not IdType.PASSPORT or _CHINESE_PASSPORT.fullmatch(number)
    return True if stated is not None and has_public_form else None
