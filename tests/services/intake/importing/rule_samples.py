"""Every rule of DOMAIN 8.4 at its limits, as rows of files; all made up, all imported."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from stdnum.cn import ric, uscc

from tests.services.intake.importing.files import ENTERPRISE_DOCUMENTS, Cells

TODAY = date(2026, 11, 24)
DAY = datetime(2026, 11, 20, 9, 0)  # noqa: DTZ001 - local, as in a file

_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call of a sample's first card; `callee` is a number within the sample."""

    at: datetime
    callee: int
    duration_s: int = 60
    answered: bool = True
    is_in: bool = False
    imei: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One application with what belongs to it, and what one rule must find in it (None: nothing)."""

    name: str
    rule: str
    severity: str | None
    application: Mapping[str, str] | None = None
    cards: Sequence[Mapping[str, str]] = ({"actual_user_name": "丁某某"},)
    documents: Sequence[Mapping[str, str]] = ()
    missing: int = 0
    calls: Sequence[Call] = ()
    credit: Sequence[Mapping[str, str]] = ()
    complaints: Sequence[Mapping[str, str]] = ()
    opt_out: date | None = None


Parts = Mapping[str, Any]
"""The parts of a sample by their names."""


def at(rule: str, parts: Callable[[Any], Parts], severities: Mapping[Any, str | None]) -> list[Sample]:
    """Return a sample of a rule for each value."""
    return [
        Sample(name=str(value), rule=rule, severity=severity, **parts(value)) for value, severity in severities.items()
    ]


def column(name: str, **others: str) -> Callable[[str], Parts]:
    """Make the parts of an application with one column at a value."""
    return lambda value: {"application": {**others, name: value}}


def card(name: str) -> Callable[[str], Parts]:
    """Make the parts of a card with one column at a value."""
    return lambda value: {"cards": [{name: value}]}


def document(name: str) -> Callable[[str], Parts]:
    """Make the parts of a first document that says something of itself."""
    return lambda value: {"documents": [{name: value}]}


def made(count: Callable[[Any], Sequence[Call]]) -> Callable[[Any], Parts]:
    """Make the parts of a number with calls."""
    return lambda value: {"calls": count(value)}


def held(more: Parts) -> Callable[[tuple[str, str]], Parts]:
    """Make the parts of a number that was in service between two days."""
    return lambda days: {
        "cards": [{"actual_user_name": "丁某某", "activated_on": days[0], "service_ended_on": days[1]}],
        **more,
    }


def on(days: int) -> str:
    """Return the date so many days from today."""
    return (TODAY + timedelta(days=days)).isoformat()


def id_number(birth: str, region: str = "110105") -> str:
    """Return a made-up ID number with a right check digit."""
    number = f"{region}{birth}123"
    return number + ric.calc_check_digit(number + "0")


def company(number: int, prefix: str = "91110000") -> str:
    """Return a made-up USCC with right check digits."""
    organisation = f"{number:08}"
    total = sum(int(digit) * weight for digit, weight in zip(organisation, _ORGANISATION_WEIGHTS, strict=True))
    check = (11 - total % 11) % 11
    code = prefix + organisation + ("X" if check == 10 else str(check))
    return code + uscc.calc_check_digit(code)


def misspelled(code: str) -> str:
    """Return a number with a wrong check digit."""
    return code[:-1] + ("0" if code[-1] != "0" else "1")


def calls(
    count: int,
    *,
    distinct: int | None = None,
    durations: Sequence[int] = (60,),
    answered: int | None = None,
    handsets: int = 0,
) -> list[Call]:
    """Return calls one after the other, at most 60 a day, so that only what is asked for reaches a limit."""
    return [
        Call(
            at=DAY + timedelta(days=-(place // 60), seconds=600 * (place % 60)),
            callee=place % (distinct or count),
            duration_s=durations[place % len(durations)],
            answered=answered is None or place < answered,
            imei=f"3568680000{place % handsets:04}0" if handsets else "",
        )
        for place in range(count)
    ]


def burst(count: int, *, start: datetime = DAY, gap_s: int = 30) -> list[Call]:
    """Return calls to different people within one hour or day."""
    return [Call(at=start + timedelta(seconds=gap_s * place), callee=place) for place in range(count)]


def same(counts: Sequence[int], *, gap_s: int = 1200) -> list[Call]:
    """Return calls to one person: so many on each of some days."""
    return [
        Call(at=DAY + timedelta(days=-back, seconds=gap_s * place), callee=7)
        for back, count in enumerate(counts)
        for place in range(count)
    ]


def incoming(count: int) -> list[Call]:
    """Return calls to the card."""
    return [Call(at=DAY + timedelta(hours=5, minutes=place), callee=900 + place, is_in=True) for place in range(count)]


def night(count: int) -> list[Call]:
    """Return calls at and after closing of the calling window."""
    return [Call(at=DAY.replace(hour=21, minute=place), callee=500 + place) for place in range(count)]


def brands(*counts: int) -> list[Mapping[str, str]]:
    """Return cards of several brands."""
    return [{"brand": f"虚构品牌{number}"} for number, count in enumerate(counts) for _card in range(count)]


def credit(name: str, match: str = "exact", **cells: str) -> list[Cells]:
    """Return one look-up of a list."""
    return [{"list": name, "match": match, "checked_on": on(-1), **cells}]


def verified(count: int, *, on: date = date(2026, 11, 20)) -> list[Mapping[str, str]]:
    """Return verified complaints of one day."""
    return [{"received_at": f"{on} 10:{place:02}", "verified": "yes"} for place in range(count)]


_OK_ID = id_number("19900101")
_PAID = credit("arrears", "none", reference="P-1")
_ONE_HANDSET = ("35686800004141", "356868000041418", "35-686800-004141-8", "35 686800 004141 8", "3568680000414101")
"""One IMEI with and without its check digit, with signs, and with the version of its software."""

IDENTITY = [
    *at(
        "ID-RIC",
        column("handler_id_no"),
        {
            _OK_ID: None,
            misspelled(_OK_ID): "block",
            id_number("20261123"): None,
            id_number("20261125"): "block",
            "11010519900230123X": "block",
        },
    ),
    *at(
        "ID-RIC",
        column("handler_id_no", handler_id_type="护照"),
        {"123456789": "warn", "E12345678": None, "E1": "block"},
    ),
    *at("ID-RIC-EXPIRED", column("handler_id_valid_to"), {on(-1): "block", on(0): None}),
    *at("ID-RIC-EXPIRING", column("handler_id_valid_to"), {on(-1): None, on(0): "warn", on(89): "warn", on(90): None}),
    *at(
        "ID-RIC-AGE",
        lambda born: column("handler_id_no")(id_number(born)),
        {"20101125": "block", "20101124": "warn", "20081124": None, "19601125": None, "19601124": "warn"},
    ),
    # At 25 a card is issued for ten years, from the 26th birthday on for twenty.
    *at(
        "ID-RIC-VALIDITY",
        column("handler_id_valid_to", handler_id_no=_OK_ID, handler_id_issued_on="2015-12-31"),
        {"2025-12-31": None, "2035-12-31": "warn"},
    ),
    *at(
        "ID-RIC-VALIDITY",
        column("handler_id_valid_to", handler_id_no=_OK_ID, handler_id_issued_on="2016-01-01"),
        {"2026-01-01": "warn", "2036-01-01": None},
    ),
    *at("ID-REGION", column("handler_id_no"), {_OK_ID: None, id_number("19900101", "990105"): "info"}),
    *at("ID-USCC", column("uscc"), {company(77): None, misspelled(company(78)): "block"}),
    *at("ID-USCC-KIND", column("uscc"), {company(79): None, company(80, "92110000"): "warn"}),
    *at("ID-USCC-KIND", column("uscc", applicant_kind="sole_proprietor"), {company(81, "92110000"): None}),
    *at("ID-LICENCE-EXPIRED", column("licence_valid_to"), {on(-1): "block", on(0): None, "长期": None}),
    *at("ID-LICENCE-EXPIRING", column("licence_valid_to"), {on(-1): None, on(59): "warn", on(60): None}),
    *at("ID-CAPITAL", column("registered_capital_cny"), {"499999.99": "info", "500000": None}),
    *at("ID-MSISDN", card("msisdn"), {"13855550001": None, "12055550001": "block", "1385555000": "block"}),
    *at("ID-ICCID", card("iccid"), {"89860070310112094320": None, "89860070310112094321": "warn"}),
    *at("ID-CARRIER", card("carrier"), {"mobile": None, "unicom": "info"}),
    *(
        sample
        for place, (kind, counts, severity) in enumerate(
            (
                ("individual", (5,), None),
                ("individual", (6,), "block"),
                ("individual", (5, 5), None),
                ("individual", (5, 5, 1), "warn"),
                ("enterprise", (50,), None),
                ("enterprise", (50, 1), "warn"),
                ("sole_proprietor", (51,), "warn"),
            ),
            start=1,
        )
        for sample in at(
            "ID-CARD-COUNT",
            lambda counts, kind=kind, place=place: {  # type: ignore[misc]  # the defaults bind the turn
                "application": {"applicant_kind": kind, "handler_id_no": id_number(f"198001{place:02}")},
                "cards": brands(*counts),
            },
            {counts: severity},
        )
    ),
    *at(
        "ID-ACTUAL-USER",
        lambda name: {"cards": [{"actual_user_name": "丁某某"}, {"actual_user_name": name}]},
        {"戊某某": None, "": "block"},
    ),
    *at("DOC-MISSING", lambda count: {"missing": count}, {0: None, 1: "block", len(ENTERPRISE_DOCUMENTS): "block"}),
    *at("DOC-EXPIRED", document("valid_to"), {on(-1): "block", on(0): None}),
    *at("DOC-UNSEALED", document("sealed"), {"yes": None, "no": "warn", "": None}),
    *at("DOC-QUALITY", document("quality"), {"ok": None, "blurred": "warn", "incomplete": "warn"}),
    *at("USE-TRADE", column("industry"), {"教育": None, "网贷": "block"}),
    *at(
        "USE-TRADE",
        column("business_scope"),
        {"信息咨询(不含贷款)": None, "信息咨询;贷款": "block", "投资咨询,不得从事贷款业务": None},
    ),
    *at("USE-SCRIPT", column("call_script"), {"您好,这里是虚构公司": None, "": "warn", "请报一下验证码": "warn"}),
    *at("USE-STATEMENT", column("stated_use"), {"回访": None, "": "warn"}),
    *at("USE-CONSENT", column("consent_source"), {"在线登记": None, "": "warn"}),
]

ACTIVITY = [
    *at("ACT-PEAK-HOUR", made(burst), {40: None, 41: "warn", 60: "warn", 61: "block"}),
    *at("ACT-PEAK-DAY", made(lambda count: burst(count, gap_s=100)), {200: None, 201: "warn", 301: "block"}),
    *at(
        "ACT-PEAK-DAY",
        lambda count: {"cards": [{"daily_quota_calls": "50"}], "calls": burst(count, gap_s=100)},
        {50: None, 51: "warn"},
    ),
    *at("ACT-SAME-CALLEE", made(same), {(3,): None, (4,): "warn", (5,): "warn", (6,): "block"}),
    *at("ACT-SAME-CALLEE", made(same), {(3, 3, 3): None, (3, 3, 3, 1): None, (3, 3, 3, 2): "warn"}),
    *at(
        "ACT-SAME-CALLEE",
        made(lambda made: same([made[0]], gap_s=made[1])),
        {(3, 99): None, (4, 99): "block", (4, 101): "warn"},
    ),
    *at("ACT-OFF-HOURS", made(lambda count: [*calls(10), *night(count)]), {0: None, 1: "warn", 4: "warn", 5: "block"}),
    *at(
        "ACT-OFF-HOURS",
        made(lambda count: [*calls(count - 1), *night(1)]),
        {100: "block", 101: "warn", 19: "warn", 20: "block"},
    ),
    *at(
        "ACT-SHORT-CALLS",
        made(lambda count: calls(20, durations=[6] * count + [60] * (20 - count))),
        {3: None, 4: "warn", 6: "warn", 7: "block"},
    ),
    *at("ACT-SHORT-CALLS", made(lambda made: calls(made[0], durations=[made[1]])), {(19, 6): None, (20, 7): None}),
    *at(
        "ACT-MEAN-DURATION",
        made(lambda total: calls(20, durations=[total - 19 * (total // 20), *([total // 20] * 19)])),
        {600: None, 599: "warn", 300: "warn", 299: "block"},
    ),
    *at("ACT-MEAN-DURATION", made(lambda count: calls(count, durations=[7])), {19: None}),
    *at(
        "ACT-ANSWER-RATE",
        made(lambda made: calls(made[1], answered=made[0])),
        {(8, 20): None, (7, 20): "warn", (4, 20): "warn", (3, 20): "block", (0, 19): None},
    ),
    *at("ACT-HANDSETS", made(lambda count: calls(8, handsets=count)), {2: None, 3: "warn", 4: "block"}),
    *at(
        "ACT-HANDSETS",
        made(lambda imeis: [replace(one, imei=imei) for one, imei in zip(calls(5), imeis, strict=True)]),
        {_ONE_HANDSET: None},
    ),
    *at(
        "ACT-PEAK-HOUR",
        held({"calls": burst(61)}),
        {
            ("2026-11-20", "2026-11-20"): "block",
            ("2026-11-21", ""): None,
            ("", "2026-11-19"): None,
            ("2026-11-01", "2026-10-01"): "block",
        },
    ),
    *at(
        "ACT-COMPLAINTS",
        held({"complaints": verified(3)}),
        {("2026-11-20", "2026-11-20"): "block", ("2026-11-21", ""): None, ("", "2026-11-19"): None},
    ),
    *at(
        "ACT-COMPLAINTS",
        lambda count: {"complaints": verified(count)},
        {0: None, 1: "warn", 2: "warn", 3: "block"},
    ),
    *at("ACT-COMPLAINTS", lambda day: {"complaints": [{"received_at": day}]}, {"2026-11-20": None}),
    *at(
        "ACT-COMPLAINTS",
        lambda ago: {"complaints": verified(3, on=TODAY - timedelta(days=ago))},
        {29: "block", 30: None},
    ),
    # Complaints about calls that are shown count, however old they are.
    *at(
        "ACT-COMPLAINTS",
        lambda ago: {
            "calls": burst(1, start=DAY - timedelta(days=20)),
            "complaints": verified(3, on=TODAY - timedelta(days=ago)),
        },
        {50: "block"},
    ),
    # A single verified complaint warns by itself, so the ratio's own warning at 0.003 never shows alone.
    *at(
        "ACT-COMPLAINTS",
        lambda count: {"complaints": verified(2), "calls": calls(count)},
        {400: "warn", 399: "block", 200: "block", 199: "warn"},
    ),
    *at(
        "ACT-OPT-OUT",
        lambda since: {"calls": calls(1), "opt_out": since},
        {None: None, date(2026, 11, 20): "block", date(2026, 11, 21): None},
    ),
    *at(
        "ACT-OUT-SHARE",
        made(lambda made: [*calls(made[0]), *incoming(made[1])]),
        {(20, 5): "info", (20, 6): None, (19, 0): None},
    ),
    *at(
        "ACT-DISTINCT",
        made(lambda made: calls(made[1], distinct=made[0])),
        {(12, 20): "info", (11, 20): None, (19, 19): None},
    ),
    *at("ACT-NO-DATA", made(calls), {0: "info", 1: None}),
    *at(
        "ACT-STALE",
        made(lambda days: burst(1, start=datetime.combine(TODAY - timedelta(days=days), DAY.time()))),
        {30: None, 31: "info"},
    ),
]


def looked_up(rows: Sequence[Cells]) -> Parts:
    """Make the parts of an applicant who was looked up on lists."""
    return {"credit": rows}


def _none_on(name: str) -> Cells:
    return credit(name, "none")[0]


CREDIT = [
    *at(
        "CR-ARREARS",
        lambda days: looked_up(credit("arrears", overdue_days=days)),
        {"0": None, "1": "warn", "30": "warn", "31": "block"},
    ),
    *at(
        "CR-ARREARS",
        lambda days: looked_up(credit("arrears", amount_cny="9.90", listed_on=on(-days))),
        {0: None, 1: "warn", 30: "warn", 31: "block"},
    ),
    *at(
        "CR-ARREARS",
        lambda cells: looked_up(credit("arrears", **dict(cells))),
        {
            (("amount_cny", "0.01"),): "block",
            (("amount_cny", "0"), ("overdue_days", "400")): None,
            (("amount_cny", "0.00"),): None,
            (("overdue_days", "3"), ("listed_on", on(-90))): "warn",
        },
    ),
    *at(
        "CR-ARREARS",
        lambda ago: looked_up([*credit("arrears", amount_cny="5", checked_on=on(ago)), *_PAID]),
        {-9: None},
    ),
    *(
        sample
        for rule, name, severity in (
            ("CR-DEBTOR", "court", "block"),
            ("CR-ABNORMAL", "abnormal", "warn"),
            ("CR-SERIOUS", "serious", "block"),
            ("CR-TELECOM-LIST", "telecom", "warn"),
            ("CR-PUNISHED", "punishment", "block"),
        )
        for sample in at(
            rule,
            lambda match, name=name: looked_up(credit(name, match)),  # type: ignore[misc]  # the default binds the turn
            {"exact": severity, "name_only": None, "none": None},
        )
    ),
    *at("CR-NAME-ONLY", lambda match: looked_up(credit("court", match)), {"name_only": "warn", "exact": None}),
    *at(
        "CR-STALE",
        lambda days: looked_up(credit("court", "none", checked_on=on(-days))),
        {30: None, 31: "warn"},
    ),
    *at("CR-NO-DATA", lambda lists: looked_up([*map(_none_on, lists)]), {(): "warn", ("court",): None}),
]

SAMPLES: Sequence[Sample] = (*IDENTITY, *ACTIVITY, *CREDIT)
