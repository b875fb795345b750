"""The tables of a policy that hold numbers, times and choices; the annotations say which values are allowed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from typing import Annotated

from annotated_types import Interval, Len, Predicate

from db.enums import ApplicantKind, Priority, Risk, ServiceClass


def _is_not_blank(text: str) -> bool:
    return bool(text.strip())


Text = Annotated[str, Len(1, 1000), Predicate(_is_not_blank)]
Source = Annotated[str, Len(1, 300), Predicate(_is_not_blank)]
Code = Annotated[str, Len(1, 32), Predicate(_is_not_blank)]
Country = Annotated[str, Len(1, 2), Predicate(_is_not_blank)]
Days = Annotated[int, Interval(ge=1, le=366)]
Minutes = Annotated[int, Interval(ge=1, le=7 * 24 * 60)]
Count = Annotated[int, Interval(ge=1, le=1_000_000)]
Ratio = Annotated[float, Interval(ge=0, le=1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """The working hours of a day, one period after the other."""

    periods: Annotated[tuple[tuple[time, time], ...], Len(1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Classes:
    """The service classes: working days of each, and which one a case has.

    A case has the class that the applicant was promised, else the longest that its risk or its number of cards gives.
    """

    days: Mapping[ServiceClass, Days]
    default: ServiceClass
    complex_from_cards: Count
    risk: Mapping[Risk, ServiceClass] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Priorities:
    """The priority of a case: the highest that its kind, its risk or its number of cards gives it."""

    high_from_cards: Count
    kind: Mapping[ApplicantKind, Priority] = field(default_factory=dict)
    risk: Mapping[Risk, Priority] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """How long and how many cases a reviewer may hold, and for how long a verdict can be undone."""

    hold_minutes: Minutes
    aside_minutes: Minutes
    grace_s: Annotated[int, Interval(ge=0, le=86_400)]
    max_held: Annotated[int, Interval(ge=1, le=100)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Calls:
    """Over how many days calls are counted."""

    window_days: Days


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """Trades for which cards are not provided, and words that a call script must not hold."""

    prohibited_trades: tuple[Text, ...]
    forbidden_script_words: tuple[Text, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rectify:
    """Working days to rectify: by default, and at most."""

    default_days: Days
    cap_days: Days


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """Working days until the next action on a pending case."""

    days: Days


@dataclass(frozen=True, slots=True, kw_only=True)
class Appeals:
    """Working days to file an appeal, and to answer one."""

    file_days: Days
    answer_days: Days


@dataclass(frozen=True, slots=True, kw_only=True)
class Checks:
    """What a second person must confirm."""

    final_fail: bool
    override: bool
    high_risk_pass: bool
    restore: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Separation:
    """Whether who imported a case may not decide it."""

    importer: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """The share of decisions that are looked at again."""

    ratio: Ratio


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """For how long a case is kept."""

    years: Days
