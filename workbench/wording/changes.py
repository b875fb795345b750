"""What changed between two rounds, in words: the names of fields, and their values."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, tzinfo
from enum import Enum
from typing import Any

from db.enums import ApplicantKind, CreditMatch, DocumentKind, ItemResult, Quality
from workbench.domain.case.changes import Change, SubmittedFile, UnchangedEntry
from workbench.domain.case.reason_scope import EvidencePart
from workbench.domain.evidence.evidence import LONG_TERM
from workbench.domain.findings.finding import Finding
from workbench.domain.policy.policy import Policy
from workbench.i18n import N_, _, comma_joined, current_language
from workbench.wording import amounts
from workbench.wording.findings import LIST_WORDS, document_name, text_of

PART_WORDS: Mapping[EvidencePart, str] = {
    EvidencePart.FINDINGS: N_("Findings"),
    EvidencePart.APPLICATION: N_("Application form"),
    EvidencePart.CARDS: N_("Cards"),
    EvidencePart.DOCUMENTS: N_("Documents"),
    EvidencePart.ACTIVITY: N_("Call activity"),
    EvidencePart.CREDIT: N_("Credit"),
}

_FIELD_WORDS: Mapping[str, str] = {
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
    "files": N_("file"),
    "issued_on": N_("issued"),
    "valid_to": N_("valid to"),
    "sealed": N_("sealed"),
    "quality": N_("quality"),
    "calls": N_("calls"),
    "answer_ratio": N_("answered"),
    "distinct_callees": N_("different numbers"),
    "mean_duration_s": N_("mean duration"),
    "short_call_ratio": N_("at most 6 s"),
    "peak_hour_calls": N_("busiest hour"),
    "peak_day_calls": N_("busiest day"),
    "off_hours_calls": N_("off hours"),
    "max_same_callee_day": N_("repeats in a day"),
    "handsets": N_("handsets"),
    "complaints": N_("complaints"),
    "opt_out_calls": N_("after opting out"),
    "window_to": N_("data to"),
    "listed_on": N_("listed on"),
    "checked_on": N_("checked"),
    "amount_fen": N_("amount"),
    "overdue_days": N_("days overdue"),
    "disputed": N_("disputed"),
}

_ENUM_WORDS: Mapping[Enum, str] = {
    ApplicantKind.ENTERPRISE: N_("enterprise"),
    ApplicantKind.SOLE_PROPRIETOR: N_("sole proprietor"),
    ApplicantKind.INDIVIDUAL: N_("individual"),
    CreditMatch.EXACT: N_("listed"),
    CreditMatch.NAME_ONLY: N_("same name only"),
    CreditMatch.NONE: N_("none"),
    Quality.OK: N_("ok"),
    Quality.BLURRED: N_("blurred"),
    Quality.INCOMPLETE: N_("incomplete"),
}

_FORMATS: Mapping[str, Callable[[Any], str]] = {
    # A card is named by its number already.
    "msisdn": lambda _number: _("added"),
    "registered_capital_fen": amounts.capital_fen,
    "amount_fen": amounts.money_fen,
    "answer_ratio": amounts.ratio,
    "short_call_ratio": amounts.ratio,
    "mean_duration_s": amounts.duration_s,
}

ITEM_RESULT_WORDS: Mapping[ItemResult, str] = {
    ItemResult.FIXED: N_("fixed"),
    ItemResult.PARTLY: N_("partly fixed"),
    ItemResult.NOT_FIXED: N_("not fixed"),
}

NOTHING = "–"


@dataclass(frozen=True, slots=True)
class ChangeWords:
    """The words of changes under a policy, in the current language; dates are relative to a day in a zone."""

    policy: Policy
    today: date
    zone: tzinfo

    def label(self, of: Change | UnchangedEntry) -> str:
        """Return the name of what changed: its subject, and its field unless that only says that it exists."""
        subject = self._subject(of)
        field = _(_FIELD_WORDS[of.field]) if of.field in _FIELD_WORDS else ""
        return " · ".join(filter(None, (subject, field)))

    def value(self, field: str, value: object) -> str:
        """Return a value of a field in words; a dash if there is none."""
        if field in _FORMATS and value is not None:
            return _FORMATS[field](value)
        words = str(value)
        match value:
            case None | "" | ():
                words = _("not found") if field == "finding" else NOTHING
            case Enum():
                words = _(_ENUM_WORDS[value]) if value in _ENUM_WORDS else str(value.value)
            case bool():
                words = _("yes") if value else _("no")
            case int():
                words = amounts.count(value)
            case date():
                words = _("long-term") if value == LONG_TERM else amounts.day_on_screen(value, self.today)
            case tuple():
                words = comma_joined(self.value(field, each) for each in value)
            case SubmittedFile():
                at = amounts.instant_on_screen(value.received_at, self.today, self.zone)
                words = _("received {when}").format(when=at)
            case Finding():
                words = text_of(value, self.policy, current_language())
        return words

    def verdict(self, entry: UnchangedEntry, since_round: int) -> str:
        """Return what the earlier round said of something that did not change."""
        if entry.part is EvidencePart.FINDINGS:
            return _("found in round {round} too").format(round=since_round)
        if entry.codes:
            return _("round {round}: {codes}").format(round=since_round, codes=" ".join(entry.codes))
        return _("accepted in round {round}").format(round=since_round)

    def _subject(self, of: Change | UnchangedEntry) -> str:
        if of.part is EvidencePart.DOCUMENTS:
            return document_name(DocumentKind(of.subject), self.policy, current_language())
        if of.part is EvidencePart.CREDIT:
            name, _blank, reference = of.subject.partition(" ")
            return f"{LIST_WORDS[name].in_language(current_language())} {reference}".rstrip()
        return of.subject
