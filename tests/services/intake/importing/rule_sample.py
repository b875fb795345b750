"""What one rule is brought to its limit with: an application, and made-up rows that belong to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from stdnum.cn import ric, uscc

from tests.services.intake.importing.files import Cells

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


def calls(
    count: int,
    *,
    start: datetime = DAY,
    gap_s: int = 600,
    distinct: int | None = None,
    durations: Sequence[int] = (60,),
    answered: int | None = None,
    handsets: int = 0,
) -> list[Call]:
    """Return calls one after the other, at most 60 a day, so that only what is asked for reaches a limit."""
    return [
        Call(
            at=start + timedelta(days=-(place // 60), seconds=gap_s * (place % 60)),
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


def document(**cells: str) -> list[Mapping[str, str]]:
    """Return what the first document says of itself."""
    return [cells]


def of_application(rule: str, column: str, *expected: tuple[str, str | None], **others: str) -> list[Sample]:
    """Return samples of an application with one column at several values."""
    return [
        Sample(name=f"{column}={value}", rule=rule, severity=severity, application={**others, column: value})
        for value, severity in expected
    ]


def of_calls(rule: str, what: str, *expected: tuple[str, Sequence[Call], str | None]) -> list[Sample]:
    """Return samples of several sets of calls."""
    return [
        Sample(name=f"{what} {name}", rule=rule, severity=severity, calls=made) for name, made, severity in expected
    ]


def of_credit(rule: str, *expected: tuple[str, Sequence[Cells], str | None]) -> list[Sample]:
    """Return samples of several look-ups."""
    return [Sample(name=name, rule=rule, severity=severity, credit=made) for name, made, severity in expected]
