"""Parses single values of imported files: texts, codes, quantities and choices.

Each parser takes the text of one cell, not empty and without surrounding blanks, and checks its length first. Only
values that cannot be stored are errors.
"""

import re
import unicodedata
from collections.abc import Mapping
from typing import TypeVar

from workbench.domain.values.bad_value import BadValue, outline_of
from workbench.i18n import _, comma_joined, current_language, with_remark

SHORT_LENGTH = 64
"""The most characters of a number, date, flag or choice."""

INTEGER_LIMIT = 2**63
"""The limit of database integers, exclusive."""

QUANTITY_LIMIT = 2**31
"""The limit of quantities, exclusive: PostgreSQL stores them in 4 bytes, and their sums fit in 8."""

FORMULA_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"})
"""The texts that a spreadsheet shows where a formula failed."""

_CODE_LOST_IN_EXCEL = re.compile(r"\d(\.\d+)?[eE]\+\d+|\d{6,}\.0+")
_QUANTITY = re.compile(r"(\d+)(\.0+)?")
_MONEY = re.compile(r"(\d+|\d{1,3}(?:,\d{3})+)(?:\.(\d{1,2}))?")
_EXPONENT = re.compile(r"\d+(\.\d+)?[eE][+-]?\d+")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_DRIVE = re.compile(r"[A-Za-z]:")

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
    refuse_formula_error(raw)
    return raw


def parse_code(raw: str, limit: int) -> str:
    """Return a code, such as an application number, unchanged.

    Raises:
        BadValue: If it is too long, was turned into a decimal number by Excel, or is a formula error.
    """
    check_length(raw, limit)
    if _CODE_LOST_IN_EXCEL.fullmatch(raw):
        raise BadValue(lost_digits_message())
    refuse_formula_error(raw)
    return raw


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
        raise BadValue(_("“{value}” is not a known value; write one of {codes}."), raw, codes=codes_with_words(names))
    return chosen


def codes_with_words(names: Mapping[str, Choice]) -> str:
    """Return the codes of a column of choices, in Chinese each with its name."""
    return comma_joined(dict.fromkeys(code_with_word(str(value), names) for value in names.values()))


def code_with_word(code: str, names: Mapping[str, Choice]) -> str:
    """Return a code, in Chinese with its first Chinese name."""
    words = [name for name, value in names.items() if value == code and not name.isascii()]
    return with_remark(code, words[0]) if words and current_language() == "zh" else code


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


def refuse_formula_error(raw: str) -> None:
    """Raise BadValue for a formula error of a spreadsheet."""
    if raw.startswith("#") and raw in FORMULA_ERRORS:
        raise BadValue(formula_error_message(raw))


def check_length(raw: str, limit: int = SHORT_LENGTH) -> None:
    """Raise BadValue for a text that is too long, before any pattern is matched."""
    if len(raw) > limit:
        raise BadValue(_("The value is longer than {limit} characters; shorten it.").format(limit=limit))
