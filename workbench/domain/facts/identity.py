"""The facts about the applicant, the handler and the cards."""

from collections.abc import Iterator, Mapping
from datetime import date

from db.enums import ApplicantKind, IdType
from workbench.domain.evidence.evidence import ApplicationFacts, CardFacts, Evidence
from workbench.domain.facts.fact import FLAG, NUMBER, TEXT, Facts, FactType, interned_group
from workbench.domain.values import identifiers
from workbench.domain.values.id_documents import id_number_valid, id_type_of

HANDLER, LEGAL_REP = "handler", "legal_rep"
"""The roles of the people whose ID numbers an application has."""

IDENTITY_FACTS: Mapping[str, FactType] = {
    **dict.fromkeys(("applicant_kind", "industry", "province", "handler_id_type", "legal_rep_id_type"), TEXT),
    **dict.fromkeys(("agent", "card_type"), TEXT),
    **dict.fromkeys(("id_holder", "wrong_id_holders", "unchecked_id_holders"), TEXT),
    **dict.fromkeys(("ric_valid", "id_checkable", "id_validity_fits_age", "id_region_known"), FLAG),
    **dict.fromkeys(("legal_rep_ric_valid", "legal_rep_id_checkable"), FLAG),
    **dict.fromkeys(("uscc_given", "uscc_letters_fit", "uscc_valid", "uscc_kind_fits"), FLAG),
    **dict.fromkeys(("handler_age", "id_days_left", "licence_days_left", "registered_capital_fen"), NUMBER),
    **dict.fromkeys(("cards", "cards_of_brand", "cards_total"), NUMBER),
}
CARD_FACTS: Mapping[str, FactType] = {
    "brand": TEXT,
    **dict.fromkeys(("msisdn_in_range", "iccid_luhn", "carrier_fits_range", "actual_user_named"), FLAG),
    "daily_quota_calls": NUMBER,
}
HOLDER_FACT_BY_FACT: Mapping[str, str] = {
    **dict.fromkeys(("handler_age", "id_days_left", "id_validity_fits_age", "id_region_known"), "id_holder"),
    **dict.fromkeys(("ric_valid", "legal_rep_ric_valid"), "wrong_id_holders"),
    **dict.fromkeys(("id_checkable", "legal_rep_id_checkable"), "unchecked_id_holders"),
}
"""For a fact about an ID number or ID card, the fact with the roles of its holders, which a finding names."""

_HOLDER_NAMES = ("id_holder", "wrong_id_holders", "unchecked_id_holders")
_CARD_NAMES = tuple(CARD_FACTS)
_LEGAL_REP_NAMES = ("legal_rep_ric_valid", "legal_rep_id_checkable", "legal_rep_id_type")
_USCC_NAMES = ("uscc_given", "uscc_letters_fit", "uscc_valid", "uscc_kind_fits")


def days_left(valid_to: date | None, today: date) -> int | None:
    """Return the days until a validity ends, 0 on its last day.

    An unlimited validity ends in the year 9999, so it has more than two million days.
    """
    return None if valid_to is None else (valid_to - today).days


def _handler_facts(application: ApplicationFacts, today: date) -> Facts:
    """Return the facts about the handler's ID number and document. Age and region need a valid number."""
    number, stated = application.handler_id_no, application.handler_id_type
    id_type = id_type_of(number, stated)
    is_valid = id_number_valid(number, stated, today)
    birth = identifiers.ric_birth_date(number) if is_valid else None
    validity_fits = None
    # The law on ID cards, which sets their validity, does not cover residence permits.
    if birth is not None and id_type is IdType.RESIDENT and not identifiers.is_residence_permit(number):
        issued_on, valid_to = application.handler_id_issued_on, application.handler_id_valid_to
        validity_fits = identifiers.id_validity_fits_age(birth, issued_on, valid_to)
    return {
        "ric_valid": is_valid,
        "id_checkable": is_valid is not None,
        "handler_id_type": id_type.value,
        "handler_age": None if birth is None else identifiers.age_on(birth, today),
        "id_days_left": days_left(application.handler_id_valid_to, today),
        "id_validity_fits_age": validity_fits,
        "id_region_known": identifiers.ric_region_known(number) if birth else None,
    }


def _legal_rep_facts(application: ApplicationFacts, today: date) -> Facts:
    """Return the facts about the legal representative's ID number; they are None if it is missing."""
    number, stated = application.legal_rep_id_no, application.legal_rep_id_type
    if not number:
        return interned_group(_LEGAL_REP_NAMES, None, None, None)
    is_valid = id_number_valid(number, stated, today)
    return interned_group(_LEGAL_REP_NAMES, is_valid, is_valid is not None, id_type_of(number, stated).value)


def _holder_facts(handler: Facts, legal_rep: Facts) -> Facts:
    """Return the holder of the ID card, and the people whose ID number is wrong or has no public check.

    The first is always the handler; the other two facts are roles separated by `;`.
    """
    is_valid = {HANDLER: handler["ric_valid"], LEGAL_REP: legal_rep["legal_rep_ric_valid"]}
    is_checkable = {HANDLER: handler["id_checkable"], LEGAL_REP: legal_rep["legal_rep_id_checkable"]}
    wrong = ";".join(role for role, flag in is_valid.items() if flag is False)
    unchecked = ";".join(role for role, flag in is_checkable.items() if flag is False)
    return interned_group(_HOLDER_NAMES, HANDLER, wrong, unchecked)


def _uscc_facts(application: ApplicationFacts) -> Facts:
    """Return the facts about the USCC. The missing USCC of an enterprise or sole proprietor counts as invalid."""
    code, kind = application.uscc, application.applicant_kind
    if not code:
        given_if_needed = None if kind is ApplicantKind.INDIVIDUAL else False
        return interned_group(_USCC_NAMES, given_if_needed, None, given_if_needed, None)
    kind_fits = kind is ApplicantKind.SOLE_PROPRIETOR or not identifiers.is_uscc_of_self_employed(code)
    of_code = identifiers.uscc_letters_fit(code), identifiers.uscc_valid(code), kind_fits
    return interned_group(_USCC_NAMES, bool(code), *of_code)


def identity_facts(evidence: Evidence, today: date) -> tuple[Facts, ...]:
    """Return the facts in five groups: applicant and card counts, handler, legal representative, ID holders, USCC."""
    application = evidence.application
    of_applicant: Facts = {
        "applicant_kind": application.applicant_kind.value,
        "industry": application.industry,
        "province": application.province,
        "agent": application.agent,
        "card_type": application.card_type,
        "licence_days_left": days_left(application.licence_valid_to, today),
        "registered_capital_fen": application.registered_capital_fen,
        "cards": len({*application.msisdns, *(card.msisdn for card in evidence.cards)}),
        "cards_of_brand": evidence.cards_of_top_brand,
        "cards_total": evidence.cards_total,
    }
    handler, legal_rep = _handler_facts(application, today), _legal_rep_facts(application, today)
    return of_applicant, handler, legal_rep, _holder_facts(handler, legal_rep), _uscc_facts(application)


def _card_facts(card: CardFacts) -> Facts:
    carrier = identifiers.carrier_of_range(card.msisdn)
    iccid_luhn = identifiers.iccid_luhn(card.iccid) if card.iccid else None
    carrier_fits = None if card.carrier is None or carrier is None else card.carrier is carrier
    is_user_named = bool(card.actual_user_name.strip())
    of_card = (card.brand, carrier is not None, iccid_luhn, carrier_fits, is_user_named, card.daily_quota_calls)
    return interned_group(_CARD_NAMES, *of_card)


def card_facts(evidence: Evidence) -> Iterator[tuple[str, Facts]]:
    """Yield the facts of each card, by msisdn.

    If the application lists a number without a card row, only the number is known.
    """
    described_msisdns = set()
    for card in evidence.cards:
        described_msisdns.add(card.msisdn)
        yield card.msisdn, _card_facts(card)
    for msisdn in evidence.application.msisdns:
        if msisdn not in described_msisdns:
            is_in_range = identifiers.carrier_of_range(msisdn) is not None
            yield msisdn, interned_group(_CARD_NAMES, "", is_in_range, None, None, None, None)
