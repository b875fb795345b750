"""Checks and normalises the values of a filter."""

import re
import unicodedata
from difflib import get_close_matches

from workbench.domain.case.case_id import format_case, parse_case
from workbench.domain.filter.keys import FilterKey, Takes, known_value
from workbench.domain.text.mask import mask_digits_within
from workbench.domain.text.safe import safe
from workbench.domain.values.identifiers import normal_msisdn
from workbench.domain.values.moments import day
from workbench.domain.values.values import BadValue
from workbench.errors import NotFound
from workbench.i18n import _

_ROUND = re.compile(r"[1-9][0-9]{0,3}")
_DIGITS = re.compile(r"0*([1-9][0-9]{0,17})")
_SHOWN_CELLS = 40
_FEWEST_DIGITS = 7


class BadFilterValue(Exception):
    """A value that a key does not accept; the text is a sentence for the user."""


def read_value(key: FilterKey, op: str, word: str) -> str:
    """Return a value in its normal form.

    Raises:
        BadFilterValue: If the key does not accept it.
    """
    if not word.strip():
        raise BadFilterValue(_missing(key))
    match key.takes:
        case Takes.CHOICE:
            return _choice(key, word)
        case Takes.DATE:
            return _date(key, op, word)
        case Takes.NUMBER:
            return _number(key, word)
        case Takes.CASE:
            return _case(word)
        case Takes.PERSON:
            return known_value(key, _folded(word)) or word.strip()
        case Takes.TEXT:
            return _phone(word) if key.name == "phone" else word


def _folded(word: str) -> str:
    return unicodedata.normalize("NFKC", word).casefold().strip()


def shown(word: str) -> str:
    """Return typed text as an error may quote it, with numbers masked."""
    return safe(mask_digits_within(word), limit=_SHOWN_CELLS)


def _missing(key: FilterKey) -> str:
    if key.values:
        return _("“{key}” needs a value, such as {values}.").format(key=key.name, values=", ".join(key.values[:4]))
    return _("“{key}” needs a value.").format(key=key.name)


def _choice(key: FilterKey, word: str) -> str:
    value = known_value(key, _folded(word))
    if value is not None:
        return value
    near = get_close_matches(_folded(word), key.values, n=2, cutoff=0.6)
    if near:
        raise BadFilterValue(
            _("“{key}” has no “{value}”; did you mean {near}?").format(
                key=key.name, value=shown(word), near=", ".join(near)
            )
        )
    raise BadFilterValue(
        _("“{key}” has no “{value}”; it takes one of: {values}.").format(
            key=key.name, value=shown(word), values=", ".join(key.values)
        )
    )


def _date(key: FilterKey, op: str, word: str) -> str:
    value = known_value(key, _folded(word))
    if value is not None:
        if value in {"overdue", "none"} and op != ":":
            raise BadFilterValue(
                _("“{value}” is not a date to compare with; write {key}:{value}.").format(key="due", value=value)
            )
        return value
    try:
        return day(word.strip()).isoformat()
    except BadValue:
        raise BadFilterValue(
            _("“{key}” takes overdue, today, tomorrow or a date such as 2026-12-01; “{value}” is none of them.").format(
                key=key.name, value=shown(word)
            )
        ) from None


def _number(key: FilterKey, word: str) -> str:
    found = _ROUND.fullmatch(_folded(word))
    if found is None:
        raise BadFilterValue(
            _("“{key}” takes a whole number from 1; “{value}” is not one.").format(key=key.name, value=shown(word))
        )
    return found[0]


def _case(word: str) -> str:
    digits = _DIGITS.fullmatch(_folded(word))
    if digits is not None:
        return format_case(int(digits[1]))
    try:
        return format_case(parse_case(word))
    except NotFound as error:
        raise BadFilterValue(str(error)) from None


def _phone(word: str) -> str:
    number = normal_msisdn(word)
    if not number.isdecimal() or len(number) < _FEWEST_DIGITS:
        raise BadFilterValue(
            _("“phone” takes a complete number; parts cannot be searched, since numbers are stored as hashes.")
        )
    return number
