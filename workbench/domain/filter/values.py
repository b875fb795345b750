"""Checks and normalises the values of a filter."""

import re
from collections.abc import Iterable
from contextlib import suppress
from difflib import get_close_matches

from workbench.domain.case.case_id import format_case, parse_case, quoted_masked
from workbench.domain.clock.typed.reading import is_like_a_date
from workbench.domain.filter.keys import FilterKey, ValueType, known_value, shown_key, shown_value, words_of
from workbench.domain.values.bad_value import BadValue
from workbench.domain.values.identifiers import normal_msisdn
from workbench.domain.values.moments import parse_day
from workbench.domain.values.spelling import folded
from workbench.errors import NotFound
from workbench.i18n import _, comma_joined

_ROUND = re.compile(r"[1-9][0-9]{0,3}")
_DIGITS = re.compile(r"0*([1-9][0-9]{0,17})")
_FEWEST_DIGITS = 7
"""A number with fewer digits is only a part of a phone number."""


class BadFilterValue(Exception):
    """A value that a key does not accept; the text is a sentence for the user."""


def read_value(key: FilterKey, op: str, word: str) -> str:
    """Return a value in its normal form.

    Raises:
        BadFilterValue: If the key does not accept it.
    """
    if not word.strip():
        raise BadFilterValue(_missing(key))
    match key.value_type:
        case ValueType.CHOICE:
            return _choice(key, word)
        case ValueType.DATE:
            return _date(key, op, word)
        case ValueType.NUMBER:
            return _number(key, word)
        case ValueType.CASE:
            return _case(word)
        case ValueType.PERSON:
            return known_value(key, folded(word)) or word.strip()
        case ValueType.TEXT:
            return _phone(word) if key.name == "phone" else word


def _value_error(key: FilterKey, word: str, sentence: str, **more: str) -> BadFilterValue:
    """Return the error for a word that a key does not accept."""
    return BadFilterValue(sentence.format(key=shown_key(key), value=quoted_masked(word), **more))


def _missing(key: FilterKey) -> str:
    if key.values:
        message = _("“{key}” needs a value, such as {values}.")
        return message.format(key=shown_key(key), values=_listed(key, key.values[:4]))
    return _("“{key}” needs a value.").format(key=shown_key(key))


def _listed(key: FilterKey, values: Iterable[str]) -> str:
    """Return values of a key in the words of the language in use."""
    return comma_joined(dict.fromkeys(shown_value(key, value) for value in values))


def _choice(key: FilterKey, word: str) -> str:
    """Return the value of the key that a word means."""
    value = known_value(key, folded(word))
    if value is not None:
        return value
    by_word = {name: value for value, words in words_of(key).items() for name in (value, *words)}
    near = get_close_matches(folded(word), by_word, n=2, cutoff=0.6)
    if near:
        near_words = _listed(key, (by_word[name] for name in near))
        raise _value_error(key, word, _("“{key}” has no “{value}”; did you mean {near}?"), near=near_words)
    sentence = _("“{key}” has no “{value}”; it takes one of: {values}.")
    raise _value_error(key, word, sentence, values=_listed(key, key.values))


def _date(key: FilterKey, op: str, word: str) -> str:
    """Return a named day, an ISO date, or a word that is read as a date later, when the calendar is known."""
    value = known_value(key, folded(word))
    if value is not None:
        if value in {"overdue", "none"} and op != ":":
            raise _value_error(
                key, shown_value(key, value), _("“{value}” is not a date to compare with; write {key}:{value}.")
            )
        return value
    with suppress(BadValue):
        return parse_day(word.strip()).isoformat()
    if is_like_a_date(word):
        return word.strip()
    if key.name == "due":
        # The sentence of this key leaves out its rarer words, yesterday and none.
        sentence = _("“{key}” takes overdue, today, tomorrow or a date such as 2026-12-01; “{value}” is none of them.")
        raise _value_error(key, word, sentence)
    sentence = _("“{key}” takes {values} or a date such as 2026-12-01; “{value}” is none of them.")
    raise _value_error(key, word, sentence, values=_listed(key, key.values))


def _number(key: FilterKey, word: str) -> str:
    match = _ROUND.fullmatch(folded(word))
    if match is None:
        raise _value_error(key, word, _("“{key}” takes a whole number from 1; “{value}” is not one."))
    return match[0]


def _case(word: str) -> str:
    """Return a case number in its usual form."""
    digits = _DIGITS.fullmatch(folded(word))
    if digits is not None:
        return format_case(int(digits[1]))
    try:
        return format_case(parse_case(word))
    except NotFound as error:
        raise BadFilterValue(str(error)) from None


def _phone(word: str) -> str:
    """Return a phone number in its usual form."""
    number = normal_msisdn(word)
    if not number.isdecimal() or len(number) < _FEWEST_DIGITS:
        raise BadFilterValue(
            _("“phone” takes a complete number; parts cannot be searched, since numbers are stored as hashes.")
        )
    return number
