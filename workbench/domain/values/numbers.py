"""Parses the numbers in imported files: of persons, companies, cards and telephones.

Each parser takes the text of one cell, not empty and without surrounding blanks, and checks its length first. A wrong
check digit or an odd phone number is no error, but becomes a finding. A message never quotes a personal number.
`stdnum` is slow to import, so it is imported by the first check.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence

from workbench.domain.values.bad_value import BadValue
from workbench.domain.values.identifiers import ric_check_digit, uscc_valid
from workbench.domain.values.values import check_length, lost_digits_message, refuse_formula_error
from workbench.i18n import _

NUMBERS_LENGTH = 30_000
"""The most characters of a list of numbers."""

MASKS = frozenset("*•●＊∗")

# Copied numbers often contain invisible direction marks.
_BLANKS_AND_DASHES = re.compile(r"[\s\-()\u2010-\u2015\u200b-\u200f\u202a-\u202e\u2060-\u2069]+")
_LOST_IN_EXCEL = re.compile(r"\d(\.\d+)?[eE]\+?\d+|\d+\.\d*")
_BETWEEN_NUMBERS = re.compile("[;,、；，､\\n]")
_IN_PHONES = re.compile(r"\+?[0-9]+")
# The numbers of soldiers and of the police name the issuer in Chinese, as in 南字第01234567号.
_IN_IDENTIFIERS = re.compile(r"[0-9A-Z]+|[\u4e00-\u9fff]{1,4}第?[0-9]{4,10}号?")
_REMARK = re.compile(r"(?<=[^\s(])\s*(\([^()]*\))\s*$")
# Hong Kong and Macau write the check digit of an identity card in brackets.
_CHECK_DIGIT_IN_BRACKETS = re.compile(r"[A-Za-z]{0,2}[0-9]{6,7}\([0-9Aa]\)")
_MOST_DIGITS_OF_A_PHONE = 20
# An extension or another number behind a mobile number, each separator as one blank.
_MORE_BEHIND_MOBILE = re.compile(r"((\+|00)?86 ?)?1[3-9]\d ?\d{4} ?\d{4} [\d ]+")
_COUNTRY_CODE = re.compile(r"(?:\+|00)?86(?=1\d{10}$)")


def has_ric_check_digit(number: str) -> bool:
    """Say whether the check digit of a resident ID number of 18 characters is right (GB 11643)."""
    return ric_check_digit(number) == number[-1]


def parse_identifier(raw: str, checks: Sequence[Callable[[str], bool]] = (uscc_valid, has_ric_check_digit)) -> str:
    """Return a number of a person, company or card in upper case, without blanks and dashes.

    Args:
        raw: The cell.
        checks: The checks of the numbers with 18 digits in this column; a number that passes one has lost no digit.

    Raises:
        BadValue: If it is too long, masked, has other text beside it, or lost digits in Excel.
    """
    number = _without_separators(raw).upper()
    _refuse_other_text(raw, number, _IN_IDENTIFIERS)
    if _lost_trailing_digits(number, checks):
        raise BadValue(lost_digits_message())
    return number


def parse_phone(raw: str) -> str:
    """Return a telephone number without blanks, dashes and brackets, and without the country code of a mobile number.

    Raises:
        BadValue: If it is too long, masked, has other text or another number beside it, or lost digits in Excel.
    """
    if len(raw) == 11 and raw.isdecimal() and raw.isascii():  # noqa: PLR2004 - a mobile number, as nearly all are
        return raw
    number = _without_separators(raw)
    _refuse_other_text(raw, number, _IN_PHONES)
    spaced = _BLANKS_AND_DASHES.sub(" ", unicodedata.normalize("NFKC", raw)).strip()
    if len(number) > _MOST_DIGITS_OF_A_PHONE or _MORE_BEHIND_MOBILE.fullmatch(spaced):
        raise BadValue(_("The cell has several numbers without a separator; write “;” between them, or one in a cell."))
    return _COUNTRY_CODE.sub("", number, count=1)


def parse_phones(raw: str) -> str:
    """Return a list of telephone numbers separated by `;`, without duplicates, in order.

    Raises:
        BadValue: If the list is too long or one of its numbers is invalid.
    """
    check_length(raw, NUMBERS_LENGTH)
    parts = (part.strip() for part in _BETWEEN_NUMBERS.split(raw))
    return ";".join(dict.fromkeys(parse_phone(part) for part in parts if part))


def _without_separators(raw: str) -> str:
    """Return a number without the separators between its digits."""
    check_length(raw)
    if raw.isascii() and raw.isalnum() and not _LOST_IN_EXCEL.fullmatch(raw):
        return raw
    refuse_formula_error(raw)
    if not MASKS.isdisjoint(raw):
        raise BadValue(_("The number is masked; import the file with whole numbers."))
    plain = raw if raw.isascii() else unicodedata.normalize("NFKC", raw)
    if _LOST_IN_EXCEL.fullmatch(plain.strip()):
        raise BadValue(lost_digits_message())
    number = _BLANKS_AND_DASHES.sub("", plain)
    if not number:
        raise BadValue(_("This number has no digits; enter the number or leave it empty."))
    return number


def _refuse_other_text(raw: str, number: str, form: re.Pattern[str]) -> None:
    """Raise BadValue if the cell has a remark beside its number, such as a count, a name or ①, which folds to a digit.

    Without this check, the digits of the remark would make it the number of somebody else, or of nobody.
    """
    if raw.isascii() and form.fullmatch(raw):
        return
    plain = unicodedata.normalize("NFKC", raw).strip()
    remark = None if _CHECK_DIGIT_IN_BRACKETS.fullmatch(plain) else _REMARK.search(plain)
    other = remark[1] if remark else "".join(char for char in raw if unicodedata.category(char) == "No")
    if not other and not form.fullmatch(number):
        other = re.sub("[0-9A-Za-z]", "", number) or re.sub("[0-9]", "", number)
    if other:
        raise BadValue(_("“{value}” is no part of a number; write only the number, and remarks elsewhere."), other)


def _lost_trailing_digits(number: str, checks: Sequence[Callable[[str], bool]]) -> bool:
    """Say whether the digits after the 15th, the limit of spreadsheets, were replaced by zeros.

    A number that really ends with zeros has a correct check digit.
    """
    if not number.isdecimal() or not number.isascii() or number[15:].strip("0"):
        return False
    if len(number) == 18:  # noqa: PLR2004 - a resident ID number or a USCC without letters
        return not any(check(number) for check in checks)
    from stdnum import luhn

    return len(number) in {19, 20} and not luhn.is_valid(number)
