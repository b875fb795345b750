"""The evidence that panels show and rules check, as immutable values."""

from dataclasses import dataclass
from datetime import date, datetime

from db import enums

LONG_TERM = date(9999, 12, 31)
"""The last day of an unlimited validity (长期). None means unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationFacts:
    """An application as submitted: the columns of an application file.

    `uscc` is the unified social credit code of the applicant (18 characters), an `msisdn` the phone number of a SIM;
    `_fen` means an amount in fen (0.01 yuan). If an `_id_type` is None, it was not stated and is inferred from the form
    of the number.
    """

    agent: str = ""
    application_no: str
    submitted_at: datetime
    received_at: datetime
    first_reviewed_on: date | None = None
    card_type: str = ""
    applicant_kind: enums.ApplicantKind
    applicant_name: str
    uscc: str = ""
    registered_capital_fen: int | None = None
    licence_valid_to: date | None = None
    business_scope: str = ""
    province: str = ""
    legal_rep_name: str = ""
    legal_rep_id_no: str = ""
    legal_rep_id_type: enums.IdType | None = None
    handler_name: str
    handler_id_no: str
    handler_id_type: enums.IdType | None = None
    handler_id_issued_on: date | None = None
    handler_id_valid_to: date | None = None
    contact_phone: str = ""
    industry: str = ""
    stated_use: str = ""
    call_script: str = ""
    consent_source: str = ""
    service_class: enums.ServiceClass | None = None
    language: enums.Language = enums.Language.ZH
    msisdns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CardFacts:
    """One SIM of an application; `iccid` is the serial number of the SIM, `msisdn` its phone number."""

    msisdn: str
    iccid: str = ""
    carrier: enums.Carrier | None = None
    brand: str = ""
    activated_on: date | None = None
    daily_quota_calls: int | None = None
    actual_user_name: str = ""
    service_ended_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentFacts:
    """One document file of an application; retention may have erased the file, at `erased_at`."""

    kind: enums.DocumentKind
    sha256: str
    received_at: datetime
    issued_on: date | None = None
    valid_to: date | None = None
    sealed: bool | None = None
    quality: enums.Quality | None = None
    bytes_count: int | None = None
    media_type: str = ""
    erased_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFacts:
    """The calls of one card, or of all cards of an application, within a window.

    Counts are of outgoing calls, except `calls_in`. Hours and days are local to the policy's zone. Over all cards,
    counts are sums, distinct_callees and handsets are unions, and peaks and repeats are maxima.

    Attributes:
        half_hours: The outgoing calls of each half hour of the day (48 counts from 00:00), so that any calling window
            can be applied later.
        calls_outside_service: The calls in the window before the card's activation or after its end of service. No
            other figure counts them.
    """

    msisdn: str = ""
    window_from: date | None = None
    window_to: date | None = None
    calls: int = 0
    calls_in: int = 0
    answered: int = 0
    distinct_callees: int = 0
    total_duration_s: int = 0
    short_calls: int = 0
    peak_hour_calls: int = 0
    peak_day_calls: int = 0
    max_same_callee_day: int = 0
    max_same_callee_5min: int = 0
    max_same_callee_window: int = 0
    handsets: int = 0
    opt_out_calls: int = 0
    half_hours: tuple[int, ...] = (0,) * 48
    calls_outside_service: int = 0


NO_CALLS = CallFacts()
"""The figures of a card or application without calls."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComplaintFacts:
    """One complaint about one card."""

    msisdn: str
    received_at: datetime
    source: str = ""
    verified: bool = False
    summary: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditFacts:
    """One look-up of a person or company in one credit list."""

    subject_no: str
    list: enums.CreditList
    match: enums.CreditMatch
    listed_on: date | None = None
    checked_on: date | None = None
    amount_fen: int | None = None
    overdue_days: int | None = None
    disputed: bool = False
    reference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """All evidence of a case at one moment, the only input of rules and panels.

    Attributes:
        application: The application.
        cards: Its cards.
        documents: Its documents.
        calls: The calls of each card.
        all_calls: The calls of all cards together.
        complaints: The complaints about its cards.
        credit: The credit records of the applicant and its people.
        cards_total: How many cards in service the applicant has, over all published applications. The USCC or the ID
            number identifies an applicant.
        cards_of_top_brand: How many of these cards have the applicant's most frequent brand.
    """

    application: ApplicationFacts
    cards: tuple[CardFacts, ...] = ()
    documents: tuple[DocumentFacts, ...] = ()
    calls: tuple[CallFacts, ...] = ()
    all_calls: CallFacts = NO_CALLS
    complaints: tuple[ComplaintFacts, ...] = ()
    credit: tuple[CreditFacts, ...] = ()
    cards_of_top_brand: int = 0
    cards_total: int = 0
