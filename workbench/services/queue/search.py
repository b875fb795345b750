"""Searches for a word without a key: in names, application and case numbers, and complete phone and ID numbers."""

import re

from db.queries import case_conditions as conditions
from db.queries.case_list import Condition
from workbench.domain.case.case_id import parse_case
from workbench.domain.values.identifiers import compact, normal_msisdn
from workbench.errors import NotFound
from workbench.services.foundation.file_store import Store

_FEWEST_DIGITS = 7
_CASE_DIGITS = re.compile(r"[0-9]{1,12}")
_IDENTIFIER = re.compile(r"[0-9]{15}|[0-9]{17}[0-9X]|[0-9A-Z]{18}")


def phone(number: str, store: Store, name: str) -> Condition:
    """Return the condition that a card or the contact has a phone number; only complete numbers are found."""
    hashed = store.hashed(normal_msisdn(number))
    return conditions.any_condition(
        [
            conditions.has_card(hashed, f"{name}_card"),
            conditions.application_has("contact_phone_hash", [hashed], f"{name}_contact"),
        ]
    )


def bare_word(word: str, store: Store, name: str) -> Condition:
    """Return the condition that any searched column of a case contains a word."""
    found = [conditions.name_matches(word, f"{name}_called")]
    plain = compact(word)
    if any(char.isascii() and char.isalnum() for char in plain):
        found.append(conditions.number_matches(word, f"{name}_number"))
    case_id = _case_id(word)
    if case_id is not None:
        found.append(conditions.is_one_of([case_id], f"{name}_case"))
    number = normal_msisdn(word)
    if number.isdecimal() and number.isascii() and len(number) >= _FEWEST_DIGITS:
        found.append(phone(number, store, name))
    if _IDENTIFIER.fullmatch(plain):
        found.append(conditions.application_has("handler_id_hash", [store.hashed(compact(word))], f"{name}_handler"))
        found.append(conditions.application_has("uscc", [plain], f"{name}_uscc"))
    return conditions.any_condition(found)


def _case_id(word: str) -> int | None:
    """Return the case id in a word, with or without the prefix C-, None if the word is no case id."""
    if _CASE_DIGITS.fullmatch(word) and int(word):
        return int(word)
    try:
        return parse_case(word)
    except NotFound:
        return None
