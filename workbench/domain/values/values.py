"""Parses single values of imported files: texts, identifiers, quantities and choices.

Each parser takes the text of one cell, not empty and without surrounding blanks, and checks its length first. Only
values that cannot be stored are errors; a wrong check digit or an odd phone number becomes a finding. A message never
quotes a personal number. `stdnum` is slow to import, so it is imported by the first check.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from workbench.domain.values.bad_value import BadValue, outline_of
from workbench.domain.values.identifiers import ric_check_digit, uscc_valid
from workbench.i18n import _

SHORT_LENGTH = 64
"""The most characters of a number, date, flag or choice."""

NUMBERS_LENGTH = 30_000
"""The most characters of a list of numbers."""

INTEGER_LIMIT = 2**63
"""The limit of database integers, exclusive."""

QUANTITY_LIMIT = 2**31
"""The limit of quantities, exclusive: PostgreSQL stores them in 4 bytes, and their sums fit in 8."""

MASKS = frozenset("*•●＊∗")

FORMULA_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"})
"""The texts that a spreadsheet shows where a formula failed."""

# Copied numbers often contain invisible direction marks.
_BLANKS_AND_DASHES = re.compile(r"[\s\-()\u2010-\u2015\u200b-\u200f\u202a-\u202e\u2060-\u2069]+")
_LOST_IN_EXCEL = re.compile(r"\d(\.\d+)?[eE]\+?\d+|\d+\.\d*")
_CODE_LOST_IN_EXCEL = re.compile(r"\d(\.\d+)?[eE]\+\d+|\d{6,}\.0+")
_QUANTITY = re.compile(r"(\d+)(\.0+)?")
_MONEY = re.compile(r"(\d+|\d{1,3}(?:,\d{3})+)(?:\.(\d{1,2}))?")
_EXPONENT = re.compile(r"\d+(\.\d+)?[eE][+-]?\d+")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_BETWEEN_NUMBERS = re.compile("[;,、；，､\\n]")
_DRIVE = re.compile(r"[A-Za-z]:")
_IN_PHONES = re.compile(r"\+?[0-9]+")
# The numbers of soldiers and of the police name the issuer in Chinese, as in 南字第01234567号.
_IN_IDENTIFIERS = re.compile(r"[0-9A-Z]+|[\u4e00-\u9fff]{1,4}第?[0-9]{4,10}号?")
_REMARK = re.compile(r"(?<=[^\s(])\s*(\([^()]*\))\s*$")
# Hong Kong and Macau write the check digit of an identity card in brackets.
_CHECK_DIGIT_IN_BRACKETS = re.compile(r"[A-Za-z]{0,2}[0-9]{6,7}\([0-9Aa]\)")
_MOST_DIGITS_OF_A_PHONE = 20
_COUNTRY_CODE = re.compile(r"(?:\+|00)?86(?=1\d{10}$)")

FLAGS = {
    **dict.fromkeys(("1", "true", "yes", "y", "是"), True),
    **dict.fromkeys(("0", "false", "no", "n", "否"), False),
}
"""The words for yes and no, folded."""

Choice = TypeVar("Choice")


def parse_text(raw: str, limit: int) -> str:
    """Return a free text of at most `limit` characters.

    Raises:
        BadValue: If it is longer, or a formula error of a spreadsheet.
    """
    check_length(raw, limit)
    _refuse_formula_error(raw)
    return raw


def parse_code(raw: str, limit: int) -> str:
    """Return a code, such as an application number, unchanged.

    Raises:
        BadValue: If it is too long, was turned into a decimal number by Excel, or is a formula error.
    """
    check_length(raw, limit)
    if _CODE_LOST_IN_EXCEL.fullmatch(raw):
        raise BadValue(lost_digits_message())
    _refuse_formula_error(raw)
    return raw


def has_ric_check_digit(number: str) -> bool:
    """Say whether the check digit of a resident ID number of 18 characters is right (GB 11643)."""
    return ric_check_digit(number) == number[-1]


def parse_identifier(raw: str, checks: Sequence[Callable[[str], bool]] = (uscc_valid, has_ric_check_digit)) -> str:
    """Return a number of a person, company or card in upper case, without blanks and dashes.

    Args:
        raw: The cell.
        checks: The checks of numbers of 18 digits in its column; a number that passes one has lost no digit.

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
    if len(number) > _MOST_DIGITS_OF_A_PHONE:
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


def parse_quantity(raw: str) -> int:
    """Return a whole number that is not negative.

    Raises:
        BadValue: If it is not such a number, or is 2^31 or more.
    """
    check_length(raw)
    if raw.isdecimal() and raw.isascii():
        number = int(raw)
    else:
        match = _QUANTITY.fullmatch(unicodedata.normalize("NFKC", raw))
        if match is None or not match[1].isascii():
            if raw.startswith("-"):
                raise BadValue(_("“{value}” is negative; write 0 or more."), raw)
            raise BadValue(_("“{value}” is not a whole number; write digits only."), raw)
        number = int(match[1])
    if number >= QUANTITY_LIMIT:
        raise BadValue(_("The number is too large; check it."))
    return number


def parse_money_fen(raw: str) -> int:
    """Return an amount in fen that is written in yuan; thousands separators are allowed.

    Raises:
        BadValue: If it is not an amount, negative, has more than 2 decimals, or is too large.
    """
    check_length(raw)
    amount = unicodedata.normalize("NFKC", raw).removeprefix("¥").removesuffix("元").strip()
    match = _MONEY.fullmatch(amount)
    if match is None or not amount.isascii():
        raise _money_error(raw, amount)
    fen = int(match[1].replace(",", "")) * 100 + int((match[2] or "0").ljust(2, "0"))
    if fen >= INTEGER_LIMIT:
        raise BadValue(_("The amount is too large; check it."))
    return fen


def _money_error(raw: str, amount: str) -> BadValue:
    """Return the error for a text that is not an amount."""
    if _EXPONENT.fullmatch(amount):
        return BadValue(lost_digits_message())
    if amount.startswith("-"):
        return BadValue(_("“{value}” is negative; write 0 or more."), raw)
    return BadValue(_("“{value}” is not an amount in yuan with at most 2 decimals; write it like 1234.50."), raw)


def parse_flag(raw: str) -> bool:
    """Return a boolean written as 1/0, true/false, yes/no or 是/否.

    Raises:
        BadValue: If it is none of these.
    """
    value = _value_named(raw, FLAGS)
    if value is None:
        raise BadValue(_("“{value}” is neither yes nor no; write yes or no."), raw)
    return value


def parse_choice(raw: str, names: Mapping[str, Choice]) -> Choice:
    """Return the value that a word names; `names` maps folded codes and names to values.

    Raises:
        BadValue: If it is none of them.
    """
    chosen = _value_named(raw, names)
    if chosen is None:
        codes = ", ".join(dict.fromkeys(str(value) for value in names.values()))
        raise BadValue(_("“{value}” is not a known value; write one of {codes}."), raw, codes=codes)
    return chosen


def _value_named(raw: str, names: Mapping[str, Choice]) -> Choice | None:
    """Return the value that a word names as written or folded, None if there is none."""
    check_length(raw)
    return names[raw] if raw in names else names.get(folded_word(raw))


def parse_sha256(raw: str) -> str:
    """Return a SHA-256 in lower case.

    Raises:
        BadValue: If it is not 64 hexadecimal digits.
    """
    if len(raw) == 64 and _SHA256.fullmatch(raw.lower()):  # noqa: PLR2004 - the length of a SHA-256 in hexadecimal
        return raw.lower()
    raise BadValue(_("This is not a SHA-256; write its 64 hexadecimal digits."))


def parse_relative_path(raw: str, limit: int) -> str:
    """Return a path that stays within the folder of the imported file.

    Raises:
        BadValue: If it is too long, absolute, or contains `..`.
    """
    check_length(raw, limit)
    parts = raw.replace("\\", "/").split("/")
    if parts[0] in {"", "~"} or _DRIVE.match(parts[0]):
        raise BadValue(_("The path is absolute; write it relative to this file's folder."))
    if ".." in parts:
        raise BadValue(_("The path leaves this file's folder by “..”; put the document beside this file."))
    return raw


def folded_word(word: str) -> str:
    """Return the comparable form of a word: width, letter case and repeated blanks do not matter."""
    return " ".join(unicodedata.normalize("NFKC", word).casefold().split())


def lost_digits_message() -> str:
    """Return the message for a number that a spreadsheet rounded or turned into a decimal."""
    return _("The spreadsheet has lost digits of this number; format the column as text and enter it again.")


def formula_error_message(error: str) -> str:
    """Return the message for a cell with a formula error; an unknown error is outlined, as it may be a value."""
    code = error if error in FORMULA_ERRORS else outline_of(error)
    return _("The cell contains the error {code}; fix the formula or enter the value.").format(code=code)


def _refuse_formula_error(raw: str) -> None:
    """Raise BadValue for a formula error of a spreadsheet."""
    if raw.startswith("#") and raw in FORMULA_ERRORS:
        raise BadValue(formula_error_message(raw))


def check_length(raw: str, limit: int = SHORT_LENGTH) -> None:
    """Raise BadValue for a text that is too long, before any pattern is matched."""
    if len(raw) > limit:
        raise BadValue(_("The value is longer than {limit} characters; shorten it.").format(limit=limit))


def _without_separators(raw: str) -> str:
    """Return a number without the separators between its digits."""
    check_length(raw)
    if raw.isascii() and raw.isalnum() and not _LOST_IN_EXCEL.fullmatch(raw):
        return raw
    _refuse_formula_error(raw)
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
    """Raise BadValue for a number that a remark stands beside, such as a count, a name or ①, which folds to a digit.

    Glued together, they would be the number of somebody else, or of nobody.
    """
    if raw.isascii() and raw.isdecimal():
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
