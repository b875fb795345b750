"""The expected result of each rule of DOMAIN 8.4 at its limit, one below and one above."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from db.enums import ApplicantKind, Carrier, CreditList, CreditMatch, DocumentKind, IdType, Quality
from tests.domain.facts.sample_evidence import (
    MSISDN,
    TODAY,
    age_of,
    application,
    calls,
    card,
    company_code,
    complaints,
    credit,
    document,
    documents,
    evidence,
    id_number,
    nothing_found,
    sim_number,
    with_calls,
)
from workbench.domain.evidence.evidence import LONG_TERM, Evidence

Build = Callable[[Any], Evidence]


@dataclass(frozen=True)
class Expectation:
    """The expected severity of a rule at some observed values; None is no finding."""

    rule: str
    build: Build
    says: dict[Any, str | None]
    name: str = ""


def days(count: int) -> date:
    return TODAY + timedelta(days=count)


def handler(**changes: Any) -> Evidence:
    return evidence(application=application(**changes))


def person(**changes: Any) -> Evidence:
    return evidence(application=application(applicant_kind=ApplicantKind.INDIVIDUAL), **changes)


def of_age(birth: date) -> Evidence:
    return handler(handler_id_no=id_number(birth), handler_id_issued_on=None)


def issued(terms: tuple[date, date]) -> Evidence:
    return handler(handler_id_issued_on=terms[0], handler_id_valid_to=terms[1])


def one_document(**changes: Any) -> Evidence:
    rest = tuple(given for given in documents() if given.kind is not DocumentKind.AUTH_LETTER)
    return evidence(documents=(*rest, document(DocumentKind.AUTH_LETTER, **changes)))


def figure(name: str) -> Build:
    return lambda value: with_calls(calls(**{name: value}))


def quota(peak: int) -> Evidence:
    return with_calls(calls(peak_day_calls=peak), cards=(card(daily_quota_calls=100),))


def part(name: str, whole: int = 1000) -> Build:
    """Return evidence in which some of the calls, all of them answered, are of a kind."""
    base = {"calls": whole, "answered": whole, "total_duration_s": whole * 90, "distinct_callees": 1}
    return lambda count: with_calls(calls(**(base | {name: count})))


def seconds(total: int) -> Evidence:
    return with_calls(calls(answered=1000, total_duration_s=total))


def off_hours(count: int) -> Evidence:
    return with_calls(calls(off=count, calls=10_000))


def off_ratio(count: int) -> Evidence:
    """Return evidence with some of 300 calls outside working hours; fewer than five are already 1 %."""
    return with_calls(calls(off=count, calls=300))


def out_of_all(incoming: int) -> Evidence:
    return with_calls(calls(calls=800, calls_in=incoming))


def complained(verified: int) -> Evidence:
    return with_calls(calls(calls=10_000), complaints=complaints(verified, unverified=5))


def complained_of(counts: tuple[int, int]) -> Evidence:
    verified, made = counts
    return with_calls(calls(calls=made), complaints=complaints(verified))


def listed(name: CreditList) -> Build:
    return lambda match: evidence(credit=(*nothing_found(), credit(name, match)))


def in_arrears(overdue: int) -> Evidence:
    record = credit(CreditList.ARREARS, CreditMatch.EXACT, amount_fen=1234, overdue_days=overdue)
    return evidence(credit=(record,))


def checked(days_ago: int) -> Evidence:
    return evidence(credit=(credit(CreditList.COURT, CreditMatch.NONE, checked_on=TODAY - timedelta(days=days_ago)),))


def ended(days_ago: int) -> Evidence:
    return with_calls(calls(window_to=TODAY - timedelta(days=days_ago)))


VALID, WRONG = id_number(date(1990, 6, 15)), "110105199006159990"
EXACT, BY_NAME, NOTHING = CreditMatch.EXACT, CreditMatch.NAME_ONLY, CreditMatch.NONE
BLOCKED_IF_EXACT = {NOTHING: None, BY_NAME: None, EXACT: "block"}
WARNED_IF_EXACT = {NOTHING: None, BY_NAME: None, EXACT: "warn"}

TABLE = [
    Expectation("ID-RIC", lambda no: handler(handler_id_no=no), {VALID: None, WRONG: "block"}),
    Expectation("ID-RIC", lambda no: handler(legal_rep_id_no=no), {VALID: None, "": None, WRONG: "block"}, "legal rep"),
    Expectation(
        "ID-RIC",
        lambda given: handler(handler_id_no="E12345678", handler_id_type=given),
        {IdType.PASSPORT: None, IdType.MILITARY: "warn", None: "warn", IdType.TW_PERMIT: "block"},
        "other documents",
    ),
    Expectation(
        "ID-RIC",
        lambda given: handler(legal_rep_id_no="E12345678", legal_rep_id_type=given),
        {IdType.PASSPORT: None, IdType.MILITARY: "warn", None: "warn", IdType.TW_PERMIT: "block"},
        "other documents of the legal rep",
    ),
    Expectation(
        "ID-RIC",
        lambda born: handler(handler_id_no=id_number(born)),
        {days(-1): None, TODAY: "block", days(1): "block"},
        "born in the past",
    ),
    Expectation(
        "ID-RIC-EXPIRED", lambda on: handler(handler_id_valid_to=on), {days(1): None, days(0): None, days(-1): "block"}
    ),
    Expectation(
        "ID-RIC-EXPIRING",
        lambda on: handler(handler_id_valid_to=on),
        {
            days(91): None,
            days(90): None,
            days(89): "warn",
            days(0): "warn",
            days(-1): None,
            LONG_TERM: None,
            None: None,
        },
    ),
    Expectation(
        "ID-RIC-AGE",
        of_age,
        {
            age_of(16, -1): "block",
            age_of(16): "warn",
            age_of(18, -1): "warn",
            age_of(18): None,
            age_of(65): None,
            age_of(66, -1): None,
            age_of(66): "warn",
        },
    ),
    Expectation(
        "ID-RIC-VALIDITY",
        issued,
        {
            (date(2016, 6, 14), date(2026, 6, 14)): None,
            (date(2016, 6, 15), date(2026, 6, 15)): "warn",
            (date(2016, 6, 15), date(2036, 6, 15)): None,
        },
    ),
    Expectation(
        "ID-REGION",
        lambda region: handler(handler_id_no=id_number(date(1990, 6, 15), region)),
        {"110105": None, "999999": "info", "810000": None},
    ),
    Expectation(
        "ID-USCC",
        lambda code: handler(uscc=code),
        {company_code(): None, company_code()[:-1] + "*": "block", "": "block"},
    ),
    Expectation(
        "ID-USCC-KIND",
        lambda kind: handler(applicant_kind=kind, uscc=company_code("92")),
        {ApplicantKind.SOLE_PROPRIETOR: None, ApplicantKind.ENTERPRISE: "warn"},
    ),
    Expectation(
        "ID-LICENCE-EXPIRED", lambda on: handler(licence_valid_to=on), {days(1): None, days(0): None, days(-1): "block"}
    ),
    Expectation(
        "ID-LICENCE-EXPIRING",
        lambda on: handler(licence_valid_to=on),
        {days(61): None, days(60): None, days(59): "warn", days(-1): None, LONG_TERM: None},
    ),
    Expectation(
        "ID-CAPITAL",
        lambda fen: handler(registered_capital_fen=fen),
        {49_999_999: "info", 50_000_000: None, 50_000_001: None, None: None},
    ),
    Expectation("ID-MSISDN", lambda no: evidence(cards=(card(msisdn=no),)), {MSISDN: None, "12345678901": "block"}),
    Expectation("ID-MSISDN", lambda no: handler(msisdns=(no,)), {MSISDN: None, "12345678901": "block"}, "listed only"),
    Expectation(
        "ID-ICCID",
        lambda no: evidence(cards=(card(iccid=no),)),
        {sim_number(): None, "": None, "89860000000000000010": "warn"},
    ),
    Expectation(
        "ID-CARRIER",
        lambda name: evidence(cards=(card(carrier=name),)),
        {Carrier.MOBILE: None, None: None, Carrier.UNICOM: "info"},
    ),
    Expectation(
        "ID-CARD-COUNT", lambda count: person(cards_of_top_brand=count), {4: None, 5: None, 6: "block", 51: "block"}
    ),
    Expectation("ID-CARD-COUNT", lambda count: person(cards_total=count), {9: None, 10: None, 11: "warn"}, "total"),
    Expectation(
        "ID-CARD-COUNT",
        lambda count: evidence(cards_of_top_brand=count, cards_total=count),
        {6: None, 11: None, 49: None, 50: None, 51: "warn"},
        "company",
    ),
    Expectation(
        "ID-ACTUAL-USER",
        lambda name: evidence(cards=(card(), card(msisdn="13800000002", actual_user_name=name))),
        {"虚构远声": None, " ": "block", "": "block"},
    ),
    Expectation(
        "DOC-MISSING", lambda count: evidence(documents=documents()[count:]), {0: None, 1: "block", 2: "block"}
    ),
    Expectation(
        "DOC-EXPIRED",
        lambda on: one_document(valid_to=on),
        {days(1): None, days(0): None, days(-1): "block", None: None},
    ),
    Expectation("DOC-UNSEALED", lambda sealed: one_document(sealed=sealed), {True: None, None: None, False: "warn"}),
    Expectation(
        "DOC-QUALITY",
        lambda quality: one_document(quality=quality),
        {Quality.OK: None, None: None, Quality.BLURRED: "warn", Quality.INCOMPLETE: "warn"},
    ),
    Expectation(
        "USE-TRADE", lambda trade: handler(industry=trade), {"教育": None, "": None, "网贷": "block", "Loans": "block"}
    ),
    Expectation(
        "USE-TRADE",
        lambda scope: handler(business_scope=scope),
        {"软件开发（不含贷款）": None, "贷款咨询": "block", "steady software": None, "tea trade": "block"},
        "scope",
    ),
    Expectation(
        "USE-SCRIPT", lambda script: handler(call_script=script), {"您好": None, " ": "warn", "请报密码": "warn"}
    ),
    Expectation("USE-STATEMENT", lambda use: handler(stated_use=use), {"课程回访": None, "": "warn"}),
    Expectation("USE-CONSENT", lambda source: handler(consent_source=source), {"官网报名": None, "": "warn"}),
    Expectation(
        "ACT-PEAK-HOUR",
        figure("peak_hour_calls"),
        {39: None, 40: None, 41: "warn", 59: "warn", 60: "warn", 61: "block"},
    ),
    Expectation(
        "ACT-PEAK-DAY",
        figure("peak_day_calls"),
        {199: None, 200: None, 201: "warn", 299: "warn", 300: "warn", 301: "block"},
    ),
    Expectation("ACT-PEAK-DAY", quota, {99: None, 100: None, 101: "warn"}, "quota"),
    Expectation("ACT-SAME-CALLEE", figure("max_same_callee_day"), {2: None, 3: None, 4: "warn", 5: "warn", 6: "block"}),
    Expectation("ACT-SAME-CALLEE", figure("max_same_callee_5min"), {2: None, 3: None, 4: "block"}, "5 min"),
    Expectation("ACT-SAME-CALLEE", figure("max_same_callee_window"), {9: None, 10: None, 11: "warn"}, "window"),
    Expectation("ACT-OFF-HOURS", off_hours, {0: None, 1: "warn", 2: "warn", 4: "warn", 5: "block", 6: "block"}),
    Expectation("ACT-OFF-HOURS", off_ratio, {0: None, 2: "warn", 3: "block", 4: "block"}, "ratio"),
    Expectation("ACT-SHORT-CALLS", part("short_calls"), {149: None, 150: None, 151: "warn", 300: "warn", 301: "block"}),
    Expectation(
        "ACT-MEAN-DURATION",
        seconds,
        {30_001: None, 30_000: None, 29_999: "warn", 15_000: "warn", 14_999: "block"},
    ),
    Expectation("ACT-ANSWER-RATE", part("answered"), {401: None, 400: None, 399: "warn", 200: "warn", 199: "block"}),
    Expectation("ACT-HANDSETS", figure("handsets"), {2: None, 3: "warn", 4: "block", 5: "block"}),
    Expectation("ACT-COMPLAINTS", complained, {0: None, 1: "warn", 2: "warn", 3: "block", 4: "block"}),
    Expectation(
        "ACT-COMPLAINTS",
        complained_of,
        {(1, 1000): "warn", (1, 334): "warn", (2, 401): "warn", (2, 400): "warn", (2, 399): "block"},
        "ratio",
    ),
    Expectation("ACT-OPT-OUT", figure("opt_out_calls"), {0: None, 1: "block", 2: "block"}),
    Expectation("ACT-OUT-SHARE", out_of_all, {201: None, 200: "info", 199: "info"}),
    Expectation("ACT-DISTINCT", part("distinct_callees"), {599: None, 600: "info", 601: "info"}),
    Expectation("ACT-NO-DATA", lambda count: with_calls(calls(calls=count)), {0: "info", 1: None, 2: None}),
    Expectation("ACT-STALE", ended, {29: None, 30: None, 31: "info"}),
    Expectation("CR-ARREARS", in_arrears, {0: None, 1: "warn", 29: "warn", 30: "warn", 31: "block"}),
    Expectation("CR-DEBTOR", listed(CreditList.COURT), BLOCKED_IF_EXACT),
    Expectation("CR-SERIOUS", listed(CreditList.SERIOUS), BLOCKED_IF_EXACT),
    Expectation("CR-PUNISHED", listed(CreditList.PUNISHMENT), BLOCKED_IF_EXACT),
    Expectation("CR-ABNORMAL", listed(CreditList.ABNORMAL), WARNED_IF_EXACT),
    Expectation("CR-TELECOM-LIST", listed(CreditList.TELECOM), WARNED_IF_EXACT),
    Expectation("CR-NAME-ONLY", listed(CreditList.ARREARS), {NOTHING: None, BY_NAME: "warn", EXACT: None}),
    Expectation("CR-STALE", checked, {29: None, 30: None, 31: "warn"}),
    Expectation("CR-NO-DATA", lambda records: evidence(credit=records), {nothing_found()[:1]: None, (): "warn"}),
]
