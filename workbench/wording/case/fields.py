"""The fields of the evidence in words: their names and their values."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from enum import Enum
from typing import Any

from db.enums import Carrier, DocumentKind, IdType, Language, Quality
from workbench.domain.case.lifecycle import CLASS_WORDS
from workbench.domain.evidence.evidence import LONG_TERM
from workbench.domain.policy.policy import Policy
from workbench.i18n import N_, _, comma_joined, current_language
from workbench.wording import amounts
from workbench.wording.case.labels import (
    APPLICANT_KIND_WORDS,
    CREDIT_MATCH_WORDS,
    ID_NUMBER_WORDS,
    QUALITY_WORDS,
)
from workbench.wording.findings import CREDIT_LIST_WORDS, document_name

FIELD_NAMES: Mapping[str, str] = {
    "agent": N_("agent"),
    "application_no": N_("application number"),
    "submitted_at": N_("submitted"),
    "received_at": N_("received at"),
    "first_reviewed_on": N_("first review"),
    "card_type": N_("type of card"),
    "applicant_kind": N_("kind of applicant"),
    "applicant_name": N_("applicant"),
    "uscc": N_("USCC"),
    "registered_capital_fen": N_("capital"),
    "licence_valid_to": N_("licence valid to"),
    "business_scope": N_("scope"),
    "province": N_("province"),
    "legal_rep_name": N_("legal representative"),
    "legal_rep_id_no": N_("legal representative's ID number"),
    "legal_rep_id_type": N_("legal representative's ID type"),
    "handler_name": N_("handler"),
    "handler_id_no": N_("handler's ID number"),
    "handler_id_type": N_("handler's ID type"),
    "handler_id_issued_on": N_("handler's ID issued"),
    "handler_id_valid_to": N_("handler's ID valid to"),
    "contact_phone": N_("phone"),
    "industry": N_("industry"),
    "stated_use": N_("stated use"),
    "call_script": N_("call script"),
    "consent_source": N_("source of consent"),
    "service_class": N_("service class"),
    "language": N_("language of letters"),
    "msisdns": N_("numbers in the form"),
    "iccid": N_("ICCID"),
    "carrier": N_("carrier"),
    "brand": N_("brand"),
    "activated_on": N_("activated"),
    "daily_quota_calls": N_("calls a day allowed"),
    "actual_user_name": N_("used by"),
    "service_ended_on": N_("service ended"),
    "kind": N_("document"),
    "files": N_("file"),
    "issued_on": N_("issued"),
    "valid_to": N_("valid to"),
    "sealed": N_("sealed"),
    "quality": N_("quality"),
    "calls": N_("calls"),
    "answered": N_("answered calls"),
    "answer_ratio": N_("answered"),
    "calls_in": N_("incoming calls"),
    "out_ratio": N_("share of outgoing calls"),
    "calls_outside_service": N_("calls outside the service"),
    "distinct_callees": N_("different numbers"),
    "distinct_callee_ratio": N_("share of different numbers"),
    "mean_duration_s": N_("mean duration"),
    "short_call_ratio": N_("at most 6 s"),
    "peak_hour_calls": N_("busiest hour"),
    "peak_day_calls": N_("busiest day"),
    "off_hours_calls": N_("off hours"),
    "off_hours_ratio": N_("share off hours"),
    "max_same_callee_day": N_("repeats in a day"),
    "max_same_callee_5min": N_("repeats in 5 minutes"),
    "max_same_callee_window": N_("repeats in the whole period"),
    "handsets": N_("handsets"),
    "complaints": N_("complaints"),
    "complaints_unverified": N_("complaints not verified"),
    "complaints_old": N_("old complaints, not counted"),
    "complaints_outside_service": N_("complaints outside the service"),
    "complaint_ratio": N_("complaints per call"),
    "opt_out_calls": N_("after opting out"),
    "data_age_days": N_("days since the data ends"),
    "window_from": N_("data from"),
    "window_to": N_("data to"),
    "listed_on": N_("listed on"),
    "checked_on": N_("checked"),
    "amount_fen": N_("amount"),
    "overdue_days": N_("days overdue"),
    "disputed": N_("disputed"),
    "arrears_fen": N_("arrears"),
    "list": N_("list"),
    "match": N_("result"),
    "reference": N_("reference"),
}

_VALUES: Mapping[Any, str] = {
    **APPLICANT_KIND_WORDS,
    **CLASS_WORDS,
    **CREDIT_LIST_WORDS,
    **CREDIT_MATCH_WORDS,
    **QUALITY_WORDS,
    Quality.OK: N_("ok"),
    **ID_NUMBER_WORDS,
    IdType.RESIDENT: N_("ID card"),
    Language.ZH: N_("Chinese"),
    Language.EN: N_("English"),
}

_CARRIER_NAMES = (N_("China Mobile"), N_("China Unicom"), N_("China Telecom"), N_("China Broadnet"))
_CARRIERS = dict(zip(Carrier, _CARRIER_NAMES, strict=True))

_FORMATS: Mapping[str, Callable[[Any], str]] = {
    # The number of a card is its subject already.
    "msisdn": lambda _number: _("added"),
    # Its code `telecom` is also one of a credit list.
    "carrier": lambda carrier: _(_CARRIERS[carrier]),
    "registered_capital_fen": amounts.capital_words,
    "amount_fen": amounts.money_words,
    "arrears_fen": amounts.money_words,
    "answer_ratio": amounts.percentage,
    "short_call_ratio": amounts.percentage,
    "out_ratio": amounts.percentage,
    "off_hours_ratio": amounts.percentage,
    "distinct_callee_ratio": amounts.percentage,
    "complaint_ratio": amounts.percentage,
    "mean_duration_s": amounts.duration_words,
}

NOTHING = "–"


@dataclass(frozen=True, slots=True)
class FieldWords:
    """The words of fields under a policy, in the current language; dates are relative to a day in a zone."""

    policy: Policy
    today: date
    zone: tzinfo

    def value(self, field: str, value: object) -> str:
        """Return a value of a field in words; a dash if there is none."""
        if field in _FORMATS and value is not None:
            return _FORMATS[field](value)
        words = str(value)
        match value:
            case None | "" | ():
                words = NOTHING
            case DocumentKind():
                words = document_name(value, self.policy, current_language())
            case Enum():
                words = _(_VALUES[value]) if value in _VALUES else str(value.value)
            case bool():
                words = _("yes") if value else _("no")
            case int():
                words = amounts.commas(value)
            case datetime():
                words = amounts.instant_on_screen(value, self.today, self.zone)
            case date():
                words = _("long-term") if value == LONG_TERM else amounts.day_on_screen(value, self.today)
            case tuple():
                words = comma_joined(self.value(field, part) for part in value)
        return words
