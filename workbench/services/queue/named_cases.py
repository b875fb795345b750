"""Finds cases by what a person has: a number or a name, whole or in part."""

import re

from db.queries.listing import case_conditions as conditions
from db.queries.listing.case_list import CaseCondition
from db.queries.listing.named_cases import has_handler, has_number
from workbench.domain.case.case_id import is_case, parse_case
from workbench.domain.values.identifiers import comparable_number, normal_msisdn
from workbench.services.foundation.file_store import Store

_FEWEST_PHONE_DIGITS = 7
_MOST_SERIAL_DIGITS = 8
_CASE_DIGITS = re.compile(r"[0-9]{1,12}")
_RULE = re.compile(r"[A-Z]{2,4}(-[A-Z][A-Z0-9]*)+")
_IDENTIFIER = re.compile(r"[0-9]{15}|[0-9]{17}[0-9X]|[0-9A-Z]{18}")


def has_phone(number: str, store: Store, name: str) -> CaseCondition:
    """Return the condition that a card or the contact has a phone number; only complete numbers are found."""
    hashed = store.hashed(normal_msisdn(number))
    return conditions.any_condition(
        [
            conditions.has_card(hashed, f"{name}_card"),
            conditions.application_has("contact_phone_hash", [hashed], f"{name}_contact"),
        ]
    )


def is_named(word: str, store: Store, name: str, *, by_handler: bool = True, by_part: bool = True) -> CaseCondition:
    """Return the condition that a word is a whole number of a case, or the whole name of its handler.

    With `by_part`, digits are also a part of an application number that has zeros before them, such as HB-008 for 8.
    """
    found = [has_number(word, f"{name}_is")]
    if by_handler:
        found.append(has_handler(word, f"{name}_by"))
    if _CASE_DIGITS.fullmatch(word) or is_case(word):
        case_id = int(word) if word.isdecimal() else parse_case(word)
        found.append(conditions.is_one_of([case_id], f"{name}_case"))
    if by_part and _CASE_DIGITS.fullmatch(word):
        # Digits without a leading zero are not searched as they are: 2026 is the year in every application number.
        widths = range(len(word) + (not word.startswith("0")), _MOST_SERIAL_DIGITS + 1)
        found += [conditions.number_matches(word.zfill(width), f"{name}_part{width}") for width in widths]
    number, plain = normal_msisdn(word), comparable_number(word)
    if number.isdecimal() and number.isascii() and len(number) >= _FEWEST_PHONE_DIGITS:
        found.append(has_phone(number, store, name))
    if _IDENTIFIER.fullmatch(plain):
        found.append(conditions.application_has("handler_id_hash", [store.hashed(plain)], f"{name}_handler"))
        found.append(conditions.application_has("uscc", [plain], f"{name}_uscc"))
    return conditions.any_condition(found)


def has_word(word: str, store: Store, name: str, *, is_negated: bool) -> CaseCondition:
    """Return the condition that a word names a case, or that the applicant or the application number contains it.

    The code of a rule is also found, in any letter case.

    A negated word is not the name of a handler, which would be looked up for nearly every case.
    """
    named = is_named(word, store, name, by_handler=not is_negated)
    found = [conditions.name_matches(word, f"{name}_called"), named]
    if any(char.isascii() and char.isalnum() for char in comparable_number(word)):
        found.append(conditions.number_matches(word, f"{name}_number"))
    if _RULE.fullmatch(rule := word.upper()):
        found.append(conditions.has_finding(rule, f"{name}_rule"))
    return conditions.any_condition(found)
